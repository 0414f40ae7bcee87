"""Docker Hub through its own API: what is asked of whom, what is shown, and that no pull is spent."""

import itertools
import json
import re
import time

import pytest

import peers
from registry_content import days_ago, image
from registry_users import IDENTITY, PASSWORD, USER, configure, told
from scripted_doors import basic
from scripted_hub import ATTESTATION, IMAGE, INDEX, ScriptedHub, a_digest, a_tag, an_image, many_tags
from scripted_registry import HANG_UP, Answer, Proxy, Registry, Server, json_answer, redirect
from tables import EMPTY, assert_one_error, assert_printable, rows

HOSTS = ["hub.docker.com", "registry-1.docker.io", "auth.docker.io", "elsewhere.example.com"]
NGINX = "/v2/namespaces/library/repositories/nginx/tags"
TEAM = "/v2/namespaces/team/repositories"
TOKEN = "POST /v2/auth/token"


class Hub:
    """Docker Hub: its API, and three servers that nobody should ask for anything."""

    def __init__(self, dkr_ls, api, others, proxy, certificate):
        self.dkr_ls, self.api = dkr_ls, api
        self.registry, self.auth, self.elsewhere = others
        self.env = {"HTTPS_PROXY": f"http://{proxy.address}", "SSL_CERT_FILE": str(certificate.path)}

    def __call__(self, *args, **how):
        return self.dkr_ls(*args, env=self.env, **how)

    def list(self, *args, source="docker.io"):
        return self(*args, "--source", f"registry:{source}")

    def tags(self, *args, name="nginx"):
        """(TAG, SIZE, everything else) of each line of JSON of a listing without failures."""
        result = self.list("tags", "--repo", name, "--format", "json", *args)
        assert (result.status, result.stderr) == (0, b""), result
        return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="session")
def all_of_hub(start):
    return start(peers.certificate(",".join(f"DNS:{host}" for host in HOSTS)))


@pytest.fixture
def hub(dkr_ls, start_server, all_of_hub):
    api, *others = start_server(ScriptedHub), start_server(Registry), start_server(Server), start_server(Server)
    inside = {f"{host}:443": server for host, server in zip(HOSTS, [api, *others])}
    proxy = start_server(Proxy, tls=all_of_hub.context(), inside=inside)
    return Hub(dkr_ls, api, others, proxy, all_of_hub)


@pytest.fixture
def small_hub(hub):
    hub.api.put("library/nginx", latest=a_tag(an_image(1)), alpine=a_tag(an_image(2), an_image(3, "linux/arm64")))
    hub.api.put("team/app", v1=a_tag(an_image(4)))
    hub.api.put("team/tool", v2=a_tag(an_image(5)))
    return hub


def logged_in(hub, password=PASSWORD, **entry):
    hub.api.users = {USER: PASSWORD}
    entry = entry or {"auth": basic(USER, password).split()[1]}
    configure(hub.dkr_ls, auths={"https://index.docker.io/v1/": entry})


# ---- what it costs ----


def test_a_thousand_tags_cost_ten_requests(hub):
    hub.api.put_all("library/nginx", many_tags(1000))
    result = hub.list("tags", "--repo", "nginx")
    assert (result.status, result.stderr) == (0, b"")
    assert [row[1] for row in rows(result.stdout)] == [f"v{number}" for number in range(1000)]
    pages = [f"GET {NGINX}?page={page}&page_size=100" for page in range(2, 11)]
    assert hub.api.asked() == sorted([f"GET {NGINX}?page_size=100", *pages])
    assert not hub.registry.requests and not hub.auth.requests


def test_a_guest_carries_nothing(small_hub):
    assert small_hub.list("tags", "--repo", "nginx").status == 0
    assert [request.authorization for request in small_hub.api.requests] == [None]


