"""Runs the program again and again, each time with another call of the C library failing (fail_call.c)."""

import collections
import concurrent.futures
import dataclasses
import os
import subprocess
import tempfile
from pathlib import Path

SECONDS = 60  # longer than any run takes, with all its retries


@dataclasses.dataclass(frozen=True)
class Outcome:
    status: int  # negative: the signal that ended it; None: it did not end
    stdout: bytes
    stderr: bytes


class Torture:
    """What `command` does when calls of the function `call` fail, one of them or all from one on."""

    def __init__(self, command, environment, call, always, scratch):
        self.command, self.environment, self.scratch = command, environment, scratch
        self.library = scratch / "fail_call.so"
        if not self.library.exists():
            source = Path(__file__).parent / "fail_call.c"
            subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-o", self.library, source], check=True)
        self.variables = {"LD_PRELOAD": str(self.library), "FAIL_CALL": call} | ({"FAIL_ALWAYS": "1"} if always else {})

    def run(self, at):
        """The outcome when call number `at` fails, 0 for none; and how many calls there were, where it ended normally."""
        with tempfile.NamedTemporaryFile(dir=self.scratch) as report:
            variables = self.variables | {"FAIL_AT": str(at), "FAIL_REPORT": report.name}
            try:
                environment = self.environment | variables
                done = subprocess.run(self.command, env=environment, capture_output=True, timeout=SECONDS)
            except subprocess.TimeoutExpired as late:
                return Outcome(None, late.stdout or b"", late.stderr or b""), 0
            return Outcome(done.returncode, done.stdout, done.stderr), int(report.read() or 0)

    def outcomes(self, step):
        """The usual outcome, and those in which every `step`th call fails, each with the number of a call that led to it."""
        usual, calls = self.run(0)
        assert usual.status == 0 and usual.stderr == b"" and usual.stdout
        assert calls > 0, "the program makes no such call, or is static"
        found = collections.OrderedDict()
        with concurrent.futures.ThreadPoolExecutor(2 * os.cpu_count()) as pool:
            numbers = range(1, calls + 1, step)
            for at, (outcome, _) in zip(numbers, pool.map(self.run, numbers)):
                found.setdefault(outcome, at)
        return usual, found


def complaints(usual, found):
    """Each outcome that must not be, with the number of the call: anything but the whole table or an error."""
    failed = {outcome: at for outcome, at in found.items() if (outcome.status, outcome.stdout) != (0, usual.stdout)}
    return [(at, outcome) for outcome, at in failed.items() if outcome.status != 1]


def complaints_of_memory(usual, found):
    """The same, when it is memory that was short: the error says so."""
    # When fopen() fails in OpenSSL, libcurl names the file but not the cause.
    words = (b"out of memory", b"error setting certificate file: ")
    failed = {outcome: at for outcome, at in found.items() if outcome.status == 1}
    silent = [(at, outcome) for outcome, at in failed.items() if not any(word in outcome.stderr for word in words)]
    return complaints(usual, found) + silent
