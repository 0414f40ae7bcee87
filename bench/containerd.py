#!/usr/bin/env python3
"""Compares `dkr-ls tags --source containerd` with `ctr images ls` on a real containerd of its own, and counts the requests.
Prints a table. Not a test: the exit status does not depend on the results.

  bench/containerd.py [IMAGES]    about a minute for 1,000 images; needs root

DKR_LS is the program to measure.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests/integration"))

import containerd_peer
import peers
from registry_content import image

DKR_LS = Path(os.environ.get("DKR_LS", ROOT / "dist/dkr-ls"))
IMAGES = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
NAMESPACE = "k8s.io"
ROUNDS = 9
AT_ONCE = 500  # images in one archive, so that an import does not take too long


def made(number):
    return image(f"2024-01-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z", layers=[number + 1])


def fill(containerd):
    for first in range(0, IMAGES, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, IMAGES))
        containerd.load(NAMESPACE, {f"docker.io/team/app{number % 50}:v{number}": made(number) for number in numbers})


def run(command):
    """The seconds that it took, those of its CPU (user and system), and how many lines it printed."""
    start = time.monotonic()
    process = subprocess.Popen(command, env=peers.CLEAN, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    lines = process.stdout.read().count(b"\n")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]}: status {process.returncode}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, lines


def requests(command):
    log = subprocess.run([*command, "--log-level", "DEBUG"], env=peers.CLEAN, check=True, capture_output=True).stderr
    return log.count(b" DEBUG POST ")


def main():
    with containerd_peer.containerd() as containerd:
        print(f"bench/containerd.py: importing {IMAGES} images", file=sys.stderr)
        fill(containerd)
        ours = [str(DKR_LS), "tags", "--source", containerd.source]
        theirs = ["ctr", "--address", str(containerd.socket), "--namespace", NAMESPACE, "images", "ls"]
        commands = {"`dkr-ls tags`": ours, "`dkr-ls repos`": [ours[0], "repos", *ours[2:]], "`ctr images ls`": theirs}
        results = {name: [] for name in commands}
        for number in range(ROUNDS):
            names = list(commands) if number % 2 else list(commands)[::-1]
            for name in names:
                results[name].append(run(commands[name]))
        print(f"| {IMAGES:,} images in containerd, {ROUNDS} runs each | wall, median | client CPU | lines | requests |")
        print("| --- | ---: | ---: | ---: | ---: |")
        for name, runs in results.items():
            wall, cpu = (median(column) for column in list(zip(*runs))[:2])
            counted = "" if commands[name] is theirs else f"{requests(commands[name]):,}"
            print(f"| {name} | {wall:.2f} s | {cpu:.2f} s | {runs[0][2]:,} | {counted} |")


main()