def test_a_namespace_is_listed_with_one_request_more(small_hub):
    result = small_hub.list("tags", source="docker.io/team")
    assert (result.status, result.stderr) == (0, b"")
    assert {row[:2] for row in rows(result.stdout)} == {("team/app", "v1"), ("team/tool", "v2")}
    tags = [f"GET {TEAM}/{name}/tags?page_size=100" for name in ("app", "tool")]
    assert small_hub.api.asked() == sorted([f"GET {TEAM}?page_size=100", *tags])


def test_repos_of_a_namespace(hub):
    hub.api.repositories = {f"team/r{number}": [] for number in range(250)}
    result = hub.list("repos", source="docker.io/team")
    assert (result.status, result.stderr) == (0, b"")
    assert result.stdout.decode().split() == ["REPOSITORY", *(f"team/r{number}" for number in range(250))]
    assert len(hub.api.asked()) == 3


def test_official_images_are_a_namespace_too(small_hub):
    result = small_hub.list("repos", source="docker.io/library")
    assert (result.status, result.stdout) == (0, b"REPOSITORY\nnginx\n")


@pytest.mark.parametrize("args", [["tags"], ["repos"], ["tags", "--prefix", "team"]], ids=str)
def test_without_a_name_nothing_is_asked(hub, args):
    result = hub.list(*args)
    assert_one_error(result, "docker.io")
    assert b"--repo" in result.stderr and b"registry:docker.io/NAME" in result.stderr
    assert not hub.api.requests


def test_a_name_chooses_within_the_namespace(small_hub):
    result = small_hub.list("tags", "--repo", "team/app", "--repo", "nginx", source="docker.io/team")
    assert_one_error(result, "docker.io/nginx: not in the namespace that --source names", stdout=result.stdout)
    assert [row[:2] for row in rows(result.stdout)] == [("team/app", "v1")]
    assert len(small_hub.api.requests) == 1


def test_a_prefix_chooses_within_the_namespace(small_hub):
    result = small_hub.list("tags", "--prefix", "team/t", source="docker.io/team")
    assert [row[:2] for row in rows(result.stdout)] == [("team/tool", "v2")]
    assert len(small_hub.api.requests) == 2


def test_a_namespace_that_nobody_has(hub):
    result = hub.list("tags", source="docker.io/nobody")
    assert_one_error(result, "there is no such user or organisation: nobody")
    assert b"--repo NAME names a repository" in result.stderr


@pytest.mark.parametrize("names", [["nginx", "gone"], ["a/b/c", "nginx"]], ids=str)
def test_a_name_that_nobody_has(small_hub, names):
    result = small_hub.list("tags", *(word for name in names for word in ("--repo", name)))
    gone = next(name for name in names if name != "nginx")
    assert_one_error(result, f"docker.io/{gone}: there is no such repository, or not without", stdout=result.stdout)
    assert len(rows(result.stdout)) == 2


# ---- what is shown ----


def test_what_the_table_shows(hub):
    hub.api.put("library/nginx", latest=a_tag(an_image(1, size=187_000_000, last_pushed=days_ago(3))))
    result = hub.list("tags", "--repo", "nginx", "--log-level", "INFO")
    assert result.status == 0
    assert re.search(r"^nginx +latest +N/A +3 days ago +187MB$", result.stdout.decode(), re.M)
    assert result.stderr.count(b"CREATED is the date of the push") == 1


def test_what_json_tells(hub):
    images = [an_image(2, "linux/amd64", 700, last_pushed="2024-01-02T03:04:05.678Z"), an_image(3, "linux/arm/v7")]
    hub.api.put("library/nginx", latest=a_tag(*images, digest=a_digest(1)))
    [tag] = hub.tags("--platform", "linux/amd64")
    expected = {
        "ID": "N/A", "FullID": None, "Digests": [a_digest(1)], "MediaType": INDEX, "Platform": "linux/amd64",
        "SizeBytes": 700, "Created": "2024-01-02T03:04:05Z", "Reference": "nginx:latest", "Repository": "nginx",
    }  # fmt: skip
    assert {key: tag[key] for key in expected} == expected


