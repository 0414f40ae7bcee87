"""Passwords, from docker's configuration and from its helpers: found however they are kept, told to nobody else."""

import json
import signal
from pathlib import Path

import pytest

from registry_users import IDENTITY, PASSWORD, USER, assert_listed, configure, listed, logged_in, told
from scripted_doors import basic, guarded_by_password, guarded_by_tokens, unauthorized
from scripted_registry import Answer, json_answer
from tables import assert_one_error, rows
from waiting import wait_until


def spelled(key):
    return lambda address: {key.format(address): {"auth": basic(USER, PASSWORD).split()[1]}}


AUTHS = {
    "v1": spelled("https://{}/v1/"),
    "others too": lambda address: {
        "127.0.0.1:1": {"auth": "eDp5"},
        "registry.example": {},
        **spelled("{}")(address),
        "": {"auth": "eDp5"},
    },
}


@pytest.mark.parametrize("auths", AUTHS.values(), ids=AUTHS)
def test_a_password_is_found_however_its_key_is_spelled(dkr_ls, small_registry, auths):
    small_registry.guard = guarded_by_password(USER, PASSWORD)
    configure(dkr_ls, auths=auths(small_registry.address))
    assert_listed(dkr_ls, small_registry)
    assert small_registry.refused() == 1


def test_the_configuration_is_looked_for_in_the_home_without_docker_config(dkr_ls, small_registry):
    small_registry.guard = guarded_by_password(USER, PASSWORD)
    logged_in(dkr_ls, small_registry)
    (dkr_ls.home / ".docker").mkdir()
    (dkr_ls.home / "config.json").rename(dkr_ls.home / ".docker/config.json")
    result = dkr_ls.registry(small_registry, "tags", env={"DOCKER_CONFIG": ""})
    assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 4)


@pytest.mark.parametrize("challenge", ["basic", 'Negotiate, Basic realm="\\"Bearer realm="'])
def test_every_challenge_for_a_password_is_understood(dkr_ls, small_registry, challenge):
    small_registry.guard = guarded_by_password(USER, PASSWORD, challenge)
    logged_in(dkr_ls, small_registry)
    assert_listed(dkr_ls, small_registry)


def test_only_some_repositories_may_want_a_password(dkr_ls, small_registry):
    """As where /v2/ answers 200."""
    guard = guarded_by_password(USER, PASSWORD)
    small_registry.guard = lambda request: guard(request) if "/team/" in request.path else None
    logged_in(dkr_ls, small_registry)
    assert_listed(dkr_ls, small_registry)


@pytest.mark.parametrize("command, password", [("repos", None), ("tags", "p4ss-that-is-wrong")])
def test_without_a_good_password_it_is_one_error_that_says_how_to_log_in(dkr_ls, small_registry, command, password):
    small_registry.guard = guarded_by_password(USER, PASSWORD)
    if password:
        logged_in(dkr_ls, small_registry, password)
    result = listed(dkr_ls, small_registry, command=command)
    assert_one_error(result, small_registry.address)
    assert f"docker login {small_registry.address}" in result.stderr.decode()
    assert len(small_registry.requests) <= 2


def test_a_password_for_another_registry_stays_at_home(dkr_ls, small_registry):
    configure(dkr_ls, auths={"127.0.0.1:1": {"auth": basic(USER, PASSWORD).split()[1]}, "127.0.0.1": {"auth": "eDp5"}})
    small_registry.guard = guarded_by_password(USER, PASSWORD)
    assert_one_error(listed(dkr_ls, small_registry), small_registry.address)
    assert not [request for request in small_registry.requests if request.authorization]


def test_without_a_password_nothing_is_asked_beforehand(dkr_ls, small_registry):
    assert_listed(dkr_ls, small_registry)
    assert "GET /v2/" not in small_registry.asked()


