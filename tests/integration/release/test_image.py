"""The container image: README's quickstart on a machine that has nothing but Docker."""

import json
import subprocess

import peers


def test_the_image_lists_the_engine_that_runs_it_and_registries(start, debian, in_release, docker_registry):
    engine = start(peers.dockerd())
    packed = subprocess.Popen(["tar", "-C", debian, "-c", "."], stdout=subprocess.PIPE)
    subprocess.run([peers.DOCKER, "-H", engine.host, "import", "-", "debian:bookworm"], stdin=packed.stdout, check=True)
    assert packed.wait() == 0
    in_release(
        "make", "docker", f"DOCKER={peers.DOCKER}", "DOCKER_BUILD_FLAGS=--network host",
        env=peers.CLEAN | {"DOCKER_HOST": engine.host},
    )  # fmt: skip

    described = json.loads(engine.docker("inspect", "dkr-ls"))[0]
    assert described["Size"] < 10_000_000
    labels = described["Config"]["Labels"]
    version = labels["org.opencontainers.image.version"]
    assert engine.docker("run", "--rm", "dkr-ls", "--version").decode() == f"dkr-ls version {version}\n"
    assert labels["org.opencontainers.image.revision"] == in_release("git", "rev-parse", "HEAD").strip()
    listed = engine.docker(
        "run", "--rm", "-v", f"{engine.host.removeprefix('unix://')}:/var/run/docker.sock", "dkr-ls", "tags"
    )
    assert listed == engine.docker("images")
    source = f"registry:{docker_registry.address}"
    repositories = engine.docker("run", "--rm", "--network", "host", "dkr-ls", "repos", "--source", source)
    assert repositories.startswith(b"REPOSITORY\n")
