"""Fills a registry with images for the benchmark, and computes the minimal requests to list them.

The blobs are small, since a listing only reads manifests and configs.
"""

import hashlib
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

OCI = "application/vnd.oci.image."
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
ONE_IN = 10  # tags that are multi-platform
ARCHITECTURE = "amd64"


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Repository:
    """Uploads over one connection, and records the requests that a listing needs.

    `cold` are all paths, `blobs` those to all blobs' sizes, `warm` the paths of the tags with the digests that they
    point to.
    """

    def __init__(self, address, name):
        self.connection = http.client.HTTPConnection(address)
        self.name = name
        self.cold, self.blobs, self.warm = [], [], []

    def request(self, method, path, body=None, **headers):
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: HTTP status {response.status}: {answer}")
        return response

    def put_blob(self, kind, data):
        location = self.request("POST", f"/v2/{self.name}/blobs/uploads/").headers["Location"]
        self.request("PUT", f"{location[location.index('/v2/'):]}&digest={digest(data)}", data)
        return {"mediaType": f"{OCI}{kind}", "size": len(data), "digest": digest(data)}

    def put_manifest(self, tag, kind, **members):
        media_type = f"{OCI}{kind}.v1+json"
        data = json.dumps({"schemaVersion": 2, "mediaType": media_type} | members).encode()
        path = f"/v2/{self.name}/manifests/{tag or digest(data)}"
        self.request("PUT", path, data, **{"Content-Type": media_type})
        return path, {"mediaType": media_type, "size": len(data), "digest": digest(data)}

    def put_image(self, tag, label, architecture, created):
        """Returns the path of the manifest, its descriptor, and the path of the config."""
        facts = {"architecture": architecture, "os": "linux", "created": created.isoformat()}
        facts["config"] = {"Labels": {"of": f"{self.name}:{label}", "filling": "x" * 1500}}
        config = self.put_blob("config.v1+json", json.dumps(facts).encode())
        path, manifest = self.put_manifest(tag, "manifest", config=config, layers=[self.layer])
        return path, manifest, f"/v2/{self.name}/blobs/{config['digest']}"

    def fill(self, tags, number):
        self.layer = self.put_blob("layer.v1.tar", b"layer of " + self.name.encode())
        self.cold.append(f"/v2/{self.name}/tags/list?n=1000")
        self.blobs.append(self.cold[0])
        for n in range(tags):
            created = START - timedelta(hours=7 * n, minutes=number)
            if n % ONE_IN:
                path, manifest, config = self.put_image(f"v{n}", n, ARCHITECTURE, created)
                self.cold += [path, config]
            else:
                path, manifest = self.put_index(n, created)
            self.blobs.append(path)
            self.warm.append((path, manifest["digest"]))
        return self

    def put_index(self, n, created):
        children = []
        for architecture in ("arm64", ARCHITECTURE):
            child_path, child, config = self.put_image("", n, architecture, created)
            children.append(child | {"platform": {"os": "linux", "architecture": architecture}})
            self.blobs.append(child_path)
        path, index = self.put_manifest(f"v{n}", "index", manifests=children)
        self.cold += [path, child_path, config]
        return path, index


def fill(address, repositories, tags):
    """Returns (cold, blobs, warm): the minimal requests of a listing with an empty cache, of the same without dates and with
    all platforms, and of the next one."""
    with ThreadPoolExecutor(4) as pool:
        work = lambda number: Repository(address, f"team{number % 10}/app{number}").fill(tags, number)
        filled = list(pool.map(work, range(repositories)))
    catalog = "/v2/_catalog?n=1000"
    cold = [catalog] + [path for repository in filled for path in repository.cold]
    blobs = [catalog] + [path for repository in filled for path in repository.blobs]
    lists = [(path, None) for path in cold if "tags/list" in path or path == catalog]
    return cold, blobs, lists + [pair for repository in filled for pair in repository.warm]
