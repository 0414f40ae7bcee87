"""`dkr-ls diff`: which tags of two sources differ, and what it costs to find out."""

import gzip
import itertools
import json

import pytest

import peers
import test_registry_hub
from registry_content import (
    DOCKER, EMPTY_CONFIG, OCI, artifact, attestation, descriptor, image, index, layer, platform, schema_1,
)  # fmt: skip
from scripted import image as entry
from scripted_registry import HANG_UP, Answer, Registry
from test_clean_up import LAYER, SHIPPED, skopeo

hub, hub_certificate = test_registry_hub.hub, test_registry_hub.hub_certificate  # fixtures

CATALOG = "GET /v2/_catalog?n=1000"
HEADER = "STATUS    REPOSITORY   TAG       A         B\n"
ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd"


def a_date(number):
    return f"2024-01-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"


def an_image(number, **fields):
    """The config, and hence the image id, depends on the number alone."""
    return image(a_date(number), **fields)


def repacked(number):
    """The same image with another layer."""
    return an_image(number, layers=[layer(77) | {"mediaType": ZSTD}])


@pytest.fixture
def pair(start_server):
    """Two scripted registries that answer to HEAD."""
    found = start_server(Registry), start_server(Registry)
    for registry in found:
        registry.heads = True
    return found


def names(*sources):
    return [f"registry:{source.source}" for source in sources]


def diff(dkr_ls, a, b, *args):
    return dkr_ls("diff", *names(a, b), *args)


def lines(result, status=3):
    """(STATUS, REPOSITORY, TAG) of each line of JSON of a comparison in which everything could be read."""
    assert (result.status, result.stderr) == (status, b""), result
    return [tuple(json.loads(line)[key] for key in ("Status", "Repository", "Tag")) for line in result.stdout.splitlines()]


JSON = ["--format", "json"]


# ---- 5,000 tags ----

REPOSITORIES, TAGS = 50, 100


@pytest.fixture
def large_pair(pair):
    """Two equal registries of 5,000 tags in 50 repositories, each tag an image of its own."""
    for number, registry in itertools.product(range(REPOSITORIES), pair):
        first = number * TAGS
        registry.put_all(f"team/r{number}", {f"v{tag}": an_image(first + tag) for tag in range(TAGS)})
    return pair


def lists_and_heads(registry):
    found = registry.repositories.items()
    lists = [f"GET /v2/{name}/tags/list?n=1000" for name in registry.repositories]
    return lists + [f"HEAD /v2/{name}/manifests/{tag}" for name, tags in found for tag in tags]


def test_equal_registries_cost_two_heads_a_tag(dkr_ls, large_pair):
    a, b = large_pair
    result = diff(dkr_ls, a, b)
    assert (result.status, result.stdout.decode(), result.stderr) == (0, HEADER, b"")
    assert a.asked() == sorted([CATALOG, *lists_and_heads(a)])
    assert b.asked() == sorted(lists_and_heads(b))
    for how in (JSON, ["-q"], ["--format", "{{.Tag}}"]):
        assert (diff(dkr_ls, a, b, "--repo", "team/r1", *how).stdout) == b""


def test_exactly_the_known_differences_are_found(dkr_ls, large_pair):
    a, b = large_pair
    expected, manifests = [], {a: [], b: []}
    for number in range(5):
        name = f"team/r{number * 7}"
        a.put(name, only_here=an_image(9000))
        b.put(name, only_there=an_image(9001))
        b.put(name, v5=an_image(9002 + number), v6=repacked(number * 7 * TAGS + 6))
        expected += [("only-a", name, "only_here"), ("only-b", name, "only_there")]
        expected += [("differs", name, "v5"), ("repackaged", name, "v6")]
        for registry, tag in itertools.product((a, b), ("v5", "v6")):
            manifest = registry.repositories[name][tag]
            registry.expect_digests(name, manifest)
            manifests[registry].append(f"GET /v2/{name}/manifests/{manifest.digest}")
    result = diff(dkr_ls, a, b, *JSON)
    assert sorted(lines(result)) == sorted(expected)
    for line in map(json.loads, result.stdout.splitlines()):
        sides = [side.repositories[line["Repository"]].get(line["Tag"]) for side in (a, b)]
        assert [line["DigestA"], line["DigestB"]] == [side and side.digest for side in sides]
    assert a.asked() == sorted([CATALOG, *lists_and_heads(a), *manifests[a]])
    assert b.asked() == sorted([*lists_and_heads(b), *manifests[b]])


