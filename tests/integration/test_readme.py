"""The examples of README's sections about output and cleaning up do what they say, on a real engine and a real registry."""

import gzip
import re
import subprocess
from pathlib import Path

import pytest

from registry_content import descriptor, image, platform

README_PLACE = Path(__file__).resolve().parents[2]
README = (README_PLACE / "README.md").read_text()
REGISTRY = "reg.example.com:5000"
# What the deleters are given is only looked at: the engine is needed by other tests.
HARMLESS = {"docker rmi": "/usr/bin/docker image inspect", "skopeo delete": "skopeo inspect --raw --tls-verify=false"}


def commands(section):
    text = README.partition(f"### {section}\n")[2].partition("\n### ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return "".join(blocks).replace("|\n", "|").splitlines()


EXAMPLES = [*commands("Output"), *commands("Clean up")]


@pytest.fixture(scope="module")
def stocked(docker_registry):
    layer = gzip.compress(b"some file", mtime=0)
    shipped = descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer)
    for days in range(12):
        manifest = image(days, [shipped], platform=platform("linux", "amd64"))
        docker_registry.put("readme/app", f"{12 - days}", manifest, layer)
    return docker_registry


def test_the_example_of_disk_usage_and_its_picture_are_a_real_run(dkr_ls, docker_registry, scratch):
    """`docker_registry` only says whether there can be one."""
    picture = scratch / "du.svg"
    script = README_PLACE / "docs/du.py"
    table = subprocess.run([script, picture], env=dkr_ls.environment(), check=True, stdout=subprocess.PIPE).stdout
    assert f"```console\n{table.decode()}```" in README
    assert picture.read_bytes() == (README_PLACE / "docs/du.svg").read_bytes()


def test_there_are_examples():
    assert len(EXAMPLES) >= 10


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_works(dkr_ls, engine, stocked, example):
    for deleter, harmless in HARMLESS.items():
        example = example.replace(deleter, harmless)
    example = example.replace(REGISTRY, stocked.address).replace("dkr-ls", '"$DKR_LS"', 1)
    result = dkr_ls.shell(f"set -o pipefail; {example}", env={"DOCKER_HOST": engine.host})
    assert (result.status, result.errors) == (0, []), result
    assert result.stdout, example
