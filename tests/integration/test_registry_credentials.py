"""Who is asking: passwords, tokens, helpers, as docker keeps them, and that nobody else ever sees them."""

import base64
import json
import stat

import pytest

from registry_content import image
from scripted_registry import (
    Answer, Registry, TokenServer, basic, guarded_by_password, guarded_by_tokens, json_answer, redirect, scope_of, unauthorized,
)  # fmt: skip
from tables import assert_one_error, rows

USER, PASSWORD = "gordon", "p4ss:word,ü \\\"$"
IDENTITY = "identity.token-of-gordon"
SECRETS = [PASSWORD, "p4ss", IDENTITY, "secret-token", basic(USER, PASSWORD).split()[1], "the-signature"]


def configure(dkr_ls, **fields):
    (dkr_ls.home / "config.json").write_text(json.dumps(fields))


def logged_in(dkr_ls, registry, password=PASSWORD):
    configure(dkr_ls, auths={registry.address: {"auth": basic(USER, password).split()[1]}})


def listed(dkr_ls, registry, *args, command="tags"):
    """The result, at the most talkative of levels, where not even that tells a secret."""
    result = dkr_ls.registry(registry, command, *args, "--log-level", "TRACE")
    told = (result.stdout + result.stderr).decode()
    assert not [secret for secret in SECRETS if secret in told]
    return result


def assert_listed(dkr_ls, registry, *args):
    result = listed(dkr_ls, registry, *args)
    assert (result.status, result.errors) == (0, [])
    expected = {(name, tag) for name, tags in registry.repositories.items() for tag in tags}
    assert {row[:2] for row in rows(result.stdout)} == expected


@pytest.fixture
def registry(registry):
    """Two repositories of two tags."""
    registry.put("q", a=image(1), b=image(2))
    registry.put("team/app", a=image(3), b=image(4))
    return registry


@pytest.fixture
def tokens(start_server, registry):
    """A token server on a port of its own, which the registry trusts."""
    tokens = start_server(TokenServer)
    registry.guard = guarded_by_tokens(tokens)
    return tokens


SCOPES = ["registry:catalog:*", "repository:q:pull", "repository:team/app:pull"]


# ---- passwords ----


def spelled(key):
    return lambda address: {key.format(address): {"auth": basic(USER, PASSWORD).split()[1]}}


AUTHS = {
    "host": spelled("{}"),
    "http": spelled("http://{}"),
    "https": spelled("https://{}"),
    "slash": spelled("http://{}/"),
    "v1": spelled("https://{}/v1/"),
    "v2": spelled("http://{}/v2/"),
    "v2 without a slash": spelled("{}/v2"),
    "username and password": lambda address: {address: {"username": USER, "password": PASSWORD}},
    "others too": lambda address: {"127.0.0.1:1": {"auth": "eDp5"}, "registry.example": {}, **spelled("{}")(address), "": {"auth": "eDp5"}},
}


@pytest.mark.parametrize("auths", AUTHS.values(), ids=AUTHS)
def test_a_password_is_found_however_its_key_is_spelled(dkr_ls, registry, auths):
    registry.guard = guarded_by_password(USER, PASSWORD)
    configure(dkr_ls, auths=auths(registry.address))
    assert_listed(dkr_ls, registry)
    assert registry.refused() == 1


def test_the_configuration_is_looked_for_in_the_home_without_docker_config(dkr_ls, registry):
    registry.guard = guarded_by_password(USER, PASSWORD)
    logged_in(dkr_ls, registry)
    (dkr_ls.home / ".docker").mkdir()
    (dkr_ls.home / "config.json").rename(dkr_ls.home / ".docker/config.json")
    result = dkr_ls.registry(registry, "tags", env={"DOCKER_CONFIG": ""})
    assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 4)


@pytest.mark.parametrize("challenge", ['Basic realm="x, y"', "basic", 'BASIC realm="x",charset="UTF-8"', 'Negotiate, Basic realm="x"', 'Basic realm="\\"Bearer realm="'])
def test_every_challenge_for_a_password_is_understood(dkr_ls, registry, challenge):
    registry.guard = guarded_by_password(USER, PASSWORD, challenge)
    logged_in(dkr_ls, registry)
    assert_listed(dkr_ls, registry)


