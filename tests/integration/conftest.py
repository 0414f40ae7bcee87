import contextlib
import dataclasses
import json
import os
import signal
import stat
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

import peers
import scripted
import scripted_doors
import scripted_registry
import stores
from registry_content import image
from waiting import SOON, wait_until

# Programs inherit signals that are ignored, as after nohup, but many tests end them with these.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@dataclasses.dataclass(frozen=True)
class Result:
    status: int  # as a shell reports it
    stdout: bytes
    stderr: bytes
    seconds: float
    peak_memory: int = None  # bytes, where it was measured

    @property
    def errors(self):
        return [line for line in self.stderr.decode().split("\n") if line.startswith("Error: ")]


MEASURE = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[2:])
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024))
sys.exit(status if status >= 0 else 128 - status)
"""


class DkrLs:
    """Runs the real binary in an environment that holds nothing but what a test gives it."""

    def __init__(self, binary, home):
        self.binary = binary
        self.home = home

    def __call__(self, *args, **how):
        return self.run([self.binary, *args], **how)

    def measured(self, *args, **how):
        """The same, seen from a small process: what Linux counts for a process begins with what its parent had."""
        peak = self.home / "peak-memory"
        result = self.run(["/usr/bin/python3", "-S", "-c", MEASURE, peak, self.binary, *args], **how)
        return dataclasses.replace(result, peak_memory=int(peak.read_text()))

    def registry(self, server, *args, **how):
        """Lists the registry; the first of the arguments is the command."""
        return self.run([self.binary, args[0], "--source", f"registry:{server.source}", *args[1:]], **how)

    def shell(self, script, *args, **how):
        """Runs a bash script that calls "$DKR_LS" "$@"."""
        return self.run(["bash", "-c", script, "bash", *args], **how)

    def environment(self, **variables):
        home = str(self.home)
        return {"PATH": os.environ["PATH"], "HOME": home, "DOCKER_CONFIG": home, "DKR_LS": str(self.binary)} | variables

    def interrupted(self, name, ready, *args, action="default"):
        """The same, which gets the signal of that name as soon as `ready()` is true; `action` is the one it starts with."""
        command = ["env", f"--{action}-signal={name}", self.binary, *args]
        return self.run(command, interruption=(signal.Signals[f"SIG{name}"], ready))

    def run(self, command, env=None, interruption=None, **how):
        with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
            started = time.monotonic()
            how |= {"env": self.environment(**(env or {})), "stdin": subprocess.DEVNULL, "stdout": stdout, "stderr": stderr}
            process = subprocess.Popen(command, **how)
            watchdog = threading.Timer(4 * SOON, process.kill)
            watchdog.start()
            if interruption:
                number, ready = interruption
                wait_until(ready)
                process.send_signal(number)
            _, ending = os.waitpid(process.pid, 0)
            watchdog.cancel()
            seconds = time.monotonic() - started
            process.returncode = os.waitstatus_to_exitcode(ending)
            status = 128 - process.returncode if process.returncode < 0 else process.returncode
            stdout.seek(0), stderr.seek(0)
            return Result(status, stdout.read(), stderr.read(), seconds)


def pytest_configure():
    """Asked to terminate, the session still ends the peers it started."""
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", 143))


@pytest.fixture
def scratch():
    with peers.scratch_directory() as directory:
        yield directory


@pytest.fixture
def dkr_ls(scratch):
    binary = Path(os.environ.get("DKR_LS", peers.ROOT / "build/dkr-ls")).absolute()
    assert binary.exists(), f"{binary} is not built"
    home = scratch / "home"
    home.mkdir()
    return DkrLs(binary, home)


@pytest.fixture
def serve(scratch):
    """Starts a scripted server: `serve(answer)` on a unix socket, `serve(answer, tcp=True)` on loopback."""
    with contextlib.ExitStack() as servers:

        def serve(answer, tcp=False):
            path = scratch / f"{len(list(scratch.iterdir()))}.sock"
            server = scripted.Server.on_tcp(answer) if tcp else scripted.Server.on_unix_socket(answer, path)
            servers.callback(server.close)
            return server

        yield serve


@pytest.fixture
def pretend_engine(serve):
    """An engine that lists just the given entries of /images/json, for dkr-ls and for docker's own client."""
    return lambda images: peers.Engine(serve(scripted.engine_with(images)).address)


