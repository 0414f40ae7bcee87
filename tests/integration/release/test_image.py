"""The container image: README's quickstart on a machine that has nothing but Docker."""

import json
import subprocess
import time

import pytest

import peers
from registry_content import image
from scripted import silence
from tables import at_one_moment, rows


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