def test_only_some_repositories_may_want_a_password(dkr_ls, registry):
    """As where /v2/ answers 200."""
    guard = guarded_by_password(USER, PASSWORD)
    registry.guard = lambda request: guard(request) if "/team/" in request.path else None
    logged_in(dkr_ls, registry)
    assert_listed(dkr_ls, registry)


@pytest.mark.parametrize("command", ["tags", "repos"])
@pytest.mark.parametrize("password", [None, "p4ss-that-is-wrong"], ids=["none", "a wrong one"])
def test_without_a_good_password_it_is_one_error_that_says_how_to_log_in(dkr_ls, registry, command, password):
    registry.guard = guarded_by_password(USER, PASSWORD)
    if password:
        logged_in(dkr_ls, registry, password)
    result = listed(dkr_ls, registry, command=command)
    assert_one_error(result, registry.address)
    assert f"docker login {registry.address}" in result.stderr.decode()
    assert len(registry.requests) <= 2


def test_a_password_for_another_registry_stays_at_home(dkr_ls, registry):
    configure(dkr_ls, auths={"127.0.0.1:1": {"auth": basic(USER, PASSWORD).split()[1]}, "127.0.0.1": {"auth": "eDp5"}})
    registry.guard = guarded_by_password(USER, PASSWORD)
    assert_one_error(listed(dkr_ls, registry), registry.address)
    assert not [request for request in registry.requests if request.authorization]


def test_a_password_nobody_asks_for_stays_at_home(dkr_ls, registry):
    logged_in(dkr_ls, registry)
    assert_listed(dkr_ls, registry)
    assert not [request for request in registry.requests if request.authorization]


@pytest.mark.parametrize(
    "config",
    [
        '{"auths": 5}', '{"auths": {"%s": 5}}', '{"auths": {"%s": {"auth": "p4ss!not base64"}}}', '{"auths": {"%s": {"auth": "cDRzcw=="}}}',
        '{"auths": {"%s": {"auth": 5}}}', '{"auths": null}', '{"auths": {"%s": {"auth": "p4ss', '{"credsStore": 5}', '{"credHelpers": []}',
    ],
)  # fmt: skip
def test_a_configuration_that_cannot_be_read_is_a_warning_at_most(dkr_ls, registry, config):
    (dkr_ls.home / "config.json").write_text(config.replace("%s", registry.address))
    assert_listed(dkr_ls, registry)


@pytest.mark.parametrize("source", ["registry:http://{user}:{password}@127.0.0.1:1", "registry:{user}:{password}@127.0.0.1:1", "registry:https://{user}:{password}@127.0.0.1:1/x"])
def test_a_password_in_the_address_is_refused_and_never_shown(dkr_ls, source):
    for level in "WARNING", "TRACE":
        result = dkr_ls("tags", "--source", source.format(user="gordon", password="hunter2"), "--log-level", level)
        assert (result.status, result.stdout, len(result.errors)) == (2, b"", 1)
        assert b"hunter2" not in result.stderr


# ---- tokens ----

CHALLENGES = {
    "usual": ['Bearer realm="{realm}",service="registry.test",scope="{scope}"'],
    "blanks": ['Bearer   realm = "{realm}" ,  service="registry.test" ,, scope="{scope}" '],
    "any case": ['bEARER REALM="{realm}",Service="registry.test",SCOPE="{scope}"'],
    "any order": ['Bearer scope="{scope}",realm="{realm}",service="registry.test"'],
    "unquoted": ["Bearer realm={realm},service=registry.test,scope={scope}"],
    "commas inside quotes": ['Bearer realm="{realm}",service="a, b=c, Basic realm=x",scope="{scope}"'],
    "escapes": ['Bearer realm="{realm}",service="quo\\"te\\\\d",scope="{scope}"'],
    "no service": ['Bearer realm="{realm}",scope="{scope}"'],
    "no scope": ['Bearer realm="{realm}",service="registry.test"'],
    "the realm alone": ['Bearer realm="{realm}"'],
    "an error too": ['Bearer realm="{realm}",service="registry.test",scope="{scope}",error="invalid_token"'],
    "another scheme before": ['Negotiate, Digest realm="d, e", nonce="x", qop="auth,auth-int", Bearer realm="{realm}",service="registry.test",scope="{scope}"'],
    "another scheme after": ['Bearer realm="{realm}",service="registry.test",scope="{scope}", Basic realm="x"'],
    "a password or a token": ['Basic realm="x", Bearer realm="{realm}",service="registry.test",scope="{scope}"'],
    "several headers": ['Basic realm="x"', "Negotiate dG9rZW4=", 'Bearer realm="{realm}",service="registry.test",scope="{scope}"'],
    "a query in the realm": ['Bearer realm="{realm}?tenant=7",service="registry.test",scope="{scope}"'],
}
ASKED = {"commas inside quotes": "a, b=c, Basic realm=x", "escapes": 'quo"te\\d', "no service": None, "the realm alone": None}