@pytest.fixture
def start_server():
    """Starts servers of scripted_registry.py: `start_server(Registry)`.

    In the end none may have got a request that nobody expected.
    """
    with contextlib.ExitStack() as closing:
        servers = []

        def start_server(kind, **how):
            servers.append(kind(**how))
            closing.callback(servers[-1].close)
            return servers[-1]

        yield start_server
        unexpected = [request for server in servers for request in server.unexpected]
        assert not unexpected, "requests that nobody expected"


@pytest.fixture
def registry(start_server):
    """A scripted registry, empty at first."""
    return start_server(scripted_registry.Registry)


def enter(running, peer):
    try:
        return running.enter_context(peer)
    except peers.Unavailable as reason:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(reason))


@pytest.fixture(scope="session")
def start():
    """Starts a real peer for the session. Where that cannot be, the test is skipped with the reason; in CI it fails."""
    with contextlib.ExitStack() as running:
        yield lambda peer: enter(running, peer)


@pytest.fixture(scope="session")
def docker_registry(start):
    return start(peers.registry())


@pytest.fixture(scope="session")
def dockerd(start):
    """A real dockerd."""
    return start(peers.dockerd())


@pytest.fixture(scope="session")
def engine(dockerd, docker_registry):
    """It holds the awkward store."""
    dockerd.load(stores.awkward(now=int(time.time())))
    stores.leave_only_the_digest(dockerd, "once/tagged:1", f"{docker_registry.address}/by/digest")
    return dockerd


@pytest.fixture
def crowded_engine(pretend_engine):
    """An engine that lists 5,000 images, in its order. A real one takes most of a minute to take them in."""
    return pretend_engine(stores.crowd(5000, now=int(time.time())))


@pytest.fixture(scope="session")
def podman(start):
    """Podman's service, which holds a few images under fully qualified names."""
    service = start(peers.podman_service())
    service.load(stores.qualified(now=int(time.time())))
    return service


@pytest.fixture(scope="session")
def certificate(start):
    """A certificate for localhost and its key, signed by itself."""
    return start(peers.certificate())


@pytest.fixture
def trusted_tls(start_server, certificate):
    """Starts scripted servers over TLS, which docker's /etc/docker/certs.d says to trust: `trusted_tls(Registry)`."""
    with contextlib.ExitStack() as trust:

        def trusted_tls(kind):
            server = start_server(kind, tls=certificate.context())
            enter(trust, peers.trusted(server.address, certificate))
            return server

        yield trusted_tls


@pytest.fixture
def small_registry(registry):
    """A scripted registry with two repositories of two tags each."""
    registry.put("q", a=image(1), b=image(2))
    registry.put("team/app", a=image(3), b=image(4))
    return registry


@pytest.fixture(params=["engine", "registry"])
def listing(request, dkr_ls, pretend_engine, start_server, certificate):
    """A command and its environment: it lists an image of an engine, or of a registry over TLS."""
    if request.param == "engine":
        return [dkr_ls.binary, "-H", pretend_engine([scripted.image("a/b:1")]).host, "tags"], dkr_ls.environment()
    registry = start_server(scripted_registry.Registry, tls=certificate.context())
    registry.put("a/b", **{"1": image(1)})
    environment = dkr_ls.environment(SSL_CERT_FILE=str(certificate.path))
    return [dkr_ls.binary, "tags", "--source", f"registry:{registry.source}"], environment


@pytest.fixture
def tokens(start_server, small_registry):
    """A token server on a port of its own, which the small registry trusts."""
    tokens = start_server(scripted_doors.TokenServer)
    small_registry.guard = scripted_doors.guarded_by_tokens(tokens)
    return tokens


@pytest.fixture
def helper(dkr_ls, scratch):
    """Makes `docker-credential-NAME`, found on PATH, which prints `answer`; returns what it was called with so far."""
    (scratch / "bin").mkdir()
    plain = dkr_ls.environment

    def environment(**variables):
        return plain(**variables) | {"PATH": f"{scratch}/bin:{plain()['PATH']}"}

    dkr_ls.environment = environment

    def helper(name, answer, status=0):
        calls, program = scratch / f"{name}.calls", scratch / f"bin/docker-credential-{name}"
        text = answer if isinstance(answer, str) else json.dumps(answer)
        (scratch / f"{name}.answer").write_text(text)
        asked = f'{{ echo "$@"; cat; echo; }} >> {calls}; echo p4ss noise >&2'
        program.write_text(f"#!/bin/sh\n{asked}\ncat {scratch}/{name}.answer\nexit {status}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return lambda: calls.read_text().split() if calls.exists() else []

    return helper
