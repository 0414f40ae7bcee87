"""A clean-up with what `--keep` lists hurts nothing that is kept: what is listed gets deleted for real, the rest pulls."""

import gzip
import hashlib
import itertools
import json
import os
import random
import shutil
import subprocess

import pytest

import peers
import stores
from registry_content import DAY, EMPTY_CONFIG, artifact, attestation, descriptor, image, index, platform
from scripted_registry import Answer

LAYER = gzip.compress(b"some file" * 1000, mtime=0)
SHIPPED = descriptor("application/vnd.oci.image.layer.v1.tar+gzip", LAYER)
EQUAL_DATE = "2024-05-05T05:05:05Z"


def made(days, cpu="amd64", **fields):
    """An image of its own, which can be uploaded."""
    return image(days, [SHIPPED], platform=platform("linux", cpu), **fields)


def content():
    """Tag -> manifest: newest first, but for the last ones."""
    newest, older, old, oldest = made(0.5), made(20), made(30), made(300)
    arm_of_newest, arm_of_old = made(200, "arm64"), made(201, "arm64")
    note = attestation(of=newest, layers=[SHIPPED])
    inner = index(arm_of_old)
    same_day = [made(EQUAL_DATE, annotations={"number": str(number)}) for number in range(3)]
    signature = artifact(b"{}", EMPTY_CONFIG, [SHIPPED], annotations={"of": newest.digest}).changed(config=b"{}")
    return {
        "latest": index(newest, arm_of_newest, note),
        "v9": newest,  # a part of latest
        "v8": older,
        "v8-again": older,  # the same digest
        "v7": index(old, inner),
        "v7-inner": inner,  # an index within an index
        "v7-arm": arm_of_old,
        "arm": arm_of_newest,  # older than all, and a part of latest
        "note": note,
        "v1": oldest,
        "stable": oldest,
        "same-a": same_day[0],
        "same-b": same_day[1],
        "same-c": same_day[2],
        "undated": made(None),
        "sha256-" + newest.digest.partition(":")[2] + ".sig": signature,
    }


@pytest.fixture(scope="module")
def stocked(start):
    if not shutil.which("skopeo"):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("skopeo is not installed")
    return start(peers.registry())


def skopeo(*args):
    return subprocess.run(["skopeo", *args], env=peers.CLEAN, check=True, stdout=subprocess.PIPE).stdout


def listed(dkr_ls, source, *args, format="{{.Tag}}"):
    result = dkr_ls("tags", *source, "--format", format, *args)
    assert (result.status, result.stderr) == (0, b"")
    return result.stdout.decode().split()


OLD = "v1 stable same-a same-b same-c"
CLEAN_UPS = {  # what may go
    ("--keep", "1"): f"{OLD} v7 v7-arm v7-inner v8 v8-again",
    ("--keep", "4"): f"{OLD} v7 v7-arm v7-inner",
    ("--keep", "5", "--exclude", "latest"): OLD,
    ("--keep", "0", "--tag", "v7*", "--tag", "stable"): "v7 v7-arm v7-inner",
    ("--keep", "2", "--tag", "same-*"): "",
    ("--keep", "0", "--tag", "v7-*"): "",
    ("--keep", "0", "--tag", "v7", "--tag", "note", "--tag", "same-b"): "v7 same-b",
    ("--keep", "2", "--minAge", "250"): OLD,
    ("--keep", "0", "--tag", "sha256-*", "--tag", "undated"): "",
    ("--keep", "0"): f"{OLD} latest arm note v9 v7 v7-arm v7-inner v8 v8-again",
}


def assert_pulls(place, scratch):
    """All of it; skopeo does not copy an index within an index."""
    repository = place.partition("@")[0] if "@" in place else place.rpartition(":")[0]
    manifest = json.loads(skopeo("inspect", "--raw", "--tls-verify=false", place))
    for child in manifest.get("manifests", []):
        assert_pulls(f"{repository}@{child['digest']}", scratch)
    if "manifests" not in manifest:
        skopeo("copy", "--quiet", "--src-tls-verify=false", place, f"dir:{scratch}/pulled")


@pytest.mark.parametrize("number", range(len(CLEAN_UPS)))
def test_what_is_kept_of_a_registry_still_pulls(dkr_ls, stocked, scratch, number):
    args, name = list(CLEAN_UPS)[number], f"clean/up{number}"
    held = content()
    for tag, manifest in held.items():
        stocked.put(name, tag, manifest, LAYER)
    source = ["--source", f"registry:{stocked.source}", "--repo", name]
    doomed = listed(dkr_ls, source, *args)
    digests = set(listed(dkr_ls, source, *args, format="{{index .Digests 0}}"))
    assert sorted(doomed) == sorted(CLEAN_UPS[tuple(args)].split())
    for digest in digests:
        skopeo("delete", "--tls-verify=false", f"docker://{stocked.address}/{name}@{digest}")
    kept = [tag for tag in held if tag not in doomed]
    assert sorted(listed(dkr_ls, source, "--no-cache")) == sorted(kept)
    for tag in kept:
        assert_pulls(f"docker://{stocked.address}/{name}:{tag}", scratch)
    assert listed(dkr_ls, source, *args) == []