@pytest.mark.parametrize("challenges", CHALLENGES.values(), ids=CHALLENGES)
def test_every_challenge_for_a_token_is_understood(dkr_ls, registry, tokens, challenges):
    registry.guard = guarded_by_tokens(tokens, *challenges)
    assert_listed(dkr_ls, registry)
    name = next(name for name in CHALLENGES if CHALLENGES[name] == challenges)
    assert {request.parameters.get("service") for request in tokens.requests} == {ASKED.get(name, "registry.test")}
    assert {request.method for request in tokens.requests} == {"GET"}
    if "scope" in challenges[-1]:
        assert tokens.scopes() == SCOPES
    if "tenant" in challenges[-1]:
        assert {request.parameters["tenant"] for request in tokens.requests} == {"7"}


def test_the_realm_may_be_a_path_of_the_registry(dkr_ls, registry, tokens):
    registry.guard = guarded_by_tokens(tokens, 'Bearer realm="/token",service="registry.test",scope="{scope}"')
    registry.always("/token", tokens.usual)
    assert_listed(dkr_ls, registry)
    assert tokens.requests == []


def test_one_token_for_each_repository_however_many_tags(dkr_ls, registry, tokens):
    shared = image(9)
    registry.put_all("q", {f"t{number}": shared for number in range(50)})
    registry.delay = 0.01
    assert_listed(dkr_ls, registry)
    assert tokens.scopes() == SCOPES
    assert registry.refused() <= len(SCOPES)
    tokens.requests.clear()
    assert_listed(dkr_ls, registry)
    assert tokens.scopes() == SCOPES


@pytest.mark.parametrize("field", ["token", "access_token"])
def test_a_password_buys_a_token(dkr_ls, registry, tokens, field):
    tokens.expects, tokens.field = basic(USER, PASSWORD), field
    logged_in(dkr_ls, registry)
    assert_listed(dkr_ls, registry)
    assert tokens.scopes() == SCOPES
    assert not [request for request in registry.requests if (request.authorization or "").startswith("Basic")]


def test_of_two_tokens_the_access_token_counts(dkr_ls, registry, tokens):
    tokens.field, tokens.more = "access_token", {"token": "no-good", "expires_in": 300, "issued_at": "2026-01-01T00:00:00Z"}
    assert_listed(dkr_ls, registry)


def test_an_identity_token_buys_a_token(dkr_ls, registry, tokens):
    tokens.expects = {"grant_type": "refresh_token", "refresh_token": IDENTITY, "service": "registry.test"}
    tokens.field = "access_token"
    configure(dkr_ls, auths={registry.address: {"auth": basic(USER, "").split()[1], "identitytoken": IDENTITY}})
    assert_listed(dkr_ls, registry)
    assert tokens.scopes() == SCOPES
    assert {request.method for request in tokens.requests} == {"POST"}
    assert all(request.form["client_id"] for request in tokens.requests)
    assert not [request for request in tokens.requests if request.authorization]


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("command", ["tags", "repos"])
def test_a_token_server_that_says_no_is_one_error_that_says_how_to_log_in(dkr_ls, registry, tokens, status, command):
    tokens.always("/token", json_answer({"errors": [{"code": "UNAUTHORIZED", "message": "no token for you"}]}, status=status))
    logged_in(dkr_ls, registry)
    result = listed(dkr_ls, registry, command=command)
    assert_one_error(result, registry.address)
    assert f"docker login {registry.address}" in result.stderr.decode()
    assert len(tokens.requests) <= 2


NO_TOKEN = {
    "500": Answer(500),
    "404": Answer(404),
    "html": Answer(200, b"<html>"),
    "nothing": Answer(200),
    "no field": json_answer({}),
    "null": json_answer({"token": None}),
    "a number": json_answer({"token": 5}),
    "empty": json_answer({"token": ""}),
    "a header of its own": json_answer({"token": "x\r\nX-Injected: 1"}),
    "8 MiB": json_answer({"token": "t" * 2**23}),
}


