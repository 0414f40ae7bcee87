"""Answers that are wrong, too long, too slow or never end: what that costs, in bounded time and memory."""

import gzip
import itertools
import time

import pytest

from registry_content import image, index
from scripted_registry import Answer, Raw
from tables import assert_lists, assert_one_error, rows
from waiting import SOON

MIB = 2**20


def head(length, *headers):
    return "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {length}", *headers, "", ""]).encode()


def other_bytes(found):
    """As long, but not what the digest says."""
    return found.changed(body=found.body.replace(b"schemaVersion", b"schemaversion"))


def test_what_is_not_what_its_digest_says_costs_only_its_tag_or_its_date(dkr_ls, registry):
    child, config, good = image(1), image(2), image(3)
    registry.put("q", child=index(child), config=config, good=good)
    registry.always(
        f"/v2/q/manifests/{child.digest}", Answer(200, other_bytes(child).body, (f"Content-Type: {child.media_type}",))
    )
    registry.always(f"/v2/q/blobs/{config.config_digest}", Answer(200, config.config.replace(b"linux", b"Linux")))
    result = dkr_ls.registry(registry, "tags")
    assert (result.status, len(result.errors)) == (1, 2)
    for tag in "child", "config":
        assert [
            error
            for error in result.errors
            if error.startswith(f"Error: {registry.address}/q:{tag}: ") and "digest" in error
        ]
    assert [tag for _, tag, _ in rows(result.stdout)] == ["good", "config"]


def test_what_was_not_what_its_digest_says_is_not_remembered(dkr_ls, registry):
    found = image(1)
    registry.put("q", t=found)
    path = f"/v2/q/blobs/{found.config_digest}"
    registry.always(path, Answer(200, b'{"created": "2001-01-01T00:00:00Z"}'))
    assert dkr_ls.registry(registry, "tags").status == 1
    registry.always(path, None)
    result = dkr_ls.registry(registry, "tags")
    assert_lists(result, "t")
    assert b"24 hours ago" in result.stdout


def test_a_manifest_of_4_mb_is_read_and_one_of_over_8_mib_refused(dkr_ls, registry):
    large, huge = (image(days, **{"annotations": {"x": "y" * size}}) for days, size in ((1, 4_000_000), (2, 8 * MIB)))
    big_config = image(raw=b'{"created": "2020-01-01T00:00:00Z", "x": "' + b"y" * 8 * MIB + b'"}')
    registry.put("q", large=large, huge=huge.without_config(), config=big_config, good=image(3))
    result = dkr_ls.registry(registry, "tags")
    assert (result.status, len(result.errors)) == (1, 2)
    for tag in "huge", "config":
        assert [error for error in result.errors if error.startswith(f"Error: {registry.address}/q:{tag}: ")]
    assert [tag for _, tag, _ in rows(result.stdout)] == ["large", "good", "config"]


def test_an_endless_manifest_is_cut_off_in_bounded_memory(dkr_ls, registry):
    """Chunked, by closing the connection, with a length that is not true, and in a config."""
    endless = lambda start, piece: Raw(lambda: itertools.chain([start], itertools.repeat(piece, 4000)))  # 256 MB
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    kind = f"Content-Type: {image(1).media_type}\r\n".encode()
    config = image(5)
    registry.put("q", good=image(1), chunks=image(2), open=image(3), long=image(4), config=config)
    registry.always(
        "/v2/q/manifests/chunks", endless(b"HTTP/1.1 200 OK\r\n" + kind + b"Transfer-Encoding: chunked\r\n\r\n", chunk)
    )
    registry.always("/v2/q/manifests/open", endless(b"HTTP/1.1 200 OK\r\n" + kind + b"\r\n", b" " * 65536))
    registry.always(
        "/v2/q/manifests/long", endless(b"HTTP/1.1 200 OK\r\n" + kind + b"Content-Length: 262144000\r\n\r\n", b" " * 65536)
    )
    registry.always(f"/v2/q/blobs/{config.config_digest}", endless(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 65536))
    result = dkr_ls.measured("tags", "--source", f"registry:{registry.source}")
    assert (result.status, len(result.errors)) == (1, 4)
    assert [tag for _, tag, _ in rows(result.stdout)] == ["good", "config"]
    assert result.peak_memory < 200 * MIB
    assert {request.count("manifests/") for request in registry.asked()} <= {0, 1}


def test_an_endless_list_is_cut_off_in_bounded_memory(dkr_ls, registry):
    """Over 64 MiB, as any list."""
    registry.always(
        "/v2/_catalog", Raw(lambda: itertools.chain([head(3 * 10**9)], itertools.repeat(b" " * 65536, 40000)))
    )
    result = dkr_ls.measured("repos", "--source", f"registry:{registry.source}")
    assert_one_error(result, registry.address)
    assert result.peak_memory < 200 * MIB


def test_what_makes_no_progress_is_given_up(dkr_ls, registry):
    """Silence before the answer, in the middle of it, and one byte at a time; nothing else waits for that."""

    def drips():
        yield head(1000)
        for _ in range(10 * SOON):
            time.sleep(0.2)
            yield b" "

    def stops():
        yield head(1000) + b"{"
        time.sleep(2 * SOON)

    def silence():
        time.sleep(2 * SOON)
        yield b""

    registry.put("q", good=image(1), drips=image(2), stops=image(3), silence=image(4))
    for tag, answer in ("drips", drips), ("stops", stops), ("silence", silence):
        registry.first(f"/v2/q/manifests/{tag}", Raw(answer))
    result = dkr_ls.registry(registry, "tags", "--timeout", "1")
    assert result.seconds < SOON
    assert ("q", "good") in [row[:2] for row in rows(result.stdout)]
    assert len(rows(result.stdout)) + len(result.errors) == 4  # tried again or not
    assert result.status == (1 if result.errors else 0)


def compressed(body):
    """For those who say that they understand it."""
    short = Answer(200, gzip.compress(body), ("Content-Encoding: gzip",))
    return lambda request: short if "gzip" in request.headers.get("accept-encoding", "") else Answer(200, body)


def test_compressed_answers_are_fine(dkr_ls, registry):
    found = image(1)
    registry.put("q", t=found)
    for path, body in ("/v2/_catalog", b'{"repositories": ["q"]}'), ("/v2/q/tags/list", b'{"tags": ["t"]}'):
        registry.always(path, compressed(body))
    assert_lists(dkr_ls.registry(registry, "tags"), "t")


@pytest.mark.parametrize(
    "trailer", [b"", b"X-Checksum: 1\r\n", b"X-Checksum: 1\r\nDocker-Content-Digest: x\r\n"], ids=[0, 1, 2]
)
def test_chunks_are_put_together(dkr_ls, registry, trailer):
    found = image(1)
    registry.put("q", t=found)
    start = f"HTTP/1.1 200 OK\r\nContent-Type: {found.media_type}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    chunks = [b"%x\r\n%b\r\n" % (len(part), part) for part in (found.body[:7], found.body[7:])]
    registry.always("/v2/q/manifests/t", Raw((start, *chunks, b"0\r\n" + trailer + b"\r\n")))
    result = dkr_ls.registry(registry, "tags")
    assert_lists(result, "t")
    assert result.stderr == b""


def test_an_interim_answer_is_passed_over(dkr_ls, registry):
    body = b'{"repositories": []}'
    registry.always(
        "/v2/_catalog", Raw((b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=next\r\n\r\n", head(len(body)) + body))
    )
    assert_lists(dkr_ls.registry(registry, "tags"))