def test_the_wanted_platform_is_shown_else_the_first_real_one(hub):
    images = [an_image(9, ATTESTATION, 1), an_image(2, "linux/s390x", 20), an_image(3, "linux/arm/v7", 30)]
    hub.api.put("library/nginx", latest=a_tag(*images), windows=a_tag(an_image(4, "windows/amd64", 40)))
    sizes = {"linux/arm/v7": [30, 40], "linux/arm/v8": [30, 40], "linux/s390x": [20, 40], "linux/riscv64": [20, 40]}
    for platform, expected in sizes.items():
        found = {tag["Tag"]: tag["SizeBytes"] for tag in hub.tags("--platform", platform)}
        assert [found["latest"], found["windows"]] == expected, platform


def test_all_platforms(hub):
    images = [an_image(2, size=20), an_image(3, "linux/arm64/v8", 30), an_image(9, ATTESTATION), an_image(3, "linux/arm64/v8")]
    hub.api.put("library/nginx", latest=a_tag(*images, digest=a_digest(1)), one=a_tag(an_image(4, "linux/386", 40)))
    found = {(tag["Tag"], tag["Platform"]): (tag["SizeBytes"], tag["Digests"]) for tag in hub.tags("--platform", "all")}
    assert found == {
        ("latest", "linux/amd64"): (20, [a_digest(1), a_digest(2)]),
        ("latest", "linux/arm64/v8"): (30, [a_digest(1), a_digest(3)]),
        ("one", "linux/386"): (40, [a_digest(4)]),
    }
    result = hub.list("tags", "--repo", "nginx", "--platform", "all")
    assert len(rows(result.stdout)) == 3 and b"PLATFORM" in result.stdout


NOTHING = dict.fromkeys(["full_size", "last_updated", "tag_last_pushed", "digest", "media_type", "images"])
YEAR_1 = "0001-01-01T00:00:00Z"
QUIRKS = {
    # the tag -> its SizeBytes, Platform, Digests, days since CREATED
    "no-images": (a_tag(full_size=7, media_type=IMAGE, digest=a_digest(1)), (7, None, [a_digest(1)], 4)),
    "null-images": (a_tag(full_size=7, images=None, digest=a_digest(1)), (7, None, [a_digest(1)], 4)),
    "lacks-images": (a_tag(full_size=7, images=..., digest=a_digest(1)), (7, None, [a_digest(1)], 4)),
    "nothing": (NOTHING, (None, None, [], None)),
    "missing": ({}, (None, None, [], None)),
    "null-platform": (a_tag(an_image(1, os=None, architecture=None)), (1_000_000, None, [a_digest(1)], 3)),
    "empty-platform": (a_tag(an_image(1, os="", architecture="")), (1_000_000, None, [a_digest(1)], 3)),
    "unknown-platform": (a_tag(an_image(1, ATTESTATION)), (1_000_000, None, [a_digest(1)], 3)),
    "half-platform": (a_tag(an_image(1, architecture=None), an_image(2, "linux/386", 9)), (9, "linux/386", ..., 3)),
    "image-not-pushed": (a_tag(an_image(1, last_pushed=None)), (1_000_000, "linux/amd64", [a_digest(1)], 4)),
    "image-pushed-in-year-1": (a_tag(an_image(1, last_pushed=YEAR_1)), (1_000_000, "linux/amd64", [a_digest(1)], 4)),
    "tag-not-pushed": (a_tag(an_image(1, last_pushed=...), tag_last_pushed=YEAR_1), (1_000_000, "linux/amd64", ..., 5)),
    "never-pushed": (
        a_tag(an_image(1, last_pushed=None), tag_last_pushed=None, last_updated="soon"), (1_000_000, "linux/amd64", ..., None)
    ),
    "no-digest": (a_tag(an_image(1), digest=None), (1_000_000, "linux/amd64", [a_digest(1)], 3)),
    "bad-digest": (a_tag(an_image(1), digest="sha256:beef"), (1_000_000, "linux/amd64", [a_digest(1)], 3)),
    "no-digest-of-an-index": (a_tag(an_image(1), an_image(2), digest=...), (1_000_000, "linux/amd64", [], 3)),
    "negative": (a_tag(an_image(1, size=-1), full_size=-1), (None, "linux/amd64", [a_digest(1)], 3)),
    "absurd": (a_tag(an_image(1, size=2**62), full_size=1e30), (None, "linux/amd64", [a_digest(1)], 3)),
    "text-for-size": (a_tag(an_image(1, size="7"), full_size=8), (8, "linux/amd64", [a_digest(1)], 3)),
    "null-image": (a_tag(full_size=7, images=[None], digest=a_digest(1)), (7, None, [a_digest(1)], 4)),
    "odd-media-type": (a_tag(an_image(1), media_type="text/x-a"), (1_000_000, "linux/amd64", [a_digest(1)], 3)),
}  # fmt: skip


