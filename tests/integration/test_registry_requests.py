"""What a listing costs: each request that a registry gets, exactly, without and with what was remembered."""

import threading
import time

import pytest

from registry_content import DOCKER, DOCKER_LIST, ELSEWHERE, artifact, attestation, image, index, platform, schema_1
from scripted_registry import ALL_KINDS, accepted
from tables import rows
from waiting import SOON, wait_until

CATALOG = "GET /v2/_catalog?n=1000"


def lists(name):
    return f"GET /v2/{name}/tags/list?n=1000"


def manifest(name, reference):
    return f"GET /v2/{name}/manifests/{getattr(reference, 'digest', reference)}"


def config(name, of):
    return f"GET /v2/{name}/blobs/{of.config_digest}"


def listing(dkr_ls, registry, *args):
    """The rows that are listed, and the requests for that."""
    result = dkr_ls.registry(registry, "tags", *args)
    assert (result.status, result.stderr) == (0, b"")
    return rows(result.stdout), registry.asked()


def requests(dkr_ls, registry, *args):
    return listing(dkr_ls, registry, *args)[1]


def by_digest(asked):
    """The digests that were asked for, in whichever repository."""
    return sorted(request.rsplit("/", 1)[1] for request in asked if "sha256:" in request)


@pytest.fixture
def two_repositories(registry):
    """Five tags, all of different images."""
    registry.put("team/app", v1=image(3), v2=image(2), latest=image(1))
    registry.put("base", a=image(40, kind=DOCKER), b=image(50, kind=DOCKER))
    return registry


def lists_and_tags(registry):
    """The requests that no memory can spare."""
    found = registry.repositories.items()
    return sorted(
        [
            CATALOG,
            *(lists(name) for name in registry.repositories),
            *(manifest(name, tag) for name, tags in found for tag in tags),
        ]
    )


def configs(registry):
    return [config(name, found) for name, tags in registry.repositories.items() for found in tags.values()]


def test_a_first_listing_asks_once_for_everything(dkr_ls, two_repositories):
    listed, asked = listing(dkr_ls, two_repositories)
    assert asked == sorted(lists_and_tags(two_repositories) + configs(two_repositories))
    assert len(listed) == 5


@pytest.mark.parametrize("etags", [True, False], ids=["etags", "no etags"])
@pytest.mark.parametrize("digest_headers", [True, False], ids=["digest headers", "no digest headers"])
def test_a_second_listing_asks_only_once_for_each_tag(dkr_ls, two_repositories, etags, digest_headers):
    two_repositories.etags, two_repositories.digest_headers = etags, digest_headers
    first, _ = listing(dkr_ls, two_repositories)
    second, asked = listing(dkr_ls, two_repositories)
    assert asked == lists_and_tags(two_repositories)
    assert second == first


def test_a_second_listing_names_the_one_digest_that_it_knows_of_each_tag(dkr_ls, two_repositories):
    listing(dkr_ls, two_repositories)
    assert not any("if-none-match" in request.headers for request in two_repositories.requests)
    dkr_ls.registry(two_repositories, "tags")
    known = {request.path: request.headers.get("if-none-match") for request in two_repositories.requests}
    for name, tags in two_repositories.repositories.items():
        for tag, found in tags.items():
            assert known[f"/v2/{name}/manifests/{tag}"] == f'"{found.digest}"'
        assert known[f"/v2/{name}/tags/list"] is known["/v2/_catalog"] is None


def test_every_kind_of_manifest_is_accepted(dkr_ls, registry):
    registry.put("q", t=index(image(1)))
    dkr_ls.registry(registry, "tags")
    accepting = [accepted(request) for request in registry.requests if "/manifests/" in request.path]
    assert len(accepting) == 2 and all(kinds >= ALL_KINDS for kinds in accepting)


def test_a_tag_that_moved_costs_what_is_new(dkr_ls, two_repositories):
    listing(dkr_ls, two_repositories)
    moved = image(0.5)
    two_repositories.put("team/app", latest=moved)
    listed, asked = listing(dkr_ls, two_repositories)
    assert asked == sorted([*lists_and_tags(two_repositories), config("team/app", moved)])
    assert listed[0] == ("team/app", "latest", moved.id)