# ---- what could not be read ----


@pytest.mark.parametrize("dying", [0, 1], ids=["a", "b"])
@pytest.mark.parametrize("answered", [40, 300])
def test_what_a_dying_registry_did_not_answer_is_no_difference(dkr_ls, pair, dying, answered):
    """The same content; the requests after the first ones get no answer."""
    for number, registry in itertools.product(range(10), pair):
        registry.put_all(f"r{number}", {f"v{tag}": an_image(tag) for tag in range(50)})
    pair[dying].guard = lambda request: HANG_UP if len(pair[dying].requests) > answered else None
    result = diff(dkr_ls, *pair, "--jobs", "50")
    assert (result.status, result.stdout.decode()) == (1, HEADER)
    assert result.errors and all(pair[dying].address in line for line in result.errors)


@pytest.mark.parametrize("broken", [0, 1], ids=["a", "b"])
@pytest.mark.parametrize(
    "path, hidden",
    [
        ("/v2/app/manifests/same", set()),
        ("/v2/app/manifests/other", {"other"}),
        ("/v2/app/tags/list", {"other", "here", "there"}),
    ],
)
def test_a_failure_hides_no_difference_that_was_found(dkr_ls, pair, broken, path, hidden):
    a, b = pair
    a.put("app", same=an_image(1), other=schema_1(a_date(1)), here=an_image(3))
    b.put("app", same=an_image(1), other=schema_1(a_date(2)), there=an_image(4))
    for registry in pair:
        registry.put("good", tag=an_image(5 + pair.index(registry)))
        for name, tags in registry.repositories.items():
            registry.expect_digests(name, *tags.values())
    pair[broken].always(path, Answer(403, b"{}"))
    result = diff(dkr_ls, a, b, "--format", "{{.Tag}}")
    expected = [tag for tag in ("here", "other", "there", "tag") if tag not in hidden]
    assert (result.status, result.stdout.decode().split()) == (1, expected)
    assert len(result.errors) == 1 and pair[broken].address in result.errors[0]


def test_a_manifest_that_cannot_be_read_leaves_the_difference(dkr_ls, pair):
    a, b = pair
    a.put("app", t=an_image(1))
    b.put("app", t=repacked(1))
    for registry in pair:
        digest = registry.repositories["app"]["t"].digest
        registry.always(f"/v2/app/manifests/{digest}", Answer(403, b"{}"))
    result = diff(dkr_ls, a, b, "--format", "{{.Status}}")
    assert (result.status, result.stdout) == (1, b"differs\n")
    assert len(result.errors) == 2


@pytest.mark.parametrize("dead", [0, 1])
def test_a_source_that_nobody_answers_for_is_an_error(dkr_ls, pair, dead):
    pair[1 - dead].put("app", t=an_image(1))
    pair[dead].stop_listening()
    result = diff(dkr_ls, *pair)
    assert (result.status, result.stdout, len(result.errors)) == (1, b"", 1)
    assert pair[dead].address in result.errors[0]


def test_a_named_repository_has_to_be_in_the_first_source(dkr_ls, pair):
    a, b = pair
    a.put("here", t=an_image(1))
    b.put("there", t=an_image(1))
    for registry, name in (a, "there"), (b, "here"):
        registry.always(f"/v2/{name}/tags/list", Answer(404))
    result = diff(dkr_ls, a, b, "--repo", "here", "--repo", "there", "-q")
    assert (result.status, result.stdout) == (1, b"here:t\n")
    assert len(result.errors) == 1 and f"{a.address}/there: there is no such repository" in result.errors[0]
    result = diff(dkr_ls, a, b, "--repo", "here", "-q")
    assert (result.status, result.stdout) == (3, b"here:t\n")
    assert f"WARNING {b.address}: not one of the repositories exists here" in result.stderr.decode()


# ---- other registries ----