def test_quirks(hub):
    hub.api.put_all("library/nginx", {name: fields for name, (fields, _) in QUIRKS.items()})
    found = {tag["Tag"]: tag for tag in hub.tags("--platform", "linux/amd64")}
    assert found.keys() == QUIRKS.keys()
    for name, (_, (size, platform, digests, days)) in QUIRKS.items():
        tag = found[name]
        assert (tag["SizeBytes"], tag["Platform"]) == (size, platform), name
        assert digests in (..., tag["Digests"]), name
        age = time.time() - days * 86400 if days else None
        created = tag["Created"] and time.mktime(time.strptime(tag["Created"] + "UTC", "%Y-%m-%dT%H:%M:%SZ%Z")) - time.timezone
        assert (created is None) if age is None else abs(created - age) < 600, name


def test_an_entry_that_cannot_be_read_costs_only_itself(hub):
    hub.api.put("library/nginx", **{"a": a_tag(an_image(1)), "-bad\x1b[1m": a_tag(an_image(2)), "b": a_tag(an_image(3))})
    hub.api.repositories["library/nginx"] += [["no", "tag"], None, {"name": 7}]
    result = hub.list("tags", "--repo", "nginx")
    assert_one_error(result, "docker.io/nginx: tag list: entry 2 has an invalid name", stdout=result.stdout)
    assert "and 2 more entries" in result.errors[0]
    assert {row[1] for row in rows(result.stdout)} == {"a", "b"}


def test_a_tag_on_two_pages_counts_once(hub):
    tags = many_tags(150)
    hub.api.put_all("library/nginx", tags)
    hub.api.repositories["library/nginx"].insert(100, hub.api.repositories["library/nginx"][99])
    assert len(hub.tags()) == 150


def test_control_characters_stay_harmless(hub):
    strange = "lin\x1b]0;x\x07ux"
    hub.api.put("library/nginx", latest=a_tag(an_image(1, os=strange), an_image(2, "a\nb/c\u202e")))
    result = hub.list("tags", "--repo", "nginx", "--platform", "all")
    assert result.status == 0
    assert_printable(result.stdout, result.stderr)


# ---- filters ----


@pytest.mark.parametrize("flag", ["--minAge", "--maxAge"])
def test_ages_are_those_of_the_push_which_is_warned_of(hub, flag):
    tags = {"new": a_tag(an_image(1, last_pushed=days_ago(1))), "old": a_tag(an_image(2, last_pushed=days_ago(9)))}
    hub.api.put_all("library/nginx", tags)
    result = hub.list("tags", "--repo", "nginx", flag, "5")
    assert [row[1] for row in rows(result.stdout)] == ["old" if flag == "--minAge" else "new"]
    assert result.status == 0 and result.stderr.count(b"CREATED is the date of the push") == 1
    assert b" WARNING " in result.stderr


