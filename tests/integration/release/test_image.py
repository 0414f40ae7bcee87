"""The container image: README's quickstart on a machine that has nothing but Docker, and the archive of a release."""

import hashlib
import io
import json
import os
import platform
import re
import subprocess
import tarfile
import time

import pytest

import containerd_peer
import peers
from registry_content import image
from scripted import silence
from tables import at_one_moment, rows

pytestmark = pytest.mark.xdist_group("bookworm")


@pytest.fixture(scope="module")
def engine(start, debian, in_release):
    """An engine that has built the image from a Debian of our own."""
    engine = start(peers.dockerd())
    packed = subprocess.Popen(["tar", "-C", debian, "-c", "."], stdout=subprocess.PIPE)
    subprocess.run([peers.DOCKER, "-H", engine.host, "import", "-", "debian:bookworm"], stdin=packed.stdout, check=True)
    assert packed.wait() == 0
    in_release(
        "make", "docker", f"DOCKER={peers.DOCKER}", "DOCKER_BUILD_FLAGS=--network host",
        env=peers.CLEAN | {"DOCKER_HOST": engine.host},
    )  # fmt: skip
    return engine


@pytest.fixture
def run(engine):
    """Runs the image as README says."""
    return lambda *args: engine.docker("run", "--rm", "--network", "host", "dkr-ls", *args)


def test_its_program_is_the_released_one_byte_for_byte(engine):
    """Another build, elsewhere, by the same compiler: the newest of Debian 12."""
    release = platform.freedesktop_os_release()["VERSION_CODENAME"]
    if release != "bookworm":
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"the compiler here is that of {release}")
    container = engine.docker("create", "dkr-ls").decode().strip()
    with tarfile.open(fileobj=io.BytesIO(engine.docker("cp", f"{container}:/dkr-ls", "-"))) as content:
        program = content.extractfile("dkr-ls").read()
    engine.docker("rm", container)
    released = (peers.ROOT / "dist/dkr-ls").read_bytes()
    assert hashlib.sha256(program).hexdigest() == hashlib.sha256(released).hexdigest()


def test_it_is_small_and_says_what_it_is(engine, run, in_release):
    described = json.loads(engine.docker("inspect", "dkr-ls"))[0]
    assert described["Size"] < 10_000_000
    labels = described["Config"]["Labels"]
    version = labels["org.opencontainers.image.version"]
    assert run("--version").decode() == f"dkr-ls version {version}\n"
    assert labels["org.opencontainers.image.revision"] == in_release("git", "rev-parse", "HEAD").strip()


def test_it_lists_the_engine_that_runs_it(engine):
    socket = f"{engine.host.removeprefix('unix://')}:/var/run/docker.sock"
    command = ["run", "--rm", "-v", socket, "dkr-ls", "tags"]
    ours, theirs = at_one_moment(lambda: engine.docker(*command), lambda: engine.docker("images"))
    assert ours == theirs


ARCHIVE = peers.ROOT / "dist/dkr-ls-image.tar"


@pytest.fixture(scope="module")
def loaded(engine):
    """The name under which `docker load` knows the image of the archive for this machine."""
    said = engine.docker("load", "--input", ARCHIVE).decode()
    names = re.findall(r"Loaded image: (dkr-ls:\S+)", said)
    assert [name.rpartition("-")[2] for name in names] == ["amd64", "arm64"], said
    machine = engine.docker("info", "--format", "{{.Architecture}}").decode().strip()
    return names[["x86_64", "aarch64"].index(machine)]


def test_the_loaded_archive_lists_the_engine_that_runs_it(engine, loaded):
    socket = f"{engine.host.removeprefix('unix://')}:/var/run/docker.sock"
    command = ["run", "--rm", "-v", socket, loaded, "tags"]
    ours, theirs = at_one_moment(lambda: engine.docker(*command), lambda: engine.docker("images"))
    assert ours == theirs


