"""Registries that are busy, slow, broken or hostile: what is tried again, what is given up, and what that costs."""

import contextlib
import email.utils
import itertools
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from registry_content import image, index
from registry_users import configure
from scripted_doors import unauthorized
from scripted_registry import HANG_UP, Answer, Raw, Registry, json_answer
from tables import assert_lists, assert_one_error, assert_printable, rows
from waiting import SOON

MIB = 2**20


def head(length, *headers):
    return "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {length}", *headers, "", ""]).encode()


BUSY = {
    "429": Answer(429),
    "429 in json": json_answer({"errors": [{"code": "TOOMANYREQUESTS", "message": "slow down"}]}, status=429),
    "502": Answer(502, b"<html>Bad Gateway</html>"),
    "503": Answer(503),
    "504": Answer(504),
    "hangs up": HANG_UP,
    "cut": Raw((head(1000) + b"{",)),
    "cut in the head": Raw((b"HTTP/1.1 200 OK\r\nContent-",)),
    "a cut chunk": Raw((b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{",)),
}


def test_what_passes_is_tried_again(dkr_ls, registry):
    """Wherever it happens: catalog, tag list, manifest, child, config."""
    expected = {}
    registry.first("/v2/_catalog", BUSY["503"])
    for number, answer in enumerate(BUSY.values()):
        child = image(number)
        registry.put(f"r{number}", **{f"t{number}": index(child)})
        paths = f"tags/list manifests/t{number} manifests/{child.digest} blobs/{child.config_digest}".split()
        registry.first(f"/v2/r{number}/{paths[number % 4]}", answer)
        expected[f"t{number}"] = child.id
    result = dkr_ls.registry(registry, "tags")
    assert (result.status, result.errors) == (0, [])
    assert {tag: id for _, tag, id in rows(result.stdout)} == expected


def test_a_wait_is_told_as_a_warning(dkr_ls, registry):
    registry.put("q", t=image(1))
    registry.first("/v2/_catalog", Answer(429, b"", ("Retry-After: 1",)))
    result = dkr_ls.registry(registry, "tags")
    assert_lists(result, "t")
    told = [line for line in result.stderr.decode().split("\n") if line]
    assert len(told) == 1 and "warn" in told[0].lower() and registry.address in told[0]
    assert 1 <= result.seconds


def test_a_moment_to_wait_for_is_waited_for(dkr_ls, registry):
    """A date has whole seconds only."""
    registry.put("q", t=image(1))
    in_three_seconds = lambda: email.utils.formatdate(time.time() + 3, usegmt=True)
    registry.first("/v2/q/tags/list", lambda request: Answer(503, b"", (f"Retry-After: {in_three_seconds()}",)))
    result = dkr_ls.registry(registry, "tags")
    assert_lists(result, "t")
    assert 1.9 <= result.seconds


def test_a_connection_that_is_dropped_before_anything_is_said_is_tried_again(dkr_ls, registry, trusted_tls):
    for server in registry, trusted_tls(Registry):
        server.put("q", t=image(1))
        server.deaf = 2
        assert_lists(dkr_ls.registry(server, "tags"), "t")
        assert server.deaf == 0


def test_what_many_requests_wait_for_is_told_in_few_lines(dkr_ls, registry):
    registry.put_all("q", {f"t{number}": image(number) for number in range(60)})
    for number in range(60):
        registry.first(f"/v2/q/manifests/t{number}", HANG_UP)
    result = dkr_ls.registry(registry, "tags")
    assert (result.status, len(rows(result.stdout))) == (0, 60)
    assert 1 <= result.stderr.count(b"\n") <= 10


ODD_WAITS = [
    "",
    "soon",
    "-1",
    "1e3",
    "1.5",
    "99999999999999999999",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "\x1b[31m",
    "0",
    "Mon, 99 Foo 2026 99:99:99 GMT",
]


def test_a_wait_that_cannot_be_read_is_the_usual_one(dkr_ls, registry):
    """99999999999999999999 seconds are more than anybody waits."""
    for number, wait in enumerate(ODD_WAITS):
        registry.put(f"r{number}", **{f"t{number}": image(number)})
        if wait != "99999999999999999999":
            registry.first(f"/v2/r{number}/tags/list", Answer(429, b"", (f"Retry-After: {wait}",)))
    result = dkr_ls.registry(registry, "tags")
    assert_printable(result.stderr)
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], len(ODD_WAITS))
    assert result.seconds < SOON


# ---- what never passes ----


def every_kind_of_trouble(registry):
    """Each in a repository of its own, so that all wait at the same time. A 429 is about all requests, not this one."""
    never = {kind: answer for kind, answer in BUSY.items() if not kind.startswith("429")}
    registry.put("good", t=image(50))
    for number, answer in enumerate(never.values()):
        registry.put(f"r{number}", t=image(number))
        registry.always(f"/v2/r{number}/manifests/t", answer)
    result = yield
    assert (result.status, len(result.errors)) == (1, len(never))
    for number in range(len(never)):
        assert [error for error in result.errors if error.startswith(f"Error: {registry.address}/r{number}:t: ")]
    assert [row[0] for row in rows(result.stdout)] == ["good"]
    asked = registry.asked()
    attempts = {kind: asked.count(f"GET /v2/r{number}/manifests/t") for number, kind in enumerate(never)}
    # Where a connection that was used before is closed without a word, libcurl itself asks again.
    assert 5 <= attempts.pop("hangs up") <= 10
    assert set(attempts.values()) == {5}


def one_tag_of_many(registry):
    registry.put_all("q", {f"t{number}": image(number) for number in range(30)})
    registry.always("/v2/q/manifests/t7", Answer(429))
    result = yield
    assert_one_error(result, f"{registry.address}/q:t7: ", stdout=result.stdout)
    assert len(rows(result.stdout)) == 29
    assert 5 <= registry.asked().count("GET /v2/q/manifests/t7") <= 20


def the_whole_registry(answer):
    def never_there(registry):
        registry.always("/v2/_catalog", answer)
        result = yield
        assert_one_error(result, registry.address)
        assert len(registry.requests) <= 5

    return never_there


def nobody_at_all(registry):
    registry.stop_listening()
    result = yield
    assert_one_error(result, registry.address)


def test_what_never_passes_is_given_up_after_five_attempts(dkr_ls, start_server):
    """All at the same time, since each takes its time."""
    answers = BUSY["429"], BUSY["503"], HANG_UP, BUSY["cut"], Raw((b"SSH-2.0-OpenSSH_9.2\r\n",))
    troubles = [every_kind_of_trouble, one_tag_of_many, nobody_at_all, *map(the_whole_registry, answers)]
    registries = [start_server(Registry) for _ in troubles]
    running = [trouble(registry) for trouble, registry in zip(troubles, registries)]
    for expectation in running:
        next(expectation)
    with ThreadPoolExecutor(len(troubles)) as several:
        results = list(several.map(lambda registry: dkr_ls.registry(registry, "tags"), registries))
    for expectation, result in zip(running, results):
        with contextlib.suppress(StopIteration):
            expectation.send(result)


NEVER_AGAIN = {"400": 400, "401": 401, "403": 403, "410": 410, "416": 416, "500": 500, "501": 501}


def test_what_will_not_pass_is_not_tried_again(dkr_ls, registry):
    registry.put("good", t=image(50))
    for number, status in enumerate(NEVER_AGAIN.values()):
        registry.put(f"r{number}", t=image(number))
        registry.always(
            f"/v2/r{number}/manifests/t",
            json_answer({"errors": [{"code": "X", "message": "out of cheese"}]}, status=status),
        )
    result = dkr_ls.registry(registry, "tags")
    assert (result.status, len(result.errors)) == (1, len(NEVER_AGAIN))
    assert [row[0] for row in rows(result.stdout)] == ["good"]
    asked = registry.asked()
    for number in range(len(NEVER_AGAIN)):
        assert [error for error in result.errors if error.startswith(f"Error: {registry.address}/r{number}:t: ")]
        assert asked.count(f"GET /v2/r{number}/manifests/t") == 1


def test_some_answers_are_refusals_and_all_is_listed(dkr_ls, registry):
    registry.put_all("q", {f"t{number}": image(number) for number in range(30)})
    numbers = itertools.count()
    registry.guard = lambda request: Answer(429, b"", ("Retry-After: 0",)) if next(numbers) % 25 == 3 else None
    result = dkr_ls.registry(registry, "tags", "--log-level", "ERROR")
    assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 30)


