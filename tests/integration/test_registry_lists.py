"""Catalogs and tag lists: the pages they come in, what is missing from them, and who may not see them."""

import itertools

import pytest

from registry_content import image
from scripted_registry import Answer, Registry, json_answer, redirect
from tables import assert_one_error, rows

LINKS = {
    "absolute": '<{scheme}://{address}{path}?{query}>; rel="next"',
    "the query alone": '<?{query}>; rel="next"',
    "several headers": '</v2/first>; rel="prev"\r\nLink: <{path}?{query}>; rel="next"',
}


@pytest.fixture
def paged(registry):
    """Five repositories, one with five tags, two on a page."""
    shared = image(1)
    registry.put_all("q", {f"t{number}": shared for number in range(5)})
    for number in range(4):
        registry.put(f"r{number}")
    registry.page_size = 2
    return registry


def assert_complete(dkr_ls, paged):
    assert dkr_ls.registry(paged, "repos").stdout.decode().split() == ["REPOSITORY", *paged.repositories]
    assert len(paged.asked()) == 3
    result = dkr_ls.registry(paged, "tags")
    assert (result.status, result.stderr) == (0, b"")
    assert [row[1] for row in rows(result.stdout)] == ["t0", "t1", "t2", "t3", "t4"]
    assert len(paged.asked()) == 3 + 3 + 4 + 5 + 1


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_every_page_is_followed(dkr_ls, paged, link):
    paged.link = link
    assert_complete(dkr_ls, paged)


def test_a_link_to_something_else_is_not_followed(dkr_ls, registry):
    registry.put("q", t=image(1))
    registry.always("/v2/_catalog", json_answer({"repositories": ["q"]}, 'Link: </v2/x>; rel="prev"'))
    result = dkr_ls.registry(registry, "tags")
    assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 1)


def test_a_registry_that_refuses_a_thousand_at_once_is_asked_without(dkr_ls, paged):
    paged.refuses_n, paged.page_size = 400, None
    result = dkr_ls.registry(paged, "tags")
    assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 5)
    lists = [request for request in paged.asked() if "/tags/list" in request or "_catalog" in request]
    assert lists == sorted(
        ["GET /v2/_catalog?n=1000", "GET /v2/_catalog", *(f"GET /v2/{name}/tags/list" for name in paged.repositories)]
    )


def test_a_named_repository_of_such_a_registry(dkr_ls, paged):
    paged.refuses_n, paged.page_size = 400, None
    result = dkr_ls.registry(paged, "tags", "--repo", "q")
    assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 5)
    lists = [request for request in paged.asked() if "/tags/list" in request]
    assert lists == ["GET /v2/q/tags/list", "GET /v2/q/tags/list?n=1000"]


def next_page(target):
    return f'Link: <{target}>; rel="next"'


def test_pages_in_a_circle_are_one_error_beside_what_they_said(dkr_ls, registry):
    targets = itertools.cycle(["/v2/_catalog?n=1000&last=a", "/v2/_catalog?n=1000&last=b"])
    registry.always("/v2/_catalog", lambda request: json_answer({"repositories": ["q"]}, next_page(next(targets))))
    assert_one_error(dkr_ls.registry(registry, "repos"), registry.address, stdout=b"REPOSITORY\nq\n")
    assert len(registry.asked()) <= 4


def test_a_circle_of_tags_costs_its_repository(dkr_ls, registry):
    registry.put("q", t=image(1))
    registry.put("good", t=image(2))
    registry.always("/v2/q/tags/list", json_answer({"tags": ["t"]}, next_page("/v2/q/tags/list?n=1000")))
    result = dkr_ls.registry(registry, "tags")
    assert_one_error(result, f"{registry.address}/q: ", stdout=result.stdout)
    assert "good" in [row[0] for row in rows(result.stdout)]


@pytest.mark.parametrize(
    "origin", ["http://localhost:{port}", "http://127.0.0.1:{other}", "https://{host}:{port}", "//registry", "http://"]
)
def test_a_page_at_another_origin_is_asked_for_at_the_registry(dkr_ls, registry, start_server, origin):
    """A proxy in front of it makes it name itself so."""
    other = start_server(Registry)
    target = origin.format(host="127.0.0.1", port=registry.port, other=other.port) + "/v2/_catalog?n=2"
    registry.first("/v2/_catalog", json_answer({"repositories": ["q"]}, next_page(target)))
    registry.always("/v2/_catalog", json_answer({"repositories": ["r"]}))
    assert dkr_ls.registry(registry, "repos").stdout == b"REPOSITORY\nq\nr\n"
    assert registry.asked() == ["GET /v2/_catalog?n=1000", "GET /v2/_catalog?n=2"]
    assert other.requests == [] and other.connections == 0


def test_pages_go_on_where_a_redirect_leads(dkr_ls, registry, start_server):
    other = start_server(Registry)
    other.put_all("moved/q", {f"t{number}": image(1) for number in range(5)})
    other.page_size = 2
    registry.always("/v2/q/tags/list", redirect(f"http://localhost:{other.port}/v2/moved/q/tags/list?n=1000"))
    for tag, found in other.repositories["moved/q"].items():
        registry.put("q", **{tag: found})
    result = dkr_ls.registry(registry, "tags", "--repo", "q")
    assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 5)


