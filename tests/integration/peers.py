"""The real peers of dkr-ls: docker's engine, podman's service and a registry.

Each is a context manager that ends what it started.
"""

import contextlib
import dataclasses
import hashlib
import http.client
import json
import os
import re
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


def clients():
    """Docker's own: Debian's, and the one on PATH if it is of another version that shows what Debian's shows."""
    on_path = shutil.which("docker")
    version = subprocess.run([on_path, "--version"], capture_output=True, text=True).stdout if on_path else ""
    release = re.match(r"Docker version (\d+)", version)
    return [DOCKER] + ([on_path] if release and 23 <= int(release[1]) <= 28 else [])


class Unavailable(Exception):
    """This machine cannot run the peer; the text says why."""


class Engine:
    """An engine at `host`, seen through docker's own client and through its bare API."""

    def __init__(self, host):
        self.host = host

    def docker(self, *args, stdin=b"", client=DOCKER, **variables):
        command = [client, "-H", self.host, *args]
        return subprocess.run(
            command, input=stdin, env=CLEAN | variables, check=True, stdout=subprocess.PIPE
        ).stdout

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
def dockerd(*arguments):
    """An Engine; the arguments are dockerd's."""
    script = ROOT / "scripts/engine.sh"
    with scratch_directory(roomy_memory()) as home:
        try:
            started = subprocess.run([script, "start", home / "engine", *arguments], capture_output=True, text=True)
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


@dataclasses.dataclass(frozen=True)
class Registry:
    """docker-registry on `address`, whose files lie below `data`."""

    address: str
    data: Path

    @property
    def source(self):
        return self.address

    def push(self, archive, names):
        """Copies images of an archive of scripts/image-archive.sh here, under their own names."""
        for name in names:
            skopeo = ["skopeo", "copy", "--quiet", "--dest-tls-verify=false", f"docker-archive:{archive}:{name}"]
            subprocess.run([*skopeo, f"docker://{self.address}/{name}"], env=CLEAN, check=True)

    def put(self, name, tag, manifest, *layers):
        """Uploads a Manifest of registry_content.py with all that belongs to it; `layers` are the bytes of its layers."""
        for child in manifest.children:
            self.put(name, child.digest, child, *layers)
        for blob in [manifest.config, *layers]:
            if blob is not None:
                place = (
                    self._ask("POST", f"/v2/{name}/blobs/uploads/")
                    .headers["Location"]
                    .removeprefix(f"http://{self.address}")
                )
                self._ask("PUT", f"{place}&digest=sha256:{hashlib.sha256(blob).hexdigest()}", blob)
        self._ask("PUT", f"/v2/{name}/manifests/{tag}", manifest.body, {"Content-Type": manifest.media_type})

    def remove(self, name, manifest):
        self._ask("DELETE", f"/v2/{name}/manifests/{manifest.digest}")

    def _ask(self, method, target, body=None, headers={}):
        with contextlib.closing(http.client.HTTPConnection(self.address)) as connection:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            assert answer.status < 300, (method, target, answer.status, answer.read())
            return answer


@contextlib.contextmanager
def registry(data=None, auth="{}"):
    """A Registry; `data` is where its files are, if they are there already, `auth` the part of its configuration."""
    if not shutil.which("docker-registry"):
        raise Unavailable("docker-registry is not installed")
    with scratch_directory() as home, reserved_address() as address:
        found = Registry(address, data or home / "data")
        storage = f"{{filesystem: {{rootdirectory: {found.data}}}, delete: {{enabled: true}}}}"
        parts = ["version: 0.1", "log: {level: warn, accesslog: {disabled: true}}"]
        parts += [f"storage: {storage}", f"http: {{addr: '{found.address}'}}"]
        (home / "config.yml").write_text("\n".join(parts + ([f"auth: {auth}"] if auth != "{}" else [])))
        with process(["docker-registry", "serve", home / "config.yml"], log=home / "log", env=CLEAN) as running:
            wait_until(lambda: answers(found.address), running, home / "log")
            yield found


