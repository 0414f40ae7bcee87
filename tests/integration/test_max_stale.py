"""`--max-stale`: a second run with other filters asks only what the first one could not learn."""

import contextlib
import json
import sqlite3
import time

import pytest

from registry_content import image, index, platform, schema_1
from scripted_registry import Answer, json_answer
from tables import rows

STALE = ["--max-stale", "10"]


@pytest.fixture
def filled(registry):
    registry.heads = True
    multi = index(image(30, [3 * 10**6]), image(31, [10**6], platform=platform("linux", "arm64")))
    registry.put("team/app", v1=image(40, [10**6]), v2=image(20, [2 * 10**6]), v3=image(10, [5 * 10**6]))
    registry.put("team/multi", latest=multi, old=image(400, [10**7]))
    registry.put("base", a=image(5, [10**8]), b=image(500, [10**5]))
    return registry


def listed(dkr_ls, registry, command, *args):
    result = dkr_ls.registry(registry, command, *args)
    assert (result.status, result.errors) == (0, [])
    return result.stdout


def asked(registry):
    """What was asked for, without the query."""
    return [request.partition("?")[0] for request in registry.asked()]


@pytest.fixture
def first(dkr_ls, filled):
    """After a first run, without the flag."""
    listed(dkr_ls, filled, "tags")
    filled.asked()
    return filled


@pytest.fixture
def database(dkr_ls):
    """Runs SQL on the cache file."""

    def database(sql):
        path = dkr_ls.home / ".cache/dkr-ls/registries-1.sqlite"
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as file:
            return file.execute(sql).fetchall()

    return database


@pytest.mark.parametrize(
    "command",
    [
        ["tags"],
        ["tags", "--minAge", "25"],
        ["tags", "--maxSize", "3MB"],
        ["tags", "--prefix", "team/"],
        ["tags", "--repo", "base"],
        ["tags", "--tag", "v*", "--exclude", "v2"],
        ["tags", "--maxTags", "1", "--sum"],
        ["tags", "--format", "json"],
        ["tags", "-q", "--no-trunc"],
        ["tags", "--digests"],
        ["repos"],
    ],
    ids=" ".join,
)
def test_other_filters_need_no_request(dkr_ls, first, command):
    stale = listed(dkr_ls, first, *command, *STALE)
    assert asked(first) == []
    assert stale == listed(dkr_ls, first, *command, "--no-cache")


@pytest.mark.parametrize("command", [["tags", "--platform", "all"], ["du"], ["tags", "--keep", "1"]], ids=" ".join)
def test_what_the_first_run_did_not_need_is_asked_for_once(dkr_ls, first, command):
    for name, tags in first.repositories.items():
        first.expect_digests(name, *tags.values())
    stale = listed(dkr_ls, first, *command, *STALE)
    requests = asked(first)
    assert requests and all("/manifests/sha256:" in request or "/blobs/" in request for request in requests)
    assert stale == listed(dkr_ls, first, *command, "--no-cache")
    first.asked()
    assert listed(dkr_ls, first, *command, *STALE) == stale
    assert asked(first) == []


def test_a_comparison_needs_no_request(dkr_ls, first, start_server):
    other = start_server(type(first))
    other.heads = True
    for name, tags in first.repositories.items():
        other.put_all(name, tags)
    sources = [f"registry:{registry.source}" for registry in (first, other)]
    plain = dkr_ls("diff", *sources, *STALE)
    assert (plain.status, plain.stderr) == (0, b"")
    assert asked(first) == []
    assert len(asked(other)) == len(first.repositories) + 7  # a tag list each, and each tag
    stale = dkr_ls("diff", *sources, *STALE, "--prefix", "team/")
    assert (stale.status, stale.stdout) == (0, plain.stdout)
    assert asked(first) + asked(other) == []
    assert len(rows(listed(dkr_ls, first, "tags", *STALE))) == 7
    assert asked(first) == []


def test_without_the_flag_everything_is_asked_again(dkr_ls, first):
    listed(dkr_ls, first, "tags")
    assert len(first.asked()) == 1 + 3 + 7


def test_what_is_too_old_is_asked(dkr_ls, first, database):
    database("UPDATE answers SET asked = asked - 1")
    database("DELETE FROM answers WHERE question LIKE 'digests/%'")  # each tag has a time of its own
    listed(dkr_ls, first, "tags", "--max-stale", "0")
    assert len(first.asked()) >= 1 + 3 + 7


def test_each_answer_has_its_own_age(dkr_ls, first, database):
    database("UPDATE answers SET asked = asked - 700 WHERE question = 'tags/base'")
    listed(dkr_ls, first, "tags", *STALE)
    assert asked(first) == ["GET /v2/base/tags/list"]
    database("UPDATE answers SET asked = asked - 700 WHERE question = 'catalog'")
    listed(dkr_ls, first, "tags", *STALE)
    assert asked(first) == ["GET /v2/_catalog"]
    listed(dkr_ls, first, "tags", *STALE)
    assert asked(first) == []