@pytest.mark.parametrize(
    "introduction",
    [Answer(200, b"{}"), unauthorized('Basic realm="x"'), unauthorized('Bearer realm="{}"')],
    ids=["open", "password", "token"],
)
def test_a_user_sees_his_own_catalog_where_anybody_sees_some_of_it(dkr_ls, small_registry, tokens, introduction):
    """As in zot, Nexus and Quay."""
    tokens.expects = basic(USER, PASSWORD)
    challenge = introduction.headers[-1].format(tokens.realm) if introduction.headers else ""
    introduction = Answer(introduction.status, introduction.body, (challenge,) if challenge else ())
    small_registry.guard = None
    small_registry.always("/v2/", introduction)

    def catalog(request):
        is_user = tokens.accepts(request) or request.authorization == basic(USER, PASSWORD)
        return small_registry.usual(request) if is_user else json_answer({"repositories": []})

    small_registry.always("/v2/_catalog", catalog)
    assert dkr_ls.registry(small_registry, "repos").stdout == b"REPOSITORY\n"
    assert small_registry.asked() == ["GET /v2/_catalog?n=1000"]
    logged_in(dkr_ls, small_registry)
    assert listed(dkr_ls, small_registry, command="repos").stdout.decode().split()[1:] == list(small_registry.repositories)
    assert small_registry.asked() == ["GET /v2/", "GET /v2/_catalog?n=1000"]
    assert_listed(dkr_ls, small_registry)


def test_each_kind_of_request_may_want_something_else(dkr_ls, small_registry, tokens):
    """As in Harbor: a token at /v2/ and for repositories, the password for the catalog."""
    tokens.expects = basic(USER, PASSWORD)
    by_password, by_token = guarded_by_password(USER, PASSWORD), guarded_by_tokens(tokens)
    small_registry.guard = lambda request: (by_password if "_catalog" in request.path else by_token)(request)
    logged_in(dkr_ls, small_registry)
    assert_listed(dkr_ls, small_registry)
    assert small_registry.refused() == 2


@pytest.mark.parametrize("introduction", [Answer(404), Answer(403), unauthorized("Negotiate")], ids=["404", "403", "401"])
def test_a_password_nobody_asks_for_stays_at_home(dkr_ls, small_registry, introduction):
    small_registry.always("/v2/", introduction)
    logged_in(dkr_ls, small_registry)
    assert_listed(dkr_ls, small_registry)
    assert not [request for request in small_registry.requests if request.authorization]


@pytest.mark.parametrize("config", ['{"auths": {"%s": {"auth": "p4ss!not base64"}}}', '{"auths": {"%s": {"auth": "p4ss'])
def test_a_configuration_that_cannot_be_read_is_a_warning_at_most(dkr_ls, small_registry, config):
    (dkr_ls.home / "config.json").write_text(config.replace("%s", small_registry.address))
    assert_listed(dkr_ls, small_registry)


def test_a_password_in_the_address_is_refused_and_never_shown(dkr_ls):
    for level in "WARNING", "TRACE":
        result = dkr_ls("tags", "--source", "registry:http://gordon:hunter2@127.0.0.1:1", "--log-level", level)
        assert (result.status, result.stdout, len(result.errors)) == (2, b"", 1)
        assert b"hunter2" not in result.stderr


# ---- helpers ----


LOGIN = {"ServerURL": "x", "Username": USER, "Secret": PASSWORD}


@pytest.mark.parametrize("where", ["credHelpers", "credsStore"])
def test_a_helper_is_asked_once_for_the_password(dkr_ls, small_registry, helper, where):
    small_registry.guard = guarded_by_password(USER, PASSWORD)
    calls = helper("fake", LOGIN)
    configure(dkr_ls, **{where: {small_registry.address: "fake"} if where == "credHelpers" else "fake"})
    assert_listed(dkr_ls, small_registry)
    assert calls() == ["get", small_registry.address]


def test_a_helper_may_hold_an_identity_token(dkr_ls, small_registry, tokens, helper):
    tokens.expects, tokens.field = {"refresh_token": IDENTITY}, "access_token"
    calls = helper("fake", {"ServerURL": "x", "Username": "<token>", "Secret": IDENTITY})
    configure(dkr_ls, credsStore="fake")
    assert_listed(dkr_ls, small_registry)
    assert len(calls()) == 2


def test_a_helper_that_knows_nothing_leaves_one_anonymous(dkr_ls, small_registry, helper):
    helper("fake", "credentials not found in native keychain", status=1)
    configure(dkr_ls, credsStore="fake", auths={small_registry.address: {}})
    assert_listed(dkr_ls, small_registry)
    small_registry.guard = guarded_by_password(USER, PASSWORD)
    result = listed(dkr_ls, small_registry)
    assert_one_error(result, small_registry.address)
    assert b"docker login" in result.stderr


@pytest.mark.parametrize(
    "answer, status",
    [("p4ss is no json", 0), ("p4ss is locked", 1), ("x" * 2**24, 0)],
    ids=["text", "failure", "16 MiB"],
)
def test_a_helper_that_fails_is_named(dkr_ls, small_registry, helper, answer, status):
    helper("fake", answer, status)
    configure(dkr_ls, credsStore="fake")
    small_registry.guard = guarded_by_password(USER, PASSWORD)
    result = listed(dkr_ls, small_registry)
    assert result.status == 1 and len(result.errors) == 1
    assert b"docker-credential-fake" in result.stderr