@pytest.mark.parametrize("kinds", [{}, {"kind": DOCKER_LIST}], ids=["oci", "docker"])
def test_of_a_multi_platform_image_only_the_chosen_one_is_asked_for(dkr_ls, registry, kinds):
    chosen = image(1)
    registry.put("q", t=index(image(2, platform=ELSEWHERE), chosen, attestation(of=chosen), **kinds))
    asked = requests(dkr_ls, registry, "--platform", "linux/amd64")
    assert asked == sorted([CATALOG, lists("q"), manifest("q", "t"), manifest("q", chosen), config("q", chosen)])
    assert requests(dkr_ls, registry, "--platform", "linux/amd64") == lists_and_tags(registry)


def test_another_platform_costs_only_its_own_image(dkr_ls, registry):
    arm, intel = image(1, platform=platform("linux", "arm64", "v8")), image(2)
    registry.put("q", t=index(intel, arm))
    requests(dkr_ls, registry, "--platform", "linux/amd64")
    listed, asked = listing(dkr_ls, registry, "--platform", "linux/arm64")
    assert asked == sorted([*lists_and_tags(registry), manifest("q", arm), config("q", arm)])
    assert listed == [("q", "t", arm.id)]
    for asked_for, found in ("linux/amd64", intel), ("linux/arm64", arm):
        listed, asked = listing(dkr_ls, registry, "--platform", asked_for)
        assert (listed, asked) == ([("q", "t", found.id)], lists_and_tags(registry))


def test_what_has_no_image_config_costs_one_request(dkr_ls, registry):
    registry.put(
        "q",
        chart=artifact(),
        old=schema_1("2015-01-01T00:00:00Z"),
        signed=schema_1("2016-01-01T00:00:00Z", signed=True),
        empty=index(),
    )
    assert requests(dkr_ls, registry) == lists_and_tags(registry)
    assert requests(dkr_ls, registry) == lists_and_tags(registry)


def test_each_digest_is_asked_for_once_however_many_tags_point_at_it(dkr_ls, registry):
    alone, child = image(1), image(2)
    registry.put("q", a=alone, b=alone, c=alone, d=index(child), e=index(child), f=index(child, attestation(of=child)))
    registry.put("team/q", a=alone, d=index(child))
    listed, asked = listing(dkr_ls, registry)
    assert by_digest(asked) == sorted([alone.config_digest, child.digest, child.config_digest])
    assert [request for request in asked if "sha256:" not in request] == lists_and_tags(registry)
    assert len(listed) == 8
    assert requests(dkr_ls, registry) == lists_and_tags(registry)


def test_manifests_that_differ_may_share_a_config(dkr_ls, registry):
    """The same image, compressed in two ways."""
    gzip, zstd = image("2024-01-01T00:00:00Z", [100]), image("2024-01-01T00:00:00Z", [90])
    assert gzip.config_digest == zstd.config_digest
    registry.put("q", gzip=gzip, zstd=zstd)
    assert by_digest(requests(dkr_ls, registry)) == [gzip.config_digest]


def test_hundreds_of_tags_of_one_image_cost_one_config(dkr_ls, registry):
    registry.put_all("q", dict.fromkeys(map(str, range(300)), image(1)))
    listed, asked = listing(dkr_ls, registry)
    assert (len(listed), len(asked), len(by_digest(asked))) == (300, 303, 1)


def test_a_prefix_keeps_requests_away_from_what_it_excludes(dkr_ls, two_repositories):
    app = [lists("team/app"), *(manifest("team/app", tag) for tag in ("v1", "v2", "latest"))]
    fetched = [request for request in configs(two_repositories) if "team/app" in request]
    assert requests(dkr_ls, two_repositories, "--prefix", "team/") == sorted([CATALOG, *app, *fetched])
    assert requests(dkr_ls, two_repositories, "--prefix", "team/") == sorted([CATALOG, *app])
    assert requests(dkr_ls, two_repositories, "--prefix", "no such") == [CATALOG]


def test_a_named_repository_needs_no_catalog(dkr_ls, two_repositories):
    base = [lists("base"), manifest("base", "a"), manifest("base", "b")]
    fetched = [request for request in configs(two_repositories) if "base" in request]
    assert requests(dkr_ls, two_repositories, "--repo", "base") == sorted(base + fetched)
    assert requests(dkr_ls, two_repositories, "--repo", "base", "--repo", "base") == sorted(base)
    both = [request for request in lists_and_tags(two_repositories) if request != CATALOG]
    cold = [request for request in configs(two_repositories) if "team/app" in request]
    assert requests(dkr_ls, two_repositories, "--repo", "base", "--repo", "team/app") == sorted(both + cold)


