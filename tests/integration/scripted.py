"""A server that answers whatever a test tells it to, right or wrong, on a unix socket or on loopback tcp."""

import contextlib
import json
import socketserver
import threading
import time

from waiting import SOON


class Server:
    """Answers each request with `answer`: the bytes, or a function of the request's path that returns pieces of them.

    Then it hangs up. With `answer=None` it hangs up without reading a request at all.
    """

    def __init__(self, answer, listener, address):
        self.address = address
        self.requests = []  # such as "GET /images/json"
        self.sent = 0  # bytes
        self._answer = answer
        self._listener = listener
        listener.script = self
        threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True).start()

    @classmethod
    def on_unix_socket(cls, answer, path):
        return cls(answer, _UnixListener(str(path), _Conversation), f"unix://{path}")

    @classmethod
    def on_tcp(cls, answer):
        listener = _TcpListener(("127.0.0.1", 0), _Conversation)
        return cls(answer, listener, "tcp://127.0.0.1:%d" % listener.server_address[1])

    def close(self):
        self._listener.shutdown()
        self._listener.server_close()

    def pieces(self, request_line):
        """What to send for `GET /path HTTP/1.1`."""
        method, path = (request_line.decode("latin-1").split() + ["", ""])[:2]
        self.requests.append(f"{method} {path}")
        return [self._answer] if isinstance(self._answer, bytes) else self._answer(path)

    def hangs_up_at_once(self):
        return self._answer is None


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        script = self.server.script
        if script.hangs_up_at_once():
            return
        head = []
        while line := self.rfile.readline().strip():
            head.append(line)
        with contextlib.suppress(ConnectionError):
            for piece in script.pieces(head[0]) if head else ():
                self.request.sendall(piece)
                script.sent += len(piece)


class _UnixListener(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    block_on_close = False


class _TcpListener(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    block_on_close = False


def http(status, body, *headers, length=None):
    """A whole HTTP/1.1 answer, such as `http("200 OK", b"[]")`; `length` is what Content-Length says if not the truth."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def json_answer(value, status="200 OK"):
    return http(status, json.dumps(value).encode(), "Content-Type: application/json")


def engine_with(images):
    """The answer of an engine that holds `images`; it also satisfies docker's own client."""
    answers = {"images": json_answer(images), "_ping": http("200 OK", b"", "Api-Version: 1.41")}
    return lambda path: [next(answers[word] for word in answers if word in path)]


def silence(path):
    time.sleep(2 * SOON)
    return []


def image(*names, **fields):
    """An entry of /images/json, an hour and a half old, with whatever `fields` change about it."""
    usual = {"Id": "sha256:" + "c0ffee" * 10 + "beef", "Created": int(time.time()) - 5400, "Size": 1234567}
    return usual | {"RepoTags": list(names), "RepoDigests": []} | fields
