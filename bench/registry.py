#!/usr/bin/env python3
"""Compares `dkr-ls tags` and `dkr-ls du` on a registry with curl, which replays the minimal set of requests, and with the
loop that a user would write: skopeo for each tag. Writes the second part of bench/RESULTS.md. Not a test: the exit status does not
depend on the results.

  bench/registry.py    about eight minutes, best on an idle machine

DKR_LS is the program to measure.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests/integration"))

import crowded_registry
import peers
import stand_in_registry

DKR_LS = Path(os.environ.get("DKR_LS", ROOT / "dist/dkr-ls"))
REPOSITORIES, TAGS = 100, 50
ROUNDS = 3
DU_ROUNDS = 7
SAMPLE = 100  # tags that skopeo inspects
ROUND_TRIP_MS = 50
LARGE_REPOSITORIES, LARGE_TAGS, LARGE_BLOBS = 1000, 100, 20_000
HEADING = "# Listing a registry"
ACCEPT = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"


class Run:
    """The resources that one process used: seconds, CPU seconds, peak memory in bytes."""

    def __init__(self, command, environment, note):
        # The peak memory of a process includes that of its parent at the fork: large for Python, small for GNU time.
        command = ["/usr/bin/time", "--format=%M", f"--output={note}", *command]
        start = time.monotonic()
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        process = subprocess.Popen(command, env=environment, **streams)
        complaint = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{command[0]}: status {process.returncode}: {complaint.decode()[-2000:]}")
        self.wall = time.monotonic() - start
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = int(note.read_text().split()[-1]) * 1024


class Wire:
    """A connection to the registry, and the commands that use it."""

    def __init__(self, work, base, streams, certificate=None, command="tags"):
        self.work, self.base, self.certificate = work, base, certificate
        self.streams, self.command = streams, command
        work.mkdir()
        self.environment = peers.CLEAN | {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(work / "warm-cache")}
        if certificate:
            self.environment["SSL_CERT_FILE"] = str(certificate)

    def dkr_ls(self, *more):
        return [str(DKR_LS), self.command, "--source", f"registry:{self.base}", *more]

    def curl(self, name, requests):
        """The curl command for `requests`, pairs of a path and a digest for If-None-Match or None."""
        lines = []
        for path, known in requests:
            match = f'header = "If-None-Match: \\"{known}\\""\n' if known else ""
            lines.append(f'url = "{self.base}{path}"\noutput = /dev/null\nheader = "Accept: {ACCEPT}"\nsilent\nfail\n{match}')
        if self.certificate:
            lines = [f"cacert = {self.certificate}\n{line}" for line in lines]
        file = self.work / name
        file.write_text("next\n".join(lines))
        return ["curl", "--parallel", "--parallel-max", str(self.streams), "--no-progress-meter", "--config", str(file)]

    def traffic(self, *more):
        """Returns (requests, bytes of bodies) of one listing, from its log."""
        command = [*self.dkr_ls(*more), "--log-level", "DEBUG"]
        log = subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stderr
        sizes = [int(line.split(" bytes in ")[0].split()[-1]) for line in log.splitlines() if " bytes in " in line]
        return len(sizes), sum(sizes)


def measure(wire, cold, warm, rounds):
    """Returns {name: [Run, ..]}. The programs take turns."""
    runs = {"cold": [], "cold replay": [], "warm": [], "warm replay": []}
    replay = {"cold": wire.curl("cold", [(path, None) for path in cold]), "warm": wire.curl("warm", warm)}
    for number in range(rounds):
        for state in ("cold", "warm"):
            environment = dict(wire.environment)
            if state == "cold":
                environment["XDG_CACHE_HOME"] = str(wire.work / f"cache-{number}")
            steps = [(state, wire.dkr_ls()), (f"{state} replay", replay[state])]
            for name, command in steps if number % 2 else reversed(steps):
                runs[name].append(Run(command, environment, wire.work / "memory"))
    return runs


def skopeo(wire, paths):
    """Returns the seconds for all tags, extrapolated from a sample."""
    base = wire.base.split("://")[1]
    names = [path.removeprefix("/v2/").replace("/manifests/", ":") for path, _ in paths if "/manifests/v" in path][:SAMPLE]
    inspect = ["xargs", "-P8", "-n1", "skopeo", "inspect", "--tls-verify=false", "--no-tags"]
    start = time.monotonic()
    lines = "\n".join(f"docker://{base}/{name}" for name in names)
    subprocess.run(inspect, input=lines, text=True, env=wire.environment, check=True, stdout=subprocess.DEVNULL)
    return (time.monotonic() - start) / len(names) * REPOSITORIES * TAGS


def table(runs, traffic, command):
    rows = [["", "wall, median (min to max)", "ratio", "client CPU", "ratio", "peak memory", "requests", "bodies"]]
    rows.append(["---"] + ["---:"] * (len(rows[0]) - 1))
    titles = {state: f"`dkr-ls {command}`, {state}" for state in ("cold", "warm")}
    for name, measured in runs.items():
        state = name.split()[0]
        limit = runs[f"{state} replay"]
        wall, cpu, memory = (lambda of: [median(getattr(run, key) for run in of) for key in ("wall", "cpu", "memory")])(measured)
        limits = [median(getattr(run, key) for run in limit) for key in ("wall", "cpu")]
        spread = f"{min(run.wall for run in measured):.2f} to {max(run.wall for run in measured):.2f}"
        requests, size = traffic[state]
        rows.append(
            [titles.get(name, f"curl, the same requests, {state}"), f"{wall:.2f} ({spread}) s", f"x {wall / limits[0]:.2f}"]
            + [f"{cpu:.2f} s", f"x {cpu / limits[1]:.2f}", f"{memory / 1e6:.1f} MB", f"{requests:,}"]
            + [f"{size / 1e6:.2f} MB" if name == state else ""]
        )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def walls(runs):
    return {name: median(run.wall for run in measured) for name, measured in runs.items()}


def paragraph(text):
    return textwrap.fill(" ".join(text.split()), 120)


def section(title, wire, cold, warm, rounds=ROUNDS):
    print(f"bench/registry.py: measuring {title}", file=sys.stderr)
    traffic = {"cold": wire.traffic("--no-cache")}
    wire.traffic()  # fills the cache
    traffic["warm"] = wire.traffic()
    if (traffic["cold"][0], traffic["warm"][0]) != (len(cold), len(warm)):
        sys.exit(f"dkr-ls sends {traffic}, but the minimum is {len(cold)} and {len(warm)}")
    runs = measure(wire, cold, warm, rounds)
    return runs, f"## {title} ({rounds} runs each)\n\n{table(runs, traffic, wire.command)}"


@contextlib.contextmanager
def delayed(target):
    command = [sys.executable, str(ROOT / "bench/delay.py"), target, str(ROUND_TRIP_MS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@contextlib.contextmanager
def stand_in(repositories, tags, blobs=1):
    """(address, cold, blobs, warm) of a stand-in registry."""
    command = [sys.executable, str(ROOT / "bench/stand_in_registry.py"), *map(str, (repositories, tags, blobs))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip(), *stand_in_registry.requests(repositories, tags, blobs)
        finally:
            process.terminate()


def ratio(runs, state):
    """How many times as long as the replay: the median of the pairs."""
    return median(ours.wall / theirs.wall for ours, theirs in zip(runs[state], runs[f"{state} replay"]))


def main():
    with contextlib.ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dkr", dir=peers.roomy_memory())))
        registry = stack.enter_context(peers.registry(data=work / "data"))
        print("bench/registry.py: filling a registry", file=sys.stderr)
        cold, blobs, warm = crowded_registry.fill(registry.address, REPOSITORIES, TAGS)
        near = Wire(work / "near", f"http://{registry.address}", streams=16)
        loop = skopeo(near, warm)
        near_runs, near_text = section("On loopback, http", near, cold, warm)
        near_walls = walls(near_runs)

        certificate = stack.enter_context(peers.certificate())
        front = stack.enter_context(peers.nginx(certificate, {"/": registry.address}, more="access_log off; keepalive_requests 100000;"))
        wire = stack.enter_context(delayed(front.address))
        base = f"https://localhost:{wire.split(':')[1]}"
        far = Wire(work / "far", base, streams=100, certificate=certificate.path)
        far_runs, far_text = section(f"HTTP/2 over TLS, {ROUND_TRIP_MS} ms round trips", far, cold, warm)
        far_walls = walls(far_runs)
        far_du = Wire(work / "far-du", base, streams=100, certificate=certificate.path, command="du")
        du_runs, du_text = section("What repositories take, over the same wire", far_du, blobs, warm, DU_ROUNDS)

        address, cold, _, warm = stack.enter_context(stand_in(LARGE_REPOSITORIES, LARGE_TAGS))
        large = Wire(work / "large", f"http://{address}", streams=16)
        _, large_text = section(f"{LARGE_REPOSITORIES * LARGE_TAGS:,} tags, on loopback, http", large, cold, warm)

        address, _, blobs, warm = stack.enter_context(stand_in(LARGE_REPOSITORIES, LARGE_TAGS, LARGE_BLOBS))
        large_du = Wire(work / "large-du", f"http://{address}", streams=16, command="du")
        _, large_du_text = section(f"What {LARGE_REPOSITORIES * LARGE_TAGS:,} tags take, on loopback, http", large_du, blobs, warm)

    intro = f"""{REPOSITORIES} repositories of {TAGS} tags each, one in {crowded_registry.ONE_IN} of them
        multi-platform, in registry 2.8. curl is the lower bound: it knows all requests beforehand and sends them at
        once, while a listing has to proceed step by step. Cold is a listing with an empty cache, warm is the next one.
        Ratios are relative to the replay. The usual shell loop, `skopeo inspect` for each tag with `xargs -P8`, takes
        {loop:.0f} s on loopback (from a sample of {SAMPLE} tags), {loop / near_walls["cold"]:.1f} times as long as
        dkr-ls cold, and shows no table. dkr-ls and curl send the same requests, as this run has verified."""
    about_near = f"""Nearly all of the time is spent in the registry. Cold is
        {near_walls["cold"] / near_walls["cold replay"]:.2f} x the replay (the goal is at most 1.15), warm
        {near_walls["warm"] / near_walls["warm replay"]:.2f} x its own (1.15) and
        {near_walls["warm"] / near_walls["cold"]:.2f} of cold (1/3)."""
    about_far = f"""nginx in front of the same registry, behind a proxy that delays every byte by half a round trip.
        Cold is {far_walls["cold"] / far_walls["cold replay"]:.2f} x the replay, warm
        {far_walls["warm"] / far_walls["warm replay"]:.2f} x (the goal is at most 1.3)."""
    about_du = f"""The manifests of all platforms and no config. In the median of the pairs, cold is
        {ratio(du_runs, "cold"):.2f} x the replay, warm {ratio(du_runs, "warm"):.2f} x (the goal is at most 1.15)."""
    about_large = f"""A stand-in for a registry with {LARGE_REPOSITORIES:,} repositories of {LARGE_TAGS} tags each, one manifest and
        config for each tag; it is written in Python and needs most of the time. The goal is a peak of at most 64 MB."""
    about_large_du = f"""The same, with ten layers for each image, of {LARGE_BLOBS:,} different ones. The goal is a peak of at
        most 128 MB."""
    results = ROOT / "bench/RESULTS.md"
    kept = results.read_text().split(HEADING)[0].rstrip()
    parts = [kept, HEADING, paragraph(intro), near_text, paragraph(about_near), far_text, paragraph(about_far)]
    parts += [du_text, paragraph(about_du), large_text, paragraph(about_large), large_du_text, paragraph(about_large_du)]
    results.write_text("\n\n".join(parts) + "\n")
    print("\n\n".join(parts[1:]))


main()
