"""A containerd of its own, seen through its own client, ctr."""

import contextlib
import dataclasses
import io
import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import peers
from registry_content import descriptor, digest_of

CONFIGURATION = """
version = 2
root = "{home}/root"
state = "{home}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "{home}/containerd.sock"
[ttrpc]
  address = "{home}/ttrpc.sock"
"""


@dataclasses.dataclass(frozen=True)
class Containerd:
    socket: Path

    @property
    def source(self):
        return f"containerd:{self.socket}"

    def ctr(self, name_space, *args):
        command = ["ctr", "--address", self.socket, "--namespace", name_space, *args]
        return subprocess.run(command, env=peers.CLEAN, check=True, stdout=subprocess.PIPE).stdout.decode()

    def load(self, name_space, images, *how):
        """Imports {name: Manifest of registry_content.py}; layers need not be there. `how` are other options of ctr."""
        archive = self.socket.parent / f"{name_space}.tar"
        write_layout(archive, images)
        self.ctr(name_space, "images", "import", "--no-unpack", *how, archive)
        archive.unlink()

    def tag(self, name_space, source, *names):
        for name in names:
            self.ctr(name_space, "images", "tag", source, name)

    def images(self, name_space):
        """{name: digest} as ctr lists them."""
        rows = self.ctr(name_space, "images", "ls").splitlines()[1:]
        return {row.split()[0]: row.split()[2] for row in rows}


def write_layout(archive, images):
    """An OCI layout in a tar file."""
    with tarfile.open(archive, "w") as tar:
        known = set()

        def add(name, content):
            if name not in known:
                known.add(name)
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))

        def add_blob(content):
            add("blobs/" + digest_of(content).replace(":", "/"), content)

        def add_manifest(manifest):
            add_blob(manifest.body)
            if manifest.config is not None:
                add_blob(manifest.config)
            for child in manifest.children:
                add_manifest(child)

        entries = []
        for name, manifest in images.items():
            add_manifest(manifest)
            about = {"io.containerd.image.name": name}
            entries.append(descriptor(manifest.media_type, manifest.body, annotations=about))
        add("oci-layout", b'{"imageLayoutVersion": "1.0.0"}')
        add("index.json", json.dumps({"schemaVersion": 2, "manifests": entries}).encode())


@contextlib.contextmanager
def containerd():
    if os.geteuid() != 0:
        raise peers.Unavailable("containerd is started as root only")
    if not shutil.which("containerd") or not shutil.which("ctr"):
        raise peers.Unavailable("containerd is not installed")
    with peers.scratch_directory(peers.roomy_memory()) as home:
        home.chmod(0o755)  # so that another user gets as far as the socket
        (home / "config.toml").write_text(CONFIGURATION.format(home=home))
        command = ["containerd", "--config", home / "config.toml"]
        with peers.process(command, log=home / "log", env=peers.CLEAN) as running:
            found = Containerd(home / "containerd.sock")
            peers.wait_until(lambda: is_serving(found), running, home / "log")
            yield found


def is_serving(found):
    return found.socket.exists() and found.ctr("default", "version") != ""
