"""Where the output goes to: a full disk, a closed pipe, a terminal, nowhere; and an interruption."""

import os
import pty
import subprocess
import termios
import time

import pytest

from scripted import image, json_answer, silence
from tables import at_one_moment, rows
from waiting import SOON


def test_a_full_disk_is_one_error(dkr_ls, crowded_engine, pretend_engine):
    for engine in crowded_engine, pretend_engine([image("q:1")]):
        for command in "tags", "repos":
            result = dkr_ls.shell('"$DKR_LS" "$@" > /dev/full', "-H", engine.host, command)
            assert (result.status, len(result.errors)) == (1, 1), result


def test_a_closed_stdout_is_one_error(dkr_ls, pretend_engine):
    result = dkr_ls.shell('"$DKR_LS" "$@" >&-', "-H", pretend_engine([image("q:1")]).host, "tags")
    assert (result.status, len(result.errors)) == (1, 1), result


@pytest.mark.parametrize("signals", ["--default-signal=PIPE", "--ignore-signal=PIPE"])
def test_a_closed_pipe_ends_it_quietly(dkr_ls, crowded_engine, signals):
    result = dkr_ls.shell(f'env {signals} "$DKR_LS" "$@" | head -n 1', "-H", crowded_engine.host, "tags")
    assert result.stdout.startswith(b"REPOSITORY ")
    assert (result.stdout.count(b"\n"), result.stderr) == (1, b"")


def test_a_closed_stderr_does_not_disturb_the_listing(dkr_ls, pretend_engine):
    result = dkr_ls.shell('"$DKR_LS" "$@" 2>&-', "-H", pretend_engine([image("q:1")]).host, "repos", "--log-level", "TRACE")
    assert (result.status, result.stdout) == (0, b"REPOSITORY\nq\n")


@pytest.mark.parametrize("signal, status", [("INT", 130), ("TERM", 143), ("HUP", 129)])
def test_an_interruption_ends_it_as_a_shell_reports_it_and_nothing_is_half_written(dkr_ls, serve, signal, status):
    server = serve(silence)
    result = dkr_ls.interrupted(signal, lambda: server.requests, "-H", server.address, "tags")
    assert (result.status, result.stdout) == (status, b"")
    assert result.seconds < SOON


def test_what_the_parent_ignores_does_not_end_it(dkr_ls, serve):
    def late(path):
        time.sleep(1)
        yield json_answer([image("q:1")])

    server = serve(late)
    result = dkr_ls.interrupted("HUP", lambda: server.requests, "-H", server.address, "repos", action="ignore")
    assert (result.status, result.stdout) == (0, b"REPOSITORY\nq\n")


def test_a_terminal_shows_the_same_table(dkr_ls, engine):
    def on_a_terminal(columns):
        terminal, inside = pty.openpty()
        termios.tcsetwinsize(inside, (24, columns))
        command = [dkr_ls.binary, "-H", engine.host, "tags"]
        with subprocess.Popen(command, env=dkr_ls.environment(TERM="xterm"), stdin=inside, stdout=inside, stderr=inside):
            os.close(inside)
            shown = b""
            while piece := read(terminal):
                shown += piece
        os.close(terminal)
        return shown.replace(b"\r\n", b"\n")

    def read(terminal):
        """What stands on the terminal; nothing once its last process has gone, which Linux reports as an error."""
        try:
            return os.read(terminal, 65536)
        except OSError:
            return b""

    for columns in 200, 20:
        ours, piped = at_one_moment(lambda: on_a_terminal(columns), lambda: dkr_ls("-H", engine.host, "tags").stdout)
        assert ours == piped
        assert len(rows(ours)) > 50