@pytest.mark.parametrize("answer", NO_TOKEN.values(), ids=NO_TOKEN)
def test_a_token_server_that_sends_something_else_is_one_error(dkr_ls, registry, tokens, answer):
    tokens.always("/token", answer)
    assert_one_error(listed(dkr_ls, registry), registry.address)
    assert not [request for request in registry.requests if "x-injected" in request.headers]


def test_a_token_server_that_says_no_for_one_repository_costs_only_that(dkr_ls, registry, tokens):
    refuse = lambda request: unauthorized() if "team/app" in request.parameters["scope"] else tokens.usual(request)
    tokens.always("/token", refuse)
    result = listed(dkr_ls, registry)
    assert_one_error(result, f"{registry.address}/team/app: ", stdout=result.stdout)
    assert [row[:2] for row in rows(result.stdout)] == [("q", "a"), ("q", "b")]


def test_a_token_that_is_never_good_enough_is_renewed_once(dkr_ls, registry, tokens):
    usual = registry.guard
    registry.guard = lambda request: usual(request.__class__(request.method, request.target, {}, b"")) if "/team/" in request.path else usual(request)
    result = listed(dkr_ls, registry)
    assert_one_error(result, f"{registry.address}/team/app: ", stdout=result.stdout)
    assert [row[:2] for row in rows(result.stdout)] == [("q", "a"), ("q", "b")]
    assert tokens.scopes().count("repository:team/app:pull") <= 2
    assert len([request for request in registry.requests if "/team/" in request.path]) <= 3


def test_a_token_that_ran_out_is_renewed_once_for_all(dkr_ls, registry, tokens):
    registry.put_all("q", {f"t{number}": image(number) for number in range(40)})
    registry.delay = 0.01
    registry.first("/v2/q/manifests/t20", lambda request: tokens.revoke() or registry.usual(request))
    assert_listed(dkr_ls, registry)
    assert tokens.scopes().count("repository:q:pull") == 2


def test_tokens_that_live_a_second_are_renewed_in_time(dkr_ls, registry, tokens):
    registry.put_all("q", {f"t{number}": image(number) for number in range(8)})
    registry.delay, tokens.seconds, tokens.more = 0.1, 1, {"expires_in": 1}
    assert_listed(dkr_ls, registry, "--jobs", "1")
    assert 2 <= tokens.scopes().count("repository:q:pull") <= 20


def test_a_token_is_asked_for_again_after_a_hiccup(dkr_ls, registry, tokens):
    tokens.first("/token", Answer(503, b"", ("Retry-After: 0",)))
    assert_listed(dkr_ls, registry)


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


# ---- helpers ----


