"""Which engine is asked, and what is said where there is none."""

import contextlib
import hashlib
import json
import os
import shutil
import socket

import pytest

import peers
from scripted import engine_with, http, image, json_answer
from tables import assert_one_error, at_one_moment, settled
from waiting import SOON


def add_context(dkr_ls, name, host):
    directory = dkr_ls.home / "contexts/meta" / hashlib.sha256(name.encode()).hexdigest()
    directory.mkdir(parents=True)
    meta = {"Name": name, "Metadata": {}, "Endpoints": {"docker": {"Host": host, "SkipTLSVerify": False}}}
    (directory / "meta.json").write_text(json.dumps(meta))


def configure(dkr_ls, text):
    (dkr_ls.home / "config.json").write_text(text)


@pytest.fixture
def closed():
    """The address of a port that nobody listens on."""
    with peers.reserved_address() as address:
        yield address


def test_no_engine_is_said_in_dockers_words(dkr_ls, scratch):
    result = dkr_ls("-H", f"unix://{scratch}/none.sock", "tags")
    words = f"Cannot connect to the Docker daemon at unix://{scratch}/none.sock. Is the docker daemon running?"
    assert_one_error(result, words)
    assert result.stderr.decode().split("\n")[0] == f"Error: {words}"


@pytest.mark.parametrize("command", ["tags", "repos"])
def test_a_socket_that_nobody_listens_on_is_no_engine(dkr_ls, scratch, command):
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(scratch / "left.sock"))
    result = dkr_ls("-H", f"unix://{scratch}/left.sock", command)
    words = f"Cannot connect to the Docker daemon at unix://{scratch}/left.sock. Is the docker daemon running?"
    assert_one_error(result, words)


def test_a_plain_file_or_a_directory_is_no_engine(dkr_ls, scratch):
    (scratch / "file").write_text("not a socket")
    for path in scratch / "file", scratch, scratch / "file/below":
        assert_one_error(dkr_ls("-H", f"unix://{path}", "tags"), f"unix://{path}")


def test_a_socket_path_too_long_for_the_system_is_one_error(dkr_ls):
    address = "unix:///tmp/" + "long" * 40
    assert_one_error(dkr_ls("-H", address, "tags"), address)


def test_nobody_listening_on_tcp_is_no_engine(dkr_ls, closed):
    address = f"tcp://{closed}"
    words = f"Cannot connect to the Docker daemon at {address}. Is the docker daemon running?"
    assert_one_error(dkr_ls("-H", address, "tags"), words)