@contextlib.contextmanager
def reserved_address():
    """An address of this machine that no other test gets; nobody answers there until a server of ours listens on it.

    The port stays bound by a socket that does not listen: SO_REUSEADDR, which servers set too, lets them share it.
    """
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind(("127.0.0.1", 0))
        yield "127.0.0.1:%d" % reserved.getsockname()[1]


def answers(address):
    return socket.create_connection(address.split(":")).close() is None


@contextlib.contextmanager
def passwords(user, password):
    """The file of htpasswd for a registry."""
    if not shutil.which("htpasswd"):
        raise Unavailable("htpasswd, of apache2-utils, is not installed")
    with scratch_directory() as home:
        text = subprocess.run(["htpasswd", "-Bbn", user, password], env=CLEAN, check=True, stdout=subprocess.PIPE).stdout
        (home / "htpasswd").write_bytes(text)
        yield home / "htpasswd"


@dataclasses.dataclass(frozen=True)
class Front:
    """nginx at `address`, which notes for each request the connection, the protocol and the status."""

    address: str
    log: Path

    @property
    def source(self):
        return f"https://{self.address}"

    def noted(self):
        """(connection, protocol, status, request) of each so far."""
        return [tuple(line.split(" ", 3)) for line in self.log.read_text().splitlines()]


@contextlib.contextmanager
def nginx(certificate, backends, clients=None, address=None, more=""):
    """HTTP/2 over TLS in front of `backends`, {path: address}; with `clients` only for those who show that certificate.

    `more` are other directives.
    """
    program = shutil.which("nginx", path=os.defpath + ":/usr/sbin:/sbin")
    if not program:
        raise Unavailable("nginx is not installed")
    with scratch_directory() as home, reserved_address() as free:
        front = Front(address or free, home / "access.log")
        verify = f"ssl_verify_client on; ssl_client_certificate {clients.path};" if clients else ""
        temporary = "".join(
            f"{kind}_temp_path {home}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        places = "".join(f"location {path} {{ proxy_pass http://{to}; }}" for path, to in backends.items())
        (home / "nginx.conf").write_text(
            f"""
            daemon off; master_process off; worker_processes 1; pid {home}/pid; events {{ }}
            http {{
              {temporary} log_format noted '$connection $server_protocol $status $request';
              access_log {front.log} noted; client_max_body_size 0; {more}
              proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto https;
              server {{
                listen {front.address} ssl http2; ssl_certificate {certificate.path}; ssl_certificate_key {certificate.key};
                {verify} {places}
              }}
            }}"""
        )
        with process(
            [program, "-c", home / "nginx.conf", "-p", home, "-e", home / "log"], log=home / "out", env=CLEAN
        ) as running:
            wait_until(lambda: answers(front.address), running, home / "log")
            yield front


@dataclasses.dataclass(frozen=True)
class Certificate:
    path: Path
    key: Path

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self.key)
        return context


@contextlib.contextmanager
def certificate(names="DNS:localhost,IP:127.0.0.1"):
    """Of an authority of its own, good for these names: by themselves those of this machine."""
    with scratch_directory() as home:
        made = Certificate(home / "certificate.pem", home / "key.pem")
        names = ["-subj", "/CN=tests", "-addext", f"subjectAltName={names}", "-days", "2"]
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
        make_directory(place)
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


def make_directory(place):
    """Several times, if need be: another process may take away the empty parent at any time."""
    for _ in range(9):
        with contextlib.suppress(FileNotFoundError):
            return place.mkdir(parents=True)
    return place.mkdir(parents=True)


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


def wait_until(ready, running, log, seconds=60):
    """Returns when `ready()` is true; the process ending or the time running out makes the peer unavailable."""
    end = time.monotonic() + seconds
    while running.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if ready():
                return
        time.sleep(0.05)
    raise Unavailable(f"{running.args[0]} does not start: {log.read_text()[-2000:]}")
