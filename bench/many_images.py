#!/usr/bin/env python3
"""Simulates an engine with very many images: answers the requests of docker and dkr-ls from memory.

  many_images.py SOCKET COUNT    listens on the Unix socket, then prints the size of its image list in bytes

The entries are those of an engine with API 1.41 for pulled images with labels; names and sizes are made up. Like such
an engine, it sends the list as one chunk.
"""

import hashlib
import json
import socketserver
import sys
from http.server import BaseHTTPRequestHandler


def summary(number):
    digest = "sha256:" + hashlib.sha256(str(number).encode()).hexdigest()
    repository = f"registry.example.com/team{number % 70}/service-{number // 10}"
    size = 5_000_000 + number * 7919 % 900_000_000
    return {
        "Containers": -1,
        "Created": 1_780_000_000 - number * 300,
        "Id": digest,
        "Labels": {"maintainer": "team@example.com", "version": f"1.{number % 10}"},
        "ParentId": "",
        "RepoDigests": [f"{repository}@{digest}"],
        "RepoTags": [f"{repository}:1.{number % 10}"],
        "SharedSize": -1,
        "Size": size,
        "VirtualSize": size,
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open

    def do_HEAD(self):
        self.send_response(200)
        self.send_header("Api-Version", "1.41")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        if not self.path.endswith("/images/json"):
            self.do_HEAD()
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (b"%x\r\n" % len(self.server.images), self.server.images, b"\r\n0\r\n\r\n"):
            self.wfile.write(piece)

    def log_message(self, *_):
        pass


class Listener(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def main():
    path, count = sys.argv[1], int(sys.argv[2])
    images = json.dumps([summary(number) for number in range(count)], separators=(",", ":"))
    with Listener(path, Handler) as listener:
        listener.images = images.encode()
        print(len(listener.images), flush=True)
        listener.serve_forever()


main()
