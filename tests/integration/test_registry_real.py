"""Real registries: what they hold, recomputed from their own files, and real doors in front of them."""

import gzip
import json
import shutil
import subprocess
import time
from datetime import datetime

import pytest

import peers
import stores

from registry_content import (
    DAY, DOCKER_LIST, EMPTY_CONFIG, ELSEWHERE, artifact, attestation, days_ago, descriptor, image, index, platform,
)  # fmt: skip
from scripted_doors import basic
from tables import age_text, assert_one_error, at_one_moment, rows, size_text, table
from registry_users import configure
from token_service import TokenService

USER, PASSWORD = "gordon", "p4ss:word"
LAYER = gzip.compress(b"some file" * 1000, mtime=0)
SHIPPED = descriptor("application/vnd.oci.image.layer.v1.tar+gzip", LAYER)
CHART = b'{"name":"a"}'


def archive(place, lines):
    text = "".join(f"{line}\n" for line in lines).encode()
    with (place / "images.tar").open("wb") as file:
        subprocess.run([peers.ROOT / "scripts/image-archive.sh"], input=text, check=True, stdout=file)
    return place / "images.tar"


@pytest.fixture(scope="session")
def stocked(start):
    """A registry that holds all that it takes, pushed by skopeo and by hand."""
    registry, place = start(peers.registry()), start(peers.scratch_directory())
    now = int(time.time())
    lines = [
        f"1000000 {stores.rfc3339(now - 17 * DAY)} nginx:latest",
        f"2500000 {stores.rfc3339(now - 45 * DAY)} nginx:alpine nginx:1.27-alpine other/nginx:alpine",
        f"100 {stores.rfc3339(now - 75 * DAY)} mysql/mysql-server:5.7",
        f"0 {stores.rfc3339(now - 400 * DAY)} a.b_c__d-e/f---g:_A.b-C very/{'long/' * 30}path:{'t' * 128}",
        "12 - no/date:1",
        f"13 {stores.rfc3339(0)} in/1970:1",
        f"14 {stores.rfc3339(now + 3 * DAY)} in/the/future:1",
    ]
    if not shutil.which("skopeo"):
        pytest.skip("skopeo is not installed")
    registry.push(archive(place, lines), [name for line in lines for name in line.split()[2:]])

    intel, arm = (
        image(days, [SHIPPED], platform=platform("linux", machine)) for days, machine in ((30, "amd64"), (31, "arm64"))
    )
    strange, undated = image(32, [SHIPPED], platform=ELSEWHERE), image(None, [SHIPPED, SHIPPED])
    multi = index(strange, arm, intel, attestation(of=intel, layers=[SHIPPED]))
    for name in "multi", "team/multi":
        registry.put(name, "latest", multi, LAYER)
    registry.put("multi", "list", index(intel, arm, kind=DOCKER_LIST), LAYER)
    registry.put("multi", "elsewhere", index(strange), LAYER)
    registry.put("multi", "undated", undated, LAYER)
    for name, tag, config, found in (
        ("charts/a", "0.1.0", CHART, artifact(CHART, layers=[SHIPPED])),
        (
            "signed",
            "sha256-0.sig",
            b"{}",
            artifact(b"{}", EMPTY_CONFIG, [SHIPPED], annotations={"org.opencontainers.image.created": days_ago(3)}),
        ),
    ):
        registry.put(name, tag, found.changed(config=config), LAYER)
    registry.put("emptied", "gone", intel, LAYER)
    registry.remove("emptied", intel)
    return registry


# ---- the table, from the registry's own files ----

PLATFORM = {"os": "linux", "architecture": "amd64"}
IMAGE_CONFIGS = "application/vnd.docker.container.image.v1+json", "application/vnd.oci.image.config.v1+json"


def blob(data, digest):
    algorithm, _, name = digest.partition(":")
    return (data / f"docker/registry/v2/blobs/{algorithm}/{name[:2]}/{name}/data").read_bytes()


def seconds(date):
    """Since 1970; None where there is no date."""
    if not date or date.startswith("0001-"):
        return None
    return int(datetime.fromisoformat(date[:19] + "+00:00").timestamp())


def described(data, manifest):
    """(created, id, size); None for what is unknown."""
    while "manifests" in manifest:
        real = [child for child in manifest["manifests"] if child["platform"]["os"] != "unknown"]
        chosen = [child for child in real if child["platform"] == PLATFORM] or real
        manifest = json.loads(blob(data, chosen[0]["digest"]))
    config = manifest["config"]
    if config["mediaType"] in IMAGE_CONFIGS:
        created = json.loads(blob(data, config["digest"])).get("created")
    else:
        created = manifest.get("annotations", {}).get("org.opencontainers.image.created")
    parts = {part["digest"]: part["size"] for part in [config, *manifest["layers"]]}
    return seconds(created), config["digest"].split(":")[1][:12], sum(parts.values())