@pytest.fixture
def helper(dkr_ls, scratch):
    """Makes `docker-credential-NAME`, found on PATH, which prints `answer`; returns what it was called with so far."""
    (scratch / "bin").mkdir()
    plain = dkr_ls.environment

    def environment(**variables):
        return plain(**variables) | {"PATH": f"{scratch}/bin:{plain()['PATH']}"}

    dkr_ls.environment = environment

    def helper(name, answer, status=0):
        calls, program = scratch / f"{name}.calls", scratch / f"bin/docker-credential-{name}"
        text = answer if isinstance(answer, str) else json.dumps(answer)
        (scratch / f"{name}.answer").write_text(text)
        program.write_text(f'#!/bin/sh\n{{ echo "$@"; cat; echo; }} >> {calls}\necho p4ss noise >&2\ncat {scratch}/{name}.answer\nexit {status}\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return lambda: calls.read_text().split() if calls.exists() else []

    return helper


LOGIN = {"ServerURL": "x", "Username": USER, "Secret": PASSWORD}


@pytest.mark.parametrize("where", ["credHelpers", "credsStore"])
def test_a_helper_is_asked_once_for_the_password(dkr_ls, registry, helper, where):
    registry.guard = guarded_by_password(USER, PASSWORD)
    calls = helper("fake", LOGIN)
    configure(dkr_ls, **{where: {registry.address: "fake"} if where == "credHelpers" else "fake"})
    assert_listed(dkr_ls, registry)
    assert calls() == ["get", registry.address]


def test_a_helper_may_hold_an_identity_token(dkr_ls, registry, tokens, helper):
    tokens.expects, tokens.field = {"refresh_token": IDENTITY}, "access_token"
    calls = helper("fake", {"ServerURL": "x", "Username": "<token>", "Secret": IDENTITY})
    configure(dkr_ls, credsStore="fake")
    assert_listed(dkr_ls, registry)
    assert len(calls()) == 2


def test_the_helper_of_the_registry_goes_before_the_store_and_that_before_the_file(dkr_ls, registry, helper):
    registry.guard = guarded_by_password(USER, PASSWORD)
    other = {"ServerURL": "x", "Username": "other", "Secret": "x"}
    asked, store = helper("mine", LOGIN), helper("store", other)
    configure(dkr_ls, credHelpers={registry.address: "mine"}, credsStore="store", auths={registry.address: {"auth": "eDp5"}})
    assert_listed(dkr_ls, registry)
    assert (len(asked()), store()) == (2, [])
    helper("store", LOGIN)
    configure(dkr_ls, credHelpers={"other.example": "mine"}, credsStore="store", auths={registry.address: {"auth": "eDp5"}})
    assert_listed(dkr_ls, registry)
    assert (len(asked()), len(store())) == (2, 2)


def test_a_helper_that_knows_nothing_leaves_one_anonymous(dkr_ls, registry, helper):
    helper("fake", "credentials not found in native keychain", status=1)
    configure(dkr_ls, credsStore="fake", auths={registry.address: {}})
    assert_listed(dkr_ls, registry)
    registry.guard = guarded_by_password(USER, PASSWORD)
    result = listed(dkr_ls, registry)
    assert_one_error(result, registry.address)
    assert b"docker login" in result.stderr


@pytest.mark.parametrize("answer, status", [("p4ss is no json", 0), ({"Username": 5}, 0), ("", 0), ("p4ss is locked", 1), ("x" * 2**24, 0)], ids=["text", "number", "nothing", "failure", "16 MiB"])
def test_a_helper_that_fails_is_named(dkr_ls, registry, helper, answer, status):
    helper("fake", answer, status)
    configure(dkr_ls, credsStore="fake")
    registry.guard = guarded_by_password(USER, PASSWORD)
    result = listed(dkr_ls, registry)
    assert result.status == 1 and len(result.errors) == 1
    assert b"docker-credential-fake" in result.stderr


def test_a_helper_that_is_not_there_is_named(dkr_ls, registry):
    configure(dkr_ls, credsStore="missing")
    registry.guard = guarded_by_password(USER, PASSWORD)
    result = listed(dkr_ls, registry)
    assert result.status == 1 and len(result.errors) == 1
    assert b"docker-credential-missing" in result.stderr


@pytest.mark.parametrize("name", ["../../bin/sh", "x; touch pwned", "/bin/sh", ""])
def test_a_helper_is_only_ever_a_program_of_that_name(dkr_ls, registry, scratch, name):
    configure(dkr_ls, credsStore=name)
    listed(dkr_ls, registry)
    assert not list(scratch.glob("**/pwned"))


# ---- redirects ----


@pytest.fixture
def elsewhere(start_server):
    """Another server, which keeps blobs."""
    return start_server(Registry)


def moved_to(registry, elsewhere, host):
    """All configs are now at the other server, under signed addresses."""
    for name, tags in registry.repositories.items():
        for found in tags.values():
            path = f"/v2/{name}/blobs/{found.config_digest}"
            registry.always(path, redirect(f"http://{host}:{elsewhere.port}/store{path}?X-Amz-Signature=the-signature&x=1"))
            elsewhere.always(f"/store{path}", Answer(200, found.config))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("guard", ["nobody", "password", "token"])
def test_who_is_asking_never_reaches_another_host(dkr_ls, registry, tokens, elsewhere, host, guard):
    """Another port is another host as well."""
    registry.guard = {"nobody": None, "password": guarded_by_password(USER, PASSWORD), "token": guarded_by_tokens(tokens)}[guard]
    logged_in(dkr_ls, registry)
    moved_to(registry, elsewhere, host)
    assert_listed(dkr_ls, registry)
    assert len(elsewhere.requests) == 4
    assert not [request for request in elsewhere.requests if request.authorization or "cookie" in request.headers]
    assert {request.query for request in elsewhere.requests} == {"X-Amz-Signature=the-signature&x=1"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_kind_of_redirect_is_followed(dkr_ls, registry, elsewhere, status):
    for name, tags in registry.repositories.items():
        for tag, found in tags.items():
            elsewhere.put(name, **{tag: found})
            for path in f"/v2/{name}/manifests/{tag}", f"/v2/{name}/blobs/{found.config_digest}":
                registry.always(path, redirect(f"http://localhost:{elsewhere.port}{path}", status))
    assert_listed(dkr_ls, registry)


def test_a_redirect_within_the_registry_is_followed_as_the_same_user(dkr_ls, registry):
    registry.guard = guarded_by_password(USER, PASSWORD)
    logged_in(dkr_ls, registry)
    for found in registry.repositories["q"].values():
        path = f"/v2/q/blobs/{found.config_digest}"
        registry.always(path, redirect(f"/moved{path}"))
        registry.always(f"/moved{path}", Answer(200, found.config))
    assert_listed(dkr_ls, registry)


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "://", "http://", "", "\x1b[31m"], ids=ascii)
def test_a_redirect_to_nowhere_costs_only_its_tag(dkr_ls, registry, to):
    registry.always("/v2/q/manifests/a", redirect(to))
    result = listed(dkr_ls, registry)
    assert_one_error(result, f"{registry.address}/q:a", stdout=result.stdout)
    assert len(rows(result.stdout)) == 3