def test_it_says_what_came_from_the_cache(dkr_ls, first):
    result = dkr_ls.registry(first, "tags", *STALE, "--log-level", "INFO")
    [line] = [line for line in result.stderr.decode().splitlines() if "from the cache" in line]
    assert f"{first.source}: took the catalog, 3 tag lists and 7 tags from the cache; the oldest of these answers is " in line
    assert b"from the cache" not in dkr_ls.registry(first, "tags", "--log-level", "INFO").stderr


@pytest.mark.parametrize("path", ["/v2/_catalog", "/v2/base/tags/list", "/v2/base/manifests/a"])
@pytest.mark.parametrize("failure", [Answer(500), json_answer({"nonsense": 1})], ids=["refused", "nonsense"])
def test_just_what_failed_is_asked_for(dkr_ls, filled, path, failure):
    filled.first(path, failure)
    assert dkr_ls.registry(filled, "tags").status == 1
    filled.asked()
    stale = listed(dkr_ls, filled, "tags", *STALE)
    requests = asked(filled)
    assert f"GET {path}" in requests
    if path != "/v2/_catalog":  # without which nothing was asked for
        assert all("/base/" in request for request in requests)
    assert stale == listed(dkr_ls, filled, "tags", "--no-cache")


def test_half_a_list_is_never_used(dkr_ls, filled):
    filled.page_size = 2
    filled.first("/v2/_catalog", json_answer({"repositories": ["team/app"]}, 'Link: </v2/_catalog?cut>; rel="next"'), Answer(500))
    assert dkr_ls.registry(filled, "tags").status == 1
    filled.asked()
    assert len(rows(listed(dkr_ls, filled, "tags", *STALE))) == 7
    requests = asked(filled)
    assert requests.count("GET /v2/_catalog") == 2
    assert not [request for request in requests if "/team/app/" in request]


def test_another_user_gets_nothing_of_it(dkr_ls, first):
    (dkr_ls.home / "config.json").write_text(
        json.dumps({"auths": {first.address: {"username": "me", "password": "p4ss"}}})
    )
    listed(dkr_ls, first, "tags", *STALE)
    assert len(first.asked()) >= 1 + 3 + 7


def test_another_password_gets_nothing_of_it(dkr_ls, first):
    """It may be a token that shows less, or more."""
    for password in "narrow", "wide":
        account = {"username": "me", "password": password}
        (dkr_ls.home / "config.json").write_text(json.dumps({"auths": {first.address: account}}))
        listed(dkr_ls, first, "tags", *STALE)
        assert len(first.asked()) >= 1 + 3 + 7


def test_keep_needs_what_indexes_list_and_remembers_it(dkr_ls, first):
    multi = first.repositories["team/multi"]["latest"]
    first.expect_digests("team/multi", multi)
    keep = ["tags", "--keep", "1", *STALE]
    stale = listed(dkr_ls, first, *keep)
    assert asked(first) == [f"GET /v2/team/multi/manifests/{multi.digest}"]
    assert listed(dkr_ls, first, *keep) == stale
    assert asked(first) == []


def test_with_the_flag_keep_needs_nothing_more(dkr_ls, filled):
    listed(dkr_ls, filled, "tags", *STALE)
    filled.asked()
    listed(dkr_ls, filled, "tags", "--keep", "1", *STALE)
    assert asked(filled) == []


def test_a_repository_that_is_gone_stays_gone(dkr_ls, first):
    first.always("/v2/base/tags/list", Answer(404))
    for more in [], STALE:
        result = dkr_ls.registry(first, "tags", "--repo", "base", *more)
        assert (result.status, rows(result.stdout)) == (1, [])


@pytest.mark.parametrize("signed", [False, True])
def test_schema_1_has_two_digests(dkr_ls, registry, start_server, signed):
    """That in the headers of a signed one is not that of its bytes."""
    other = start_server(type(registry))
    old = schema_1("2020-01-01T00:00:00Z", signed=signed)
    for peer in registry, other:
        peer.put("old", v1=old)
        peer.heads = True
        if signed:
            digest = "sha256:" + "ab" * 32
            peer.always("/v2/old/manifests/v1", Answer(200, old.body, (f"Content-Type: {old.media_type}", f"Docker-Content-Digest: {digest}")))
            peer.always(f"/v2/old/manifests/{digest}", Answer(200, old.body, (f"Content-Type: {old.media_type}",)))
        else:
            peer.expect_digests("old", old)
    sources = [f"registry:{peer.source}" for peer in (registry, other)]
    for _ in range(2):
        assert dkr_ls("diff", *sources, *STALE).status == 0
        assert len(rows(listed(dkr_ls, registry, "tags", *STALE))) == 1


def test_after_an_interrupted_run_the_rest_is_asked(dkr_ls, filled):
    filled.delay = 0.1
    command = ["tags", "--source", f"registry:{filled.source}", "--jobs", "2"]
    result = dkr_ls.interrupted("INT", lambda: len(filled.requests) > 4, *command)
    assert result.status == 130
    filled.delay = 0
    time.sleep(0.2)
    filled.asked()
    stale = listed(dkr_ls, filled, "tags", *STALE)
    assert stale == listed(dkr_ls, filled, "tags", "--no-cache")


def test_the_registry_need_not_be_there(dkr_ls, first):
    plain = listed(dkr_ls, first, "tags")
    first.stop_listening()
    assert listed(dkr_ls, first, "tags", *STALE) == plain
