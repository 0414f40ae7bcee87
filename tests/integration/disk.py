"""What the repositories of a docker-registry take, recomputed from its files, without a request."""

import collections
import dataclasses
import json
import time
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path

DAY = 86400
FOREIGN = "application/vnd.docker.image.rootfs.foreign.", "application/vnd.oci.image.layer.nondistributable."
UNKNOWN = {"os": "unknown", "architecture": "unknown"}


@dataclasses.dataclass(frozen=True)
class Figures:
    tags: int
    images: int
    size: int
    unique: int


@dataclasses.dataclass(frozen=True)
class Node:
    """A manifest or an index: its digest, and what is below it."""

    digest: str
    blobs: tuple = ()  # of digest and size
    children: tuple = ()
    attestations: tuple = ()
    config: str = None
    platforms: tuple = ()  # of the children, as the index says
    is_index: bool = False

    @cached_property
    def all(self):
        return frozenset([self]).union(*(child.all for child in self.children + self.attestations))

    @cached_property
    def images(self):
        return frozenset([] if self.is_index else [self]).union(*(child.images for child in self.children))

    def image_for(self, wanted):
        if not self.is_index:
            return self
        pairs = sorted(zip(self.children, self.platforms), key=lambda pair: (pair[1] != wanted, pair[1] is None))
        return next((found for child, _ in pairs if (found := child.image_for(wanted))), None)


class Disk:
    """The files below the root directory of a docker-registry."""

    def __init__(self, data):
        self._root = Path(data) / "docker/registry/v2"

    def bytes_of(self, digest):
        algorithm, hex = digest.split(":")
        return (self._root / "blobs" / algorithm / hex[:2] / hex / "data").read_bytes()

    @cached_property
    def tags(self):
        """(repository, tag) -> digest."""
        found = {}
        for link in (self._root / "repositories").glob("**/_manifests/tags/*/current/link"):
            tag, repository = link.parents[1].name, link.parents[4]
            found[str(repository.relative_to(self._root / "repositories")), tag] = link.read_text()
        return found

    @cache
    def node(self, digest):
        body = json.loads(self.bytes_of(digest))
        if "manifests" not in body:
            parts = [body["config"], *body["layers"]]
            blobs = {part["digest"]: 0 if part["mediaType"].startswith(FOREIGN) else part["size"] for part in parts}
            return Node(digest, tuple(blobs.items()), config=body["config"]["digest"])
        entries = collections.defaultdict(list)
        for entry in body["manifests"]:
            unknown = entry.get("platform") == UNKNOWN or "vnd.docker.reference.type" in entry.get("annotations", {})
            manifest = "manifest" in entry["mediaType"] or "index" in entry["mediaType"]
            entries["blobs" if not manifest else "attestations" if unknown else "children"].append(entry)
        return Node(
            digest,
            tuple((entry["digest"], entry["size"]) for entry in entries["blobs"]),
            *(tuple(self.node(entry["digest"]) for entry in entries[kind]) for kind in ("children", "attestations")),
            platforms=tuple(
                "{os}/{architecture}".format(**entry["platform"]) if "platform" in entry else None for entry in entries["children"]
            ),
            is_index=True,
        )

    @cache
    def created(self, node):
        """In seconds, or None."""
        text = node and json.loads(self.bytes_of(node.config)).get("created")
        return text and datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()

    def older(self, days, wanted="linux/amd64"):
        """The tags whose images were created more than so many days ago."""
        then = time.time() - days * DAY
        dates = {tag: self.created(self.node(digest).image_for(wanted)) for tag, digest in self.tags.items()}
        return {tag for tag, date in dates.items() if date is not None and date < then}

    def removable(self, keep, wanted="linux/amd64"):
        """What `--keep` lists, as product documentation defines it; no signatures are expected."""
        listed, dates = set(), {}
        for tag, digest in self.tags.items():
            dates[tag] = self.created(self.node(digest).image_for(wanted))
        for repository in {repository for repository, _ in self.tags}:
            dated = sorted((date for tag, date in dates.items() if tag[0] == repository and date is not None), reverse=True)
            if len(dated) <= keep:
                continue
            oldest = dated[keep - 1] if keep else float("inf")
            own = {tag for tag in self.tags if tag[0] == repository}
            listed |= {tag for tag in own if dates[tag] is not None and dates[tag] < oldest}
            while True:
                kept = {node.digest for tag in own - listed for node in self.node(self.tags[tag]).all}
                hurt = {tag for tag in own & listed if self.tags[tag] in kept}
                if not hurt:
                    break
                listed -= hurt
        return listed

    def usage(self, listed, looked_at=None, wanted=None):
        """{repository: Figures} of the listed tags, None for all together; `wanted` is a platform."""
        looked_at = self.tags if looked_at is None else looked_at
        groups = collections.defaultdict(set)
        for tag in listed:
            groups[tag[0]].add(tag)
        result = {repository: self._figures(tags, looked_at, wanted) for repository, tags in groups.items()}
        return result | {None: self._figures(set(listed), looked_at, wanted)}

    def _figures(self, listed, looked_at, wanted):
        roots = [self.node(self.tags[tag]) for tag in listed]
        if wanted:
            images = {found for root in roots if (found := root.image_for(wanted))}
            counted = images | set(roots)
        else:
            images, counted = set().union(*(root.images for root in roots)), set().union(*(root.all for root in roots))
        blobs = dict(blob for node in counted for blob in node.blobs)
        others = {self.tags[tag] for tag in looked_at if tag not in listed}
        needed = {blob for digest in others for node in self.node(digest).all for blob, _ in node.blobs}
        unique = sum(size for blob, size in blobs.items() if blob not in needed)
        return Figures(len(listed), len(images), sum(blobs.values()), unique)