def test_a_helper_that_is_not_there_is_named(dkr_ls, small_registry):
    configure(dkr_ls, credsStore="missing")
    small_registry.guard = guarded_by_password(USER, PASSWORD)
    result = listed(dkr_ls, small_registry)
    assert result.status == 1 and len(result.errors) == 1
    assert b"docker-credential-missing" in result.stderr


@pytest.mark.parametrize("name", ["../../bin/sh", "x; touch pwned"])
def test_a_helper_is_only_ever_a_program_of_that_name(dkr_ls, small_registry, scratch, name):
    configure(dkr_ls, credsStore=name)
    listed(dkr_ls, small_registry)
    assert not list(scratch.glob("**/pwned"))


def test_a_helper_that_fails_gives_way_to_auths(dkr_ls, small_registry, helper):
    small_registry.guard = guarded_by_password(USER, PASSWORD)
    helper("fake", "p4ss is locked", status=1)
    auths = spelled("{}")(small_registry.address)
    for name in "fake", "missing":
        configure(dkr_ls, credsStore=name, auths=auths)
        assert_listed(dkr_ls, small_registry)


def test_a_helper_that_fails_does_so_also_where_its_end_is_ignored(dkr_ls, small_registry, helper):
    """As by a parent that ignores SIGCHLD: nobody would learn its status."""
    helper("fake", LOGIN, status=1)
    configure(dkr_ls, credsStore="fake")
    small_registry.guard = guarded_by_password(USER, PASSWORD)
    command = ["env", "--ignore-signal=CHLD", dkr_ls.binary, "repos", "--source", f"registry:{small_registry.source}"]
    result = dkr_ls.run(command)
    assert (result.status, len(result.errors)) == (1, 1)
    assert b"docker-credential-fake" in result.stderr and b"ended with status 1" in result.stderr
    assert not [request for request in small_registry.requests if request.authorization]


@pytest.mark.parametrize("name", ["TERM", "INT", "HUP"])
def test_a_helper_ends_with_us(dkr_ls, small_registry, scratch, helper, name):
    """Also what it has started itself, where no terminal could have told it so."""
    helper("fake", LOGIN)
    pids = scratch / "pids"
    (scratch / "bin/docker-credential-fake").write_text(f"#!/bin/sh\nsleep 60 &\necho $$ $! >{pids}.new; mv {pids}.new {pids}; wait\n")
    configure(dkr_ls, credsStore="fake")
    command = [dkr_ls.binary, "repos", "--source", f"registry:{small_registry.source}"]
    result = dkr_ls.run(command, interruption=(signal.Signals[f"SIG{name}"], pids.exists), start_new_session=True)
    assert result.status == 128 + signal.Signals[f"SIG{name}"]
    wait_until(lambda: not any(is_running(pid) for pid in pids.read_text().split()))


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_environment_comes_before_the_file(dkr_ls, small_registry):
    small_registry.guard = guarded_by_password(USER, PASSWORD)
    logged_in(dkr_ls, small_registry, "p4ss-that-is-wrong")
    env = {"DOCKER_AUTH_CONFIG": json.dumps({"auths": spelled("{}")(small_registry.address)})}
    result = dkr_ls.registry(small_registry, "tags", "--log-level", "TRACE", env=env)
    assert (result.status, result.errors, told(result)) == (0, [], [])


def escaped(text):
    """`text` in a JSON string, as escapes alone."""
    return "".join(f"\\u{ord(char):04x}" for char in text)


@pytest.mark.parametrize("before", ["", "x" * 190], ids=["escaped", "cut"])
def test_a_password_that_the_registry_repeats_is_not_shown(dkr_ls, small_registry, before):
    logged_in(dkr_ls, small_registry)
    small_registry.guard = guarded_by_password(USER, PASSWORD)
    body = '{"errors": [{"code": "X", "message": "%s%s"}]}' % (before, escaped(PASSWORD))
    small_registry.always("/v2/_catalog", Answer(500, body.encode()))
    result = listed(dkr_ls, small_registry)
    assert_one_error(result, small_registry.address)
    assert "HTTP status 500" in result.errors[0] and PASSWORD[:4] not in result.stderr.decode()