def on_disk(data, now):
    """The whole table."""
    place, found = data / "docker/registry/v2/repositories", []
    for link in place.glob("**/_manifests/tags/*/current/link"):
        name, tag = str(link.relative_to(place)).split("/_manifests/tags/")
        created, id, size = described(data, json.loads(blob(data, link.read_text())))
        found.append((created, name, tag.split("/")[0], id, size))
    found.sort(key=lambda entry: (entry[0] is None, -(entry[0] or 0), entry[1], entry[2]))
    age = lambda created: "N/A" if created is None else age_text(now - created)
    return table(*((name, tag, id, age(created), size_text(size)) for created, name, tag, id, size in found))


def listed(dkr_ls, server, *args):
    result = dkr_ls.registry(server, "tags", "--platform", "linux/amd64", *args)
    assert (result.status, result.stderr) == (0, b"")
    return result.stdout


def assert_complete(dkr_ls, server, stocked, *args):
    ours, theirs = at_one_moment(lambda: listed(dkr_ls, server, *args), lambda: on_disk(stocked.data, int(time.time())))
    assert ours == theirs
    assert len(rows(ours)) == 17


def test_the_table_is_what_the_files_of_the_registry_say(dkr_ls, stocked):
    for _ in "cold", "warm":
        assert_complete(dkr_ls, stocked, stocked)
    assert_complete(dkr_ls, stocked, stocked, "--no-cache")


def test_repos_are_the_catalog_with_the_emptied_one(dkr_ls, stocked):
    result = dkr_ls.registry(stocked, "repos")
    place = stocked.data / "docker/registry/v2/repositories"
    names = sorted(str(found.parent.relative_to(place)) for found in place.glob("**/_manifests"))
    assert (result.status, result.stderr) == (0, b"")
    assert sorted(result.stdout.decode().split()[1:]) == names
    assert "emptied" in names


def test_an_image_has_the_id_and_the_age_that_docker_shows_after_a_pull(dkr_ls, engine, docker_registry):
    """Pushed by docker itself."""
    names = [
        "several/tags:1",
        "several/tags:old",
        "repo/one:1",
        "size/of:1000000",
        "age/of:259200s",
        "no/date:1",
        "in/1970:1",
    ]
    names = [
        name for name in names if name in engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}").decode().split()
    ]
    here = f"{docker_registry.address}/pushed/"
    for name in names:
        engine.docker("tag", name, here + name)
        engine.docker("push", "--quiet", here + name)
    try:
        created = "{{with .CreatedSince}}{{.}}{{else}}N/A{{end}}"
        columns = ["images", "--format", "{{.Repository}}|{{.Tag}}|{{.ID}}|" + created, "--filter", f"reference={here}*/*"]
        theirs = lambda: sorted(engine.docker(*columns).decode().replace(f"{docker_registry.address}/", "").splitlines())
        ours = lambda: sorted(
            "|".join(cells(line))
            for line in listed(dkr_ls, docker_registry, "--prefix", "pushed/").decode().splitlines()[1:]
        )
        mine, docker = at_one_moment(ours, theirs)
        assert mine == docker
        assert len(docker) == len(names) > 4
    finally:
        for name in names:
            engine.docker("rmi", here + name)


def cells(line):
    """All but the size."""
    return [cell.strip() for cell in line.split("   ") if cell.strip()][:4]


# ---- the doors ----


def logged_in(dkr_ls, server, password=PASSWORD):
    configure(dkr_ls, auths={server.address: {"auth": basic(USER, password).split()[1]}})


@pytest.fixture(scope="session")
def with_passwords(start, stocked):
    """The same registry for those who know the password."""
    file = start(peers.passwords(USER, PASSWORD))
    return start(peers.registry(stocked.data, auth=f"{{htpasswd: {{realm: Registry Realm, path: {file}}}}}"))


def test_a_registry_with_passwords(dkr_ls, with_passwords, stocked):
    logged_in(dkr_ls, with_passwords)
    for _ in "cold", "warm":
        assert_complete(dkr_ls, with_passwords, stocked)


@pytest.mark.parametrize("password", [None, "wrong"])
def test_a_registry_with_passwords_lists_nothing_without(dkr_ls, with_passwords, password):
    if password:
        logged_in(dkr_ls, with_passwords, password)
    result = dkr_ls.registry(with_passwords, "tags")
    assert_one_error(result, with_passwords.address)
    assert f"docker login {with_passwords.address}" in result.stderr.decode()


