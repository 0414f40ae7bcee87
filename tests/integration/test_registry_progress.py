"""What a terminal shows while a registry takes its time, and that nothing of it stays."""

import os
import pty
import re
import select
import signal
import subprocess
import termios
import time

import pytest

from registry_content import image
from scripted_registry import Answer
from tables import rows
from waiting import SOON


class Screen:
    """The little of a terminal that one line of progress needs; anything else is a mistake."""

    def __init__(self, columns):
        self.columns = columns
        self.lines = [""]
        self.column = 0

    def feed(self, text):
        for escape, char in re.findall(r"\x1b\[([?0-9;]*[A-Za-z])|(.)", text, re.DOTALL):
            if escape in ("K", "0K"):
                self.lines[-1] = self.lines[-1][: self.column]
            elif escape == "2K":
                self.lines[-1] = ""
            elif char == "\r":
                self.column = 0
            elif char == "\n":
                self.lines.append("")
                self.column = 0
            elif char:
                assert char.isprintable(), repr(char)
                if self.column == self.columns:
                    self.feed("\r\n")
                line = self.lines[-1].ljust(self.column)
                self.lines[-1] = line[: self.column] + char + line[self.column + 1 :]
                self.column += 1
            else:
                assert escape in ("?25l", "?25h"), escape
        return self

    def shown(self):
        return "\n".join(line.rstrip() for line in self.lines)


class Watched:
    """A run with its stderr on a terminal, and perhaps its stdout too."""

    def __init__(self, dkr_ls, registry, *args, columns=80, stdout=subprocess.PIPE, interrupted=False):
        terminal, inside = pty.openpty()
        termios.tcsetwinsize(inside, (24, columns))
        command = ["env", "--default-signal=INT", dkr_ls.binary, "tags", "--source", f"registry:{registry.source}", *args]
        started = time.monotonic()
        how = {"stdin": subprocess.DEVNULL, "stdout": stdout or inside, "stderr": inside}
        with subprocess.Popen(command, env=dkr_ls.environment(TERM="xterm"), **how) as process:
            os.close(inside)
            self.terminal, self.first, self.told = "", None, []
            while piece := self._read(terminal):
                self.first = self.first or time.monotonic() - started
                if interrupted:
                    process.send_signal(signal.SIGINT)
                self.told.append(piece)
                self.terminal += piece
            self.stdout = process.stdout.read() if process.stdout else None
        os.close(terminal)
        self.status = process.returncode
        self.screen = Screen(columns).feed(self.terminal).shown()

    @staticmethod
    def _read(terminal):
        if not select.select([terminal], [], [], SOON)[0]:
            return ""
        try:
            return os.read(terminal, 65536).decode()
        except OSError:  # its last process has gone
            return ""


@pytest.fixture
def slow(registry):
    """Over a second, for 5 repositories with 6 tags each."""
    for number in range(5):
        registry.put_all(f"repo{number}", {f"t{tag}": image(10 * number + tag + 1) for tag in range(6)})
    registry.delay = 0.08
    return registry


def test_progress_appears_after_half_a_second_and_goes_without_a_trace(dkr_ls, slow):
    watched = Watched(dkr_ls, slow, "--jobs", "4")
    assert (watched.status, len(rows(watched.stdout))) == (0, 30)
    assert 0.45 < watched.first
    assert "30" in watched.terminal and "5" in watched.terminal
    assert len(set(watched.told)) > 3
    assert watched.screen == ""


def test_it_is_gone_before_the_table_is_printed(dkr_ls, slow):
    watched = Watched(dkr_ls, slow, "--jobs", "4", stdout=None)
    expected = dkr_ls.registry(slow, "tags").stdout.decode()
    assert watched.screen == expected


@pytest.mark.parametrize("columns", [1, 20])
def test_a_narrow_terminal_shows_no_trace_either(dkr_ls, slow, columns):
    watched = Watched(dkr_ls, slow, "--jobs", "4", columns=columns)
    assert (watched.status, watched.screen) == (0, "")


def test_errors_so_far_are_told_and_stay(dkr_ls, slow):
    slow.always("/v2/repo0/manifests/t0", Answer(500))
    slow.always("/v2/repo4/manifests/t5", Answer(500))
    watched = Watched(dkr_ls, slow, "--jobs", "4")
    assert (watched.status, len(rows(watched.stdout))) == (1, 28)
    assert "error" in watched.terminal
    lines = [line for line in Screen(1000).feed(watched.terminal).shown().split("\n") if line]
    assert len(lines) == 2 and all(line.startswith("Error: ") for line in lines)


def test_log_lines_and_progress_do_not_mix(dkr_ls, slow):
    slow.first("/v2/repo4/tags/list", Answer(503))
    watched = Watched(dkr_ls, slow, "--jobs", "4", "--log-level", "DEBUG")
    assert watched.status == 0
    for line in Screen(1000).feed(watched.terminal).shown().split("\n"):
        assert not line or re.match(r"[-\d]+ [\d:.]+ (DEBUG|INFO|WARNING) ", line), line


def test_nobody_but_a_terminal_is_shown_any(dkr_ls, slow):
    result = dkr_ls.registry(slow, "tags", "--jobs", "4")
    assert (result.status, result.stderr) == (0, b"")
    assert result.seconds > 1


def test_an_interruption_leaves_no_trace(dkr_ls, slow):
    slow.delay = 0.3
    watched = Watched(dkr_ls, slow, "--jobs", "2", interrupted=True)
    assert watched.stdout == b""
    assert watched.first is not None
    assert watched.screen == ""
