#!/usr/bin/env python3
"""Formats the measurements of bench/run.sh as bench/RESULTS.md: report.py DIRECTORY prints the page."""

import json
import os
import platform
import sys
import textwrap
import time
from pathlib import Path
from statistics import median

PROGRAMS = {
    "dkr-ls": "`dkr-ls tags`",
    "dynamic": "linked dynamically",
    "minimal": "minimal program",
    "json": "`dkr-ls tags --format json`",
    "docker": "`docker images`",
    "docker-json": "`docker images --format json`",
    "docker-version": "`docker --version`",
    "curl": "bare `curl`",
}


class Case:
    """The time and memory that each program needed to fetch one list of images, in seconds and bytes."""

    def __init__(self, directory):
        self.answer = int((directory / "bytes").read_text())
        rounds = [json.loads(path.read_text())["results"] for path in directory.glob("round-*.json")]
        peaks = [line.split() for line in (directory / "memory").read_text().splitlines()]
        self.times, self.cpu, self.memory = {}, {}, {}
        measured = {result["command"] for result in rounds[0]}
        for program in [program for program in PROGRAMS if program in measured]:
            results = [result for results in rounds for result in results if result["command"] == program]
            self.times[program] = [seconds for result in results for seconds in result["times"]]
            self.cpu[program] = median(result["user"] + result["system"] for result in results)
            self.memory[program] = median(int(kib) * 1024 for name, kib in peaks if name == program)
        self.wall = {program: median(times) for program, times in self.times.items()}
        self.runs = len(self.times["dkr-ls"])

    def table(self, **columns):
        """`columns` are additional columns: heading, and text by program."""
        heading = ["", "wall, median (min to max)", "ratio", "client CPU", "ratio", "peak memory", "ratio", *columns]
        rows = [heading, ["---"] + ["---:"] * (len(heading) - 1)]
        for program, times in self.times.items():
            wall = f"{ms(self.wall[program])} ({ms(min(times))} to {ms(max(times))}) ms"
            rows.append([PROGRAMS[program], wall, multiple_of_ours(self.wall, program)])
            rows[-1] += [f"{ms(self.cpu[program])} ms", multiple_of_ours(self.cpu, program)]
            rows[-1] += [f"{self.memory[program] / 1e6:.1f} MB", multiple_of_ours(self.memory, program)]
            rows[-1] += [values[program] for values in columns.values()]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def ms(seconds):
    return f"{seconds * 1000:.{0 if seconds >= 0.1 else 1}f}"


def multiple_of_ours(values, program):
    return f"x {values[program] / values['dkr-ls']:.2f}"


def versions(directory):
    """Names and versions from the lines that the programs print: `docker 20.10.24`."""
    lines = (directory / "versions").read_text().lower().replace(" version", "").replace(",", "").splitlines()
    known = ("dkr-ls", "docker", "engine", "curl", "hyperfine")
    return ", ".join(" ".join(line.split()[:2]) for line in lines if line.startswith(known))


def processor():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def paragraph(text):
    return textwrap.fill(" ".join(text.split()), 120)


def main():
    directory = Path(sys.argv[1])
    few, many, huge = (Case(directory / name) for name in ("engine-8", "engine-5000", "stand-in-200000"))
    multiple = {program: f"{huge.memory[program] / huge.answer:.2f}" for program in huge.times}
    speed = {program: f"{huge.answer / huge.wall[program] / 1e6:.0f} MB/s" for program in huge.times}
    how = f"""hyperfine measures wall time and client CPU (user and system), without a shell and with all output to
        `/dev/null`. The programs take turns to go first in each round; CPU is the median of the rounds' means. Peak
        memory is the largest resident set, the median of a few runs. `dkr-ls tags` is the static binary from `make
        static`; the next line is the same program linked dynamically. Ratios are relative to the first line. Bare curl
        fetches the same URL and discards the response. The machine is shared and noisy: its load was
        {(directory / "load").read_text().strip()} at the start."""
    about_few = f"""The engine responds at once, so this mostly measures how long each program takes to start; docker
        also sends a `/_ping` first. The minimal program ([minimal.cpp](minimal.cpp)), linked to the same static
        libcurl, sends the request and does nothing else, so it is the lower bound. dkr-ls takes
        {few.wall["dkr-ls"] / few.wall["minimal"]:.2f} x as long (the goal is at most 1.3), and
        1/{few.wall["docker"] / few.wall["dkr-ls"]:.1f} of `docker images` (the goal is at most 1/5)."""
    about_many = f"""Nearly all of the time is spent in the engine: dkr-ls takes
        {many.wall["dkr-ls"] / many.wall["curl"]:.2f} x as long as curl (the goal is at most 1.1), and
        1/{many.cpu["docker"] / many.cpu["dkr-ls"]:.1f} of docker's CPU (the goal is at most 1/10); curl, which neither
        parses nor prints the list, takes 1/{many.cpu["docker"] / many.cpu["curl"]:.1f}."""
    if "docker-json" in many.cpu:
        about_many += f""" As JSON it takes 1/{many.cpu["docker-json"] / many.cpu["json"]:.1f} of the CPU of the newer
            client (the goal is at most 1/6)."""
    counts = dict(line.split() for line in (directory / "instructions").read_text().splitlines())
    about_huge = f"""Without an engine's own time, this measures reading, parsing and printing: dkr-ls processes the
        response at {speed["dkr-ls"]}, docker at {speed["docker"]}, and at its peak dkr-ls uses {multiple["dkr-ls"]} x
        the size of the response (the goal is at most 3); curl keeps nothing. As JSON, the program linked dynamically
        executes {int(counts["json"]) / int(counts["table"]):.2f} x as many instructions (callgrind; the goal is at most 2)."""
    print(f"""\
# dkr-ls, docker and curl side by side

`make bench` repeats the measurements and rewrites this page. It takes some minutes, and needs root or sudo to start
throw-away engines.

- {time.strftime("%Y-%m-%d")}: {os.cpu_count()} cores, {processor()}, Linux {platform.release().partition("-")[0]}
- {versions(directory)}

{paragraph(how)}

## An engine with 8 images ({few.runs} runs each)

{few.table()}

{paragraph(about_few)}

## An engine with 5,000 images, {many.answer / 1e6:.1f} MB ({many.runs} runs each)

{many.table()}

{paragraph(about_many)}

## A stand-in server with 200,000 images, {huge.answer / 1e6:.1f} MB ({huge.runs} runs each)

{huge.table(**{"memory / answer": multiple, "answer / wall": speed})}

{paragraph(about_huge)}""")


main()
