"""Tokens: every challenge that asks for one, what buys them, and when they have to be bought again."""

import pytest

from registry_content import image
from registry_users import IDENTITY, PASSWORD, USER, assert_listed, configure, listed, logged_in
from scripted_doors import TokenServer, basic, guarded_by_tokens, unauthorized
from scripted_registry import Answer, Registry, json_answer
from tables import assert_one_error, rows

SCOPES = ["registry:catalog:*", "repository:q:pull", "repository:team/app:pull"]

CHALLENGES = {
    "usual": ['Bearer realm="{realm}",service="registry.test",scope="{scope}"'],
    "commas inside quotes": ['Bearer realm="{realm}",service="a, b=c, Basic realm=x",scope="{scope}"'],
    "the realm alone": ['Bearer realm="{realm}"'],
    "several headers": [
        'Basic realm="x"',
        "Negotiate dG9rZW4=",
        'Bearer realm="{realm}",service="registry.test",scope="{scope}"',
    ],
    "a query in the realm": ['Bearer realm="{realm}?tenant=7",service="registry.test",scope="{scope}"'],
}
ASKED = {
    "commas inside quotes": "a, b=c, Basic realm=x",
    "the realm alone": None,
}


@pytest.mark.parametrize("challenges", CHALLENGES.values(), ids=CHALLENGES)
def test_every_challenge_for_a_token_is_understood(dkr_ls, small_registry, tokens, challenges):
    small_registry.guard = guarded_by_tokens(tokens, *challenges)
    assert_listed(dkr_ls, small_registry)
    name = next(name for name in CHALLENGES if CHALLENGES[name] == challenges)
    assert {request.parameters.get("service") for request in tokens.requests} == {ASKED.get(name, "registry.test")}
    assert {request.method for request in tokens.requests} == {"GET"}
    if "scope" in challenges[-1]:
        assert tokens.scopes() == SCOPES
    if "tenant" in challenges[-1]:
        assert {request.parameters["tenant"] for request in tokens.requests} == {"7"}


def test_the_realm_may_be_a_path_of_the_registry(dkr_ls, small_registry, tokens):
    small_registry.guard = guarded_by_tokens(tokens, 'Bearer realm="/token",service="registry.test",scope="{scope}"')
    small_registry.always("/token", tokens.usual)
    assert_listed(dkr_ls, small_registry)
    assert tokens.requests == []


def test_one_token_for_each_repository_however_many_tags(dkr_ls, small_registry, tokens):
    shared = image(9)
    small_registry.put_all("q", {f"t{number}": shared for number in range(50)})
    small_registry.delay = 0.01
    assert_listed(dkr_ls, small_registry)
    assert tokens.scopes() == SCOPES
    assert small_registry.refused() <= len(SCOPES)
    tokens.requests.clear()
    assert_listed(dkr_ls, small_registry)
    assert tokens.scopes() == SCOPES


def test_a_password_buys_a_token(dkr_ls, small_registry, tokens):
    tokens.expects = basic(USER, PASSWORD)
    logged_in(dkr_ls, small_registry)
    assert_listed(dkr_ls, small_registry)
    assert tokens.scopes() == SCOPES
    assert not [request for request in small_registry.requests if (request.authorization or "").startswith("Basic")]


def test_an_identity_token_buys_a_token(dkr_ls, small_registry, tokens):
    tokens.expects = {"grant_type": "refresh_token", "refresh_token": IDENTITY, "service": "registry.test"}
    tokens.field = "access_token"
    configure(dkr_ls, auths={small_registry.address: {"auth": basic(USER, "").split()[1], "identitytoken": IDENTITY}})
    assert_listed(dkr_ls, small_registry)
    assert tokens.scopes() == SCOPES
    assert {request.method for request in tokens.requests} == {"POST"}
    assert all(request.form["client_id"] for request in tokens.requests)
    assert not [request for request in tokens.requests if request.authorization]


@pytest.mark.parametrize("status, command", [(401, "tags"), (403, "repos")])
def test_a_token_server_that_says_no_is_one_error_that_says_how_to_log_in(dkr_ls, small_registry, tokens, status, command):
    tokens.always(
        "/token", json_answer({"errors": [{"code": "UNAUTHORIZED", "message": "no token for you"}]}, status=status)
    )
    logged_in(dkr_ls, small_registry)
    result = listed(dkr_ls, small_registry, command=command)
    assert_one_error(result, small_registry.address)
    assert f"docker login {small_registry.address}" in result.stderr.decode()
    assert len(tokens.requests) <= 2


NO_TOKEN = {
    "html": Answer(200, b"<html>"),
    "a header of its own": json_answer({"token": "x\r\nX-Injected: 1"}),
    "8 MiB": json_answer({"token": "t" * 2**23}),
}


