"""A registry that holds what a test gives it, records every request, and misbehaves as told.

It answers 404 to a request that the test gave no reason for, and the test then fails.
"""

import collections
import dataclasses
import json
import socket
import socketserver
import ssl
import threading
import time
import urllib.parse
from http import HTTPStatus

ALL_KINDS = {
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
    "application/vnd.oci.artifact.manifest.v1+json",
}


@dataclasses.dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: dict  # lower-case names; the values of a repeated one joined by ", "
    body: bytes

    @property
    def path(self):
        return urllib.parse.unquote(urllib.parse.urlsplit(self.target).path)  # a proxy is asked for a whole address

    @property
    def query(self):
        return self.target.partition("?")[2]

    @property
    def parameters(self):
        return {name: values[0] for name, values in urllib.parse.parse_qs(self.query).items()}

    @property
    def form(self):
        return {name: values[0] for name, values in urllib.parse.parse_qs(self.body.decode()).items()}

    @property
    def authorization(self):
        return self.headers.get("authorization")

    def __str__(self):
        return f"{self.method} {self.target}"


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: tuple = ()  # "Name: value"

    def pieces(self, request):
        length = [] if self.status in (204, 304) or request.method == "CONNECT" else [f"Content-Length: {len(self.body)}"]
        head = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}", *length, *self.headers]
        yield "\r\n".join(head).encode() + b"\r\n\r\n" + (self.body if length and request.method != "HEAD" else b"")

    keeps_the_connection = True


@dataclasses.dataclass(frozen=True)
class Raw:
    """Pieces of bytes, an iterable or a function that makes one; then it hangs up."""

    bytes_of: object = ()

    def pieces(self, request):
        return self.bytes_of() if callable(self.bytes_of) else self.bytes_of

    keeps_the_connection = False


HANG_UP = Raw()
NOT_FOUND = Answer(
    404, b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"not here"}]}', ("Content-Type: application/json",)
)


def json_answer(value, *headers, status=200):
    return Answer(status, json.dumps(value).encode(), ("Content-Type: application/json", *headers))


def redirect(url, status=307):
    return Answer(status, b"", (f"Location: {url}",))


class Server:
    """HTTP/1.1 with keep-alive on a loopback port of its own, in threads; `tls` is an SSLContext."""

    def __init__(self, tls=None, host="127.0.0.1"):
        self.requests = []
        self.unexpected = []
        self.statuses = collections.Counter()
        self.connections = 0
        self.deaf = 0  # how many of the next connections are closed at once
        self.delay = 0  # seconds before each answer
        self.busiest = 0  # the most requests that were waiting for their answer at once
        self._busy = 0
        self._lock = threading.Lock()
        self._first = collections.defaultdict(collections.deque)
        self._always = {}
        self._listener = _Listener(host)
        self._listener.server, self._listener.tls = self, tls
        self.port = self._listener.server_address[1]
        self.address = f"{host}:{self.port}"
        self.scheme = "https" if tls else "http"
        threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def source(self):
        """For --source registry:."""
        return f"https://{self.address}" if self.scheme == "https" else self.address

    def close(self):
        self._listener.shutdown()
        self._listener.server_close()

    def stop_listening(self):
        """From now on nobody is there, as no other server gets the port either."""
        self.close()
        self._reserved = socket.socket(self._listener.address_family)
        self._reserved.bind(self._listener.server_address[:2])

    def first(self, path, *answers):
        """The first requests of the path get these answers, the ones after them the usual one."""
        self._first[path].extend(answers)

    def always(self, path, answer):
        """An `Answer`, a `Raw`, or a function from the request to one."""
        self._always[path] = answer

    def refused(self):
        """How many requests so far were answered with 401."""
        return self.statuses[401]

    def asked(self):
        """All requests so far, such as "GET /v2/_catalog?n=1000", sorted; starts anew."""
        requests, self.requests = self.requests, []
        return sorted(map(str, requests))

    def reply(self, request):
        with self._lock:
            self.requests.append(request)
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)
        try:
            time.sleep(self.delay)
            answer = self.refusal(request) or self._scripted(request.path) or self.usual(request)
            answer = answer(request) if callable(answer) else answer
        finally:
            with self._lock:
                self._busy -= 1
        if answer is None:
            self.unexpected.append(str(request))
        answer = answer or NOT_FOUND
        self.statuses[getattr(answer, "status", None)] += 1
        return answer

    def _scripted(self, path):
        with self._lock:
            return self._first[path].popleft() if self._first.get(path) else self._always.get(path)

    def refusal(self, request):
        """What keeps the request from being answered at all, or None."""

    def usual(self, request):
        """The answer that nobody scripted; None for what no test would ask."""


