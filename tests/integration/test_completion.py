"""Completion of command lines, in the real shells, typed on a terminal."""

import hashlib
import json
import os
import pty
import select
import shutil
import subprocess
import time

import pytest

SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source <(dkr-ls completion bash)"),
    "zsh": (["zsh", "-f", "-i"], "autoload -Uz compinit && compinit -D -u && source <(dkr-ls completion zsh)"),
    "fish": (["fish", "--no-config", "-i"], "dkr-ls completion fish | source"),
}

# What answers the shell's questions is the program itself; what is then run tells what was typed.
STAND_IN = """#!/bin/sh
case $1 in
    completion | __complete) exec "$DKR_LS" "$@" ;;
esac
printf '%s\\n' "$@" >"$HOME/arguments"
"""


class Terminal:
    """A shell on a terminal, and somebody who types."""

    def __init__(self, command, environment):
        self.master, inside = pty.openpty()
        self.shell = subprocess.Popen(
            ["setsid", "--ctty", *command], stdin=inside, stdout=inside, stderr=inside, env=environment
        )
        os.close(inside)
        self.shown = b""

    def wait_for(self, done):
        end = time.monotonic() + 30
        while not done():
            assert time.monotonic() < end, self.shown
            self.read(0.05)

    def read(self, seconds):
        """Whether the shell showed something within so many seconds."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        self.shown += os.read(self.master, 65536)
        return True

    def type(self, keys):
        """Types the keys, and after each tab waits for what the shell makes of it."""
        for part in keys.replace("\t", "\t\0").split("\0"):
            os.write(self.master, part.encode())
            self.read(10)
            while self.read(0.4):
                pass

    def close(self):
        self.shell.kill()
        self.shell.wait()
        os.close(self.master)


@pytest.fixture(params=SHELLS)
def type_line(request, dkr_ls):
    """Types a command line in a shell, and gives the arguments that the program gets."""
    command, set_up = SHELLS[request.param]
    if not shutil.which(command[0]):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{command[0]} is not installed")
    meta = dkr_ls.home / "contexts/meta" / hashlib.sha256(b"remote").hexdigest() / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Name": "remote", "Endpoints": {"docker": {"Host": "unix:///nowhere"}}}))
    stand_in = dkr_ls.home / "bin/dkr-ls"
    stand_in.parent.mkdir()
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o755)
    path = f"{stand_in.parent}:{os.environ['PATH']}"
    terminal = Terminal(command, dkr_ls.environment(PATH=path, TERM="xterm", PS1="> "))

    def type_line(keys):
        given = dkr_ls.home / "arguments"
        given.unlink(missing_ok=True)
        terminal.type(keys + "\r")
        terminal.wait_for(lambda: given.exists() and given.read_text().endswith("\n"))
        return given.read_text().split()

    try:
        ready = dkr_ls.home / "ready"
        terminal.type(f"{set_up}; touch ~/ready\r")
        terminal.wait_for(ready.exists)
        yield type_line
    finally:
        terminal.close()


def test_a_command_its_flags_and_their_values_are_completed(type_line):
    assert type_line("dkr-ls ta\t--maxT\t3 --log-level CR\t") == "tags --maxTags 3 --log-level CRITICAL".split()
    assert type_line("dkr-ls rep\t--log-level=DE\t") == ["repos", "--log-level=DEBUG"]
    assert type_line("dkr-ls --context rem\ttags --platform linux/s3\t") == (
        "--context remote tags --platform linux/s390x".split()
    )


def test_a_value_that_is_to_go_on_gets_no_blank(type_line):
    assert type_line("dkr-ls tags --source reg\tlocalhost:5000") == ["tags", "--source", "registry:localhost:5000"]
    assert type_line("dkr-ls tags --source=reg\tlocalhost:5000") == ["tags", "--source=registry:localhost:5000"]
    assert type_line("dkr-ls -H un\trun/x.sock tags") == ["-H", "unix:///run/x.sock", "tags"]


def test_what_may_be_anything_is_left_alone(type_line):
    assert type_line("dkr-ls tags --prefix ng\t") == ["tags", "--prefix", "ng"]