def test_redirects_in_a_circle_are_given_up(dkr_ls, registry):
    registry.always("/v2/q/manifests/a", redirect("/v2/q/manifests/a"))
    result = listed(dkr_ls, registry)
    assert_one_error(result, f"{registry.address}/q:a", stdout=result.stdout)
    assert len(registry.requests) < 60


def test_a_failure_at_the_other_host_does_not_tell_the_signature(dkr_ls, registry, elsewhere):
    moved_to(registry, elsewhere, "localhost")
    for path in list(elsewhere._always):
        elsewhere.always(path, Answer(403, b"<Error><Code>AccessDenied</Code><X>the-signature</X></Error>"))
    result = dkr_ls.registry(registry, "tags", "--log-level", "TRACE")
    assert (result.status, len(result.errors)) == (1, 4)
    assert b"X-Amz-Signature=the-signature" not in result.stderr


# ---- proxies ----


@pytest.fixture
def proxy(start_server):
    """A registry that is asked as a proxy for registries of any name."""
    return start_server(Registry)


def test_a_registry_elsewhere_is_asked_through_the_proxy(dkr_ls, proxy):
    proxy.put("q", t=image(1))
    env = {"http_proxy": f"http://gordon:p4ss@{proxy.address}"}
    result = dkr_ls("tags", "--source", "registry:http://registry.example:5000", "--log-level", "TRACE", env=env)
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], 1)
    assert b"p4ss" not in result.stderr
    assert proxy.requests[0].target == "http://registry.example:5000/v2/_catalog?n=1000"


@pytest.mark.parametrize(
    "source, connect",
    [
        ("registry.example", "registry.example:443"), ("https://registry.example", "registry.example:443"), ("registry.example:5000", "registry.example:5000"),
        ("docker.io", "registry-1.docker.io:443"), ("192.0.2.1", "192.0.2.1:443"),
    ],
)  # fmt: skip
def test_a_registry_elsewhere_is_asked_over_tls(dkr_ls, proxy, source, connect):
    seen = []
    proxy.refusal = lambda request: seen.append(str(request)) or Answer(403)
    for variable in "https_proxy", "HTTPS_PROXY":
        seen.clear()
        result = dkr_ls("tags", "--source", f"registry:{source}", "--repo", "q", env={variable: f"http://{proxy.address}"})
        assert (result.status, result.stdout, len(result.errors)) == (1, b"", 1)
        assert set(seen) == {f"CONNECT {connect}"}


def test_no_proxy_is_heeded_and_loopback_needs_none(dkr_ls, registry, proxy):
    env = dict.fromkeys(["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"], f"http://{proxy.address}")
    for address in registry.address, f"localhost:{registry.port}", f"http://{registry.address}":
        dkr_ls("repos", "--source", f"registry:{address}", env=env)
    assert proxy.connections == 0