def test_the_archive_holds_what_the_engine_builds(engine, loaded, scratch):
    def described(name):
        described = json.loads(engine.docker("inspect", name))[0]
        return [described["Os"], described["Architecture"], described["Config"]["Labels"], described["Config"]["Entrypoint"]]

    def files(name):
        container = engine.docker("create", name).decode().strip()
        with tarfile.open(fileobj=io.BytesIO(engine.docker("export", container))) as content:
            engine.docker("rm", container)
            return {file.name: (file.mode & 0o7777, file.uid, file.gid) for file in content if file.isreg()}

    assert files(loaded)["dkr-ls"] == (0o755, 0, 0)
    assert files(loaded) == files("dkr-ls")
    assert described(loaded) == described("dkr-ls")


def test_the_archive_is_one_image_for_both_processors(dkr_ls, docker_registry, in_release):
    copied = f"docker://{docker_registry.address}/dkr-ls:copied"
    in_release("skopeo", "copy", "--quiet", "--all", "--dest-tls-verify=false", f"oci-archive:{ARCHIVE}", copied)
    listed = dkr_ls("tags", "--platform", "all", "--source", f"registry:{docker_registry.address}", "--repo", "dkr-ls")
    from_file = dkr_ls("tags", "--platform", "all", "--source", f"oci-archive:{ARCHIVE}", "--exclude", "*-*")
    assert [listed.status, from_file.status] == [0, 0]
    assert [row[2] for row in rows(listed.stdout)] == ["linux/amd64", "linux/arm64"]
    assert [row[2:] for row in rows(from_file.stdout)] == [row[2:] for row in rows(listed.stdout)]


@pytest.mark.parametrize("kind", ["oci-archive", "docker-archive"])
def test_the_archive_has_a_name_for_each_processor(dkr_ls, kind):
    listed = dkr_ls("tags", "--platform", "all", "--source", f"{kind}:{ARCHIVE}", "--tag", "*-*")
    assert [(row[1].rpartition("-")[2], row[2]) for row in rows(listed.stdout)] == [
        ("amd64", "linux/amd64"),
        ("arm64", "linux/arm64"),
    ]


def test_containerd_imports_the_archive_with_both_processors(start):
    containerd = start(containerd_peer.containerd())
    containerd.ctr("default", "images", "import", "--no-unpack", "--all-platforms", ARCHIVE)
    (listed,) = [line for line in containerd.ctr("default", "images", "ls").splitlines() if "dkr-ls" in line]
    assert listed.startswith("docker.io/library/dkr-ls:") and "linux/amd64,linux/arm64" in listed


def test_it_lists_a_registry(run, docker_registry):
    docker_registry.put("in/the/image", "1", image(1, layers=[]))
    listed = run("tags", "--source", f"registry:{docker_registry.address}", "--repo", "in/the/image")
    assert [row[:2] for row in rows(listed)] == [("in/the/image", "1")]


def test_it_knows_authorities_and_so_refuses_who_signs_for_himself(engine, start, certificate, docker_registry):
    front = start(peers.nginx(certificate, {"/": docker_registry.address}))
    command = [peers.DOCKER, "-H", engine.host, "run", "--rm", "--network", "host", "dkr-ls", "repos", "--source"]
    refused = subprocess.run([*command, f"registry:{front.source}"], env=peers.CLEAN, capture_output=True, text=True)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "certificate" in refused.stderr and "has no CA certificates" not in refused.stderr


def test_it_ends_when_it_is_told_to(engine, serve):
    server = serve(silence)
    socket = f"{server.address.removeprefix('unix://')}:/var/run/docker.sock"
    engine.docker("run", "--detach", "--name", "hanging", "-v", socket, "dkr-ls", "tags")
    end = time.monotonic() + 30
    while not server.requests:
        assert time.monotonic() < end, engine.docker("logs", "hanging")
        time.sleep(0.05)
    engine.docker("stop", "--time", "30", "hanging")
    assert json.loads(engine.docker("inspect", "hanging"))[0]["State"]["ExitCode"] == 143
    engine.docker("rm", "hanging")
