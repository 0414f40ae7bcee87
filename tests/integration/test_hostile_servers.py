"""Whatever a server does, dkr-ls ends with one clear error, in bounded time and memory, and harms no terminal."""

import itertools
import time
import zlib

import pytest

from scripted import http, image, json_answer, silence
from tables import EMPTY, assert_one_error, assert_printable, rows
from waiting import SOON

GIB = 2**30

NO_LISTING = {
    "speaks no http": b"SSH-2.0-OpenSSH_9.2\r\n",
    "hangs up at once": None,
    "hangs up after the request": b"",
    "answers html": http("200 OK", b"<!doctype html><title>Welcome to nginx</title>", "Content-Type: text/html"),
    "answers 204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "sends less than it promised": http("200 OK", b"[]", length=1000),
    "breaks the chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n0\r\n\r\n",
    "promises a negative length": http("200 OK", b"[]", length=-1),
    "sends binary": bytes(range(256)) * 16,
}


@pytest.mark.parametrize("answer", NO_LISTING.values(), ids=NO_LISTING)
@pytest.mark.parametrize("tcp", [False, True], ids=["unix", "tcp"])
def test_a_server_that_gives_no_listing_is_one_error_that_names_it(dkr_ls, serve, answer, tcp):
    server = serve(answer, tcp)
    assert_one_error(dkr_ls("-H", server.address, "tags"), server.address)


@pytest.mark.parametrize("command", ["tags", "repos"])
def test_a_good_listing_takes_one_round_trip(dkr_ls, serve, command):
    server = serve(json_answer([image("q:1")]), tcp=True)
    result = dkr_ls("-H", server.address, command)
    assert (result.status, result.stderr) == (0, b"")
    assert server.requests == ["GET /images/json"]


def test_the_message_of_the_engine_is_passed_on(dkr_ls, serve):
    server = serve(json_answer({"message": "out of cheese"}, "500 Internal Server Error"))
    result = dkr_ls("-H", server.address, "tags")
    assert_one_error(result, server.address)
    assert "out of cheese" in result.errors[0]
    assert server.requests == ["GET /images/json"]


def test_an_engine_that_refuses_the_bare_path_is_asked_in_its_own_version(dkr_ls, serve):
    answers = {
        "/images/json": json_answer({"message": "no unversioned paths"}, "400 Bad Request"),
        "/_ping": http("200 OK", b"", "Api-Version: 1.41"),
        "/v1.41/images/json": json_answer([image("q:1")]),
    }
    server = serve(lambda path: [answers[path]])
    result = dkr_ls("-H", server.address, "tags")
    assert (result.status, result.stderr) == (0, b"")
    assert [row[0] for row in rows(result.stdout)] == ["q"]
    assert [request.split()[1] for request in server.requests] == list(answers)


def test_a_redirect_is_not_followed(dkr_ls, serve):
    elsewhere = serve(json_answer([]), tcp=True)
    server = serve(http("301 Moved Permanently", b"", f"Location: http{elsewhere.address[3:]}/images/json"), tcp=True)
    assert_one_error(dkr_ls("-H", server.address, "tags"), server.address)
    assert elsewhere.requests == []


@pytest.mark.parametrize("bad", [None, {"Size": "1MB"}], ids=repr)
def test_an_entry_that_cannot_be_read_costs_only_itself(dkr_ls, serve, bad):
    bad = bad and image("bad:1") | bad
    server = serve(json_answer([image("before:1"), bad, bad, image("after:1")]))
    result = dkr_ls("-H", server.address, "tags")
    assert_one_error(result, server.address, stdout=result.stdout)
    assert [row[0] for row in rows(result.stdout)] == ["before", "after"]


@pytest.mark.parametrize("poison", ["\x1b]0;title\x07", "two\nlines"], ids=ascii)
@pytest.mark.parametrize("place", ["RepoTags", "Id"])
def test_text_of_an_entry_never_steers_the_terminal(dkr_ls, serve, poison, place):
    names = [f"{poison}/q:1", f"q:{poison}", f"q@{poison}", f"q@sha256:{poison}"]
    poisoned = image("poisoned:1") | {place: f"sha256:{poison}0000" if place == "Id" else names}
    server = serve(json_answer([image("before:1"), poisoned, image("after:1")]))
    for level in "WARNING", "TRACE":
        result = dkr_ls("-H", server.address, "tags", "--log-level", level)
        assert_printable(result.stdout, result.stderr)
        assert {"before", "after"} <= {row[0] for row in rows(result.stdout)}


def test_invalid_utf8_is_one_error_or_costs_only_its_entry(dkr_ls, serve):
    good = b'{"Id":"sha256:0123456789abcdef","RepoTags":["good:1"],"RepoDigests":[],"Created":1700000000,"Size":1}'
    for broken in b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xc0\x9b", b"\xf4\x90\x80\x80", rb"\ud800":
        server = serve(http("200 OK", b"[" + good + b"," + good.replace(b"good:1", broken + b":1") + b"]"))
        result = dkr_ls("-H", server.address, "tags")
        assert_printable(result.stdout, result.stderr)
        assert len(result.errors) == (result.status == 1)
        assert result.status == 1 or rows(result.stdout)[0][0] == "good"


