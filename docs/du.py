#!/usr/bin/env python3
"""Prints README's example of `dkr-ls du`, a real run on a registry, and draws the same as docs/du.svg.

  docs/du.py [PICTURE]    needs docker-registry and build/dkr-ls, or the program in DKR_LS; PICTURE is another file to write
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/integration"))

import peers
from registry_content import descriptor, image, index, platform

DKR_LS = os.environ.get("DKR_LS", str(ROOT / "build/dkr-ls"))
ADDRESS = "reg.example.com:5000"  # what README calls the registry
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
MB = 1_000_000
# name, tags, the layers of all tags (name and MB), what a tag has for itself in MB, platforms
STOCK = [
    ("base/debian", 6, [("debian", 52)], 0.4, ["amd64", "arm64"]),
    ("base/python", 9, [("debian", 52), ("python", 61)], 3.1, ["amd64", "arm64"]),
    ("team/app", 84, [("debian", 52), ("python", 61), ("libraries", 148)], 27, ["amd64"]),
    ("team/job", 23, [("debian", 52), ("python", 61), ("libraries", 148)], 11, ["amd64"]),
    ("team/web", 41, [("alpine", 4), ("node", 46)], 19, ["amd64", "arm64"]),
    ("ml/training", 7, [("cuda", 2440), ("torch", 1310)], 86, ["amd64"]),
    ("ml/serving", 12, [("cuda", 2440)], 164, ["amd64"]),
    ("tools/ci", 5, [("alpine", 4)], 210, ["amd64"]),
]


class Stock:
    """Fills a registry. Its layers are sparse files, put where the registry keeps them."""

    def __init__(self, registry):
        self._registry, self._root = registry, registry.data / "docker/registry/v2"

    def layer(self, repository, name, megabytes):
        found = descriptor(LAYER, name.encode(), size=int(megabytes * MB))
        hex = found["digest"].partition(":")[2]
        link = self._root / "repositories" / repository / "_layers/sha256" / hex / "link"
        data = self._root / "blobs/sha256" / hex[:2] / hex / "data"
        for file in link, data:
            file.parent.mkdir(parents=True, exist_ok=True)
        link.write_text(found["digest"])
        with data.open("wb") as file:
            file.truncate(found["size"])
        return found

    def image(self, repository, tag, layers, own, machine):
        all = [*layers, (f"{repository}:{tag}", own)]
        described = [self.layer(repository, f"{name} {machine}", megabytes) for name, megabytes in all]
        return image(f"2026-0{1 + tag % 9}-01T00:00:00Z", described, platform=platform("linux", machine))

    def fill(self, repository, tags, layers, own, machines):
        for tag in range(tags):
            images = [self.image(repository, tag, layers, own, machine) for machine in machines]
            self._registry.put(repository, f"1.{tag}", index(*images) if len(images) > 1 else images[0])


def main():
    with peers.registry() as registry, tempfile.TemporaryDirectory() as cache:
        stock = Stock(registry)
        for line in STOCK:
            stock.fill(*line)
        environment = peers.CLEAN | {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": cache}
        for args in [], ["--keep", "3", "--prefix", "team/"]:
            command = ["du", "--source", f"registry:{registry.address}", *args]
            table = subprocess.run([DKR_LS, *command], env=environment, check=True, stdout=subprocess.PIPE).stdout.decode()
            print("$ dkr-ls", " ".join(command).replace(registry.address, ADDRESS))
            print(table, end="")
        picture = [DKR_LS, "du", "--source", f"registry:{registry.address}", "--format", "svg"]
        with Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs/du.svg").open("wb") as file:
            subprocess.run(picture, env=environment, check=True, stdout=file)


main()