def test_connecting_is_given_up_after_ten_seconds(dkr_ls):
    """Linux leaves those unanswered who knock at a door with too many waiting before it."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as busy, contextlib.ExitStack() as waiting:
        for _ in range(4):
            knocking = waiting.enter_context(socket.socket())
            knocking.setblocking(False)
            knocking.connect_ex(busy.getsockname())
        address = "tcp://127.0.0.1:%d" % busy.getsockname()[1]
        result = dkr_ls("-H", address, "tags")
    assert_one_error(result, f"Cannot connect to the Docker daemon at {address}. Is the docker daemon running?")
    assert 9 < result.seconds < SOON


def test_no_permission_is_said_in_dockers_words(dkr_ls, serve, scratch):
    """Root may open any socket, so as root the binary runs as somebody else, from a place that he can read."""
    server = serve(json_answer([]))
    path = server.address.removeprefix("unix://")
    os.chmod(path, 0)
    scratch.chmod(0o755)
    dkr_ls.binary = shutil.copy(dkr_ls.binary, scratch / "dkr-ls")
    somebody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    result = dkr_ls("-H", server.address, "tags", **somebody)
    assert_one_error(result, server.address)
    words = f"Error: permission denied while trying to connect to the Docker daemon socket at {server.address}"
    assert result.stderr.decode().startswith(words)


@pytest.mark.parametrize(
    "flags, variables, current, asked",
    [
        (["--context", "by-flag"], {"DOCKER_HOST": "by-host", "DOCKER_CONTEXT": "by-variable"}, "by-config", "by-flag"),
        (["-H", "by-H"], {"DOCKER_HOST": "by-host", "DOCKER_CONTEXT": "by-variable"}, "by-config", "by-h"),
        ([], {"DOCKER_HOST": "by-host", "DOCKER_CONTEXT": "by-variable"}, "by-config", "by-host"),
        ([], {"DOCKER_CONTEXT": "by-variable"}, "by-config", "by-variable"),
        ([], {"DOCKER_HOST": "", "DOCKER_CONTEXT": ""}, "by-config", "by-config"),
    ],
)
def test_the_engine_is_found_with_dockers_precedence(dkr_ls, serve, flags, variables, current, asked):
    """Each way to name an engine leads to one whose only image is called after the way."""
    hosts = {way: serve(engine_with([image(f"{way.lower()}:1")])).address for way in ("by-H", "by-host")}
    for context in "by-flag", "by-variable", "by-config":
        add_context(dkr_ls, context, serve(engine_with([image(f"{context}:1")])).address)
    configure(dkr_ls, json.dumps({"currentContext": current}))
    flags = [hosts.get(flag, flag) for flag in flags]
    result = dkr_ls(*flags, "repos", env={name: hosts.get(value, value) for name, value in variables.items()})
    assert (result.status, result.stdout.decode().split(), result.stderr) == (0, ["REPOSITORY", asked], b"")


def test_the_default_is_dockers_own_socket(dkr_ls):
    assert b"unix:///var/run/docker.sock" in dkr_ls("tags", "--log-level", "DEBUG").stderr


def test_a_context_leads_to_the_real_engine(dkr_ls, engine):
    add_context(dkr_ls, "real", engine.host)
    configure(dkr_ls, '{"currentContext": "real"}')
    docker = lambda: settled(engine.docker("images"))
    for flags, variables in (["--context", "real"], {}), ([], {"DOCKER_CONTEXT": "real"}), ([], {}):
        ours, theirs = at_one_moment(lambda: settled(dkr_ls(*flags, "tags", env=variables).stdout), docker)
        assert ours == theirs


def test_the_configuration_is_looked_for_in_the_home_without_docker_config(dkr_ls, pretend_engine):
    elsewhere = dkr_ls.home / ".docker"
    home, dkr_ls.home = dkr_ls.home, elsewhere
    add_context(dkr_ls, "mine", pretend_engine([image("found:1")]).host)
    result = dkr_ls("--context", "mine", "repos", env={"HOME": str(home), "DOCKER_CONFIG": ""})
    assert result.stdout == b"REPOSITORY\nfound\n"


def test_an_unknown_context_is_said_in_dockers_words(dkr_ls):
    configure(dkr_ls, '{"currentContext": "n"}')
    for flags, variables in (["--context", "n"], {}), ([], {"DOCKER_CONTEXT": "n"}), ([], {}):
        result = dkr_ls(*flags, "tags", env=variables)
        assert_one_error(result, 'context "n": context not found')


def test_context_together_with_host_is_a_usage_error(dkr_ls, pretend_engine):
    host = pretend_engine([]).host
    add_context(dkr_ls, "c", host)
    result = dkr_ls("-H", host, "--context", "c", "tags")
    assert (result.status, result.stdout, len(result.errors)) == (2, b"", 1)


def test_a_broken_configuration_is_a_warning_beside_the_listing(dkr_ls, pretend_engine):
    configure(dkr_ls, '{"auths": ')
    result = dkr_ls("-H", pretend_engine([image("q:1")]).host, "repos")
    assert (result.status, result.stdout, result.errors) == (0, b"REPOSITORY\nq\n", [])
    assert b"config.json" in result.stderr and b"warn" in result.stderr.lower()


def test_a_broken_context_is_one_error_that_names_it(dkr_ls):
    add_context(dkr_ls, "torn", "unix:///nowhere")
    next(dkr_ls.home.glob("contexts/meta/*/meta.json")).write_text('{"Endpoints": {}}')
    assert_one_error(dkr_ls("--context", "torn", "tags"), "torn")


@pytest.mark.parametrize("host", ["fd://3", "npipe:////./pipe/docker_engine"])
def test_other_transports_are_refused_as_not_supported(dkr_ls, host):
    for result in dkr_ls("-H", host, "tags"), dkr_ls("tags", env={"DOCKER_HOST": host}):
        assert_one_error(result, host)
        assert "not supported yet" in result.errors[0]


def test_all_sockets_of_other_engines_are_named(dkr_ls, scratch):
    """With the context that reaches them, where there is one."""
    home = dkr_ls.home
    sockets = [home / ".colima/default/docker.sock", home / ".rd/docker.sock"]
    for socket_path in sockets:
        socket_path.parent.mkdir(parents=True)
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(socket_path))
    directory, file = home / ".docker/run/docker.sock", home / ".orbstack/run/docker.sock"
    directory.mkdir(parents=True)
    file.parent.mkdir(parents=True)
    file.touch()
    add_context(dkr_ls, "colima", f"unix://{sockets[0]}")
    result = dkr_ls("-H", f"unix://{scratch}/none.sock", "tags")
    assert result.status == 1
    for word in f"--context colima (unix://{sockets[0]})", f"--host unix://{sockets[1]}":
        assert word in result.stderr.decode()
    assert b".docker/run" not in result.stderr and b".orbstack" not in result.stderr


def test_tls_variables_do_not_matter_to_a_socket(dkr_ls, pretend_engine):
    result = dkr_ls("-H", pretend_engine([]).host, "repos", env={"DOCKER_TLS_VERIFY": "1"})
    assert (result.status, result.stdout, result.stderr) == (0, b"REPOSITORY\n", b"")


def test_no_scheme_means_tcp(dkr_ls, serve):
    server = serve(json_answer([image("q:1")]), tcp=True)
    assert dkr_ls("-H", server.address.removeprefix("tcp://"), "repos").stdout == b"REPOSITORY\nq\n"


@pytest.mark.parametrize("host", ["unix://", "tcp://x:99999"])
def test_a_host_that_cannot_be_asked_is_one_error(dkr_ls, host):
    result = dkr_ls("-H", host, "tags")
    assert (result.status in (1, 2), result.stdout, len(result.errors)) == (True, b"", 1)
    assert host in result.errors[0]


def test_a_proxy_in_the_environment_does_not_stand_between(dkr_ls, serve, closed):
    """Docker's client, too, goes straight to sockets and to this machine."""
    proxy = f"http://{closed}"
    variables = {name: proxy for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")}
    for tcp in False, True:
        result = dkr_ls("-H", serve(json_answer([image("q:1")]), tcp=tcp).address, "repos", env=variables)
        assert (result.stdout, result.stderr) == (b"REPOSITORY\nq\n", b"")


@pytest.mark.parametrize("address", ["tcp://192.0.2.1:2375", "tcp://engine.invalid:2375/path"])
def test_a_proxy_that_cannot_be_reached_is_named(dkr_ls, closed, address):
    result = dkr_ls("-H", address, "tags", env={"HTTP_PROXY": f"http://gordon:hunter2@{closed}"})
    assert_one_error(result, f"Cannot connect to the Docker daemon at {address}.")
    assert f"proxy http://***@{closed}: connection refused".encode() in result.stderr


def test_a_proxy_that_wants_credentials_is_named(dkr_ls, serve):
    proxy = serve(http("407 Proxy Authentication Required", b"<html>"), tcp=True).address.removeprefix("tcp://")
    result = dkr_ls("-H", "tcp://192.0.2.1:2375", "tags", env={"HTTP_PROXY": proxy})
    assert_one_error(result, "Cannot connect to the Docker daemon at tcp://192.0.2.1:2375.")
    assert f"proxy http://{proxy}: credentials are needed (HTTP status 407)".encode() in result.stderr


def test_no_proxy_may_name_a_port(dkr_ls, serve, closed):
    proxy = serve(json_answer([image("q:1")]), tcp=True)
    env = {"HTTP_PROXY": proxy.address.removeprefix("tcp://"), "NO_PROXY": "engine.invalid:1"}
    assert dkr_ls("-H", "tcp://engine.invalid:2", "repos", env=env).stdout == b"REPOSITORY\nq\n"
    assert proxy.requests == ["GET http://engine.invalid:2/images/json"]
    assert dkr_ls("-H", "tcp://engine.invalid:1", "repos", env=env).status == 1
    assert len(proxy.requests) == 1


def test_an_engine_may_be_below_a_path(dkr_ls, serve):
    server = serve(json_answer([image("q:1")]), tcp=True)
    host = f"{server.address}/api/endpoints/1/docker"
    add_context(dkr_ls, "below", host)
    for flags, variables in (["-H", host], {}), ([], {"DOCKER_HOST": host}), (["--context", "below"], {}):
        result = dkr_ls(*flags, "repos", env=variables)
        assert (result.stdout, result.stderr) == (b"REPOSITORY\nq\n", b"")
    assert set(server.requests) == {"GET /api/endpoints/1/docker/images/json"}


def test_a_password_in_the_address_is_never_shown(dkr_ls):
    for host in "tcp://user:hunter2@127.0.0.1:1", "ssh://user:hunter2@127.0.0.1", "http://user:hunter2@127.0.0.1":
        for flags, variables in (["-H", host], {}), ([], {"DOCKER_HOST": host}):
            result = dkr_ls(*flags, "tags", "--log-level", "TRACE", env=variables)
            assert result.status != 0
            assert b"hunter2" not in result.stdout + result.stderr