@pytest.mark.parametrize(
    "message",
    ["\x1b[31mred\x1b]0;title\x07", "long " * 2_000_000],
    ids=["escapes", "10 MB"],
)
def test_an_error_message_is_shown_short_and_printable(dkr_ls, serve, message):
    status = "500 Internal Server Error"
    for answer in json_answer({"message": message}, status), http(status, message.encode(), "Content-Type: text/plain"):
        server = serve(answer)
        result = dkr_ls("-H", server.address, "tags")
        assert_one_error(result, server.address)
        assert len(result.stderr) < 2000


def test_an_error_message_in_invalid_utf8_is_shown_printable(dkr_ls, serve):
    server = serve(http("500 Internal Server Error", b"caf\xe9 \xff\xfe \x9b2J", "Content-Type: text/plain"))
    assert_one_error(dkr_ls("-H", server.address, "tags"), server.address)


def test_a_server_that_says_nothing_is_given_up(dkr_ls, serve):
    server = serve(silence)
    result = dkr_ls("-H", server.address, "--timeout", "1", "tags")
    assert_one_error(result, server.address)
    assert 0.9 < result.seconds < SOON


def test_a_body_that_drips_under_100_bytes_a_second_is_given_up(dkr_ls, serve):
    def drips(path):
        yield http("200 OK", b"[", length=10 * SOON)
        for _ in range(10 * SOON):
            time.sleep(0.2)
            yield b" "

    server = serve(drips)
    result = dkr_ls("-H", server.address, "--timeout", "1", "tags")
    assert_one_error(result, server.address)
    assert result.seconds < SOON


def test_a_slow_body_that_keeps_coming_is_waited_for(dkr_ls, serve):
    listing = json_answer([image(f"q:{n}") for n in range(60)])
    step = len(listing) // 40

    def steadily(path):
        for start in range(0, len(listing), step):
            time.sleep(0.1)
            yield listing[start : start + step]

    result = dkr_ls("-H", serve(steadily).address, "--timeout", "3", "tags")
    assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 60)
    assert result.seconds > 3.5


def test_timeout_zero_waits_for_ever(dkr_ls, serve):
    def late(path):
        time.sleep(3)
        yield json_answer([])

    result = dkr_ls("-H", serve(late).address, "--timeout", "0", "tags")
    assert (result.status, result.stdout, result.stderr) == (0, EMPTY, b"")


def three_gigabytes_after(beginning, piece=b" " * 65536):
    """An answer that goes on and on."""
    return lambda path: itertools.chain([beginning], itertools.repeat(piece, 3 * 10**9 // len(piece)))


def test_an_answer_over_1_gib_is_refused_in_bounded_memory(dkr_ls, serve):
    server = serve(three_gigabytes_after(b"HTTP/1.1 200 OK\r\n\r\n["))
    result = dkr_ls.measured("-H", server.address, "tags")
    assert_one_error(result, server.address)
    assert server.sent < 1.1 * GIB
    assert result.peak_memory < 1.3 * GIB


def test_an_answer_that_promises_over_1_gib_is_refused_at_once(dkr_ls, serve):
    server = serve(three_gigabytes_after(http("200 OK", b"[", length=3 * 10**9)))
    result = dkr_ls.measured("-H", server.address, "tags")
    assert_one_error(result, server.address)
    assert server.sent < 16 * 2**20
    assert result.peak_memory < 0.1 * GIB


def test_an_error_answer_without_end_is_bounded_too(dkr_ls, serve):
    server = serve(three_gigabytes_after(b"HTTP/1.1 500 Oops\r\n\r\n"))
    result = dkr_ls.measured("-H", server.address, "tags")
    assert_one_error(result, server.address)
    assert result.peak_memory < 1.3 * GIB


def test_a_compressed_answer_does_not_grow_past_the_limit(dkr_ls, serve):
    gzip = zlib.compressobj(wbits=31)
    head = gzip.compress(b"[") + gzip.flush(zlib.Z_FULL_FLUSH)
    spaces = gzip.compress(b" " * 2**24) + gzip.flush(zlib.Z_FULL_FLUSH)
    server = serve(http("200 OK", head + spaces * 200, "Content-Encoding: gzip"))
    result = dkr_ls.measured("-H", server.address, "tags")
    assert_one_error(result, server.address)
    assert result.peak_memory < 1.3 * GIB


@pytest.mark.parametrize("headers", [b"X-Filler: something\r\n" * 3000, b"a" * 65536], ids=["many", "one"])
def test_headers_without_end_are_refused(dkr_ls, serve, headers):
    server = serve(three_gigabytes_after(b"HTTP/1.1 200 OK\r\n", headers))
    result = dkr_ls.measured("-H", server.address, "tags")
    assert_one_error(result, server.address)
    assert result.peak_memory < 0.1 * GIB


def test_interim_answers_without_end_are_given_up(dkr_ls, serve):
    server = serve(lambda path: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000))
    result = dkr_ls.measured("-H", server.address, "--timeout", "1", "tags")
    assert_one_error(result, server.address)
    assert result.peak_memory < 0.1 * GIB


def test_json_nested_a_million_deep_is_one_error(dkr_ls, serve):
    for nested in b"[" * 10**6, b"[" * 10**6 + b"]" * 10**6, b'[{"a":' * 10**6:
        server = serve(http("200 OK", nested))
        result = dkr_ls("-H", server.address, "tags")
        assert_one_error(result, server.address, stdout=EMPTY if result.stdout else b"")