@pytest.mark.parametrize("status", [405, 501])
def test_a_registry_without_head_is_asked_for_manifests(dkr_ls, pair, status):
    a, b = pair
    for number, registry in itertools.product(range(40), pair):
        registry.put("app", **{f"t{number}": an_image(number)})
    b.put("app", t7=an_image(99))
    for registry in pair:
        registry.expect_digests("app", registry.repositories["app"]["t7"])
    b.guard = lambda request: Answer(status) if request.method == "HEAD" else None
    assert lines(diff(dkr_ls, a, b, *JSON)) == [("differs", "app", "t7")]
    assert sum(request.startswith("HEAD") for request in b.asked()) < 40


def test_a_registry_that_names_no_digest_is_asked_for_manifests(dkr_ls, pair):
    a, b = pair
    for registry in pair:
        registry.put("app", t=an_image(1))
    b.digest_headers = False
    assert lines(diff(dkr_ls, a, b, *JSON), status=0) == []
    assert b.asked() == sorted(["GET /v2/app/tags/list?n=1000", "HEAD /v2/app/manifests/t", "GET /v2/app/manifests/t"])


@pytest.mark.parametrize("status", [204, 400, 404])
def test_a_head_that_says_nothing_is_no_answer(dkr_ls, pair, status):
    """A tag that is listed may be there all the same."""
    a, b = pair
    for registry in pair:
        registry.put("app", t=an_image(1), u=an_image(2))
    b.guard = lambda request: Answer(status) if request.method == "HEAD" else None
    assert lines(diff(dkr_ls, a, b, *JSON), status=0) == []


def test_one_head_without_a_digest_is_only_one(dkr_ls, pair):
    a, b = pair
    for number, registry in itertools.product(range(20), pair):
        registry.put("app", **{f"t{number}": an_image(number)})
    silent = lambda request: Answer(200, b"") if request.method == "HEAD" and request.path.endswith("/t5") else None
    b.guard = silent
    assert lines(diff(dkr_ls, a, b, "--jobs", "1", *JSON), status=0) == []
    assert [request for request in b.asked() if "manifests" in request and request.startswith("GET")] == ["GET /v2/app/manifests/t5"]


def not_a_registry(request):
    return Answer(404, b"<html>")


def test_what_is_no_registry_lacks_nothing(dkr_ls, pair):
    a, b = pair
    a.put("app", t=an_image(1))
    b.guard = not_a_registry
    result = diff(dkr_ls, a, b, *JSON)
    assert (result.status, result.stdout) == (1, b"")
    assert "address of a registry" in result.stderr.decode()


def test_a_registry_that_shows_none_of_the_repositories_is_warned_of(dkr_ls, pair):
    a, b = pair
    a.put("app", t=an_image(1))
    b.always("/v2/app/tags/list", Answer(404, b"{}"))
    b.always("/v2/", Answer(200, b"{}"))
    result = diff(dkr_ls, a, b, *JSON)
    assert (result.status, json.loads(result.stdout)["Status"]) == (3, "only-a")
    assert "not one of the repositories exists here, or is shown to this user" in result.stderr.decode()


@pytest.mark.parametrize("heads", [True, False])
def test_signed_manifests_of_schema_1(dkr_ls, pair, heads):
    """Their digest, which HEAD tells, is not that of their bytes."""
    a, b = pair
    for registry in pair:
        registry.put("app", t=schema_1(a_date(1), signed=True))
    if not heads:
        b.guard = lambda request: Answer(405) if request.method == "HEAD" else None
    assert lines(diff(dkr_ls, a, b, *JSON), status=0) == []


def test_named_repositories_are_compared_where_the_catalog_fails(dkr_ls, pair):
    a, b = pair
    a.put("app", t=an_image(1))
    b.put("app", u=an_image(1))
    a.always("/v2/_catalog", Answer(401, b"{}"))
    result = diff(dkr_ls, a, b, "--repo", "app", "--prefix", "z", *JSON)
    assert (result.status, [json.loads(line)["Status"] for line in result.stdout.splitlines()]) == (1, ["only-a", "only-b"])
    assert "catalog" in result.stderr.decode()


