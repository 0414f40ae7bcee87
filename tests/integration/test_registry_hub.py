"""Docker Hub with --exact, played by servers of our own behind a proxy: its names, its keys, and that pulls are spared."""

import dataclasses
import time

import pytest

import peers
from registry_content import image, index
from registry_users import PASSWORD, USER, configure, told
from scripted_doors import TokenServer, basic, guarded_by_tokens
from scripted_registry import Answer, Proxy, Registry, json_answer
from tables import assert_one_error, rows

CHALLENGE = 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="{scope}"'


class LimitedRegistry(Registry):
    """It tells how many pulls are left, and allows no more."""

    def __init__(self, **where):
        super().__init__(**where)
        self.limit = self.left = None  # none
        self.pulls = []  # paths
        self.window = ";w=21600"
        self.heads = True

    def usual(self, request):
        answer = super().usual(request)
        if "/manifests/" not in request.path or answer is None:
            return answer
        if request.method == "GET":
            self.pulls.append(request.path)
        if self.limit is None:
            return answer
        with self._lock:
            self.left -= request.method == "GET"
        if self.left < 0:
            return json_answer({"errors": [{"code": "TOOMANYREQUESTS"}]}, "Retry-After: 3000", status=429)
        headers = [f"RateLimit-Limit: {self.limit}{self.window}", f"RateLimit-Remaining: {self.left}{self.window}"]
        return dataclasses.replace(answer, headers=(*answer.headers, *headers))

    def put_all(self, name, tags):
        super().put_all(name, tags)
        self.expect_digests(name, *tags.values())


class Hub:
    def __init__(self, dkr_ls, registry, tokens, proxy, certificate):
        self.dkr_ls, self.registry, self.tokens = dkr_ls, registry, tokens
        self.env = {"HTTPS_PROXY": f"http://{proxy.address}", "SSL_CERT_FILE": str(certificate.path)}

    def list(self, *args, source="docker.io"):
        return self.dkr_ls(*args, "--exact", "--source", f"registry:{source}", env=self.env)


@pytest.fixture(scope="session")
def hub_certificate(start):
    return start(peers.certificate("DNS:registry-1.docker.io,DNS:auth.docker.io"))


@pytest.fixture
def hub(dkr_ls, start_server, hub_certificate):
    """It has no catalog, and repositories of one name below library/."""
    registry, tokens = start_server(LimitedRegistry), start_server(TokenServer)
    inside = {"registry-1.docker.io:443": registry, "auth.docker.io:443": tokens}
    proxy = start_server(Proxy, tls=hub_certificate.context(), inside=inside)
    registry.put("library/nginx", latest=image(1), alpine=index(image(2)))
    registry.put("team/app", v1=image(3))
    registry.guard = guarded_by_tokens(tokens, CHALLENGE)
    return Hub(dkr_ls, registry, tokens, proxy, hub_certificate)


NAMED = ["tags", "--repo", "nginx", "--repo", "team/app"]


@pytest.mark.parametrize("source", ["docker.io", "index.docker.io", "registry-1.docker.io", "https://docker.io"])
def test_its_repositories_have_their_short_names(hub, source):
    result = hub.list(*NAMED, source=source)
    assert (result.status, result.stderr) == (0, b"")
    assert [row[:2] for row in rows(result.stdout)] == [("nginx", "latest"), ("nginx", "alpine"), ("team/app", "v1")]
    assert hub.tokens.scopes() == ["repository:library/nginx:pull", "repository:team/app:pull"]


@pytest.mark.parametrize(
    "name", ["library/nginx", "docker.io/nginx", "docker.io/library/nginx", "index.docker.io/library/nginx"]
)
def test_its_repositories_have_long_names_as_well(hub, name):
    result = hub.list("tags", "--repo", name, "--repo", "nginx")
    assert (result.status, result.stderr) == (0, b"")
    assert [row[:2] for row in rows(result.stdout)] == [("nginx", "latest"), ("nginx", "alpine")]


def test_its_password_is_kept_under_the_key_of_old(dkr_ls, hub):
    hub.tokens.expects = basic(USER, PASSWORD)
    configure(dkr_ls, auths={"https://index.docker.io/v1/": {"auth": basic(USER, PASSWORD).split()[1]}})
    result = hub.list(*NAMED, "--log-level", "TRACE")
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], 3)
    assert not told(result)