def test_keep_protects_what_a_kept_index_lists(hub):
    """`child` points at a platform of `new`, which is kept; `twin` at the same index as `new`."""
    new = a_tag(an_image(2), an_image(3, "linux/arm64"), an_image(4, ATTESTATION), digest=a_digest(1))
    old = days_ago(50)
    tags = {
        "new": new, "twin": new,
        "child": a_tag(an_image(3, "linux/arm64", last_pushed=old)),
        "attestation": a_tag(an_image(4, last_pushed=old)),
        "old": a_tag(an_image(5, last_pushed=old)),
        "old-index": a_tag(an_image(6, last_pushed=old), an_image(7, "linux/arm64", last_pushed=old)),
    }  # fmt: skip
    hub.api.put_all("library/nginx", tags)
    assert {tag["Tag"] for tag in hub.tags("--keep", "1")} == {"old", "old-index"}


@pytest.mark.parametrize(
    "unclear",
    [
        a_tag(an_image(1), an_image(2), digest=None),
        a_tag(images=[], digest=a_digest(1)),
        a_tag(an_image(1), an_image(2, digest=None)),
    ],
    ids=["no digest", "no images", "image without digest"],
)  # fmt: skip
def test_keep_lists_nothing_where_something_is_not_told(hub, unclear):
    hub.api.put("library/nginx", new=a_tag(an_image(7)), old=a_tag(an_image(8, last_pushed=days_ago(50))), unclear=unclear)
    result = hub.list("tags", "--repo", "nginx", "--keep", "1")
    assert (result.status, result.stdout) == (1, EMPTY)
    assert "docker.io/nginx:unclear: Docker Hub does not tell all of its digests" in result.stderr.decode()


# ---- users ----


def test_a_user_is_shown_what_is_private(small_hub):
    logged_in(small_hub)
    small_hub.api.private = {"team/app"}
    result = small_hub.list("tags", "--log-level", "TRACE", source="docker.io/team")
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], 2)
    assert not told(result)
    exchange, *others = small_hub.api.requests
    assert str(exchange) == TOKEN and exchange.authorization is None
    assert json.loads(exchange.body) == {"identifier": USER, "secret": PASSWORD}
    assert {request.authorization for request in others} == {f"Bearer {small_hub.api.tokens[0]}"} and len(others) == 3


def test_concurrent_requests_share_one_token(hub):
    logged_in(hub)
    for number in range(40):
        hub.api.put(f"team/r{number}", v1=a_tag(an_image(number + 1)))
    names = [word for number in range(40) for word in ("--repo", f"team/r{number}")]
    result = hub.list("tags", *names)
    assert (result.status, len(rows(result.stdout))) == (0, 40)
    assert len(hub.api.tokens) == 1 and len(hub.api.requests) == 41


def test_a_token_that_expires_is_renewed_once(hub):
    logged_in(hub)
    hub.api.put_all("library/nginx", many_tags(300))
    hub.api.first(f"{NGINX}", hub.api.usual, lambda request: expire(hub.api))
    result = hub.list("tags", "--repo", "nginx", "--log-level", "TRACE")
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], 300)
    assert hub.api.asked().count(TOKEN) == 2 and not told(result)


def expire(api):
    api.tokens.clear()
    return json_answer({"message": "token is expired"}, status=401)


def test_a_token_that_is_never_accepted_is_an_error(hub):
    logged_in(hub)
    for number in range(40):
        hub.api.always(f"{TEAM}/r{number}/tags", json_answer({"message": "no"}, status=401))
    names = [word for number in range(40) for word in ("--repo", f"team/r{number}")]
    result = hub.list("tags", *names, "--log-level", "TRACE")
    assert (result.status, result.stdout) == (1, EMPTY)
    assert b"HTTP status 401, no (docker login docker.io)" in result.stderr
    assert hub.api.asked().count(TOKEN) == 2 and not told(result)