def test_a_repository_that_vanishes_is_not_looked_for_in_the_other_source(dkr_ls, pair):
    a, b = pair
    for registry in pair:
        registry.put("app", t=an_image(1))
        registry.put("other", t=an_image(1))
    a.always("/v2/app/tags/list", Answer(404, b"{}"))
    assert lines(diff(dkr_ls, a, b, *JSON), status=0) == []


def test_an_index_is_looked_into_once(dkr_ls, pair):
    """Few bytes name any number of paths through indexes."""
    a, b = pair
    tower = index(an_image(3))
    for level in range(1):
        tower = index(*[tower] * 250, annotations={"level": str(level)}).changed(children=(tower,))
    tops = {f"t{n}": index(*[tower] * 250, annotations={"n": str(n)}).changed(children=(tower,)) for n in range(5)}
    a.put_all("app", tops)
    b.put_all("app", {tag: an_image(number) for number, tag in enumerate(tops)})
    for registry in pair:
        registry.expect_digests("app", *registry.repositories["app"].values())
    result = diff(dkr_ls, a, b, *JSON)
    statuses = [json.loads(line)["Status"] for line in result.stdout.splitlines()]
    assert (result.status, statuses) == (3, ["differs"] * 3 + ["repackaged", "differs"])


def test_names_of_docker_hub_are_the_short_ones(hub, start_server):
    mirror = start_server(Registry)
    mirror.heads = hub.registry.heads = True
    mirror.put_all("library/nginx", hub.registry.repositories["library/nginx"])
    hub.registry.put("team/app", v2=an_image(2))
    mirror.put_all("team/app", {"v1": hub.registry.repositories["team/app"]["v1"]})
    args = ["--repo", "nginx", "--repo", "docker.io/team/app", "--map", "team/=team/", "--map", "=library/", *JSON]
    result = hub.dkr_ls("diff", "registry:docker.io", "--exact", *names(mirror), *args, env=hub.env)
    assert lines(result) == [("only-a", "team/app", "v2")]
    assert not any("/manifests/" in request and request.startswith("GET") for request in hub.registry.asked())
    back = ["--map", "library/=", "--prefix", "library/"]
    result = hub.dkr_ls("diff", *names(mirror), "registry:docker.io", "--exact", *back, *JSON, env=hub.env)
    assert lines(result, status=0) == []


# ---- repackaged ----


def multi(number, kinds=(OCI, OCI), **fields):
    """For two platforms, with an attestation of its own."""
    intel = an_image(number, kind=kinds[0], **fields)
    arm = an_image(number + 1, kind=kinds[1], platform=platform("linux", "arm64"), **fields)
    return index(intel, arm, attestation(of=intel, layers=[number]))


PACKED = [layer(8, "other") | {"mediaType": ZSTD}]
PACKAGES = {  # tag -> what A has, what B has, and how that is called
    "docker-oci": (an_image(1, kind=DOCKER), an_image(1, kind=OCI), "repackaged"),
    "multi": (multi(10), multi(10, layers=PACKED), "repackaged"),
    "multi-half": (multi(10), multi(10, (DOCKER, OCI)), "repackaged"),
    "nested": (index(multi(10), an_image(12)), index(an_image(12), multi(10, layers=PACKED)), "repackaged"),
    "fewer": (multi(10), index(an_image(10)), "differs"),
    "single": (an_image(10), index(an_image(10)), "repackaged"),
    "other": (an_image(20), an_image(21), "differs"),
    "attestations": (index(attestation(of=an_image(1), layers=[1])), index(attestation(of=an_image(1), layers=[2])), "differs"),
    "artifacts": (artifact(b"{}", EMPTY_CONFIG, [1]), artifact(b"{}", EMPTY_CONFIG, [2]), "differs"),
    "schema-1": (schema_1(a_date(1)), schema_1(a_date(2)), "differs"),
}


def put_with_digest(registry, name, tag, manifest):
    registry.put(name, **{tag: manifest})
    registry.expect_digests(name, manifest)


