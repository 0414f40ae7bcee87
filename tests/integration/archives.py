"""Archives and layouts made by hand, also such as no tool writes: tar members, OCI layouts, what `docker save` writes."""

import hashlib
import io
import json
import tarfile

from registry_content import OCI, descriptor, digest_of, to_json

LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'
ZEROS = bytes(1 << 20)


def member(name, size=0, kind=tarfile.REGTYPE, target=""):
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = size, kind, target
    return info


def archive(files, links=()):
    """A tar of {path: content}, or of pairs, in this order, then of symbolic links, {path: target}."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items() if isinstance(files, dict) else files:
            tar.addfile(member(name, len(content)), io.BytesIO(content))
        for name, target in dict(links).items():
            tar.addfile(member(name, kind=tarfile.SYMTYPE, target=target))
    return buffer.getvalue()


def blobs(*manifests):
    """The files of manifests, their configs and their children."""
    files = {}
    for manifest in manifests:
        for content in filter(None, (manifest.body, manifest.config)):
            files[f"blobs/sha256/{hashlib.sha256(content).hexdigest()}"] = content
        files |= blobs(*manifest.children)
    return files


def entry(manifest, containerd=None, ref=None, **fields):
    annotations = {"io.containerd.image.name": containerd, "org.opencontainers.image.ref.name": ref}
    annotations = {key: value for key, value in annotations.items() if value is not None}
    more = {"annotations": annotations} if annotations else {}
    return descriptor(manifest.media_type, manifest.body) | more | fields


def layout(*entries, manifests=()):
    """The files of an OCI layout, {path: content}: entries of index.json, and the manifests to go with them."""
    index = to_json({"schemaVersion": 2, "manifests": list(entries)})
    return {"oci-layout": LAYOUT, "index.json": index} | blobs(*manifests)


def write(directory, files):
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return directory


def docker_config(layers, created="2020-01-01T00:00:00Z"):
    """The config of an image with these layers, which are bytes."""
    diff_ids = [digest_of(content) for content in layers]
    return to_json(
        {"os": "linux", "architecture": "amd64", "created": created, "rootfs": {"type": "layers", "diff_ids": diff_ids}}
    )


def docker_archive(*images):
    """The files of an archive as docker before 25 writes it; each image is (names, layers), and has its own date."""
    files, listed = {}, []
    for number, (names, layers) in enumerate(images):
        config = docker_config(layers, f"{2001 + number}-01-01T00:00:00Z")
        path = f"{hashlib.sha256(config).hexdigest()}.json"
        places = [f"{hashlib.sha256(content).hexdigest()}/layer.tar" for content in layers]
        files |= {path: config} | dict(zip(places, layers))
        listed.append({"Config": path, "RepoTags": names, "Layers": places})
    return files | {"manifest.json": json.dumps(listed).encode()}


def both(names, annotated, layers=(b"layer",)):
    """The files of an archive as docker since 25 writes it, and the manifest in it; index.json only knows `annotated`."""
    config = docker_config(layers)
    parts = [descriptor("application/vnd.oci.image.layer.v1.tar", content) for content in layers]
    described = descriptor("application/vnd.oci.image.config.v1+json", config)
    body = to_json({"schemaVersion": 2, "mediaType": OCI, "config": described, "layers": parts})
    contents = [config, body, *layers]
    files = {f"blobs/sha256/{hashlib.sha256(content).hexdigest()}": content for content in contents}
    names_of = [{"annotations": {"io.containerd.image.name": name}} for name in annotated] or [{}]
    index = to_json({"schemaVersion": 2, "manifests": [descriptor(OCI, body) | more for more in names_of]})
    place = "blobs/sha256/" + hashlib.sha256(config).hexdigest()
    layer_places = ["blobs/sha256/" + hashlib.sha256(content).hexdigest() for content in layers]
    listed = json.dumps([{"Config": place, "RepoTags": names, "Layers": layer_places}]).encode()
    return files | {"index.json": index, "manifest.json": listed, "oci-layout": LAYOUT}, digest_of(body)


def write_docker_archive(out, layer_bytes, layers):
    """Writes an archive with these layers of zeros, of which nothing is held, to a file."""
    diff_ids = [f"sha256:{number:064x}" for number in range(layers)]
    config = to_json({"created": "2020-01-01T00:00:00Z", "rootfs": {"type": "layers", "diff_ids": diff_ids}})
    path = f"{hashlib.sha256(config).hexdigest()}.json"
    places = [f"{number:064x}/layer.tar" for number in range(layers)]
    for place in places:
        out.write(member(place, layer_bytes).tobuf(tarfile.GNU_FORMAT))
        for _ in range(layer_bytes // len(ZEROS)):
            out.write(ZEROS)
    for name, content in [
        (path, config),
        ("manifest.json", json.dumps([{"Config": path, "RepoTags": ["big:1"], "Layers": places}]).encode()),
    ]:
        out.write(member(name, len(content)).tobuf() + content + bytes(-len(content) % 512))
    out.write(bytes(1024))


if __name__ == "__main__":
    import sys

    write_docker_archive(sys.stdout.buffer, int(sys.argv[1]) << 20, int(sys.argv[2]))