@pytest.mark.parametrize("where", ["credHelpers", "credsStore"])
def test_a_helper_knows_it_by_the_key_of_old_as_well(dkr_ls, hub, helper, where):
    hub.tokens.expects = basic(USER, PASSWORD)
    key = "https://index.docker.io/v1/"
    calls = helper("fake", {"ServerURL": key, "Username": USER, "Secret": PASSWORD})
    configure(dkr_ls, **{where: {key: "fake"} if where == "credHelpers" else "fake"})
    result = hub.list(*NAMED)
    assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 3)
    assert calls() == ["get", key]


def test_a_warm_listing_asks_for_heads_alone(hub):
    """A GET of a manifest counts as a pull."""
    hub.list(*NAMED)
    hub.registry.asked()
    result = hub.list(*NAMED)
    assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 3)
    asked = [request for request in hub.registry.asked() if "/manifests/" in request]
    assert set(asked) == {f"HEAD /v2/{name}" for name in (
        "library/nginx/manifests/alpine", "library/nginx/manifests/latest", "team/app/manifests/v1",
    )}  # fmt: skip


def test_what_moved_is_fetched(hub):
    hub.list(*NAMED)
    hub.registry.asked()
    moved = image(0.5)
    hub.registry.put("team/app", v1=moved)
    result = hub.list(*NAMED)
    assert ("team/app", "v1", moved.id) in rows(result.stdout)
    fetched = {request for request in hub.registry.asked() if request.startswith("GET") and "/tags/" not in request}
    assert fetched == {
        f"GET /v2/team/app/manifests/{moved.digest}", f"GET /v2/team/app/blobs/{moved.config_digest}",
    }  # fmt: skip


@pytest.mark.parametrize("args", [["tags"], ["repos"], ["tags", "--prefix", "team"]], ids=str)
def test_it_has_no_catalog(hub, args):
    result = hub.list(*args)
    assert_one_error(result, "Docker Hub")
    assert b"--repo" in result.stderr and b"registry:docker.io/" in result.stderr


def many(count, first=0):
    return {f"v{number}": image(number + 1, layers=[1000 + number]) for number in range(first, first + count)}


def test_it_stops_in_time_and_goes_on_the_next_time(hub):
    registry = hub.registry
    registry.put_all("team/many", many(100))
    registry.limit, registry.left = 200, 60
    first = hub.list("tags", "--repo", "team/many")
    assert (first.status, len(rows(first.stdout)), len(registry.pulls)) == (1, 20, 20)
    assert first.errors == ["Error: Docker Hub allows 40 more pulls in 6 hours; 80 tags are not listed"]
    again = hub.list("tags", "--repo", "team/many")
    assert (again.status, again.stdout, len(registry.pulls)) == (1, first.stdout, 20)
    assert again.errors == first.errors
    registry.left = 200
    last = hub.list("tags", "--repo", "team/many")
    assert (last.status, last.stderr, len(rows(last.stdout))) == (0, b"", 100)
    assert len(registry.pulls) == len(set(registry.pulls)) == 100


def test_the_same_manifest_is_fetched_once(hub):
    hub.registry.put_all("team/same", {f"v{number}": image(3, layers=[7]) for number in range(50)})
    result = hub.list("tags", "--repo", "team/same")
    assert (result.status, len(rows(result.stdout)), len(hub.registry.pulls)) == (0, 50, 1)


@pytest.mark.parametrize("args", [["tags"], ["tags", "--platform", "all"], ["du"], ["tags", "--keep", "0"]], ids=str)
def test_what_is_below_an_index_is_kept_as_well(hub, args):
    """However few pulls are left: some run gets to the end, and none fetches anything twice."""
    registry = hub.registry
    tags = {}
    for number in range(6):
        children = [image(number + 1, layers=[100 * number + n], platform={"os": "linux", "architecture": arch})
                    for n, arch in enumerate(("amd64", "arm64", "s390x"))]  # fmt: skip
        tags[f"v{number}"] = index(*children)
    registry.put_all("team/multi", tags)
    for _ in range(20):
        registry.limit, registry.left = 10, 5
        result = hub.list(*args, "--repo", "team/multi")
        if result.status == 0:
            break
        assert any(line.startswith("Error: Docker Hub allows 2 more pulls in 6 hours; ") for line in result.errors)
    assert (result.status, result.stderr) == (0, b"")
    assert len(registry.pulls) == len(set(registry.pulls))
    registry.limit = None
    assert hub.list(*args, "--repo", "team/multi", "--no-cache").stdout == result.stdout