class RateLimit:
    """The guard of a registry that answers so many requests a second, and so many more at once."""

    def __init__(self, rate, at_once, *headers):
        self.rate, self.at_once, self.left, self.since = rate, at_once, at_once, time.monotonic()
        self.refusal = Answer(429, b"", headers)
        self.lock = threading.Lock()

    def __call__(self, request):
        with self.lock:
            now = time.monotonic()
            self.left, self.since = min(self.at_once, self.left + (now - self.since) * self.rate), now
            if self.left < 1:
                return self.refusal
            self.left -= 1


@pytest.mark.parametrize("headers", [[], ["Retry-After: 1"]], ids=["", "Retry-After"])
def test_a_registry_that_answers_so_many_a_second_is_listed_at_about_that_pace(dkr_ls, registry, headers):
    """82 requests take at least 1.5 seconds."""
    registry.put_all("q", {f"t{number}": image(number) for number in range(40)})
    registry.guard = RateLimit(50, 5, *headers)
    result = dkr_ls.registry(registry, "tags", "--log-level", "ERROR")
    assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 40)
    assert result.seconds < SOON


def test_a_connection_that_was_closed_meanwhile_is_no_trouble(dkr_ls, registry):
    """As servers do after so many requests on one connection."""
    for number in range(20):
        registry.put(f"r{number}", t=image(number))
    once_only = lambda request: Raw(tuple(registry.usual(request).pieces(request)))
    for path in [f"/v2/r{number}/{what}" for number in range(20) for what in ("tags/list", "manifests/t")]:
        registry.always(path, once_only)
    result = dkr_ls.registry(registry, "tags")
    assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 20)