def test_what_is_repackaged(dkr_ls, pair):
    """By the configs of all platforms: no config and no layer is asked for, and no attestation."""
    for tag, sides in PACKAGES.items():
        for registry, manifest in zip(pair, sides):
            put_with_digest(registry, "app", tag, manifest)
    found = diff(dkr_ls, *pair, "--format", "{{.Tag}} {{.Status}}").stdout.decode().splitlines()
    assert dict(line.split() for line in found) == {tag: status for tag, (_, _, status) in PACKAGES.items()}
    for registry in pair:
        by_digest = [request for request in registry.asked() if "sha256:" in request]
        assert len(set(by_digest)) == len(by_digest) and not any("/blobs/" in request for request in by_digest)


def test_real_registries(dkr_ls, docker_registry, start):
    """Names from A, what B has besides, and an image that went from docker's manifest to OCI's, or to another compression."""
    other = start(peers.registry())
    plain = gzip.compress(b"some file" * 1000, 1, mtime=0)
    made = lambda number, kind=OCI, shipped=SHIPPED: an_image(number, layers=[shipped], kind=kind)
    again = descriptor(SHIPPED["mediaType"], plain)
    tags = {"same": made(1), "moved": made(2), "recompressed": made(3), "converted": made(4, DOCKER), "gone": made(5)}
    for tag, manifest in (tags | {"list": index(made(6), made(7))}).items():
        docker_registry.put("diff/real", tag, manifest, LAYER)
    there = {"same": made(1), "moved": made(8), "recompressed": made(3, shipped=again), "converted": made(4), "new": made(5)}
    for tag, manifest in (there | {"list": index(made(6), made(7))}).items():
        other.put("mirror/real", tag, manifest, LAYER, plain)
    result = dkr_ls("diff", *names(docker_registry, other), "--prefix", "diff/", "--map", "diff/=mirror/", *JSON)
    assert lines(result) == [
        ("repackaged", "diff/real", "converted"),
        ("only-a", "diff/real", "gone"),
        ("differs", "diff/real", "moved"),
        ("repackaged", "diff/real", "recompressed"),
        ("only-b", "mirror/real", "new"),
    ]


# ---- filters and names ----


@pytest.fixture
def filtered(pair):
    """A and B have a new and an old tag each, and one of each of their own, in two repositories."""
    a, b = pair
    for name in "base/x", "team/x":
        for registry, own in (a, "here"), (b, "there"):
            tags = {"new": image(1), "old": image(50, layers=[2000])}
            registry.put_all(name, tags | {f"{own}-new": image(2), f"{own}-old": image(60, layers=[2000])})
    a.put("elsewhere", t=image(1))
    b.always("/v2/elsewhere/tags/list", Answer(404))
    b.put("never/asked", t=image(1))
    return pair


@pytest.mark.parametrize(
    "args, expected",
    [
        ([], "elsewhere:t base/x:here-new base/x:here-old base/x:there-new base/x:there-old"
             " team/x:here-new team/x:here-old team/x:there-new team/x:there-old"),
        (["--repo", "base/x"], "base/x:here-new base/x:here-old base/x:there-new base/x:there-old"),
        (["--prefix", "team/", "--tag", "*-new"], "team/x:here-new team/x:there-new"),
        (["--prefix", "team/", "--exclude", "t*"], "team/x:here-new team/x:here-old"),
        (["--prefix", "e", "--repo", "base/x", "--tag", "*-new", "--tag", "t"], "elsewhere:t base/x:here-new base/x:there-new"),
        (["--minAge", "20"], "base/x:here-old team/x:here-old"),
        (["--maxAge", "20", "--prefix", "base"], "base/x:here-new"),
        (["--minSize", "1.5k", "--tag", "*old"], "base/x:here-old team/x:here-old"),
        (["--keep", "2", "--prefix", "team/"], "team/x:here-old"),
        (["--tag", "there-*"], "base/x:there-new base/x:there-old team/x:there-new team/x:there-old"),
        (["--tag", "there-*", "--minAge", "20"], ""),
        (["--map", "base/=team/", "--prefix", "base/"], "base/x:here-new base/x:here-old team/x:there-new team/x:there-old"),
    ],
    ids=str,
)  # fmt: skip
def test_filters(dkr_ls, filtered, args, expected):
    result = diff(dkr_ls, *filtered, "-q", *args)
    assert (result.status, result.stderr) == (3 if expected else 0, b"")
    assert sorted(result.stdout.decode().split()) == sorted(expected.split())
    asked = filtered[1].asked()
    assert not any("never" in request or "catalog" in request for request in asked)
    assert all(request.split("/")[-1] in result.stdout.decode() or "manifests/sha256" not in request for request in asked)


