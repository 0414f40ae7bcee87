"""The real peers of dkr-ls: docker's engine, podman's service and a registry.

Each is a context manager that ends what it started.
"""

import contextlib
import dataclasses
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKER = "/usr/bin/docker"
CLEAN = {"PATH": os.defpath + ":/usr/sbin:/sbin", "HOME": "/nonexistent", "DOCKER_CONFIG": "/nonexistent"}


class Unavailable(Exception):
    """This machine cannot run the peer; the text says why."""


class Engine:
    """An engine at `host`, seen through docker's own client and through its bare API."""

    def __init__(self, host):
        self.host = host

    def docker(self, *args, stdin=b""):
        command = [DOCKER, "-H", self.host, *args]
        return subprocess.run(command, input=stdin, env=CLEAN, check=True, stdout=subprocess.PIPE).stdout

    def load(self, lines):
        """Loads one image per line of `SIZE CREATED [NAME:TAG ...]`."""
        text = "".join(f"{line}\n" for line in lines).encode()
        archive = subprocess.run([ROOT / "scripts/image-archive.sh"], input=text, check=True, stdout=subprocess.PIPE).stdout
        self.docker("load", stdin=archive)

    def get(self, path):
        """The body that the engine answers to a GET of `path`, as bytes."""
        connection = http.client.HTTPConnection("engine")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.host.removeprefix("unix://"))
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().read()

    def images(self):
        return json.loads(self.get("/images/json"))


@contextlib.contextmanager
def scratch_directory(place="/tmp"):
    """A new directory whose path is short enough for a unix socket inside."""
    directory = tempfile.mkdtemp(prefix="dkr", dir=place)
    try:
        yield Path(directory)
    finally:
        shutil.rmtree(directory)


@contextlib.contextmanager
def dockerd():
    script = ROOT / "scripts/engine.sh"
    with scratch_directory(roomy_memory()) as home:
        try:
            started = subprocess.run([script, "start", home / "engine"], capture_output=True, text=True)
            if started.returncode != 0:
                raise Unavailable(started.stderr[-2000:])
            yield Engine(started.stdout.strip())
        finally:
            subprocess.run([script, "stop", home / "engine"], check=True)


@contextlib.contextmanager
def podman_service():
    if os.geteuid() != 0:
        raise Unavailable("podman's service is started here as root only")
    if not shutil.which("podman"):
        raise Unavailable("podman is not installed")
    with scratch_directory() as home:
        config = home / "containers.conf"
        config.write_text(f'[engine]\nlock_type = "file"\n[network]\nnetwork_config_dir = "{home}/networks"\n')
        places = ["--root", home / "root", "--runroot", home / "run", "--tmpdir", home / "tmp", "--storage-driver", "vfs"]
        service = ["podman", *places, "system", "service", "--time=0", f"unix://{home}/podman.sock"]
        env = CLEAN | {"TMPDIR": str(home), "CONTAINERS_CONF": str(config)}
        with process(service, log=home / "log", env=env) as running:
            engine = Engine(f"unix://{home}/podman.sock")
            wait_until(lambda: engine.get("/_ping") == b"OK", running, home / "log")
            yield engine


@contextlib.contextmanager
def registry():
    """Yields the registry's `127.0.0.1:PORT`."""
    if not shutil.which("docker-registry"):
        raise Unavailable("docker-registry is not installed")
    with scratch_directory() as home, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % free.getsockname()[1]
        free.close()
        (home / "config.yml").write_text(
            f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {home}/data}}}}\nhttp: {{addr: '{address}'}}\n"
        )
        with process(["docker-registry", "serve", home / "config.yml"], log=home / "log", env=CLEAN) as running:
            wait_until(lambda: socket.create_connection(address.split(":")).close() is None, running, home / "log")
            yield address


@dataclasses.dataclass(frozen=True)
class Certificate:
    path: Path
    key: Path

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self.key)
        return context


@contextlib.contextmanager
def certificate(name="localhost"):
    """Of an authority of its own, good for this machine."""
    with scratch_directory() as home:
        made = Certificate(home / "certificate.pem", home / "key.pem")
        names = ["-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2"]
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        openssl("req", "-x509", *kind, *names, "-keyout", made.key, "-out", made.path)
        yield made


def openssl(*args, stdin=b""):
    return subprocess.run(["openssl", *args], input=stdin, env=CLEAN, check=True, capture_output=True).stdout


@contextlib.contextmanager
def trusted(address, certificate, client=None):
    """Has docker and dkr-ls trust the certificate at the address, and show the one of the `client` there."""
    place = Path("/etc/docker/certs.d") / address
    try:
        place.mkdir(parents=True)
    except OSError as reason:
        raise Unavailable(f"certificates for docker cannot be placed: {reason}") from reason
    try:
        shutil.copy(certificate.path, place / "ca.crt")
        if client:
            shutil.copy(client.path, place / "client.cert")
            shutil.copy(client.key, place / "client.key")
        yield
    finally:
        shutil.rmtree(place)
        with contextlib.suppress(OSError):  # where others are
            place.parent.rmdir()


def roomy_memory():
    """Where an engine takes in thousands of images fastest: it syncs each one to its disk."""
    memory = "/dev/shm"
    return memory if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 10**9 else "/tmp"


@contextlib.contextmanager
def process(command, log, env):
    streams = {"stdin": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, **streams, env=env) as running:
        try:
            yield running
        finally:
            running.terminate()


def wait_until(ready, running, log, seconds=30):
    """Returns when `ready()` is true; the process ending or the time running out makes the peer unavailable."""
    end = time.monotonic() + seconds
    while running.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if ready():
                return
        time.sleep(0.05)
    raise Unavailable(f"{running.args[0]} does not start: {log.read_text()[-2000:]}")
