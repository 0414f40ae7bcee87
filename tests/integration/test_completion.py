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

import peers
from waiting import SOON

SHELLS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}

SOURCED = {
    "bash": "source <(dkr-ls completion bash)",
    "zsh": 'autoload -Uz compinit && compinit -C -d "$ZSH_DUMP" && source <(dkr-ls completion zsh)',
    "fish": "dkr-ls completion fish | source",
}

# What the installed file is called, and how a shell comes upon it.
INSTALLED = {
    "bash": ("dkr-ls", "source ~/installed/dkr-ls"),
    "zsh": ("_dkr-ls", "fpath=(~/installed $fpath) && autoload -Uz compinit && compinit -D -u"),
    "fish": ("dkr-ls.fish", "set fish_complete_path ~/installed"),
}

# A shell has done with a line when something has said that it ran, and the next prompt is there.
RAN, PROMPT = b"<ran>", b"<next> "
SET_PROMPT = {
    "bash": "PS1='<next> '",
    "zsh": "PS1='<next> '",
    "fish": "function fish_prompt; printf '<next> '; end",
}
SAY_THAT_IT_RAN = "printf '<%s>' ran"

# What answers the shell's questions is the program itself, unless a test has written the answer; what is then run
# tells what was typed.
STAND_IN = """#!/bin/sh
case $1 in
    __complete) [ ! -e "${0%/*}/answer" ] || exec cat "${0%/*}/answer" ;;
esac
case $1 in
    completion | __complete) exec "$DKR_LS" "$@" ;;
esac
printf '%s\\n' "$@" >"$HOME/arguments"
printf '<ran>' >/dev/tty
"""


class Terminal:
    """A shell on a terminal, and somebody who types."""

    def __init__(self, command, environment):
        self.master, inside = pty.openpty()
        self.shell = subprocess.Popen(
            ["setsid", "--ctty", *command], stdin=inside, stdout=inside, stderr=inside, env=environment
        )
        os.close(inside)

    def type(self, line):
        """Types it, tabs and all, faster than anybody can; returns when it has run and the shell prompts for the next one."""
        os.write(self.master, f"{line}\r".encode())
        shown, end = b"", time.monotonic() + SOON
        while PROMPT not in shown.partition(RAN)[2]:
            assert time.monotonic() < end, shown
            if select.select([self.master], [], [], 0.1)[0]:
                shown += os.read(self.master, 65536)

    def close(self):
        self.shell.kill()
        self.shell.wait()
        os.close(self.master)


@pytest.fixture(params=SHELLS)
def shell(request):
    if not shutil.which(SHELLS[request.param][0]):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{request.param} is not installed")
    return request.param


@pytest.fixture(scope="session")
def zsh_dump(start):
    """What compinit finds out about zsh's own completions, which takes it most of a second."""
    dump = start(peers.scratch_directory()) / "dump"
    subprocess.run(["zsh", "-f", "-c", f"autoload -Uz compinit && compinit -u -d {dump}"], check=True)
    return dump


@pytest.fixture
def start_shell(request, shell, dkr_ls):
    """Starts the shell, and gives what types a command line in it, for the arguments that the program then gets."""
    meta = dkr_ls.home / "contexts/meta" / hashlib.sha256(b"remote").hexdigest() / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Name": "remote", "Endpoints": {"docker": {"Host": "unix:///nowhere"}}}))
    stand_in = dkr_ls.home / "bin/dkr-ls"
    stand_in.parent.mkdir()
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o755)
    variables = {"PATH": f"{stand_in.parent}:{os.environ['PATH']}", "BIN": str(stand_in.parent)}
    if shell == "zsh":
        variables["ZSH_DUMP"] = str(request.getfixturevalue("zsh_dump"))
    terminal = Terminal(SHELLS[shell], dkr_ls.environment(TERM="xterm", **variables))

    def type_line(keys):
        terminal.type(keys)
        return (dkr_ls.home / "arguments").read_text().splitlines()

    def start_shell(set_up):
        terminal.type(f"cd; {SET_PROMPT[shell]}; {set_up}; {SAY_THAT_IT_RAN}")
        return type_line

    try:
        yield start_shell
    finally:
        terminal.close()


@pytest.fixture
def type_line(shell, start_shell):
    return start_shell(SOURCED[shell])


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


def test_fields_are_completed_within_quotes(type_line):
    assert type_line("dkr-ls tags --format '{{.Cont\t") == ["tags", "--format", "{{.Containers}}"]
    assert type_line('dkr-ls tags --format "{{.Cont\t') == ["tags", "--format", "{{.Containers}}"]
    assert type_line(r"dkr-ls tags --format 'table {{.ID}}\t{{.Cont" + "\t") == (
        ["tags", "--format", r"table {{.ID}}\t{{.Containers}}"]
    )


def test_what_may_be_anything_is_left_alone(type_line):
    assert type_line("dkr-ls tags --prefix ng\t") == ["tags", "--prefix", "ng"]


def test_the_installed_script_completes_at_once(shell, start_shell, dkr_ls):
    name, set_up = INSTALLED[shell]
    (dkr_ls.home / "installed").mkdir()
    shutil.copy(peers.ROOT / f"packaging/completion/dkr-ls.{shell}", dkr_ls.home / "installed" / name)
    type_line = start_shell(set_up)
    assert type_line("dkr-ls ta\t--maxT\t3") == ["tags", "--maxTags", "3"]


@pytest.mark.parametrize("foreign", ["$(touch PWN)", "semi;touch PWN", "sp ace", "quo'te", 'quo"te'])
def test_foreign_text_is_one_word_and_never_run(type_line, foreign, dkr_ls):
    answer = dkr_ls.home / "bin/answer"
    answer.write_text(f"{foreign}\n")
    assert type_line("dkr-ls --context \ttags") == ["--context", foreign, "tags"]
    answer.write_text(f"--context={foreign}\n")
    assert type_line("dkr-ls --context=\ttags") == [f"--context={foreign}", "tags"]
    assert not (dkr_ls.home / "PWN").exists()


def test_the_very_program_that_is_typed_is_asked(type_line, dkr_ls):
    shutil.copytree(dkr_ls.home / "bin", dkr_ls.home / "else where")
    (dkr_ls.home / "else where/answer").write_text("found\n")
    for program in ["~/else\\ where/dkr-ls", "$HOME/else\\ where/dkr-ls", f"{dkr_ls.home}/else\\ where/dkr-ls"]:
        assert type_line(f"{program} fo\t") == ["found"]


def test_where_the_program_is_not_understood_the_one_on_path_is_asked(type_line):
    assert type_line("$BIN/dkr-ls ta\t") == ["tags"]


def test_words_are_told_apart_as_the_shell_does(type_line):
    assert type_line('dkr-ls --host "a b" ta\t') == ["--host", "a b", "tags"]
    assert type_line('dkr-ls --host="a b" ta\t') == ["--host=a b", "tags"]
    assert type_line("dkr-ls --host it\\'s ta\t") == ["--host", "it's", "tags"]
    assert type_line("dkr-ls tags>/dev/null --maxT\t3") == ["tags", "--maxTags", "3"]


@pytest.mark.parametrize("shell", ["bash"], indirect=True)
def test_bash_completes_within_quotes(type_line):
    assert type_line('dkr-ls --source="reg\t') == ["--source=registry:"]
    assert type_line("dkr-ls -H 'unix:/\t") == ["-H", "unix:///"]