def test_the_first_prefix_that_fits_counts(dkr_ls, pair):
    a, b = pair
    for name, other in ("team/app", "mirror/app"), ("team/old", "attic/old"), ("base", "all/base"):
        a.put(name, t=an_image(1))
        b.put(other, t=an_image(1))
    maps = ["--map", "team/old=attic/old", "--map", "team/=mirror/", "--map", "=all/"]
    assert lines(diff(dkr_ls, a, b, *maps, *JSON), status=0) == []
    b.put("all/base", more=an_image(1))
    assert lines(diff(dkr_ls, a, b, *maps, *JSON)) == [("only-b", "all/base", "more")]


def test_formats(dkr_ls, pair):
    a, b = pair
    here, there = an_image(1), an_image(2)
    a.put("app", **{"1.10": here, "1.9": here, "same": here})
    b.put("app", **{"1.9": there, "same": here})
    for registry in pair:
        registry.expect_digests("app", here, there)
    short = [manifest.digest[7:19] for manifest in (here, there)]
    table = diff(dkr_ls, a, b)
    assert table.stdout.decode() == (
        "STATUS    REPOSITORY   TAG       A              B\n"
        f"differs   app          1.9       {short[0]}   {short[1]}\n"
        f"only-a    app          1.10      {short[0]}   <none>\n"
    )
    assert diff(dkr_ls, a, b, *JSON).stdout.decode().splitlines()[1] == (
        f'{{"DigestA":"{here.digest}","DigestB":null,"Repository":"app","Status":"only-a","Tag":"1.10"}}'
    )
    assert diff(dkr_ls, a, b, "-q", "--sort", "-status").stdout == b"app:1.10\napp:1.9\n"
    row = diff(dkr_ls, a, b, "--format", "table {{.Tag}}\t{{.DigestB}}", "--sort", "-tag").stdout.decode()
    assert row == f"TAG       DIGEST B\n1.10      \n1.9       {there.digest}\n"


# ---- engines ----


def on_engine(name, manifest, tag="t", **fields):
    """An entry of an engine that pulled the manifest under this name."""
    digests = [f"{name}@{manifest.digest}"]
    return entry(f"{name}:{tag}", **{"Id": manifest.config_digest, "RepoDigests": digests} | fields)


def test_an_engine_is_compared_with_a_registry(dkr_ls, registry, pretend_engine):
    registry.heads = True
    host, same, moved = registry.address, an_image(1), an_image(2)
    tags = {"same": same, "moved": an_image(3), "repacked": repacked(4), "built": repacked(5), "rebuilt": repacked(6)}
    for tag, manifest in tags.items():
        put_with_digest(registry, "app", tag, manifest)
    app = f"{host}/app"
    engine = pretend_engine(
        [
            on_engine(app, same, "same", RepoDigests=[f"{app}@{an_image(9).digest}", f"{app}@{same.digest}"]),
            on_engine(app, moved, "moved"),
            on_engine(app, an_image(4), "repacked"),
            on_engine(app, an_image(5), "built", RepoDigests=[]),
            on_engine(app, an_image(7), "rebuilt", RepoDigests=[f"other/app@{tags['rebuilt'].digest}"]),
            on_engine(app, an_image(8), "gone"),
            on_engine("nginx", an_image(1), "same"),
            on_engine("quay.io/app", an_image(1), "elsewhere"),
            entry(RepoDigests=[f"{app}@{same.digest}"]),
            entry(),
        ]
    )
    source = f"docker:{engine.host}"
    expected = {"moved": "differs", "repacked": "repackaged", "rebuilt": "differs", "gone": "only-a"}
    result = dkr_ls("diff", source, *names(registry), "--format", "{{.Tag}} {{.Status}} {{.Repository}}", "--log-level", "INFO")
    assert (result.status, result.errors) == (3, [])
    assert {line.split()[0]: line.split()[1:] for line in result.stdout.decode().splitlines()} == {
        tag: [status, "app"] for tag, status in expected.items()
    }
    assert b"5 of 11 rows are no part of the comparison" in result.stderr
    registry.asked()
    # The other way round, with the engine as `docker`.
    result = dkr_ls("diff", *names(registry), "docker", "-H", engine.host, "--format", "{{.Tag}} {{.Status}}")
    assert (result.status, result.stderr) == (3, b"")
    assert dict(line.split() for line in result.stdout.decode().splitlines()) == expected | {"gone": "only-b"}


