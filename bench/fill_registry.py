#!/usr/bin/python3
"""Fills the registry at HOST:PORT with REPOSITORIES x TAGS images, one tag in ten of them multi-platform.

The blobs are tiny: a listing reads manifests and configs alone.
"""

import hashlib
import http.client
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

OCI = "application/vnd.oci.image."
START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Repository:
    def __init__(self, address, name):
        self.connection = http.client.HTTPConnection(address)
        self.name = name

    def request(self, method, path, body=None, **headers):
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        response.read()
        if response.status >= 300:
            sys.exit(f"{method} {path}: HTTP status {response.status}")
        return response

    def put_blob(self, media_type, data):
        location = self.request("POST", f"/v2/{self.name}/blobs/uploads/").headers["Location"]
        path = location[location.index("/v2/") :]
        self.request("PUT", f"{path}&digest={digest(data)}", data)
        return {"mediaType": media_type, "size": len(data), "digest": digest(data)}

    def put_manifest(self, reference, kind, **members):
        media_type = f"{OCI}{kind}.v1+json"
        data = json.dumps({"schemaVersion": 2, "mediaType": media_type} | members).encode()
        self.request("PUT", f"/v2/{self.name}/manifests/{reference or digest(data)}", data, **{"Content-Type": media_type})
        return {"mediaType": media_type, "size": len(data), "digest": digest(data)}

    def put_image(self, tag, architecture, created):
        facts = {"architecture": architecture, "os": "linux", "created": created.isoformat(), "rootfs": {"type": "layers", "diff_ids": []}}
        facts["config"] = {"Labels": {"of": f"{self.name}:{tag}", "padding": "x" * 1500}}
        config = self.put_blob(OCI + "config.v1+json", json.dumps(facts).encode())
        return dict(config=config, layers=[self.layer])

    def fill(self, tags, number):
        self.layer = self.put_blob(OCI + "layer.v1.tar", b"layer of " + self.name.encode())
        for tag in range(tags):
            created = START - timedelta(hours=7 * tag, minutes=number)
            if tag % 10:
                self.put_manifest(f"v{tag}", "manifest", **self.put_image(tag, "amd64", created))
                continue
            children = []
            for architecture in ("arm64", "amd64"):
                child = self.put_manifest("", "manifest", **self.put_image(tag, architecture, created))
                children.append(child | {"platform": {"os": "linux", "architecture": architecture}})
            self.put_manifest(f"v{tag}", "index", manifests=children)


def main(address, repositories, tags):
    with ThreadPoolExecutor(4) as pool:
        fill = lambda number: Repository(address, f"team{number % 10}/app{number}").fill(tags, number)
        list(pool.map(fill, range(repositories)))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: fill_registry.py HOST:PORT REPOSITORIES TAGS")
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