# ---- interruption ----


@pytest.fixture
def slow(registry):
    """Of a hundred tags, each of another image."""
    registry.put_all("q", {f"t{number}": image(number) for number in range(100)})
    return registry


# What keeps it from an end, and how many requests it has then sent.
INTERRUPTED = {
    "waits for an answer": (lambda registry: setattr(registry, "delay", 2 * SOON), 1),
    "is in the middle": (lambda registry: setattr(registry, "delay", 0.3), 6),
    "was told to wait": (
        lambda registry: registry.always("/v2/q/manifests/t5", Answer(429, b"", ("Retry-After: 50",))), 8,
    ),
    "backs off": (lambda registry: registry.always("/v2/_catalog", Answer(503)), 1),
}  # fmt: skip


@pytest.mark.parametrize("trouble, requests", INTERRUPTED.values(), ids=INTERRUPTED)
def test_an_interruption_ends_it_at_once_with_nothing_half_written(dkr_ls, slow, trouble, requests):
    trouble(slow)
    arguments = ["tags", "--source", f"registry:{slow.source}", "--jobs", "2"]
    result = dkr_ls.interrupted("INT", lambda: len(slow.requests) >= requests, *arguments)
    assert (result.status, result.stdout, result.errors) == (130, b"", [])
    assert result.seconds < SOON and len(slow.requests) < 100


def test_an_interruption_does_not_wait_for_a_helper(dkr_ls, registry, helper):
    calls = helper("slow", "", status="$(sleep 60)")
    configure(dkr_ls, credsStore="slow")
    registry.always("/v2/_catalog", unauthorized("Basic"))
    result = dkr_ls.interrupted("INT", calls, "tags", "--source", f"registry:{registry.source}")
    assert (result.status, result.stdout, result.errors) == (130, b"", [])
    assert result.seconds < SOON


# ---- size ----


def test_5000_tags_take_less_than_64_mib(dkr_ls, registry):
    for number in range(100):
        registry.put_all(f"team/r{number}", {f"t{tag}": image(number + tag / 100, [10**6] * 12) for tag in range(50)})
    for _ in "cold", "warm":
        result = dkr_ls.measured("tags", "--source", f"registry:{registry.source}")
        assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 5000)
        assert result.peak_memory < 64 * MIB


def frame(kind, flags, stream, payload=b""):
    """Of HTTP/2 (RFC 9113, section 4.1)."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


SETTINGS, ACKNOWLEDGED, OK = frame(4, 0, 0), frame(4, 1, 0), frame(1, 4, 1, b"\x88")
WORTHLESS = {
    "empty data": frame(0, 0, 1),
    "padding alone": frame(0, 8, 1, b"\x05" + bytes(5)),
    "answers to no ping": frame(6, 1, 0, bytes(8)),
    "room to send": frame(8, 0, 1, bytes(3) + b"\1"),
    "farewells": frame(7, 0, 0, b"\x7f\xff\xff\xff" + bytes(4)),
    "frames of an unknown kind": frame(99, 0, 1, bytes(50)),
}


@pytest.mark.parametrize("flood", WORTHLESS.values(), ids=WORTHLESS)
def test_a_flood_of_frames_that_carry_nothing_is_no_progress(dkr_ls, certificate, flood):
    context = certificate.context()
    context.set_alpn_protocols(["h2"])

    def serve(listener):
        with contextlib.suppress(OSError), context.wrap_socket(listener.accept()[0], server_side=True) as connection:
            connection.sendall(SETTINGS)
            time.sleep(0.1)
            connection.recv(65536)
            connection.sendall(ACKNOWLEDGED + OK)
            while True:
                connection.sendall(20000 * flood)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        address = f"localhost:{listener.getsockname()[1]}"
        trust = {"SSL_CERT_FILE": str(certificate.path)}
        result = dkr_ls.run([dkr_ls.binary, "tags", "--timeout", "1", "--source", f"registry:https://{address}"], env=trust)
    assert (result.status, result.errors) == (1, [f"Error: {address}: no progress for 1 second"])
    assert result.seconds < 10
