"""dist/dkr-ls needs nothing but a kernel: no library, no resolver, no certificates built in."""

import re
import shutil
import socket
import struct
import threading
from pathlib import Path

import pytest

import peers
from registry_content import image as stored_image
from scripted import engine_with, image
from tables import rows

pytestmark = pytest.mark.xdist_group("program")
NAME = "images.test"
NO_ONES = "nameserver 127.0.0.98\nnameserver 127.0.0.99\n"  # no name server is there


MODULES = """
config_diagnostics = 1
openssl_conf = start
[start]
providers = providers
[providers]
missing = missing
[missing]
module = /missing.so
activate = 1
"""


@pytest.fixture
def empty_root(static, scratch):
    """dkr-ls alone in an empty directory, which is the root of what it sees."""
    root = scratch / "root"
    root.mkdir()
    shutil.copy(static, root)
    return root


@pytest.fixture
def alone(empty_root, dkr_ls):
    def alone(*args, **variables):
        return dkr_ls.run(["/usr/sbin/chroot", empty_root, "/dkr-ls", *args], env=variables)

    return alone


class NameServer:
    """Knows NAME, at 127.0.0.1, and no other."""

    ADDRESS = "127.0.0.53"

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((self.ADDRESS, 53))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                query, client = self.socket.recvfrom(512)
            except OSError:
                return
            end = query.index(b"\0", 12) + 5
            question, (kind,) = query[12:end], struct.unpack(">H", query[end - 4 : end - 2])
            known = question.startswith(b"\x06images\x04test\0")
            found = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes([127, 0, 0, 1]) if known and kind == 1 else b""
            flags = b"\x81\x80" if known else b"\x81\x83"
            self.socket.sendto(query[:2] + flags + struct.pack(">HHHH", 1, bool(found), 0, 0) + question + found, client)


@pytest.fixture
def name_server():
    server = NameServer()
    yield server
    server.socket.close()


def port_of(address):
    return address.rpartition(":")[2]


def test_the_licences_of_its_libraries_come_with_it(static):
    notices = (static.parent / "copyright").read_text()
    assert all(name in notices for name in ("OpenSSL", "simdjson", "nghttp2", "c-ares"))
    named = {Path(path.rstrip(".")) for path in re.findall(r"/usr/share/common-licenses/[\w.+-]+", notices)}
    assert len(named) > 5
    for text in named:
        assert text.read_text() in notices, text


def test_names_are_looked_up_in_an_empty_root(alone, empty_root, serve, name_server):
    address = f"tcp://{NAME}:{port_of(serve(engine_with([image('q:1')]), tcp=True).address)}"
    assert alone("tags", "-H", address.replace(NAME, "localhost")).status == 0
    refused = alone("tags", "-H", address)
    assert (refused.status, len(refused.errors)) == (1, 1)

    (empty_root / "etc").mkdir()
    (empty_root / "etc/resolv.conf").write_text(f"nameserver {name_server.ADDRESS}\n")
    assert alone("tags", "-H", address).status == 0
    assert alone("tags", "-H", address.replace(NAME, "elsewhere.test")).status == 1
    (empty_root / "etc/resolv.conf").write_text(f"{NO_ONES}nameserver {name_server.ADDRESS}\n")
    assert alone("tags", "-H", address).status == 0
    (empty_root / "etc/resolv.conf").write_text(f"nameserver {name_server.ADDRESS}\n")
    # What a static glibc would load plug-ins for.
    (empty_root / "etc/nsswitch.conf").write_text("hosts: mymachines resolve [!UNAVAIL=return] files myhostname dns\n")
    assert alone("tags", "-H", address).status == 0

    for file in "resolv.conf", "nsswitch.conf":
        (empty_root / "etc" / file).unlink()
    (empty_root / "etc/hosts").write_text(f"127.0.0.1 {NAME}\n")
    assert alone("tags", "-H", address).status == 0


@pytest.fixture
def tls_registry(start, docker_registry):
    """A real registry behind TLS under NAME that holds `secure:1`, and the certificate of its authority."""
    docker_registry.put("secure", "1", stored_image(1, layers=[]))
    certificate = start(peers.certificate(f"DNS:{NAME}"))
    front = start(peers.nginx(certificate, {"/": docker_registry.address}))
    return f"registry:{NAME}:{port_of(front.address)}", certificate.path


@pytest.mark.parametrize(
    "place",
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ],
    ids=["debian", "fedora", "older-fedora", "opensuse", "alpine"],
)
def test_a_registry_is_listed_over_tls_with_the_certificates_of_the_distribution(alone, empty_root, tls_registry, place):
    source, certificate = tls_registry
    bundle = empty_root / place.lstrip("/")
    bundle.parent.mkdir(parents=True)
    (empty_root / "etc/hosts").write_text(f"127.0.0.1 {NAME}\n")
    untrusted = alone("repos", "--source", source)
    assert (untrusted.status, len(untrusted.errors)) == (1, 1)
    assert b"SSL_CERT_FILE" in untrusted.stderr
    shutil.copy(certificate, bundle)
    trusted = alone("tags", "--source", source, "--repo", "secure")
    assert (trusted.status, trusted.errors) == (0, [])
    assert [row[:2] for row in rows(trusted.stdout)] == [("secure", "1")]


def test_a_registry_is_listed_over_tls_with_the_certificates_that_the_environment_names(alone, empty_root, tls_registry):
    source, certificate = tls_registry
    (empty_root / "etc").mkdir()
    (empty_root / "etc/hosts").write_text(f"127.0.0.1 {NAME}\n")
    shutil.copy(certificate, empty_root / "mine.pem")
    assert alone("tags", "--source", source).status == 1
    trusted = alone("tags", "--source", source, "--repo", "secure", SSL_CERT_FILE="/mine.pem")
    assert (trusted.status, trusted.errors) == (0, []), trusted
    assert [row[:2] for row in rows(trusted.stdout)] == [("secure", "1")]
    wrong = alone("tags", "--source", source, SSL_CERT_FILE="/nowhere.pem")
    assert (wrong.status, len(wrong.errors)) == (1, 1)
    assert b"/nowhere.pem" in wrong.stderr and b"Hint: SSL_CERT_FILE" in wrong.stderr


def test_a_registry_without_tls_is_not_taken_for_one_that_nobody_trusts(alone, docker_registry):
    result = alone("repos", "--source", f"registry:https://{docker_registry.address}")
    assert (result.status, len(result.errors)) == (1, 1)
    assert b"Hint: is that the port where it speaks TLS?" in result.stderr


def test_no_module_is_loaded_that_the_configuration_of_openssl_names(alone, empty_root, tls_registry):
    source, certificate = tls_registry
    (empty_root / "etc").mkdir()
    (empty_root / "etc/hosts").write_text(f"127.0.0.1 {NAME}\n")
    shutil.copy(certificate, empty_root / "mine.pem")
    (empty_root / "openssl.cnf").write_text(MODULES)
    result = alone("repos", "--source", source, SSL_CERT_FILE="/mine.pem", OPENSSL_CONF="/openssl.cnf")
    assert (result.status, result.stderr) == (0, b"")
