"""Docker Hub, played by servers of our own behind a proxy: its names, its keys, and that a warm listing counts as no pull."""

import pytest

import peers
from registry_content import image, index
from registry_users import PASSWORD, USER, configure, told
from scripted_doors import TokenServer, basic, guarded_by_tokens
from scripted_registry import Answer, Proxy, Registry
from tables import assert_one_error, rows

pytestmark = pytest.mark.static

CHALLENGE = 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="{scope}"'


class Hub:
    def __init__(self, dkr_ls, registry, tokens, proxy, certificate):
        self.dkr_ls, self.registry, self.tokens = dkr_ls, registry, tokens
        self.env = {"HTTPS_PROXY": f"http://{proxy.address}", "SSL_CERT_FILE": str(certificate.path)}

    def list(self, *args, source="docker.io"):
        return self.dkr_ls(*args, "--source", f"registry:{source}", env=self.env)


@pytest.fixture(scope="session")
def hub_certificate(start):
    return start(peers.certificate("DNS:registry-1.docker.io,DNS:auth.docker.io"))


@pytest.fixture
def hub(dkr_ls, start_server, hub_certificate):
    """It has no catalog, and repositories of one name below library/."""
    registry, tokens = start_server(Registry), start_server(TokenServer)
    inside = {"registry-1.docker.io:443": registry, "auth.docker.io:443": tokens}
    proxy = start_server(Proxy, tls=hub_certificate.context(), inside=inside)
    registry.put("library/nginx", latest=image(1), alpine=index(image(2)))
    registry.put("team/app", v1=image(3))
    registry.always("/v2/_catalog", Answer(404))
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
    hub.registry.heads = True
    result = hub.list(*NAMED)
    assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 3)
    asked = [request for request in hub.registry.asked() if "/manifests/" in request]
    assert set(asked) == {f"HEAD /v2/{name}" for name in (
        "library/nginx/manifests/alpine", "library/nginx/manifests/latest", "team/app/manifests/v1",
    )}  # fmt: skip


def test_what_moved_is_fetched(hub):
    hub.list(*NAMED)
    hub.registry.asked()
    hub.registry.heads = True
    moved = image(0.5)
    hub.registry.put("team/app", v1=moved)
    result = hub.list(*NAMED)
    assert ("team/app", "v1", moved.id) in rows(result.stdout)
    fetched = {request for request in hub.registry.asked() if request.startswith("GET") and "/tags/" not in request}
    assert fetched == {"GET /v2/team/app/manifests/v1", f"GET /v2/team/app/blobs/{moved.config_digest}"}


@pytest.mark.parametrize("args", [["tags"], ["repos"], ["tags", "--prefix", "team"]], ids=str)
def test_it_has_no_catalog(hub, args):
    result = hub.list(*args)
    assert_one_error(result, "docker.io")
    assert b"--repo" in result.stderr