def test_an_engine_entry_that_cannot_be_read_may_be_any_tag(dkr_ls, registry, pretend_engine):
    registry.heads = True
    registry.put("app", a=an_image(1), b=an_image(2))
    app = f"{registry.address}/app"
    engine = pretend_engine([on_engine(app, an_image(1), "a"), on_engine(app, an_image(2), "b") | {"Size": "many"}])
    for sources in [f"docker:{engine.host}", *names(registry)], [*names(registry), f"docker:{engine.host}"]:
        result = dkr_ls("diff", *sources, "-q")
        assert (result.status, result.stdout, len(result.errors)) == (1, b"", 1)


def test_names_of_an_engine_from_docker_hub(hub, pretend_engine):
    hub.registry.heads = True
    nginx = hub.registry.repositories["library/nginx"]["latest"]
    elsewhere = on_engine("quay.io/nginx", an_image(1), "latest")
    engine = pretend_engine([on_engine("nginx", nginx, "latest"), on_engine("team/app", nginx, "v9"), elsewhere])
    result = hub.dkr_ls("diff", f"docker:{engine.host}", "registry:docker.io", "--exact", "--exclude", "alpine", *JSON, env=hub.env)
    assert lines(result) == [("only-b", "team/app", "v1"), ("only-a", "team/app", "v9")]


def test_two_engines(dkr_ls, pretend_engine):
    """By digest or by id, under their whole names."""
    one, two = an_image(1), an_image(2)
    names = ["reg.example/app", "nginx"]
    a = pretend_engine([*(on_engine(name, one, "same") for name in names), on_engine("nginx", two, "moved"), entry("own:1")])
    b = pretend_engine(
        [*(on_engine(name, one, "same", RepoDigests=[]) for name in names), on_engine("nginx", one, "moved"), entry("other:1")]
    )
    result = dkr_ls("diff", f"docker:{a.host}", "docker", "-H", b.host, *JSON)
    assert lines(result) == [("differs", "nginx", "moved"), ("only-a", "own", "1")]


def test_a_real_engine_has_what_it_pulled(dkr_ls, dockerd, docker_registry):
    """Nothing differs; after a tag moved in the registry, that one does."""
    prefix = f"{docker_registry.address}/diff/pulled"
    dockerd.load(["401 2020-01-01T00:00:00Z diff/first:1", "402 2020-01-02T00:00:00Z diff/second:1"])
    for tag, image_name in ("1", "diff/first:1"), ("2", "diff/second:1"), ("3", "diff/second:1"):
        dockerd.docker("tag", image_name, f"{prefix}:{tag}")
        dockerd.docker("push", f"{prefix}:{tag}")
        dockerd.docker("rmi", f"{prefix}:{tag}")
    dockerd.docker("rmi", "diff/first:1", "diff/second:1")
    try:
        for tag in "123":
            dockerd.docker("pull", f"{prefix}:{tag}")
        sources = ["docker", *names(docker_registry), "-H", dockerd.host, "--repo", "diff/pulled"]
        assert lines(dkr_ls("diff", *sources, *JSON), status=0) == []
        insecure = ["--src-tls-verify=false", "--dest-tls-verify=false"]
        skopeo("copy", "--quiet", *insecure, f"docker://{prefix}:2", f"docker://{prefix}:1")
        assert lines(dkr_ls("diff", *sources, *JSON)) == [("differs", "diff/pulled", "1")]
        back = [*names(docker_registry), f"docker:{dockerd.host}", "--repo", "diff/pulled"]
        assert lines(dkr_ls("diff", *back, *JSON)) == [("differs", "diff/pulled", "1")]
    finally:
        dockerd.docker("rmi", *(f"{prefix}:{tag}" for tag in "123"))
