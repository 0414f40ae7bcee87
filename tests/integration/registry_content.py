"""What a registry holds, made by small functions: images, indexes, artifacts, as the bytes that are served."""

import base64
import dataclasses
import hashlib
import json
import time
from datetime import datetime, timezone

DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
OCI = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
EMPTY_CONFIG = "application/vnd.oci.empty.v1+json"
HELM_CONFIG = "application/vnd.cncf.helm.config.v1+json"
SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+json"
SCHEMA_1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws"

DAY = 86400
HERE = {"os": "linux", "architecture": "amd64"}  # the platform of an image that does not say another


@dataclasses.dataclass(frozen=True)
class Manifest:
    """Any kind of manifest, and what a registry keeps with it."""

    media_type: str
    body: bytes
    config: bytes = None  # served as a blob; of none where there is none, or nobody should ask for it
    children: tuple = ()  # of an index: the manifests that are there to be had
    platform: dict = None  # what an index says about it
    annotations: dict = None  # likewise
    algorithm: str = "sha256"

    @property
    def digest(self):
        return digest_of(self.body, self.algorithm)

    @property
    def config_digest(self):
        return json.loads(self.body)["config"]["digest"]

    @property
    def id(self):
        """As in the column IMAGE ID."""
        return self.config_digest.split(":")[1][:12]

    @property
    def size(self):
        """The bytes that a pull transfers."""
        manifest = json.loads(self.body)
        return sum({part["digest"]: part["size"] for part in [manifest["config"], *manifest["layers"]]}.values())

    def changed(self, **fields):
        return dataclasses.replace(self, **fields)

    def without_config(self):
        """The same for a test in which nobody should ask for the config."""
        return self.changed(config=None)


def digest_of(body, algorithm="sha256"):
    return f"{algorithm}:{hashlib.new(algorithm, body).hexdigest()}"


def days_ago(days):
    return datetime.fromtimestamp(time.time() - days * DAY, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_json(fields):
    """`...` leaves the field away."""
    return json.dumps({name: value for name, value in fields.items() if value is not ...}).encode()


def descriptor(media_type, body, **fields):
    return {"mediaType": media_type, "digest": digest_of(body), "size": len(body)} | fields


def layer(size, name=""):
    """A layer of which only the descriptor matters: nobody is to ask for it."""
    return descriptor("application/vnd.oci.image.layer.v1.tar+gzip", f"{name}{size}".encode(), size=size)


def image(created=None, layers=(1000,), platform=HERE, kind=OCI, raw=None, algorithm="sha256", **fields):
    """An image; layers are sizes or `layer(...)`, `raw` are the bytes of its config, `fields` those of the manifest.

    It is of the given age in days, or of the date in a text, or without.
    """
    date = days_ago(created) if isinstance(created, (int, float)) else ... if created is None else created
    usual = platform | {"created": date, "config": {}, "rootfs": {"type": "layers", "diff_ids": []}}
    config = to_json(usual) if raw is None else raw
    layers = [layer(size, number) if isinstance(size, int) else size for number, size in enumerate(layers)]
    config_type = OCI_CONFIG if kind == OCI else DOCKER_CONFIG
    described = descriptor(config_type, config, digest=digest_of(config, algorithm))
    manifest = {"schemaVersion": 2, "mediaType": kind, "config": described, "layers": layers}
    return Manifest(kind, to_json(manifest | fields), config, platform=platform, algorithm=algorithm)


def index(*children, absent=(), kind=OCI_INDEX, **fields):
    """A multi-platform image; the `absent` ones are listed in it and yet not there."""
    entries = [
        descriptor(child.media_type, child.body, digest=child.digest)
        | ({"platform": child.platform} if child.platform else {})
        | ({"annotations": child.annotations} if child.annotations else {})
        for child in children
    ]
    there = tuple(child for child in children if child not in absent)
    return Manifest(kind, to_json({"schemaVersion": 2, "mediaType": kind, "manifests": entries} | fields), children=there)


def platform(os, architecture, variant=None):
    return {"os": os, "architecture": architecture} | ({"variant": variant} if variant else {})


ELSEWHERE = platform("plan9", "mips")  # no machine's platform


def attestation(of, layers=(7,)):
    """As buildkit puts beside each image: nobody should ask for it."""
    about = {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": of.digest}
    return image(1, layers, platform=platform("unknown", "unknown")).changed(annotations=about)


def artifact(config=b'{"name":"chart"}', config_type=HELM_CONFIG, layers=(5000,), **fields):
    """A helm chart or a signature: its config is nobody's business."""
    return image(raw=config, layers=layers, **fields | {"config": descriptor(config_type, config)}).without_config()


def schema_1(created, signed=False):
    history = [{"v1Compatibility": json.dumps({"id": "0" * 64, "created": created})}, {"v1Compatibility": "{}"}]
    manifest = {"schemaVersion": 1, "name": "x", "tag": "y", "architecture": "amd64", "fsLayers": [], "history": history}
    if not signed:
        return Manifest(SCHEMA_1, to_json(manifest))
    body = json.dumps(manifest, indent=3).encode()
    protected = json.dumps({"formatLength": len(body) - 2, "formatTail": base64.urlsafe_b64encode(b"\n}").decode()})
    signatures = [{"signature": "c2ln", "protected": base64.urlsafe_b64encode(protected.encode()).decode().strip("=")}]
    return Manifest(SCHEMA_1_SIGNED, json.dumps(manifest | {"signatures": signatures}, indent=3).encode())
