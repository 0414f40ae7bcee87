"""Redirects: what lies elsewhere is fetched there, and nobody there learns who is asking."""

import pytest

from registry_content import image
from registry_users import PASSWORD, USER, assert_listed, listed, logged_in
from scripted_doors import guarded_by_password, guarded_by_tokens, unauthorized
from scripted_registry import Answer, Registry, redirect
from tables import assert_one_error, rows


@pytest.fixture
def elsewhere(start_server):
    """Another server, which keeps blobs."""
    return start_server(Registry)


def moved_to(small_registry, elsewhere, host):
    """All configs are now at the other server, under signed addresses."""
    for name, tags in small_registry.repositories.items():
        for found in tags.values():
            path = f"/v2/{name}/blobs/{found.config_digest}"
            small_registry.always(
                path, redirect(f"http://{host}:{elsewhere.port}/store{path}?X-Amz-Signature=the-signature&x=1")
            )
            elsewhere.always(f"/store{path}", Answer(200, found.config))


@pytest.mark.parametrize("host, guard", [("localhost", "token"), ("127.0.0.1", "password")])
def test_who_is_asking_never_reaches_another_host(dkr_ls, small_registry, tokens, elsewhere, host, guard):
    """Another port is another host as well."""
    small_registry.guard = {
        "password": guarded_by_password(USER, PASSWORD),
        "token": guarded_by_tokens(tokens),
    }[guard]
    logged_in(dkr_ls, small_registry)
    moved_to(small_registry, elsewhere, host)
    assert_listed(dkr_ls, small_registry)
    assert len(elsewhere.requests) == 4
    assert not [request for request in elsewhere.requests if request.authorization or "cookie" in request.headers]
    assert {request.query for request in elsewhere.requests} == {"X-Amz-Signature=the-signature&x=1"}


def test_every_redirect_is_followed(dkr_ls, small_registry, elsewhere):
    for name, tags in small_registry.repositories.items():
        for tag, found in tags.items():
            elsewhere.put(name, **{tag: found})
            for path in f"/v2/{name}/manifests/{tag}", f"/v2/{name}/blobs/{found.config_digest}":
                small_registry.always(path, redirect(f"http://localhost:{elsewhere.port}{path}"))
    assert_listed(dkr_ls, small_registry)


def test_a_redirect_within_the_registry_is_followed_as_the_same_user(dkr_ls, small_registry):
    small_registry.guard = guarded_by_password(USER, PASSWORD)
    logged_in(dkr_ls, small_registry)
    for found in small_registry.repositories["q"].values():
        path = f"/v2/q/blobs/{found.config_digest}"
        small_registry.always(path, redirect(f"/moved{path}"))
        small_registry.always(f"/moved{path}", Answer(200, found.config))
    assert_listed(dkr_ls, small_registry)


@pytest.mark.parametrize("to", ["file:///etc/passwd", "http://\x1b[31m/x"], ids=ascii)
def test_a_redirect_to_nowhere_costs_only_its_tag(dkr_ls, small_registry, to):
    small_registry.always("/v2/q/manifests/a", redirect(to))
    result = listed(dkr_ls, small_registry)
    assert_one_error(result, f"{small_registry.address}/q:a", stdout=result.stdout)
    assert len(rows(result.stdout)) == 3


def test_redirects_in_a_circle_are_given_up(dkr_ls, small_registry):
    small_registry.always("/v2/q/manifests/a", redirect("/v2/q/manifests/a"))
    result = listed(dkr_ls, small_registry)
    assert_one_error(result, f"{small_registry.address}/q:a", stdout=result.stdout)
    assert len(small_registry.requests) < 60


def test_a_failure_at_the_other_host_does_not_tell_the_signature(dkr_ls, small_registry, elsewhere):
    moved_to(small_registry, elsewhere, "localhost")
    for path in list(elsewhere._always):
        elsewhere.always(path, Answer(403, b"<Error><Code>AccessDenied</Code><X>the-signature</X></Error>"))
    result = dkr_ls.registry(small_registry, "tags", "--log-level", "TRACE")
    assert (result.status, len(result.errors)) == (1, 4)
    assert b"X-Amz-Signature=the-signature" not in result.stderr


def test_blobs_behind_tls_may_lie_at_storage_without_it(dkr_ls, trusted_tls, elsewhere):
    """As at MinIO: nobody there learns who is asking, and what comes from there is verified."""
    registry = trusted_tls(Registry)
    registry.put("q", good=image(1), bad=image(2))
    registry.guard = guarded_by_password(USER, PASSWORD)
    logged_in(dkr_ls, registry)
    moved_to(registry, elsewhere, "127.0.0.1")
    bad = registry.repositories["q"]["bad"]
    elsewhere.always(f"/store/v2/q/blobs/{bad.config_digest}", Answer(200, bad.config + b" "))
    result = listed(dkr_ls, registry)
    assert_one_error(result, f"{registry.address}/q:bad: ", stdout=result.stdout)
    assert [row[1] for row in rows(result.stdout)] == ["good", "bad"]
    assert len(elsewhere.requests) == 2
    assert not [request for request in elsewhere.requests if request.authorization]


@pytest.mark.parametrize(
    "challenge", ['Basic realm="x"', 'Bearer realm="http://{}/token",service="registry.test",scope="x"']
)
def test_the_questions_of_another_host_are_not_answered(dkr_ls, small_registry, elsewhere, challenge):
    small_registry.guard = guarded_by_password(USER, PASSWORD)
    logged_in(dkr_ls, small_registry)
    moved_to(small_registry, elsewhere, "localhost")
    elsewhere.guard = lambda request: unauthorized(challenge.format(elsewhere.address))
    result = listed(dkr_ls, small_registry)
    assert (result.status, len(result.errors)) == (1, 4)
    assert not [request for request in elsewhere.requests if request.authorization or request.path == "/token"]
