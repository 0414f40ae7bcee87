"""Which registry `--source` means, and how it is reached: in the clear, over TLS, through a proxy."""

import pytest

from registry_content import image
from scripted_registry import Answer, Registry
from tables import assert_lists, assert_one_error, assert_printable, rows


@pytest.mark.parametrize(
    "host, named",
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "localhost"),
        ("127.0.0.1", "LOCALHOST"),
        ("127.1.2.3", "127.1.2.3"),
        ("::1", "[::1]"),
    ],
)
def test_on_this_machine_it_is_reached_in_the_clear(dkr_ls, start_server, host, named):
    registry = start_server(Registry, host=host)
    registry.put("q", t=image(1))
    for scheme in "", "http://":
        assert_lists(dkr_ls("tags", "--source", f"registry:{scheme}{named}:{registry.port}"), "t")


def test_https_is_used_where_it_is_asked_for(dkr_ls, registry):
    result = dkr_ls("tags", "--source", f"registry:https://{registry.address}")
    assert_one_error(result, registry.address)
    assert registry.requests == []


@pytest.mark.parametrize("command, source", [("tags", "registry:\x1b[31m"), ("repos", "foo")], ids=ascii)
def test_a_source_that_cannot_be_read_is_a_usage_error(dkr_ls, command, source):
    result = dkr_ls(command, "--source", source)
    assert (result.status, result.stdout, len(result.errors)) == (2, b"", 1)
    assert 'for "--source" flag' in result.errors[0] and "registry:HOST[:PORT]" in result.errors[0]
    assert_printable(result.stderr)


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
        ("registry.example", "registry.example:443"),
        ("192.0.2.1:5000", "192.0.2.1:5000"),
        ("docker.io", "hub.docker.com:443"),
    ],
)
def test_a_registry_elsewhere_is_asked_over_tls(dkr_ls, proxy, source, connect):
    proxy.refusal = lambda request: Answer(403)
    for variable in "https_proxy", "HTTPS_PROXY":
        result = dkr_ls("tags", "--source", f"registry:{source}", "--repo", "q", env={variable: f"http://{proxy.address}"})
        assert (result.status, result.stdout, len(result.errors)) == (1, b"", 1)
        assert proxy.asked() == [f"CONNECT {connect}"]


@pytest.mark.parametrize("status, cause", [(407, "credentials are needed"), (403, "it refuses the connection")])
def test_a_proxy_that_refuses_is_named(dkr_ls, proxy, status, cause):
    proxy.refusal = lambda request: Answer(status)
    variables = {"HTTPS_PROXY": f"gordon:p4ss@{proxy.address}"}
    result = dkr_ls("tags", "--source", "registry:registry.example", env=variables)
    assert_one_error(result, f"registry.example: proxy http://***@{proxy.address}: {cause} (HTTP status {status})")


def test_a_proxy_that_is_not_trusted_is_named(dkr_ls, start_server, certificate):
    """What is said of the registry's certificates would be wrong for it."""
    proxy = start_server(Registry, tls=certificate.context())
    proxy.put("q", t=image(1))
    env = {"HTTP_PROXY": f"https://{proxy.address}", "HTTPS_PROXY": f"https://{proxy.address}"}
    for source in "registry.example", "http://registry.example":
        result = dkr_ls("repos", "--source", f"registry:{source}", env=env)
        assert_one_error(result, f"cannot connect to the registry at registry.example: proxy https://{proxy.address}: SSL")
        assert b"certs.d" not in result.stderr and b"http://" not in result.stderr.replace(b"at http://registry.example", b"")
    trusted = env | {"SSL_CERT_FILE": str(certificate.path)}
    result = dkr_ls("repos", "--source", "registry:http://registry.example", env=trusted)
    assert (result.status, result.stdout, result.errors) == (0, b"REPOSITORY\nq\n", [])


@pytest.mark.parametrize("content", [None, "", "no certificate"], ids=["missing", "empty", "foreign"])
def test_a_file_of_ca_certificates_that_cannot_be_used_is_named(dkr_ls, start_server, certificate, scratch, content):
    registry = start_server(Registry, tls=certificate.context())
    path = scratch / "ca.pem"
    if content is not None:
        path.write_text(content)
    result = dkr_ls("repos", "--source", f"registry:{registry.source}", env={"SSL_CERT_FILE": str(path)})
    assert_one_error(result, str(path))
    assert b"SSL_CERT_FILE" in result.stderr and b"certs.d" not in result.stderr


def test_no_proxy_is_heeded(dkr_ls, proxy):
    env = {"http_proxy": f"http://{proxy.address}", "NO_PROXY": "other.example,registry.invalid"}
    assert_one_error(dkr_ls("tags", "--source", "registry:http://registry.invalid", env=env), "registry.invalid")
    assert proxy.connections == 0


def test_loopback_needs_no_proxy(dkr_ls, small_registry, proxy):
    env = dict.fromkeys(["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"], f"http://{proxy.address}")
    for address in small_registry.address, f"localhost:{small_registry.port}", f"http://{small_registry.address}":
        dkr_ls("repos", "--source", f"registry:{address}", env=env)
    assert proxy.connections == 0