REFUSALS = {
    "wrong password": None,
    "403": json_answer({"message": "no"}, status=403),
    "404": Answer(404),
    "no token": json_answer({}),
    "token that is no text": json_answer({"access_token": 7}),
    "token with a line break": json_answer({"access_token": "a\r\nX-Evil: 1"}),
    "no JSON": Answer(200, b"<html>"),
    "redirect": redirect("https://elsewhere.example.com/v2/auth/token"),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
@pytest.mark.parametrize("args", [["tags", "--repo", "nginx", "--repo", "team/app"], ["repos"]], ids=["tags", "repos"])
def test_a_failed_exchange_is_an_error_and_nobody_becomes_a_guest(small_hub, refusal, args):
    logged_in(small_hub, password="p4ss" if refusal is None else PASSWORD)
    if refusal:
        small_hub.api.always("/v2/auth/token", refusal)
    source = "docker.io" if args[0] == "tags" else "docker.io/team"
    result = small_hub.list(*args, "--log-level", "TRACE", source=source)
    assert (result.status, result.stdout, len(result.errors)) == (1, b"", 1), result
    assert "hub.docker.com: Docker Hub does not accept the credentials" in result.errors[0]
    assert b"docker login docker.io" in result.stderr
    assert small_hub.api.asked() == [TOKEN] and not small_hub.elsewhere.requests and not told(result)


def test_an_identity_token_cannot_be_exchanged(small_hub):
    logged_in(small_hub, auth=basic(USER, "").split()[1], identitytoken=IDENTITY)
    result = small_hub.list("tags", "--repo", "nginx", "--log-level", "TRACE")
    assert_one_error(result, "identity token")
    assert b"--exact" in result.stderr
    assert not small_hub.api.requests and not told(result)


@pytest.mark.parametrize(
    "next",
    [
        "https://elsewhere.example.com{path}?page={page}&page_size=100",
        "http://hub.docker.com{path}?page={page}&page_size=100",
        "https://hub.docker.com:444{path}?page={page}&page_size=100",
        "https://hub.docker.com@elsewhere.example.com{path}?page={page}&page_size=100",
        "//elsewhere.example.com{path}?page={page}&page_size=100",
        "{path}?page={page}&page_size=100",
        "?page={page}&page_size=100",
    ],
)
def test_further_pages_are_asked_for_at_docker_hub_alone(hub, next):
    logged_in(hub)
    hub.api.next = next
    hub.api.put_all("library/nginx", many_tags(250))
    result = hub.list("tags", "--repo", "nginx", "--log-level", "TRACE")
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], 250)
    assert not hub.elsewhere.requests and not told(result)


def test_a_redirect_gets_no_credentials(small_hub):
    logged_in(small_hub)
    elsewhere = f"https://elsewhere.example.com{NGINX}?signature=the-signature"
    small_hub.api.first(NGINX, redirect(elsewhere))
    small_hub.elsewhere.always(NGINX, json_answer({"results": [{"name": "a"} | a_tag(an_image(1))]}))
    result = small_hub.list("tags", "--repo", "nginx", "--log-level", "TRACE")
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], 1)
    [request] = small_hub.elsewhere.requests
    assert "authorization" not in request.headers and not request.body
    assert not told(result)


# ---- refusals and hostile pages ----


def test_it_waits_until_the_time_that_docker_hub_says(small_hub):
    until = int(time.time()) + 3
    small_hub.api.first(NGINX, Answer(429, b"", (f"X-Retry-After: {until}",)))
    result = small_hub.list("tags", "--repo", "nginx")
    assert (result.status, len(rows(result.stdout))) == (0, 2)
    assert b"too many requests; waiting" in result.stderr
    assert time.time() >= until - 1 and result.seconds > 1


def test_it_does_not_wait_for_an_hour(small_hub):
    small_hub.api.always(NGINX, Answer(429, b"", (f"X-Retry-After: {int(time.time()) + 3600}",)))
    result = small_hub.list("tags", "--repo", "nginx")
    assert (result.status, result.stdout, result.seconds < 20) == (1, EMPTY, True)
    assert re.search(r"docker.io/nginx: tag list: HTTP status 429 \(no more requests for 3[56]\d\d s\)", result.errors[0])
    assert len(small_hub.api.requests) == 1


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_refusal_is_an_error(small_hub, status):
    small_hub.api.always(NGINX, json_answer({"message": "not\x1b now"}, status=status))
    result = small_hub.list("tags", "--repo", "nginx", "--repo", "team/app")
    assert_one_error(result, f"docker.io/nginx: tag list: HTTP status {status}, not", stdout=result.stdout)
    assert [row[:2] for row in rows(result.stdout)] == [("team/app", "v1")]