def test_what_docker_login_leaves_is_understood(dkr_ls, dockerd, with_passwords, stocked):
    login = [
        peers.DOCKER,
        "-H",
        dockerd.host,
        "--config",
        dkr_ls.home,
        "login",
        "-u",
        USER,
        "--password-stdin",
        with_passwords.address,
    ]
    subprocess.run(login, input=PASSWORD.encode(), env=peers.CLEAN, check=True, capture_output=True)
    assert_complete(dkr_ls, with_passwords, stocked)


@pytest.fixture(scope="session")
def tls(start, stocked, certificate):
    """The registry behind nginx, which docker's /etc/docker/certs.d says to trust."""
    front = start(peers.nginx(certificate, {"/": stocked.address}))
    start(peers.trusted(front.address, certificate))
    return front


def test_over_tls_one_connection_of_http_2_is_enough(dkr_ls, tls, stocked):
    before = len(tls.noted())
    for _ in "cold", "warm":
        assert_complete(dkr_ls, tls, stocked)
    noted = tls.noted()[before:]
    assert len(noted) > 40
    assert {protocol for _, protocol, _, _ in noted} == {"HTTP/2.0"}
    assert len({connection for connection, _, _, _ in noted}) == 2  # one for each run


def test_a_server_that_ends_its_connections_now_and_then_is_no_trouble(dkr_ls, start, stocked, certificate):
    front = start(peers.nginx(certificate, {"/": stocked.address}, more="keepalive_requests 5;"))
    start(peers.trusted(front.address, certificate))
    assert_complete(dkr_ls, front, stocked)
    assert len({connection for connection, _, _, _ in front.noted()}) > 5


def test_a_server_that_lets_through_so_many_a_second_is_waited_for(dkr_ls, start, stocked, certificate):
    """The tag lists alone, which are asked for all at once, are more than it lets through."""
    limit = "limit_req_zone $remote_addr zone=all:1m rate=20r/s; limit_req zone=all burst=5 nodelay; limit_req_status 429;"
    front = start(peers.nginx(certificate, {"/": stocked.address}, more=limit))
    start(peers.trusted(front.address, certificate))
    assert_complete(dkr_ls, front, stocked, "--log-level", "ERROR")
    assert "429" in {status for _, _, status, _ in front.noted()}


def test_a_certificate_that_nobody_trusts_is_one_error(dkr_ls, start, stocked, certificate):
    front = start(peers.nginx(certificate, {"/": stocked.address}))
    result = dkr_ls.registry(front, "tags")
    assert_one_error(result, front.address)
    assert "certificate" in result.errors[0].lower()
    assert front.noted() == []


def test_a_certificate_for_another_name_is_one_error(dkr_ls, start, stocked):
    with peers.certificate(names="DNS:registry.example") as other:
        front = start(peers.nginx(other, {"/": stocked.address}))
        start(peers.trusted(front.address, other))
        result = dkr_ls.registry(front, "tags")
    assert_one_error(result, front.address)
    assert front.noted() == []


def test_a_registry_that_wants_a_certificate_is_shown_the_one_beside_its_authority(dkr_ls, start, stocked, certificate):
    client = start(peers.certificate())
    front = start(peers.nginx(certificate, {"/": stocked.address}, clients=client))
    start(peers.trusted(front.address, certificate, client=client))
    assert_complete(dkr_ls, front, stocked)


@pytest.fixture(scope="session")
def with_tokens(start, stocked, certificate):
    """The registry behind nginx, open to those with a token; beside it the service that sells them for the password."""
    address = start(peers.reserved_address())
    service = TokenService(start(peers.certificate()), basic(USER, PASSWORD))
    registry = start(peers.registry(stocked.data, auth=service.configuration(f"https://{address}/token")))
    front = start(peers.nginx(certificate, {"/": registry.address, "/token": service.address}, address=address))
    start(peers.trusted(address, certificate))
    return front


def test_a_registry_with_tokens_over_http_2(dkr_ls, with_tokens, stocked):
    logged_in(dkr_ls, with_tokens)
    for _ in "cold", "warm":
        before = len(with_tokens.noted())
        assert_complete(dkr_ls, with_tokens, stocked)
        noted = with_tokens.noted()[before:]
        assert {protocol for _, protocol, _, _ in noted} == {"HTTP/2.0"}
        names = len(list(stocked.data.glob("docker/registry/v2/repositories/**/_manifests")))
        sold = [request for _, _, status, request in noted if "/token?" in request and status == "200"]
        refused = [request for _, _, status, request in noted if status == "401"]
        assert len(sold) == 1 + names
        assert len(refused) <= 1 + names


def test_a_registry_with_tokens_lists_nothing_without_a_password(dkr_ls, with_tokens):
    result = dkr_ls.registry(with_tokens, "tags")
    assert_one_error(result, with_tokens.address)
    assert f"docker login {with_tokens.address}" in result.stderr.decode()