@pytest.mark.parametrize("answer", NO_TOKEN.values(), ids=NO_TOKEN)
def test_a_token_server_that_sends_something_else_is_one_error(dkr_ls, small_registry, tokens, answer):
    tokens.always("/token", answer)
    assert_one_error(listed(dkr_ls, small_registry), small_registry.address)
    assert not [request for request in small_registry.requests if "x-injected" in request.headers]


@pytest.mark.parametrize("command", ["tags", "repos"])
def test_a_catalog_that_no_token_opens_is_one_error_that_says_how_to_do_without(dkr_ls, small_registry, tokens, command):
    """The credentials are good elsewhere."""
    small_registry.always(
        "/v2/_catalog",
        unauthorized(
            f'Bearer realm="{tokens.realm}",service="registry.test",scope="registry:catalog:*",error="insufficient_scope"'
        ),
    )
    logged_in(dkr_ls, small_registry)
    result = listed(dkr_ls, small_registry, command=command)
    assert_one_error(result, small_registry.address)
    assert b"--repo" in result.stderr
    assert len(tokens.requests) <= 2


def test_a_token_server_that_says_no_for_one_repository_costs_only_that(dkr_ls, small_registry, tokens):
    refuse = lambda request: unauthorized() if "team/app" in request.parameters["scope"] else tokens.usual(request)
    tokens.always("/token", refuse)
    result = listed(dkr_ls, small_registry)
    assert_one_error(result, f"{small_registry.address}/team/app: ", stdout=result.stdout)
    assert [row[:2] for row in rows(result.stdout)] == [("q", "a"), ("q", "b")]


def test_a_token_that_is_never_good_enough_is_renewed_once(dkr_ls, small_registry, tokens):
    usual = small_registry.guard
    small_registry.guard = (
        lambda request: usual(request.__class__(request.method, request.target, {}, b""))
        if "/team/" in request.path
        else usual(request)
    )
    result = listed(dkr_ls, small_registry)
    assert_one_error(result, f"{small_registry.address}/team/app: ", stdout=result.stdout)
    assert [row[:2] for row in rows(result.stdout)] == [("q", "a"), ("q", "b")]
    assert tokens.scopes().count("repository:team/app:pull") <= 2
    assert len([request for request in small_registry.requests if "/team/" in request.path]) <= 3


def test_a_token_that_ran_out_is_renewed_once_for_all(dkr_ls, small_registry, tokens):
    small_registry.put_all("q", {f"t{number}": image(number) for number in range(40)})
    small_registry.delay = 0.01
    small_registry.first("/v2/q/manifests/t20", lambda request: tokens.revoke() or small_registry.usual(request))
    assert_listed(dkr_ls, small_registry)
    assert tokens.scopes().count("repository:q:pull") == 2


def test_tokens_that_live_a_second_are_renewed_in_time(dkr_ls, small_registry, tokens):
    small_registry.put_all("q", {f"t{number}": image(number) for number in range(8)})
    small_registry.delay, tokens.seconds, tokens.more = 0.1, 1, {"expires_in": 1}
    assert_listed(dkr_ls, small_registry, "--jobs", "1")
    assert 2 <= tokens.scopes().count("repository:q:pull") <= 20


def test_a_token_is_asked_for_again_after_a_hiccup(dkr_ls, small_registry, tokens):
    tokens.first("/token", Answer(503, b"", ("Retry-After: 0",)))
    assert_listed(dkr_ls, small_registry)


@pytest.mark.parametrize("identity", [{}, {"identitytoken": IDENTITY}], ids=["password", "identity token"])
def test_without_tls_a_token_is_not_bought_at_another_host(dkr_ls, small_registry, start_server, identity):
    """There it goes in the clear as well, but only to the registry's host."""
    tokens = start_server(TokenServer, host="127.0.0.2")
    small_registry.guard = guarded_by_tokens(tokens)
    configure(dkr_ls, auths={small_registry.address: {"auth": basic(USER, PASSWORD).split()[1], **identity}})
    result = listed(dkr_ls, small_registry)
    assert_one_error(result, small_registry.address)
    assert "token service" in result.errors[0]
    assert tokens.connections == 0


def test_over_tls_a_token_is_not_bought_in_the_clear(dkr_ls, start_server, trusted_tls, tokens):
    """The realm has to be https where the registry is."""
    registry = trusted_tls(Registry)
    registry.put("q", t=image(1))
    registry.guard = guarded_by_tokens(tokens)
    logged_in(dkr_ls, registry)
    assert_one_error(listed(dkr_ls, registry), registry.address)
    assert tokens.connections == 0


def test_over_tls_a_token_is_bought_over_tls(dkr_ls, trusted_tls):
    registry, tokens = trusted_tls(Registry), trusted_tls(TokenServer)
    registry.put("q", t=image(1))
    registry.guard = guarded_by_tokens(tokens)
    tokens.expects = basic(USER, PASSWORD)
    logged_in(dkr_ls, registry)
    assert_listed(dkr_ls, registry)