def test_a_name_beside_a_prefix_is_either_and_needs_the_catalog(dkr_ls, two_repositories):
    two_repositories.put("other", t=image(4))
    listed, asked = listing(dkr_ls, two_repositories, "--repo", "base", "--prefix", "team")
    wanted = [
        request for request in lists_and_tags(two_repositories) + configs(two_repositories) if "/other/" not in request
    ]
    assert asked == sorted(wanted)
    assert {row[0] for row in listed} == {"base", "team/app"}


@pytest.mark.parametrize("more", [["--sum"], ["--maxTags", "1"], ["--maxTags=0"], ["--minAge", "20"]], ids=str)
def test_these_filters_cost_nothing_more(dkr_ls, two_repositories, more):
    asked = requests(dkr_ls, two_repositories, *more)
    assert set(asked) <= {*lists_and_tags(two_repositories), *configs(two_repositories)}
    assert len(asked) == len(set(asked))


def test_the_date_of_what_is_too_small_is_not_asked_for(dkr_ls, registry):
    small, large = image(2, [100]), image(1, [10**9])
    registry.put("q", small=small, large=large)
    asked = requests(dkr_ls, registry, "--minSize", "1MB")
    assert asked == sorted([*lists_and_tags(registry), config("q", large)])
    assert requests(dkr_ls, registry, "--minSize", "1MB") == lists_and_tags(registry)
    assert requests(dkr_ls, registry, "--minSize", "2GB") == lists_and_tags(registry)
    listed, asked = listing(dkr_ls, registry)
    assert asked == sorted([*lists_and_tags(registry), config("q", small)])
    assert [tag for _, tag, _ in listed] == ["large", "small"]


def test_repos_asks_for_the_catalog_alone(dkr_ls, two_repositories):
    result = dkr_ls.registry(two_repositories, "repos")
    assert (result.status, result.stdout, result.stderr) == (0, b"REPOSITORY\nteam/app\nbase\n", b"")
    assert two_repositories.asked() == [CATALOG]


def test_repos_of_2500_repositories_takes_three_pages(dkr_ls, registry):
    for number in range(2500):
        registry.put(f"r{number}")
    registry.page_size = 1000
    result = dkr_ls.registry(registry, "repos")
    assert result.stdout.decode().split() == ["REPOSITORY", *registry.repositories]
    assert len(registry.asked()) == 3


def test_an_empty_registry_costs_one_request(dkr_ls, registry):
    assert listing(dkr_ls, registry) == ([], [CATALOG])


def test_without_the_cache_every_listing_is_a_first_one(dkr_ls, two_repositories):
    everything = sorted(lists_and_tags(two_repositories) + configs(two_repositories))
    requests(dkr_ls, two_repositories)
    for _ in range(2):
        assert requests(dkr_ls, two_repositories, "--no-cache") == everything


def test_jobs_bounds_the_requests_in_flight(dkr_ls, two_repositories):
    """No manifest is sent before as many requests wait as may; then a few moments are left for one too many."""

    def together(request):
        if "/manifests/" in request.path:
            wait_until(lambda: two_repositories.busiest >= jobs)
            time.sleep(0.02)

    two_repositories.guard = together
    for jobs in 1, 3:
        two_repositories.busiest = two_repositories.connections = 0
        listing(dkr_ls, two_repositories, "--no-cache", "--jobs", str(jobs))
        assert two_repositories.busiest == jobs
        assert two_repositories.connections <= jobs


def test_a_listing_is_four_round_trips_deep_and_then_three(dkr_ls, two_repositories):
    """Of each kind nothing is answered before all that will be asked for is on its way."""
    kinds = {"/_catalog": 1, "/tags/list": 2, "/manifests/": 5, "/blobs/": 5}
    all_there = {kind: threading.Barrier(count) for kind, count in kinds.items()}
    rounds = []

    def together(request):
        kind = next(kind for kind in kinds if kind in request.path)
        if all_there[kind].wait(SOON) == 0:  # one of those who have waited
            rounds.append(kind)

    two_repositories.guard = together
    for expected in list(kinds), list(kinds)[:3]:
        rounds.clear()
        assert len(listing(dkr_ls, two_repositories)[0]) == 5
        assert rounds == expected


def test_connections_are_kept(dkr_ls, registry):
    for number in range(20):
        registry.put(f"r{number}", a=image(number), b=image(100 + number))
    listing(dkr_ls, registry)
    assert registry.connections <= 32
