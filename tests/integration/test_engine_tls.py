"""A real engine that demands certificates, asked as docker's client asks it."""

import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

import peers
import stores
from peers import openssl
from tables import assert_one_error, at_one_moment, settled

# The alert of the engine may come too late.
REFUSED = ("refuses the TLS connection: ", "the engine closed the connection before it answered: ")
EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]


def make_authority(home, name):
    openssl("req", "-x509", *EC, "-subj", f"/CN={name}", "-keyout", home / f"{name}.key", "-out", home / f"{name}.pem")


def sign(home, authority, name, extension, days="2"):
    """NAME.key and NAME.pem, signed by the authority."""
    openssl("req", *EC, "-subj", f"/CN={name}", "-keyout", home / f"{name}.key", "-out", home / f"{name}.csr")
    (home / "extension").write_text(extension)
    signer = ["-CA", home / f"{authority}.pem", "-CAkey", home / f"{authority}.key", "-days", days]
    files = ["-in", home / f"{name}.csr", "-out", home / f"{name}.pem", "-extfile", home / "extension"]
    openssl("x509", "-req", "-CAcreateserial", *signer, *files)


@dataclasses.dataclass(frozen=True)
class TlsEngine:
    address: str  # HOST:PORT of TLS
    home: Path  # of the certificates
    engine: peers.Engine

    @property
    def host(self):
        return f"tcp://{self.address}"