@pytest.mark.parametrize("tags", [None, []])
def test_a_named_repository_without_tags_is_an_error(dkr_ls, registry, tags):
    """Some registries answer thus for one that does not exist."""
    registry.always("/v2/q/tags/list", json_answer({"name": "q", "tags": tags}))
    result = dkr_ls.registry(registry, "tags", "--repo", "q")
    assert_one_error(result, f"{registry.address}/q: ", stdout=result.stdout)
    assert rows(result.stdout) == []


def test_a_repository_without_tags_is_left_out(dkr_ls, registry):
    registry.put("q", t=image(1))
    registry.put("empty")
    registry.always("/v2/empty/tags/list", json_answer({"name": "empty", "tags": None}))
    result = dkr_ls.registry(registry, "tags")
    assert (result.status, result.stderr, [row[0] for row in rows(result.stdout)]) == (0, b"", ["q"])


def test_a_catalog_of_nothing_is_empty(dkr_ls, registry):
    registry.always("/v2/_catalog", json_answer({"repositories": None}))
    assert (dkr_ls.registry(registry, "repos").stdout, dkr_ls.registry(registry, "tags").status) == (b"REPOSITORY\n", 0)


def test_a_repository_that_may_not_be_seen_costs_only_itself(dkr_ls, registry):
    registry.put("q", t=image(1))
    registry.put("secret", t=image(2))
    registry.always(
        "/v2/secret/tags/list", json_answer({"errors": [{"code": "DENIED", "message": "access denied"}]}, status=403)
    )
    result = dkr_ls.registry(registry, "tags")
    assert_one_error(result, f"Error: {registry.address}/secret: ", stdout=result.stdout)
    assert [row[0] for row in rows(result.stdout)] == ["q"]


def test_a_tag_vanishes_from_a_warm_listing_too(dkr_ls, registry):
    registry.put("q", t=image(1), gone=image(2))
    assert len(rows(dkr_ls.registry(registry, "tags").stdout)) == 2
    registry.always("/v2/q/manifests/gone", Answer(404))
    result = dkr_ls.registry(registry, "tags")
    assert (result.status, result.stderr, [row[1] for row in rows(result.stdout)]) == (0, b"", ["t"])


@pytest.mark.parametrize("status, command", [(401, "tags"), (404, "repos")])
def test_a_forbidden_catalog_is_one_error_that_says_how_to_do_without(dkr_ls, registry, status, command):
    body = {"errors": [{"code": "DENIED", "message": "catalog is off"}]}
    registry.always("/v2/_catalog", json_answer(body, status=status))
    registry.put("q", t=image(1))
    result = dkr_ls.registry(registry, command)
    assert_one_error(result, registry.address)
    assert b"--repo" in result.stderr or status == 401
    assert len(registry.asked()) == 1
    assert len(rows(dkr_ls.registry(registry, "tags", "--repo", "q").stdout)) == 1


NOT_A_LIST = {
    "html": Answer(200, b"<!doctype html>", ("Content-Type: text/html",)),
    "deep": Answer(200, b'{"repositories": ' + b"[" * 10**6),
    "invalid utf-8": Answer(200, b'{"repositories": ["\xff\xfe"], "tags": ["\xff"]}'),
    "418": Answer(418, b"\x1b[31mteapot\r\nError: x"),
    "302 to nowhere": Answer(302),
}


@pytest.mark.parametrize("answer", NOT_A_LIST.values(), ids=NOT_A_LIST)
def test_a_catalog_that_is_none_is_one_error(dkr_ls, registry, answer):
    registry.always("/v2/_catalog", answer)
    for command in "tags", "repos":
        assert_one_error(dkr_ls.registry(registry, command), registry.address)


@pytest.mark.parametrize("answer", NOT_A_LIST.values(), ids=NOT_A_LIST)
def test_a_tag_list_that_is_none_costs_only_its_repository(dkr_ls, registry, answer):
    registry.put("q", t=image(1))
    registry.put("bad")
    registry.always("/v2/bad/tags/list", answer)
    result = dkr_ls.registry(registry, "tags")
    assert_one_error(result, f"{registry.address}/bad: ", stdout=result.stdout)
    assert [row[0] for row in rows(result.stdout)] == ["q"]


def test_the_message_of_the_registry_is_passed_on_printable_and_short(dkr_ls, registry):
    message = "out of \x1b[31mcheese\r\nError: x" + " long" * 100_000
    registry.always("/v2/_catalog", json_answer({"errors": [{"code": "X", "message": message}]}, status=500))
    result = dkr_ls.registry(registry, "tags")
    assert_one_error(result, registry.address)
    assert "cheese" in result.errors[0] and len(result.stderr) < 2000


def test_a_large_list_is_no_trouble(dkr_ls, registry):
    """Over 8 MiB, more than a manifest may have."""
    names = [f"team/{'long' * 15}/{number}" for number in range(150_000)]
    registry.always("/v2/_catalog", json_answer({"repositories": names}))
    result = dkr_ls.registry(registry, "repos")
    assert (result.status, result.stderr) == (0, b"")
    assert result.stdout.decode().split()[1:] == names
