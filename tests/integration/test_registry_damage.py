"""Manifests, configs and names that are not as they should be: each costs only itself, and no terminal."""

import json
import re

import pytest

from registry_content import DOCKER_LIST, Manifest, image, layer, to_json
from scripted_registry import Answer, json_answer
from tables import assert_one_error, assert_printable, rows


@pytest.mark.parametrize("sizes", [[2**63 - 1] * 2, [2**64 + 1]], ids=str)
def test_a_size_that_cannot_be_is_never_shown_as_another(dkr_ls, registry, sizes):
    registry.put(
        "q",
        bad=image(
            1,
            [
                layer(size, number) if isinstance(size, int) else layer(0) | {"size": size}
                for number, size in enumerate(sizes)
            ],
        ),
    )
    registry.put("q", good=image(2))
    result = dkr_ls.registry(registry, "tags")
    assert [row for row in rows(result.stdout) if row[1] == "good"]
    assert_one_error(result, f"{registry.address}/q:bad", stdout=result.stdout)
    assert "bad" not in [tag for _, tag, _ in rows(result.stdout)]


def described(**fields):
    return {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 1, "digest": "sha256:" + "0" * 64} | fields


def with_fields(made, fields):
    """The manifest alone."""
    return Manifest(made.media_type, to_json(json.loads(made.body) | fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"layers": ...},
        {"config": described(digest="sha256:../../_catalog")},
        {"config": described(digest="sha256:\x1b[31m" + "0" * 59)},
    ],
    ids=ascii,
)
def test_a_manifest_that_cannot_be_read_costs_only_its_tag(dkr_ls, registry, fields):
    registry.put("q", bad=with_fields(image(1), fields), good=image(2))
    result = dkr_ls.registry(registry, "tags")
    assert_one_error(result, f"{registry.address}/q:bad", stdout=result.stdout)
    assert [tag for _, tag, _ in rows(result.stdout)] == ["good"]


@pytest.mark.parametrize("body", [b"", b"[" * 10**6], ids=lambda body: repr(body[:20]))
def test_a_manifest_of_something_else_costs_only_its_tag(dkr_ls, registry, body):
    made = image(1)
    registry.put("q", bad=Manifest(made.media_type, body), good=image(2))
    result = dkr_ls.registry(registry, "tags")
    assert_one_error(result, f"{registry.address}/q:bad", stdout=result.stdout)
    assert [tag for _, tag, _ in rows(result.stdout)] == ["good"]


@pytest.mark.parametrize("raw", [b"{", b"[" * 10**6, b'{"created": "now"}'], ids=lambda raw: repr(raw[:20]))
def test_a_config_of_something_else_costs_only_the_date(dkr_ls, registry, raw):
    registry.put("q", bad=image(raw=raw), good=image(2))
    for _ in "cold", "warm":
        result = dkr_ls.registry(registry, "tags")
        assert_one_error(result, f"{registry.address}/q:bad", stdout=result.stdout)
        assert [tag for _, tag, _ in rows(result.stdout)] == ["good", "bad"]
        assert re.search(rb"\nq +bad +[0-9a-f]{12} +N/A +1", result.stdout)


def test_a_media_type_that_contradicts_the_content_type_costs_its_tag(dkr_ls, registry):
    found = image(1, **{"mediaType": DOCKER_LIST})
    registry.put("q", bad=found.without_config(), good=image(2))
    result = dkr_ls.registry(registry, "tags")
    assert_one_error(result, f"{registry.address}/q:bad", stdout=result.stdout)
    assert [tag for _, tag, _ in rows(result.stdout)] == ["good"]


def test_a_digest_in_the_head_that_is_another_images_is_not_believed(dkr_ls, registry):
    honest, other = image(1), image(2)
    registry.put("q", honest=honest, liar=other)
    lie = (f"Content-Type: {other.media_type}", f"Docker-Content-Digest: {honest.digest}")
    registry.always("/v2/q/manifests/liar", Answer(200, other.body, lie))
    for _ in "cold", "warm":
        listed = rows(dkr_ls.registry(registry, "tags").stdout)
        assert ("q", "honest", honest.id) in listed
        assert ("q", "liar", honest.id) not in listed


def test_a_not_modified_that_nobody_asked_for_costs_only_its_tag(dkr_ls, registry):
    registry.put("q", bad=image(1), good=image(2))
    registry.always("/v2/q/manifests/bad", Answer(304))
    result = dkr_ls.registry(registry, "tags")
    assert_one_error(result, f"{registry.address}/q:bad", stdout=result.stdout)
    assert [tag for _, tag, _ in rows(result.stdout)] == ["good"]


@pytest.mark.parametrize("poison", ["\x1b]0;title\x07", "two\nlines", "../x", "x?y=z"], ids=ascii)
def test_names_never_steer_the_terminal_nor_the_requests(dkr_ls, registry, poison):
    """Nobody expects a request for any of them."""
    registry.put("q", good=image(1))
    registry.always("/v2/_catalog", json_answer({"repositories": [poison, f"x/{poison}", "q"]}))
    registry.always("/v2/q/tags/list", json_answer({"name": "q", "tags": [poison, f"x{poison}", "good"]}))
    for level in "WARNING", "TRACE":
        result = dkr_ls.registry(registry, "tags", "--log-level", level)
        assert_printable(result.stdout, result.stderr)
        assert ("q", "good") in [row[:2] for row in rows(result.stdout)]
    assert_printable(dkr_ls.registry(registry, "repos", "--log-level", "TRACE").stdout)