# ---- the same of anything ----


def needed(manifest):
    """The digests without which the tag cannot be pulled whole."""
    return {manifest.digest}.union(*(needed(child) for child in manifest.children))


def random_tags(choice):
    """Up to a dozen tags that share images, indexes and dates in all ways."""
    dates = [choice.choice(["2024-01-01T00:00:00Z", None, choice.randrange(1, 400)]) for _ in range(4)]
    found = [image(choice.choice(dates), [number + 1]) for number in range(choice.randrange(1, 7))]
    found.append(attestation(of=found[0], layers=[choice.randrange(9)]))
    for _ in range(choice.randrange(5)):
        found.append(index(*choice.sample(found, choice.randrange(1, min(4, len(found)) + 1))))
    return {f"t{number}": choice.choice(found) for number in range(choice.randrange(1, 13))}


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_no_tag_that_is_not_listed_needs_what_is_listed(dkr_ls, registry, first):
    repositories = {f"r{seed}": random_tags(random.Random(seed)) for seed in range(first, first + 10)}
    for name, tags in repositories.items():
        registry.put_all(name, tags)
    source, counted = ["--source", f"registry:{registry.source}"], 0
    for count, (args, where) in itertools.product((0, 1, 3), [([], []), (["--tag", "t[0-4]"], ["--platform", "all"])]):
        how, answers = [*args, *where, "--keep", str(count)], []
        for _ in "cold", "warm":
            lines = listed(dkr_ls, source, *how, format="{{.Repository}}|{{.Tag}}|{{index .Digests 0}}")
            counted += len(lines)
            answers.append(lines)
            doomed = {tuple(line.split("|")) for line in lines}
            for name, tags in repositories.items():
                gone = {tag: digest for repository, tag, digest in doomed if repository == name}
                assert all(tags[tag].digest == digest for tag, digest in gone.items())
                kept = [manifest for tag, manifest in tags.items() if tag not in gone]
                hurt = set().union(*map(needed, kept)) & set(gone.values())
                if where:  # with all platforms, attestations count as images of their own
                    hurt -= {manifest.digest for manifest in tags.values() if manifest.annotations}
                assert not hurt, (how, name)
        assert answers[0] == answers[1], how
    assert counted > 50


# ---- an engine ----


@pytest.fixture
def crowded(engine):
    """The engine with more images, which are taken away again."""
    names = "clean/a:1 clean/a:2 clean/a:2.0 clean/a:3 clean/a:3.0 clean/a:same-1 clean/a:same-2 clean/a:old".split()
    names += ["clean/b:1", "clean/b:old", "clean/b:older"]
    date = lambda days: stores.rfc3339(2 * 10**9 - days * DAY)
    engine.load(
        [
            f"301 {date(1)} clean/a:3 clean/a:3.0",
            f"302 {date(2)} clean/a:2 clean/a:2.0 clean/b:old",
            f"303 {date(3)} clean/a:same-1 clean/b:1",
            f"304 {date(3)} clean/a:same-2",
            f"305 {date(9)} clean/a:1 clean/a:old clean/b:older",
        ]
    )
    yield engine
    there = set(tags_of(engine, "clean/"))
    engine.docker("rmi", *(name for name in names if name in there))


def tags_of(engine, prefix):
    shown = engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}").decode().split()
    return [name for name in shown if name.startswith(prefix)]


@pytest.mark.parametrize(
    "args, expected",
    [
        (["--keep", "1"], "a:1 a:2 a:2.0 a:old a:same-1 a:same-2 b:1 b:older"),
        (["--keep", "5"], "a:1 a:old"),  # same-2 is as new as the fifth
        (["--keep", "0", "--tag", "2", "--tag", "1"], "b:1"),  # the others have a second tag of their repository
        (["--keep", "1", "--tag", "old*"], "b:older"),
    ],
    ids=str,
)
def test_what_is_kept_of_an_engine_is_still_there(dkr_ls, crowded, args, expected):
    before = tags_of(crowded, "clean/")
    list_them = '"$DKR_LS" tags "$@" --prefix clean/ --format "{{.Reference}}"'
    doomed = [f"clean/{name}" for name in expected.split()]
    command = ["-H", crowded.host, *args]
    assert sorted(dkr_ls.shell(list_them, *command).stdout.decode().split()) == sorted(doomed)
    removed = dkr_ls.shell(f'{list_them} | xargs {peers.DOCKER} -H {crowded.host} rmi', *command)
    assert removed.status == 0, removed
    kept = [name for name in before if name not in doomed]
    assert sorted(tags_of(crowded, "clean/")) == sorted(kept)
    crowded.docker("image", "inspect", *kept)


