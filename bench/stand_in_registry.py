#!/usr/bin/env python3
"""Simulates a registry with very many tags, each with its own manifest and config, generated from its number.

  stand_in_registry.py REPOSITORIES TAGS [BLOBS]    listens on loopback, then prints its address

Each image has one layer, which all have in common; or, with BLOBS, ten of so many different ones.
"""

import asyncio
import hashlib
import json
import sys

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
LAYERS = 10  # of an image, where there are several


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def config(number):
    month, day, second = 1 + number % 12, 1 + number // 12 % 28, number % 60
    created = f"20{10 + number % 15}-{month:02}-{day:02}T00:00:{second:02}Z"
    return json.dumps({"architecture": "amd64", "os": "linux", "created": created, "number": number}).encode()


def layer(number):
    return {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": f"sha256:{number:064x}", "size": 12_345_678}


def manifest(number, blobs):
    data = config(number)
    descriptor = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(data), "size": len(data)}
    layers = [layer((number * 7 + n * n * 31) % blobs) for n in range(LAYERS if blobs > 1 else 1)]
    return json.dumps({"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": descriptor, "layers": layers}).encode()


def repository(number):
    return f"team{number % 10}/app{number}"


class Content:
    """The content of the registry. Responses are generated on request, from the number of the tag."""

    def __init__(self, repositories, tags, blobs=1):
        self.tags, self.layers = tags, blobs
        self.numbers = {repository(number): number for number in range(repositories)}
        self.blobs = {}
        self.digests = {}  # of manifests, by number
        for number in range(repositories * tags):
            self.blobs[digest(config(number))] = number
            self.digests[number] = digest(manifest(number, blobs))

    def catalog(self):
        return json.dumps({"repositories": list(self.numbers)}).encode()

    def tag_list(self, name):
        return json.dumps({"name": name, "tags": [f"v{tag}" for tag in range(self.tags)]}).encode()

    def number_of(self, name, tag):
        return self.numbers[name] * self.tags + int(tag.removeprefix("v"))


def requests(repositories, tags, blobs=1):
    """(cold, blobs, warm): the least that a listing with an empty cache, one of blobs without dates, and the next one ask for;
    pairs as for curl in warm."""
    lists = ["/v2/_catalog?n=1000"] + [f"/v2/{repository(number)}/tags/list?n=1000" for number in range(repositories)]
    cold, sizes, warm = list(lists), list(lists), [(path, None) for path in lists]
    for number in range(repositories * tags):
        name = repository(number // tags)
        path = f"/v2/{name}/manifests/v{number % tags}"
        cold += [path, f"/v2/{name}/blobs/{digest(config(number))}"]
        sizes.append(path)
        warm.append((path, digest(manifest(number, blobs))))
    return cold, sizes, warm


def response(status, body, *headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def answer(content, path, known):
    """`known` is the digest in If-None-Match, if any."""
    path = path.partition("?")[0].removeprefix("/v2/")
    if path == "_catalog":
        return response("200 OK", content.catalog())
    name, kind, reference = path.rsplit("/", 2)
    if kind == "tags":
        return response("200 OK", content.tag_list(name))
    if kind == "blobs":
        return response("200 OK", config(content.blobs[reference]))
    number = content.number_of(name, reference)
    if content.digests[number] == known:
        return response("304 Not Modified", b"")
    return response("200 OK", manifest(number, content.layers), f"Content-Type: {MANIFEST_TYPE}", f"Docker-Content-Digest: {content.digests[number]}")


class Connection(asyncio.Protocol):
    def __init__(self, content):
        self.content, self.pending = content, b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        *requests, self.pending = (self.pending + data).split(b"\r\n\r\n")
        for request in requests:
            head = request.decode()
            known = head.partition('If-None-Match: "')[2].partition('"')[0]
            self.transport.write(answer(self.content, head.split(" ", 2)[1], known))


async def main():
    content = Content(*map(int, sys.argv[1:]))
    server = await asyncio.get_running_loop().create_server(lambda: Connection(content), "127.0.0.1", 0)
    print(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