def test_a_page_that_fails_after_the_first_costs_only_what_is_on_it(hub):
    hub.api.put_all("library/nginx", many_tags(300))
    hub.api.first(NGINX, hub.api.usual, Answer(500))
    result = hub.list("tags", "--repo", "nginx")
    assert_one_error(result, "docker.io/nginx: tag list: HTTP status 500", stdout=result.stdout)
    assert len(rows(result.stdout)) == 100


def endless(request):
    """One new tag on each page."""
    page = int(request.parameters.get("page", 1))
    return json_answer({"next": f"https://hub.docker.com{NGINX}?page={page + 1}", "results": [{"name": f"v{page}"}]})


def endless_and_large(request):
    page = int(request.parameters.get("page", 1))
    results = [{"name": f"v{page}-{number}", "images": [{"os": "linux"}] * 250} for number in range(500)]
    return json_answer({"next": f"https://hub.docker.com{NGINX}?page={page + 1}", "results": results})


def cyclic(request):
    page = int(request.parameters.get("page", 1))
    return json_answer({"next": f"https://hub.docker.com{NGINX}?page={page % 3 + 1}", "results": [{"name": f"v{page}"}]})


HOSTILE = {
    "no JSON": (Answer(200, b"<html>"), "not JSON", 0),
    "no object": (json_answer([]), "has no results", 0),
    "no results": (json_answer({"next": None}), "has no results", 0),
    "no list": (json_answer({"results": 7}), "not a list", 0),
    "cut": (Answer(200, b'{"results": [{"name": "a"}, {"na'), "not JSON", 0),
    "too large": (Answer(200, b'{"results": [' + b" " * (9 << 20)), "over 8 MiB", 0),
    "next is no address": (json_answer({"results": [{"name": "a"}], "next": 7}), "next is not an address", 0),
    "next leads nowhere": (json_answer({"results": [{"name": "a"}], "next": "ftp:x"}), "invalid address", 1),
    "cyclic": (cyclic, "pages do not end", 3),
    "endless": (endless, "pages do not end", 10_001),
    "endless and large": (endless_and_large, "the list is over 64 MiB", ...),
    "nothing but nonsense": (json_answer({"results": [7] * 2000}), "over 1000 unreadable entries", 0),
}