class Registry(Server):
    def __init__(self, **where):
        super().__init__(**where)
        self.repositories = {}  # name -> {tag: Manifest}, as listed
        self.etags = True  # as distribution has them
        self.digest_headers = True
        self.page_size = None
        self.link = '<{path}?{query}>; rel="next"'
        self.refuses_n = None  # the status for it
        self.heads = False  # whether anybody should ask for the head of a manifest alone
        self.guard = None  # a function from a request to the Answer that refuses it, or None
        self._manifests = {}  # path -> Manifest
        self._blobs = {}  # path -> bytes

    def put(self, name, **tags):
        self.put_all(name, tags)

    def put_all(self, name, tags):
        """Adds the repository, or to it; its tags are {tag: Manifest}."""
        self.repositories.setdefault(name, {}).update(tags)
        for tag, manifest in tags.items():
            self._manifests[f"/v2/{name}/manifests/{tag}"] = manifest
            self._keep(name, manifest)

    def expect_digests(self, name, *manifests):
        """They may be asked for by their digests."""
        for manifest in manifests:
            self._manifests[f"/v2/{name}/manifests/{manifest.digest}"] = manifest

    def _keep(self, name, manifest):
        if manifest.config is not None:
            self._blobs[f"/v2/{name}/blobs/{manifest.config_digest}"] = manifest.config
        for child in manifest.children:
            self._manifests[f"/v2/{name}/manifests/{child.digest}"] = child
            self._keep(name, child)

    def refusal(self, request):
        return self.guard and self.guard(request)

    def usual(self, request):
        path = request.path
        if request.method == "HEAD" and self.heads and path in self._manifests:
            return self._manifest(request, self._manifests[path])
        if request.method == "GET":
            if path == "/v2/":
                return json_answer({})
            if path == "/v2/_catalog":
                return self._list(request, {}, "repositories", list(self.repositories))
            if path.endswith("/tags/list") and (name := path[4:-10]) in self.repositories:
                return self._list(request, {"name": name}, "tags", list(self.repositories[name]))
            if manifest := self._manifests.get(path):
                return self._manifest(request, manifest)
            if path in self._blobs:
                return Answer(200, self._blobs[path], ("Content-Type: application/octet-stream",))

    def _list(self, request, fields, key, values):
        """The page that the query asks for; only the queries that the registry itself gave out are expected."""
        if self.refuses_n and "n=1000" in request.query:
            return json_answer({"errors": [{"code": "PAGINATION_NUMBER_INVALID"}]}, status=self.refuses_n)
        usual = "" if self.refuses_n else "n=1000"
        if self.page_size is None:
            return json_answer(fields | {key: values}) if request.query == usual else None
        queries = [usual] + [self._query(number) for number in range(1, -(-len(values) // self.page_size))]
        if request.query not in queries:
            return None
        number = queries.index(request.query)
        page = fields | {key: values[number * self.page_size : (number + 1) * self.page_size]}
        if number + 1 == len(queries):
            return json_answer(page)
        place = {"scheme": self.scheme, "address": self.address, "path": request.path, "query": self._query(number + 1)}
        return json_answer(page, f"Link: {self.link.format(**place)}")

    @staticmethod
    def _query(number):
        """An opaque cursor, with characters that have to come back as they are."""
        return f"n=1000&cursor=%2Fpage+{number}%3D%3D&next_page=a,b;c"

    def _manifest(self, request, manifest):
        if manifest.media_type not in accepted(request):
            return NOT_FOUND
        digest = [f"Docker-Content-Digest: {manifest.digest}"] if self.digest_headers else []
        etag = [f'ETag: "{manifest.digest}"'] if self.etags else []
        if self.etags and request.headers.get("if-none-match") == f'"{manifest.digest}"':
            return Answer(304, b"", tuple(etag))
        return Answer(200, manifest.body, (f"Content-Type: {manifest.media_type}", *digest, *etag))


class Proxy(Server):
    """Leads whoever wants to CONNECT to a host of `inside` to that server, over TLS, and refuses all else."""

    def __init__(self, tls, inside):
        super().__init__()
        self.tunnels_tls, self.inside = tls, inside

    def usual(self, request):
        return Answer(200 if request.target in self.inside else 403)


def accepted(request):
    return {kind.partition(";")[0].strip() for kind in request.headers.get("accept", "").split(",")}


class _Conversation(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        server = self.server.server
        server.connections += 1
        if server.deaf > 0:
            server.deaf -= 1
            return
        try:
            while request := self.read_request():
                answer = server.reply(request)
                for piece in answer.pieces(request):
                    self.connection.sendall(piece)
                if not answer.keeps_the_connection:
                    return
                if request.method == "CONNECT" and answer.status == 200:
                    self.connection = server.tunnels_tls.wrap_socket(self.connection, server_side=True)
                    self.rfile = self.connection.makefile("rb")
                    server = server.inside[request.target]
        except (ConnectionError, TimeoutError, ssl.SSLError):
            pass  # the client left

    def read_request(self):
        line = self.rfile.readline().decode("latin-1").split()
        if len(line) != 3 or not line[2].startswith("HTTP/1."):
            return None  # as the first bytes of TLS are
        headers = {}
        while field := self.rfile.readline().strip().decode("latin-1"):
            name, _, value = field.partition(":")
            known = headers.get(name.lower())
            headers[name.lower()] = f"{known}, {value.strip()}" if known else value.strip()
        return Request(line[0], line[1], headers, self.rfile.read(int(headers.get("content-length", 0))))


class _Listener(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, host):
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, 0), _Conversation)

    def get_request(self):
        connection, address = super().get_request()
        if self.tls:
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request, client_address):
        pass  # a client that hung up, or did not trust us