@pytest.fixture(scope="session")
def tls_engine(start):
    """dockerd with --tlsverify on loopback, whose certificate is for 127.0.0.1 only."""
    home = start(peers.scratch_directory())
    make_authority(home, "authority")
    make_authority(home, "stranger")
    sign(home, "authority", "server", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth")
    sign(home, "authority", "client", "extendedKeyUsage=clientAuth")
    sign(home, "stranger", "foreign", "extendedKeyUsage=clientAuth")
    address = start(peers.reserved_address())
    files = {"tlscacert": "authority.pem", "tlscert": "server.pem", "tlskey": "server.key"}
    tls = ["--tlsverify", *(f"--{flag}={home}/{name}" for flag, name in files.items())]
    engine = start(peers.dockerd(f"--host=tcp://{address}", *tls))
    engine.load(stores.awkward(now=int(time.time())))
    return TlsEngine(address, home, engine)


@pytest.fixture
def place(scratch, tls_engine):
    """A directory with the files that docker needs for the engine."""
    place = scratch / "certificates"
    place.mkdir()
    for name, source in ("ca.pem", "authority.pem"), ("cert.pem", "client.pem"), ("key.pem", "client.key"):
        shutil.copy(tls_engine.home / source, place / name)
    return place


def add_context(dkr_ls, name, host, place=None, skip=False):
    """As `docker context create` does; returns where its certificates are."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = dkr_ls.home / "contexts/meta" / digest
    meta.mkdir(parents=True)
    endpoint = {"Host": host, "SkipTLSVerify": skip}
    (meta / "meta.json").write_text(json.dumps({"Name": name, "Metadata": {}, "Endpoints": {"docker": endpoint}}))
    kept = dkr_ls.home / "contexts/tls" / digest / "docker"
    if place:
        shutil.copytree(place, kept)
    return kept


def environment(place, verify=True, **variables):
    return {"DOCKER_TLS_VERIFY" if verify else "DOCKER_TLS": "1", "DOCKER_CERT_PATH": str(place)} | variables


def by_docker(dkr_ls, *flags, **variables):
    """What docker's client prints; raises when it fails."""
    command = [peers.clients()[-1], *flags, "images"]
    return subprocess.run(command, env=dkr_ls.environment(**variables), check=True, capture_output=True).stdout


@pytest.mark.parametrize("verify", [True, False])
@pytest.mark.parametrize("by", ["flag", "variable", "source", "directory"])
def test_the_table_is_dockers_over_the_same_connection(dkr_ls, tls_engine, place, verify, by):
    variables = environment(place, verify)
    if by == "directory":
        shutil.copytree(place, dkr_ls.home, dirs_exist_ok=True)
        variables["DOCKER_CERT_PATH"] = ""
    if by in ("variable", "directory"):
        ours, theirs, variables = [], [], variables | {"DOCKER_HOST": tls_engine.host}
    else:
        theirs = ["-H", tls_engine.host]
        ours = theirs if by == "flag" else ["--source", f"docker:{tls_engine.host}"]
    result = dkr_ls(*ours, "tags", env=variables)
    assert (result.status, result.stderr) == (0, b"")
    mine, docker = at_one_moment(
        lambda: settled(dkr_ls(*ours, "tags", env=variables).stdout),
        lambda: settled(by_docker(dkr_ls, *theirs, **variables)),
    )
    assert mine == docker and len(mine) > 3


@pytest.mark.parametrize("skip", [False, True])
def test_a_context_brings_its_own_certificates(dkr_ls, tls_engine, place, skip):
    host = tls_engine.host if not skip else tls_engine.host.replace("127.0.0.1", "localhost")
    add_context(dkr_ls, "secure", host, place, skip)
    docker = lambda: settled(by_docker(dkr_ls, "--context", "secure"))
    mine, theirs = at_one_moment(lambda: settled(dkr_ls("--context", "secure", "tags").stdout), docker)
    assert mine == theirs
    assert dkr_ls("tags", "--source", "docker:secure").status == 0


def test_several_requests_work_as_well(dkr_ls, tls_engine, place):
    for command in ["du"], ["tags", "--unused"], ["repos"]:
        result = dkr_ls("-H", tls_engine.host, *command, env=environment(place))
        assert (result.status, result.stderr) == (0, b"")


def test_two_engines_are_compared(dkr_ls, tls_engine, place):
    add_context(dkr_ls, "secure", tls_engine.host, place)
    result = dkr_ls("diff", "docker:secure", f"docker:{tls_engine.engine.host}")
    assert (result.status, result.stderr) == (0, b"")


def refused(dkr_ls, tls_engine, place, *words, host=None, verify=True, status=1, **variables):
    """Both programs fail; ours says the words, of several in a tuple any."""
    flags = ["-H", host or tls_engine.host]
    result = dkr_ls(*flags, "tags", env=environment(place, verify, **variables))
    text = result.stderr.decode()
    assert (result.status, result.stdout, len(result.errors)) == (status, b"", 1), text
    assert all(any(choice in text for choice in ([word] if isinstance(word, str) else word)) for word in words), text
    with pytest.raises(subprocess.CalledProcessError):
        by_docker(dkr_ls, *flags, **environment(place, verify, **variables))


def test_a_missing_ca_certificate_is_named(dkr_ls, tls_engine, place):
    (place / "ca.pem").unlink()
    refused(dkr_ls, tls_engine, place, f"{place}/ca.pem: no such file", "DOCKER_CERT_PATH")


@pytest.mark.parametrize("name", ["ca.pem", "cert.pem", "key.pem"])
def test_a_file_that_is_not_pem_is_named(dkr_ls, tls_engine, place, name):
    (place / name).write_text("nothing of the kind\n")
    refused(dkr_ls, tls_engine, place, f"{place}/{name}: contains no ", "in PEM format")


@pytest.mark.parametrize("name, label", [("ca.pem", "CERTIFICATE"), ("cert.pem", "CERTIFICATE"), ("key.pem", "PRIVATE KEY")])
def test_a_file_with_damaged_pem_is_named(dkr_ls, tls_engine, place, name, label):
    (place / name).write_text(f"-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n")
    refused(dkr_ls, tls_engine, place, f"{place}/{name}: contains no ", "in PEM format")


@pytest.mark.parametrize("name", ["ca.pem", "cert.pem", "key.pem"])
def test_a_file_that_cannot_be_read_is_named(dkr_ls, tls_engine, place, name):
    (place / name).unlink()
    (place / name).mkdir()
    refused(dkr_ls, tls_engine, place, f"{place}/{name}: is a directory")


@pytest.mark.parametrize("form", ["pkcs8", "traditional"])
def test_a_key_with_a_passphrase_is_refused(dkr_ls, tls_engine, place, form):
    key = place / "key.pem"
    how = ["pkcs8", "-topk8"] if form == "pkcs8" else ["ec", "-aes128"]
    openssl(*how, "-in", key, "-out", place / "locked.pem", "-passout", "pass:hunter2")
    (place / "locked.pem").rename(key)
    refused(dkr_ls, tls_engine, place, f"{key}: has a passphrase; store it without one")


def test_a_key_of_another_certificate_is_named(dkr_ls, tls_engine, place):
    shutil.copy(tls_engine.home / "foreign.key", place / "key.pem")
    refused(dkr_ls, tls_engine, place, f"{place}/key.pem: is not the key of {place}/cert.pem")


def test_a_ca_that_did_not_sign_is_named(dkr_ls, tls_engine, place):
    shutil.copy(tls_engine.home / "stranger.pem", place / "ca.pem")
    refused(dkr_ls, tls_engine, place, tls_engine.host, f"{place}/ca.pem has not signed the engine's certificate")


def test_the_systems_certificates_are_not_trusted_beside_those_given(dkr_ls, tls_engine, place):
    """As in docker."""
    shutil.copy(tls_engine.home / "stranger.pem", place / "ca.pem")
    trusted = str(tls_engine.home / "authority.pem")
    refused(dkr_ls, tls_engine, place, "has not signed", SSL_CERT_FILE=trusted)


def test_the_systems_certificates_are_trusted_in_a_context_without_any(dkr_ls, tls_engine, place):
    (place / "ca.pem").unlink()
    add_context(dkr_ls, "system", tls_engine.host, place)
    trusted = {"SSL_CERT_FILE": str(tls_engine.home / "authority.pem")}
    assert settled(by_docker(dkr_ls, "--context", "system", **trusted))
    assert dkr_ls("--context", "system", "tags", env=trusted).status == 0
    result = dkr_ls("--context", "system", "tags")
    assert_one_error(result, f"{tls_engine.host}: no trusted connection: ")


def test_another_name_than_the_certificates_is_refused(dkr_ls, tls_engine, place):
    host = tls_engine.host.replace("127.0.0.1", "localhost")
    refused(dkr_ls, tls_engine, place, host, "is that the name, or the address, in the engine's certificate?", host=host)
    assert dkr_ls("-H", host, "tags", env=environment(place, verify=False)).status == 0


@pytest.mark.parametrize("verify", [True, False])
def test_a_client_certificate_that_is_demanded_and_not_there_is_asked_for(dkr_ls, tls_engine, place, verify):
    for name in "cert.pem", "key.pem":
        (place / name).unlink()
    refused(dkr_ls, tls_engine, place, REFUSED, f"put cert.pem and key.pem into {place}", verify=verify)


def test_a_client_certificate_of_another_authority_is_named(dkr_ls, tls_engine, place):
    for name, source in ("cert.pem", "foreign.pem"), ("key.pem", "foreign.key"):
        shutil.copy(tls_engine.home / source, place / name)
    refused(dkr_ls, tls_engine, place, REFUSED, f"{place}/cert.pem", "engine's CA")


def test_a_client_certificate_that_has_expired_is_named(dkr_ls, tls_engine, place):
    sign(tls_engine.home, "authority", "expired", "extendedKeyUsage=clientAuth", days="-1")
    for name, source in ("cert.pem", "expired.pem"), ("key.pem", "expired.key"):
        shutil.copy(tls_engine.home / source, place / name)
    refused(dkr_ls, tls_engine, place, REFUSED, f"{place}/cert.pem has expired, at ")


def test_one_damaged_certificate_among_others_is_named(dkr_ls, tls_engine, place):
    damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    good = (place / "ca.pem").read_text()
    (place / "ca.pem").write_text(good + damaged + good)
    result = dkr_ls("-H", tls_engine.host, "tags", env=environment(place))
    assert_one_error(result, f"{place}/ca.pem: certificate 2 of 3 cannot be read")


def test_a_certificate_without_its_key_is_left_out_with_a_warning(dkr_ls, tls_engine, place):
    (place / "key.pem").unlink()
    refused(dkr_ls, tls_engine, place, f"{place}/cert.pem is not used, since there is no {place}/key.pem")


def test_without_verification_no_ca_certificate_is_needed(dkr_ls, tls_engine, place):
    (place / "ca.pem").unlink()
    assert dkr_ls("-H", tls_engine.host, "tags", env=environment(place, verify=False)).status == 0


def test_a_server_without_tls_is_recognised(dkr_ls, tls_engine, place, docker_registry):
    plain = f"tcp://{docker_registry.address}"
    refused(dkr_ls, tls_engine, place, "is that the port where it speaks TLS?", host=plain)


def test_an_engine_with_tls_is_recognised_without(dkr_ls, tls_engine):
    result = dkr_ls("-H", tls_engine.host, "tags")
    assert_one_error(result, "HTTP request to an HTTPS server")
    assert b"DOCKER_TLS_VERIFY=1" in result.stderr


def test_files_of_a_context_are_named_as_well(dkr_ls, tls_engine, place):
    kept = add_context(dkr_ls, "broken", tls_engine.host, place)
    (kept / "ca.pem").write_text("nothing")
    result = dkr_ls("--context", "broken", "tags")
    assert_one_error(result, f'context "broken": {kept}/ca.pem: contains no certificate in PEM format')
    assert b"DOCKER_CERT_PATH" not in result.stderr


@pytest.mark.parametrize("command", ["tags", "diff"])
def test_an_engine_named_by_a_source_is_not_said_to_be_named_by_flags(dkr_ls, command):
    source = "docker:tcp://127.0.0.1:1"
    result = dkr_ls("tags", "--source", source) if command == "tags" else dkr_ls("diff", source, source)
    assert b"chosen by --source" in result.stderr or b"chosen by the argument" in result.stderr
    assert b"--host" not in result.stderr and b"--context" not in result.stderr


def test_the_default_host_is_localhost_with_tls(dkr_ls, place):
    result = dkr_ls("tags", env=environment(place))
    assert_one_error(result, "Cannot connect to the Docker daemon at tcp://localhost:2376.")


def test_a_key_that_others_may_not_read_is_named(dkr_ls, place, scratch):
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    scratch.chmod(0o755)
    dkr_ls.binary = shutil.copy(dkr_ls.binary, scratch / "dkr-ls")
    somebody = {"user": 65534, "group": 65534, "extra_groups": []}
    (place / "key.pem").chmod(0o600)
    result = dkr_ls("-H", "tcp://127.0.0.1:1", "tags", env=environment(place), **somebody)
    assert_one_error(result, f"{place}/key.pem: permission denied")