@pytest.mark.parametrize("page, cause, count", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_pages(small_hub, page, cause, count):
    small_hub.api.always(NGINX, page)
    result = small_hub.list("tags", "--repo", "nginx", "--repo", "team/app")
    assert_one_error(result, "docker.io/nginx: tag list: ", stdout=result.stdout)
    assert cause in result.errors[0]
    found = rows(result.stdout)
    assert ("team/app", "v1") in [row[:2] for row in found]
    assert count in (..., len(found) - 1)


def test_nobody_there_is_an_error(small_hub):
    small_hub.api.always(NGINX, HANG_UP)
    small_hub.api.always(f"{TEAM}/app/tags", HANG_UP)
    result = small_hub.list("tags", "--repo", "nginx", "--repo", "team/app", "--log-level", "ERROR")
    assert_one_error(result, "hub.docker.com: ")


# ---- comparing ----


@pytest.fixture
def mirror(start_server):
    mirror = start_server(Registry)
    mirror.heads = True
    return mirror


def compare(hub, mirror, *args):
    return hub("diff", "registry:docker.io/team", f"registry:{mirror.source}", *args)


def test_a_mirror_that_is_the_same(hub, mirror):
    for number, tag in itertools.product(range(3), ["v1", "v2"]):
        manifest = image(number + 1)
        hub.api.put(f"team/r{number}", **{tag: a_tag(an_image(1, digest=manifest.digest))})
        mirror.put(f"team/r{number}", **{tag: manifest})
    result = compare(hub, mirror)
    assert (result.status, result.stderr) == (0, b""), result
    assert len(hub.api.requests) == 4 and not hub.registry.requests


def test_a_mirror_that_differs(hub, mirror):
    same, other = image(1), image(2)
    hub.api.put("team/app", same=a_tag(an_image(1, digest=same.digest)), moved=a_tag(an_image(1)), gone=a_tag(an_image(2)))
    mirror.put("team/app", same=same, moved=other, more=other)
    mirror.expect_digests("team/app", other)
    result = compare(hub, mirror, "--format", "json")
    found = {tuple(json.loads(line)[key] for key in ("Status", "Tag", "DigestA", "DigestB")) for line in result.stdout.splitlines()}
    assert (result.status, result.stderr) == (3, b""), result
    assert found == {
        ("only-a", "gone", a_digest(2), None), ("only-b", "more", None, other.digest),
        ("differs", "moved", a_digest(1), other.digest),
    }  # fmt: skip


def test_what_docker_hub_does_not_tell_is_no_difference(hub, mirror):
    hub.api.put("team/app", vague=a_tag(an_image(1), an_image(2), digest=None))
    mirror.put("team/app", vague=image(1))
    result = compare(hub, mirror)
    assert (result.status, result.stdout.count(b"\n")) == (1, 1), result
    assert b"docker.io/team/app:vague: Docker Hub does not tell the digest" in result.stderr


# ---- the cache ----


def test_answers_that_are_fresh_enough_are_not_asked_for_again(small_hub):
    first = small_hub.list("tags", source="docker.io/team")
    small_hub.api.asked()
    again = small_hub.list("tags", "--max-stale", "10", "--log-level", "INFO", source="docker.io/team")
    assert (again.status, again.stdout, small_hub.api.asked()) == (0, first.stdout, [])
    assert b"took 3 lists from the cache; the oldest of these answers is " in again.stderr
    narrow = small_hub.list("tags", "--max-stale", "10", "--repo", "team/app", "--platform", "all")
    assert (narrow.status, len(rows(narrow.stdout)), small_hub.api.asked()) == (0, 1, [])


def test_a_list_that_failed_is_asked_for_again(small_hub):
    small_hub.api.first(f"{TEAM}/app/tags", Answer(500))
    assert small_hub.list("tags", source="docker.io/team").status == 1
    small_hub.api.asked()
    result = small_hub.list("tags", "--max-stale", "10", source="docker.io/team")
    assert (result.status, len(rows(result.stdout))) == (0, 2)
    assert small_hub.api.asked() == [f"GET {TEAM}/app/tags?page_size=100"]


def test_a_user_shares_no_answers_with_a_guest(small_hub):
    assert small_hub.list("tags", "--repo", "nginx").status == 0
    logged_in(small_hub)
    small_hub.api.asked()
    assert small_hub.list("tags", "--repo", "nginx", "--max-stale", "10").status == 0
    assert small_hub.api.asked() == [f"GET {NGINX}?page_size=100", TOKEN]


def test_recent_lists_are_printed_though_others_cannot_be_read(small_hub):
    small_hub.list("tags", "--repo", "nginx")
    small_hub.api.always("/v2/namespaces/team/repositories/app/tags", HANG_UP)
    result = small_hub.list("tags", "--repo", "nginx", "--repo", "team/app", "--max-stale", "10")
    assert (result.status, len(rows(result.stdout)), len(result.errors)) == (1, 2, 1)


def test_another_password_gets_no_recent_lists(small_hub):
    logged_in(small_hub)
    small_hub.list("tags", "--repo", "nginx")
    logged_in(small_hub, "wrong")
    result = small_hub.list("tags", "--repo", "nginx", "--max-stale", "10")
    assert (result.status, result.stdout) == (1, b"")