def test_what_is_left_stays_with_recent_answers_as_well(hub):
    """They say what tags point at, so no headers are asked for, which would tell the limit."""
    registry = hub.registry
    registry.put_all("team/many", many(100))
    registry.limit, registry.left = 200, 60
    for _ in range(3):
        result = hub.list("tags", "--repo", "team/many", "--max-stale", "60")
        assert (result.status, len(rows(result.stdout)), registry.left) == (1, 20, 40)


def test_a_tag_that_is_gone_costs_no_pull(hub):
    hub.registry.put_all("team/many", many(30))
    hub.registry.always("/v2/team/many/manifests/v7", Answer(404))
    hub.registry.limit, hub.registry.left = 200, 60
    result = hub.list("tags", "--repo", "team/many", "--log-level", "INFO")
    assert result.errors == ["Error: Docker Hub allows 40 more pulls in 6 hours; 9 tags are not listed"]
    assert b"team/many:v7: in the tag list, but gone" in result.stderr


def test_a_comparison_stops_in_time(hub, dkr_ls, registry):
    registry.heads = True
    registry.put_all("team/many", many(30, first=100))
    registry.expect_digests("team/many", *registry.repositories["team/many"].values())
    hub.registry.put_all("team/many", dict(zip(registry.repositories["team/many"], many(30).values())))
    hub.registry.limit, hub.registry.left = 200, 45
    result = dkr_ls("diff", "registry:docker.io", f"registry:{registry.source}", "--exact", "--repo", "team/many", env=hub.env)
    assert (result.status, len(result.stdout.splitlines()), hub.registry.left) == (1, 31, 40)
    assert result.errors == ["Error: Docker Hub allows 40 more pulls in 6 hours; 25 manifests are not read"]


def test_an_interrupted_run_has_not_pulled_in_vain(dkr_ls, start_server):
    registry = start_server(LimitedRegistry)
    registry.limit, registry.left = 1000, 1000
    registry.put_all("a", many(1))
    source = ["--source", f"registry:{registry.address}"]
    assert dkr_ls("tags", *source).status == 0  # which learns of the limit
    registry.put_all("a", many(60))
    registry.delay = 0.05
    result = dkr_ls.interrupted("INT", lambda: len(registry.pulls) > 30, "tags", *source)
    assert result.status == 130
    registry.delay = 0
    time.sleep(0.3)
    on_its_way = 16
    kept = len(set(registry.pulls)) - on_its_way
    assert dkr_ls("tags", *source).status == 0
    assert len(registry.pulls) <= 60 + 60 - kept


@pytest.mark.parametrize("window, is_spared", [(";w=21600", True), ("", True), (";w=60", False)], ids=str)
def test_other_registries_that_tell_a_limit_are_spared(dkr_ls, start_server, window, is_spared):
    """But not those whose limit a retry can wait for."""
    registry = start_server(LimitedRegistry)
    registry.put_all("a", many(30))
    registry.limit, registry.left, registry.window = 50, 40, window
    source = ["--source", f"registry:{registry.address}", "--jobs", "1"]
    result = dkr_ls("tags", *source)
    if not is_spared:
        assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 30)
        return
    assert (result.status, result.stderr) == (0, b"")  # 30 of 40, and 10 stay
    assert {str(request).partition(" ")[0] for request in registry.requests if "/manifests/v" in request.path} == {"GET", "HEAD"}
    registry.put_all("a", many(5, first=30))
    result = dkr_ls("tags", *source)
    hours = " in 6 hours" if window else ""
    assert result.errors == [f"Error: {registry.address} allows 10 more pulls{hours}; 5 tags are not listed"]
    assert (result.status, len(rows(result.stdout)), registry.left) == (1, 30, 10)