# ---- what other tools make of it ----


def test_the_references_of_an_engine_are_understood_by_docker(dkr_ls, engine):
    """Every row: with a tag, with a digest alone, without a name."""
    for show in "-q", "-q --no-trunc", "--format {{.Reference}}":
        result = dkr_ls.shell(
            f'"$DKR_LS" tags "$@" {show} | xargs {peers.DOCKER} -H {engine.host} image inspect', "-H", engine.host
        )
        assert result.status == 0, (show, result.stderr)
        assert len(json.loads(result.stdout)) == len(dkr_ls("tags", "-H", engine.host, "-q").stdout.split())
    references = dict(
        line.split()
        for line in dkr_ls("tags", "-H", engine.host, "--format", "{{.Reference}} {{.FullID}}").stdout.decode().splitlines()
    )
    for reference, id in references.items():
        assert reference == id or json.loads(engine.docker("image", "inspect", reference))[0]["Id"] == id


def test_the_references_of_a_registry_are_understood_by_skopeo(dkr_ls, stocked):
    name = "clean/references"
    for tag, manifest in {"1.0": made(3), "latest": index(made(4), made(5, "arm64"))}.items():
        stocked.put(name, tag, manifest, LAYER)
    source = ["--source", f"registry:{stocked.source}", "--repo", name]
    lines = listed(dkr_ls, source, format="{{.Reference}}|{{index .Digests 0}}")
    assert sorted(line.split("|")[0] for line in lines) == [f"{stocked.address}/{name}:{tag}" for tag in ("1.0", "latest")]
    for line in lines:
        reference, digest = line.split("|")
        body = skopeo("inspect", "--raw", "--tls-verify=false", f"docker://{reference}")
        assert f"sha256:{hashlib.sha256(body).hexdigest()}" == digest
    piped = dkr_ls.shell(
        '"$DKR_LS" tags "$@" --format "docker://{{.Reference}}" | xargs -n 1 skopeo inspect --tls-verify=false', *source
    )
    assert piped.status == 0, piped


@pytest.mark.parametrize("fault", ["manifest", "tags"])
def test_nothing_is_listed_for_a_clean_up_where_not_all_could_be_read(dkr_ls, registry, fault):
    """What the unreadable tag needs is unknown."""
    old, other = image(9), image(5)
    registry.put("app", old=old, unread=index(old), new=image(1))
    registry.put("good", old=other, new=image(1))
    path = "/v2/app/manifests/unread" if fault == "manifest" else "/v2/app/tags/list"
    registry.always(path, Answer(403, b"{}"))
    result = dkr_ls.registry(registry, "tags", "--keep", "1", "--format", "{{.Repository}}:{{.Tag}}")
    assert (result.status, result.stdout) == (1, b"good:old\n")
    assert any("app" in line for line in result.errors)


def test_a_date_that_cannot_be_read_keeps_its_tag(dkr_ls, registry):
    broken, old = image(raw=b"{"), image(9)
    registry.put("app", broken=broken, parts=index(old), old=old, older=image(10), new=image(1))
    result = dkr_ls.registry(registry, "tags", "--keep", "2", "--format", "{{.Tag}}", "--exclude", "parts")
    assert (result.status, result.stdout) == (1, b"older\n")


def test_a_listing_that_kept_nothing_teaches_the_next_nothing_wrong(dkr_ls, registry):
    """It does not look below indexes, and what it leaves in the cache is not all that a clean-up needs."""
    note = attestation(of=image(9))
    registry.put("app", idx=index(note), note=note, new=image(0.5))
    source = ["--source", f"registry:{registry.source}"]
    for how in (["--keep", "1", "--exclude", "idx"], [], ["--keep", "1", "--exclude", "idx"]):
        assert ("note" in listed(dkr_ls, source, *how)) == (not how)


@pytest.mark.parametrize("mark", [{"platform": platform("unknown", "unknown")}, {"annotations": {"vnd.docker.reference.type": "x"}}])
def test_an_index_within_an_index_is_looked_into_whatever_it_is_said_to_be(dkr_ls, registry, mark):
    older = image(9)
    inner = index(older).changed(**mark)
    registry.put("app", outer=index(image(1), inner), older=older)
    source = ["--source", f"registry:{registry.source}"]
    for _ in "cold", "warm":
        assert listed(dkr_ls, source, "--keep", "1") == []


def test_the_most_tags_of_what_may_go(dkr_ls, registry):
    part = image(20)
    registry.put("app", new=index(image(1), part), part=part, old=image(30))
    source = ["--source", f"registry:{registry.source}"]
    assert listed(dkr_ls, source, "--keep", "1", "--maxTags", "1") == ["old"]
