#!/usr/bin/python3
"""Makes the image that `make docker` builds, for all processors, without an engine.

    image.py VERSION FILE

FILE becomes an archive of an OCI layout with one index, which skopeo, containerd and engines with
containerd's image store take; for all other engines it is an archive of `docker save`, too, with an
image for each processor. Reads what `make dist` has built. SOURCE_DATE_EPOCH is the time of everything
in it, and REVISION the commit. The formats: https://github.com/opencontainers/image-spec, version 1.1.
"""

import datetime
import gzip
import hashlib
import io
import json
import os
import re
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
ARCHS = ("amd64", "arm64")
NAME = "docker.io/library/dkr-ls"
OCI = "application/vnd.oci.image."


def tar(files, seconds):
    """An archive of `files`, pairs of a name and its bytes, with the folders that they need."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        folders = {str(folder) for name, _ in files for folder in Path(name).parents} - {"."}
        for name, content in sorted([*files, *((folder, None) for folder in folders)]):
            entry = tarfile.TarInfo(name)
            entry.mtime = seconds
            entry.mode = 0o644 if content is not None and name != "dkr-ls" else 0o755
            if content is None:
                entry.type = tarfile.DIRTYPE
            else:
                entry.size = len(content)
            archive.addfile(entry, content and io.BytesIO(content))
    return packed.getvalue()


class Layout:
    """The files of an OCI layout."""

    def __init__(self):
        self.files = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}'}

    def add(self, content, kind, **more):
        """Stores bytes, or the JSON of anything else, and returns a descriptor of them."""
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        digest = hashlib.sha256(content).hexdigest()
        self.files[f"blobs/sha256/{digest}"] = content
        return {"mediaType": OCI + kind, "digest": f"sha256:{digest}", "size": len(content), **more}

    def path(self, descriptor):
        return f"blobs/{descriptor['digest'].replace(':', '/')}"


def described(version):
    """What Dockerfile says of the image."""
    dockerfile = (ROOT / "Dockerfile").read_text().replace("\\\n", "")
    (labels,) = re.findall(r"^LABEL (.*)$", dockerfile, re.MULTILINE)
    (entrypoint,) = re.findall(r"^ENTRYPOINT (.*)$", dockerfile, re.MULTILINE)
    values = {"$VERSION": version, "$REVISION": os.environ.get("REVISION", "unknown")}
    return {
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        "Entrypoint": json.loads(entrypoint),
        "Labels": {key: values.get(value, value) for key, value in re.findall(r'(\S+)="([^"]*)"', labels)},
    }


def main(version, file):
    seconds = int(os.environ["SOURCE_DATE_EPOCH"])
    created = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    layout, manifests, saved = Layout(), [], []
    for arch in ARCHS:
        libraries = ROOT / "build-static-libs" / arch
        content = [
            ("dkr-ls", (ROOT / f"dist/dkr-ls-linux-{arch}").read_bytes()),
            ("etc/ssl/certs/ca-certificates.crt", (libraries / "ca-certificates.crt").read_bytes()),
            ("usr/share/doc/ca-certificates/copyright", (libraries / "ca-certificates.copyright").read_bytes()),
            ("usr/share/doc/dkr-ls/copyright", (ROOT / f"dist/dkr-ls-linux-{arch}.copyright").read_bytes()),
        ]
        unpacked = tar(content, seconds)
        layer = layout.add(gzip.compress(unpacked, mtime=0), "layer.v1.tar+gzip")
        config = layout.add(
            {
                "architecture": arch,
                "os": "linux",
                "created": created,
                "config": described(version),
                "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(unpacked).hexdigest()}"]},
                "history": [{"created": created, "created_by": "make dist"}],
            },
            "config.v1+json",
        )
        manifest = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": config, "layers": [layer]}
        manifests.append(layout.add(manifest, "manifest.v1+json", platform={"architecture": arch, "os": "linux"}))
        saved.append(
            {
                "Config": layout.path(config),
                "RepoTags": [f"dkr-ls:{version}-{arch}"],
                "Layers": [layout.path(layer)],
            }
        )
    names = {"io.containerd.image.name": f"{NAME}:{version}", "org.opencontainers.image.ref.name": version}
    index = {"schemaVersion": 2, "mediaType": OCI + "index.v1+json"}
    whole = layout.add(index | {"manifests": manifests}, "index.v1+json", annotations=names)
    layout.files["index.json"] = json.dumps(index | {"manifests": [whole]}).encode()
    layout.files["manifest.json"] = json.dumps(saved).encode()
    Path(file).write_bytes(tar(list(layout.files.items()), seconds))


if __name__ == "__main__":
    if len(sys.argv) != 3 or not os.environ.get("SOURCE_DATE_EPOCH", "").isdecimal():
        sys.exit("usage: SOURCE_DATE_EPOCH=SECONDS image.py VERSION FILE")
    main(*sys.argv[1:])
