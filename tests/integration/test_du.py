"""What repositories take: figure by figure as recomputed from what a registry holds, and what that costs."""

import functools
import gzip
import itertools
import json
import random
import shutil

import pytest

import disk
import peers
from disk import Figures
from registry_content import (
    EMPTY_CONFIG, OCI_INDEX, Manifest, artifact, attestation, descriptor, image, index, platform, schema_1, to_json,
)  # fmt: skip
from scripted import http, json_answer
from scripted_registry import NOT_FOUND, Answer

TAR = "application/vnd.oci.image.layer.v1.tar+gzip"
FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"


def cells(result):
    """The cells of each line, of the header too."""
    return [line.split() for line in result.stdout.decode().splitlines()]


def figures(result):
    """{repository: Figures}, None for all together."""
    lines = map(json.loads, result.stdout.splitlines())
    return {line["Repository"]: Figures(line["Tags"], line["Images"], line["SizeBytes"], line["UniqueBytes"]) for line in lines}


def usage(dkr_ls, registry, *args):
    result = dkr_ls.registry(registry, "du", "--format", "json", *args)
    assert (result.status, result.stderr) == (0, b"")
    return figures(result)


# ---- a real registry, and its files ----


def content(number):
    return gzip.compress(b"layer %d " % number * (number * 50 + 1), mtime=0)


LAYERS = [content(number) for number in range(8)]
described = functools.partial(descriptor, TAR)


def made(days, *layers, cpu="amd64", **fields):
    return image(days, [described(LAYERS[number]) for number in layers], platform=platform("linux", cpu), **fields)


def cache_of(*layers, besides=()):
    """What `buildx build --cache-to mode=max` pushes: an index of layers."""
    config = descriptor("application/vnd.buildkit.cacheconfig.v0", b"{}")
    entries = [described(LAYERS[number]) for number in layers] + [config]
    entries += [descriptor(image.media_type, image.body, platform=image.platform) for image in besides]
    body = to_json({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries})
    return Manifest(OCI_INDEX, body, config=b"{}", children=tuple(besides))


@pytest.fixture(scope="module")
def stocked(start):
    registry = start(peers.registry())
    shared, arm = made(20, 0, 1), made(200, 0, 2, cpu="arm64")
    inner = index(made(100, 3, cpu="riscv64"), made(101, 4, cpu="s390x"))
    signature = artifact(b"{}", EMPTY_CONFIG, [described(LAYERS[7])]).changed(config=b"{}")
    foreign = image(9, [described(LAYERS[0]), descriptor(FOREIGN, b"not here", size=10**9, urls=["https://example.com/x"])])
    held = {
        "team/app": {
            "new": made(1, 0, 5),
            "multi": index(shared, arm, attestation(of=shared, layers=[described(LAYERS[6])])),
            "nested": index(made(30, 1), inner),
            "old": made(300, 0, 5),
            "old-again": made(300, 0, 5),
            "sha256-" + "0" * 64 + ".sig": signature,
        },
        "team/copy": {"multi": shared, "arm": arm, "none": made(None, 1, 1)},
        "base": {"1": made(50, 0), "foreign": foreign},
        "cache": {"main": cache_of(2, 3), "mixed": cache_of(4, besides=[made(7, 0)])},
    }
    for name, tags in held.items():
        for tag, manifest in tags.items():
            registry.put(name, tag, manifest, *LAYERS)
    return registry


@pytest.fixture(scope="module")
def held(stocked):
    found = disk.Disk(stocked.data)
    assert len(found.tags) == 13
    return found


def test_every_figure_is_that_of_the_files(dkr_ls, stocked, held):
    for _ in "cold", "warm":
        assert usage(dkr_ls, stocked) == held.usage(held.tags)


def within(held, *prefixes):
    return {tag for tag in held.tags if tag[0].startswith(prefixes)}


CHOICES = {
    "prefix": (["--prefix", "team/"], lambda held: within(held, "team/"), ("team/",)),
    "repositories": (["--repo", "base", "--repo", "cache"], lambda held: within(held, "base", "cache"), ("base", "cache")),
    "age": (["--minAge", "40"], lambda held: held.older(40), ("",)),
    "young": (["--maxAge", "40", "--prefix", "team/"], lambda held: young(held, 40), ("team/",)),
    "keep": (["--keep", "2"], lambda held: held.removable(2), ("",)),
    "tags": (["--tag", "m*", "--exclude", "*ed"], lambda held: {tag for tag in held.tags if tag[1] in ("multi", "main")}, ("",)),
    "nothing": (["--tag", "no"], lambda held: set(), ("",)),
}


def young(held, days):
    return {
        tag for tag in within(held, "team/") - held.older(days) if held.created(held.node(held.tags[tag]).image_for("linux/amd64"))
    } - {tag for tag in held.tags if tag[1].startswith("sha256-")}


@pytest.mark.parametrize("choice", CHOICES)
def test_filters_choose_tags_and_the_others_keep_what_they_need(dkr_ls, stocked, held, choice):
    args, listed, prefixes = CHOICES[choice]
    listed = listed(held)
    for _ in "cold", "warm":
        assert usage(dkr_ls, stocked, *args) == held.usage(listed, within(held, *prefixes))


@pytest.mark.parametrize("wanted", ["linux/arm64", "linux/s390x", "plan9/mips"])
def test_a_platform_counts_alone(dkr_ls, stocked, held, wanted):
    assert usage(dkr_ls, stocked, "--platform", wanted) == held.usage(held.tags, wanted=wanted)


def test_all_platforms_are_what_counts_anyway(dkr_ls, stocked, held):
    assert usage(dkr_ls, stocked, "--platform", "all") == held.usage(held.tags)


def test_templates_name_the_total(dkr_ls, stocked):
    result = dkr_ls.registry(stocked, "du", "--format", "{{.Repository}} {{json .Repository}} {{.Tags}}")
    assert result.stdout.decode().splitlines()[-1] == 'TOTAL "TOTAL" 13'


def test_the_table_says_what_json_says(dkr_ls, stocked, held):
    result = dkr_ls.registry(stocked, "du")
    assert (result.status, result.stderr) == (0, b"")
    header, *lines = cells(result)
    assert header == ["REPOSITORY", "TAGS", "IMAGES", "SIZE", "SHARED", "UNIQUE"]
    expected = held.usage(held.tags)
    assert [line[0] for line in lines[:-1]] == sorted((name for name in expected if name), key=lambda name: -expected[name].size)
    total = expected[None]
    assert lines[-1] == ["TOTAL", str(total.tags), str(total.images), lines[-1][3], "0B", lines[-1][3]]
    assert dkr_ls.registry(stocked, "du", "-q").stdout.decode().split() == [line[0] for line in lines[:-1]]


@pytest.mark.parametrize("key, of", [("unique", lambda f: f.unique), ("shared", lambda f: f.size - f.unique), ("tags", lambda f: f.tags)])
def test_sorts_by_its_own_keys(dkr_ls, stocked, held, key, of):
    expected = {name: of(found) for name, found in held.usage(held.tags).items()}
    for sign, reverse in ("", False), ("-", True):
        shown = [name for name in usage(dkr_ls, stocked, "--sort", sign + key)]
        assert shown[-1] is None, "the total is last in any order"
        assert [expected[name] for name in shown[:-1]] == sorted((expected[name] for name in shown[:-1]), reverse=reverse)


# ---- anything that a registry may hold ----


class Held(disk.Disk):
    """What a scripted registry holds."""

    def __init__(self, registry):
        self._registry = registry
        self._bodies = {}
        for tags in registry.repositories.values():
            for manifest in tags.values():
                self._add(manifest)

    def _add(self, manifest):
        self._bodies[manifest.digest] = manifest.body
        if manifest.config is not None:
            self._bodies[manifest.config_digest] = manifest.config
        for child in manifest.children:
            self._add(child)

    def bytes_of(self, digest):
        return self._bodies[digest]

    @functools.cached_property
    def tags(self):
        return {(name, tag): found.digest for name, tags in self._registry.repositories.items() for tag, found in tags.items()}


def random_image(choice, layers, cpu):
    return image(choice.randrange(1, 400), choice.sample(layers, choice.randrange(len(layers))), platform=platform("linux", cpu))


def random_tags(choice):
    """Up to a dozen tags that share blobs, images and indexes in all ways."""
    layers = [described(bytes([number]), size=number * 1000 + 1) for number in range(6)]
    found = [random_image(choice, layers, choice.choice(["amd64", "arm64"])) for _ in range(choice.randrange(1, 7))]
    found.append(attestation(of=found[0], layers=choice.sample(layers, 2)))
    for _ in range(choice.randrange(5)):
        found.append(index(*choice.sample(found, choice.randrange(1, min(4, len(found)) + 1))))
    found = [manifest for manifest in found if not manifest.annotations]
    return {f"t{number}": choice.choice(found) for number in range(choice.randrange(1, 13))}


@pytest.mark.parametrize("seed", range(30))
def test_figures_hold_together_whatever_is_shared(dkr_ls, registry, seed):
    choice = random.Random(seed)
    stock = random_tags(choice)
    for name in "a", "b", "c":
        registry.put_all(name, {tag: choice.choice([found, *stock.values()]) for tag, found in stock.items()})
    held = Held(registry)
    filters = ["--tag", "t[0-4]"], ["--minAge", "150"], ["--exclude", "t1*"]
    for count in range(3):
        for chosen in itertools.combinations(filters, count):
            found = [usage(dkr_ls, registry, *itertools.chain(*order)) for order in itertools.permutations(chosen)]
            assert all(again == found[0] for again in found), "the order of filters does not matter"
            listed = set(held.tags)
            if filters[0] in chosen:
                listed = {tag for tag in listed if len(tag[1]) == 2 and tag[1] <= "t4"}
            if filters[1] in chosen:
                listed &= held.older(150)
            if filters[2] in chosen:
                listed = {tag for tag in listed if not tag[1].startswith("t1")}
            assert found[0] == held.usage(listed)
            assert all(line.size >= line.unique for line in found[0].values())
            assert found[0][None].unique == lost(held, listed)
    assert usage(dkr_ls, registry, "--keep", "2") == held.usage(held.removable(2))


def lost(held, listed):
    """The bytes of the blobs that nothing needs any more once just the listed tags are gone."""
    needed = lambda tags: {blob for tag in tags for node in held.node(held.tags[tag]).all for blob in node.blobs}
    return sum(size for _, size in needed(held.tags) - needed(set(held.tags) - listed))


# ---- what it costs ----


def lists_and_tags(registry):
    yield "GET /v2/_catalog?n=1000"
    for name, tags in registry.repositories.items():
        yield f"GET /v2/{name}/tags/list?n=1000"
        yield from (f"GET /v2/{name}/manifests/{tag}" for tag in tags)


@pytest.fixture
def several(registry):
    """Two repositories, whose indexes have children in common."""
    amd, arm = image(30, [100, 200]), image(40, [100, 300], platform=platform("linux", "arm64"))
    note, inner = attestation(of=amd), index(image(50, [400]))
    registry.put("a", multi=index(amd, arm, note), nested=index(arm, inner), plain=image(60, [500]))
    registry.put("b", multi=index(amd, arm), arm=arm)
    registry.children = {child.digest for child in (amd, arm, note, inner, *inner.children)}
    return registry


def test_each_manifest_is_asked_for_once_and_no_config(dkr_ls, several):
    usage(dkr_ls, several)
    asked = several.asked()
    below = [request.rsplit("/", 1)[1] for request in asked if "sha256:" in request]
    # One that a tag points to may be known by then.
    assert len(below) == len(set(below))
    assert several.children - {several.repositories["b"]["arm"].digest} <= set(below) <= several.children
    assert sorted(set(asked) - {request for request in asked if "sha256:" in request}) == sorted(lists_and_tags(several))


def test_what_is_known_is_asked_for_once_for_each_tag(dkr_ls, several):
    first = usage(dkr_ls, several)
    several.asked()
    assert usage(dkr_ls, several) == first
    assert several.asked() == sorted(lists_and_tags(several))


def test_configs_are_read_where_a_filter_needs_dates(dkr_ls, several):
    usage(dkr_ls, several, "--minSize", "1")
    assert not any("/blobs/" in request for request in several.asked())
    usage(dkr_ls, several, "--minAge", "1")
    assert any("/blobs/" in request for request in several.asked())
    usage(dkr_ls, several, "--minAge", "35")
    usage(dkr_ls, several)
    assert sorted(set(several.asked())) == sorted(lists_and_tags(several))


def test_a_listing_and_its_figures_teach_each_other_nothing_wrong(dkr_ls, several):
    """What the one leaves in the cache is not all that the other needs, but no date gets lost."""
    alone = {how: dkr_ls.registry(several, *how, "--no-cache").stdout for how in [("tags",), ("du",), ("tags", "--keep", "1")]}
    for order in itertools.permutations(alone):
        shutil.rmtree(dkr_ls.environment()["HOME"] + "/.cache", ignore_errors=True)
        for how in (*order, *order):
            assert dkr_ls.registry(several, *how).stdout == alone[how], (order, how)
        several.asked()
        for how in order:
            dkr_ls.registry(several, *how)
        assert not any("sha256:" in request for request in several.asked()), order


def test_a_tag_that_moves_is_counted_where_it_is(dkr_ls, several):
    usage(dkr_ls, several)
    several.put("a", plain=image(1, [7000]))
    assert usage(dkr_ls, several) == Held(several).usage(Held(several).tags)


# ---- what cannot be read, or does not tell ----


def test_a_manifest_without_sizes_counts_nothing_and_is_warned_of_once(dkr_ls, registry):
    old = schema_1("2016-01-01T00:00:00Z")
    registry.put("old", a=old, b=old)
    registry.put("mixed", a=old, b=image(3, [1000]))
    result = dkr_ls.registry(registry, "du")
    assert result.status == 0
    assert [line.split("WARNING ")[1] for line in result.stderr.decode().splitlines()] == [
        "tags that count as nothing, since manifests of schema 1 do not tell sizes: 3"
    ]
    shown = {line[0]: line[1:] for line in cells(result)}
    assert shown["old"] == ["2", "1", "N/A", "N/A", "N/A"]
    assert shown["mixed"][:2] == ["2", "2"] and shown["mixed"][2].endswith("kB")
    assert [line[0] for line in cells(result)[1:]] == ["mixed", "old", "TOTAL"], "unknown sizes come last"
    found = [json.loads(line) for line in dkr_ls.registry(registry, "du", "--format", "json").stdout.splitlines()]
    assert [(line["Size"], line["SizeBytes"], line["SharedBytes"]) for line in found if line["Repository"] == "old"] == [("N/A", None, None)]


def test_a_child_that_is_gone_takes_no_room(dkr_ls, registry):
    here, gone = image(3, [1000]), image(3, [2000], platform=platform("linux", "arm64"))
    note = attestation(of=gone)
    registry.put("app", latest=index(here, gone, note, absent=(gone, note)))
    for absent in gone, note:
        registry.always(f"/v2/app/manifests/{absent.digest}", NOT_FOUND)
    assert usage(dkr_ls, registry) == {name: Figures(1, 1, here.size, here.size) for name in ("app", None)}
    registry.asked()
    usage(dkr_ls, registry)
    below = [request.rsplit("/", 1)[1] for request in registry.asked() if "sha256:" in request]
    assert sorted(below) == sorted([gone.digest, note.digest]), "only they may have come"
    result = dkr_ls.registry(registry, "du", "--platform", "linux/arm64")
    assert result.status == 1, "what was asked for by name is missed"
    assert any("the manifest is gone" in line for line in result.errors)


@pytest.mark.parametrize("part", ["tag", "child", "attestation"])
@pytest.mark.parametrize("status", [403, 500])
def test_what_could_be_read_is_counted_but_nothing_is_called_unique(dkr_ls, registry, part, status):
    """What cannot be read may need anything."""
    here, child = image(3, [1000]), image(4, [2000], platform=platform("linux", "arm64"))
    note = attestation(of=here)
    multi = index(here, child, note)
    registry.put("app", multi=multi, plain=here)
    unread = {"tag": "multi", "child": child.digest, "attestation": note.digest}[part]
    registry.always(f"/v2/app/manifests/{unread}", Answer(status, b"{}"))
    expected = {
        "tag": Figures(1, 1, here.size, None),
        "child": Figures(2, 1, here.size + 7 + json.loads(note.body)["config"]["size"], None),
        "attestation": Figures(2, 2, here.size + child.size, None),
    }[part]
    for _ in range(2):
        result = dkr_ls.registry(registry, "du", "--format", "json")
        assert result.status == 1
        assert figures(result)["app"] == expected
        assert any("app:multi" in line for line in result.errors)


def test_sizes_that_nobody_can_have_do_not_overflow(dkr_ls, registry):
    huge = [descriptor(TAR, bytes([number]), size=2**62) for number in range(4)]
    registry.put("app", **{f"t{number}": image(3, [huge[number]]) for number in range(4)})
    found = usage(dkr_ls, registry)[None]
    assert found == Figures(4, 4, 2**63 - 1, 2**63 - 1)


@pytest.mark.parametrize("order", ["small big", "big small"])
def test_a_blob_of_two_sizes_counts_as_the_bigger_one_while_that_is_there(dkr_ls, registry, order):
    found = {name: image(1, [descriptor(TAR, b"x", size=size)]) for name, size in (("small", 1000), ("big", 5000))}
    tags = {f"t{number}": found[name] for number, name in enumerate(order.split())}
    registry.put_all("app", tags)
    for _ in "cold", "warm":
        assert usage(dkr_ls, registry)["app"].size in range(5000, 6000)
    del registry.repositories["app"]
    registry.put("app", only=found["small"])
    for _ in "cold", "warm":
        assert usage(dkr_ls, registry)["app"].size == found["small"].size


def test_within_one_manifest_too(dkr_ls, registry):
    both = [descriptor(TAR, b"x", size=1000), descriptor(FOREIGN, b"x", size=1000)]
    registry.put("app", a=image(1, both), b=image(1, both[::-1]))
    assert usage(dkr_ls, registry)["app"].size > 1000


def test_many_tags_that_have_everything_in_common_take_no_longer(dkr_ls, registry):
    """Nothing is walked through anew for each tag; the time is only that of a timeout if it is."""
    gone = [image(1, [size]) for size in range(2000)]
    inner = index(*gone, absent=gone)
    registry.put_all("app", {f"t{number}": index(inner, annotations={"n": str(number)}) for number in range(500)})
    for child in gone:
        registry.always(f"/v2/app/manifests/{child.digest}", NOT_FOUND)
    assert usage(dkr_ls, registry)[None] == Figures(500, 0, None, None)


# ---- an engine ----


def test_an_engine_adds_up_its_images_and_tells_the_total_itself(dkr_ls, engine):
    result = dkr_ls("du", "-H", engine.host, "--format", "json")
    assert (result.status, result.stderr) == (0, b"")
    found = {line["Repository"]: line for line in map(json.loads, result.stdout.splitlines())}
    images = json.loads(engine.docker("system", "df", "-v", "--format", "{{json .Images}}"))
    listed = [json.loads(line) for line in dkr_ls("tags", "-H", engine.host, "--format", "json").stdout.splitlines()]
    assert found[None]["SizeBytes"] == json.loads(engine.get("/system/df"))["LayersSize"]
    assert found[None]["Tags"] == len(listed)
    assert found[None]["Images"] == len({row["FullID"] for row in listed})
    for name in {row["Repository"] for row in listed}:
        sizes = {row["FullID"]: row["SizeBytes"] for row in listed if row["Repository"] == name}
        assert (found[name]["SizeBytes"], found[name]["Images"]) == (sum(sizes.values()), len(sizes))
        assert found[name]["UniqueBytes"] is None, "this engine does not tell shared sizes"
    assert images
    filtered = dkr_ls("du", "-H", engine.host, "--minAge", "20")
    assert cells(filtered)[-1][3:] == ["N/A", "N/A", "N/A"]


@pytest.mark.parametrize("version, is_told", [("1.42", True), ("2.0", True), ("1.41", False), ("", False), ("1", False)])
def test_an_engine_that_tells_shared_sizes(dkr_ls, serve, version, is_told):
    """An image frees its own part only when its last tag goes. Podman, of API 1.41, says 0 for any."""
    entry = lambda id, size, shared, *tags: {"Id": f"sha256:{id * 64}", "Created": 1, "Size": size, "SharedSize": shared, "RepoTags": list(tags)}
    images = [entry("a", 900, 400, "app:1", "app:2"), entry("b", 700, 400, "app:3", "other:3"), entry("c", 50, 0)]
    asked = []

    def answer(path):
        asked.append(path)
        if path == "/_ping":
            return [http("200 OK", b"OK", f"Api-Version: {version}")]
        return [json_answer(images if path.startswith("/images/json") else {"ImageUsage": {"TotalSize": 1250}})]

    server = serve(answer)
    result = dkr_ls("du", "-H", server.address, "--format", "json")
    unique = lambda size: size if is_told else None
    assert figures(result) == {
        "app": Figures(3, 2, 1600, unique(500)),
        "other": Figures(1, 1, 700, unique(0)),
        "<none>": Figures(1, 1, 50, unique(50)),
        None: Figures(5, 3, 1250, None),
    }
    assert asked == ["/images/json?shared-size=1", "/_ping", "/system/df?type=image"]
    asked.clear()
    filtered = dkr_ls("du", "-H", server.address, "--maxAge", "100000")
    assert cells(filtered)[-1] == ["TOTAL", "5", "3", "N/A", "N/A", "N/A"], "also where all rows are kept"
    assert asked == ["/images/json?shared-size=1", "/_ping"]


def test_an_engine_that_does_not_tell_its_disk_usage(dkr_ls, serve):
    images = [{"Id": "sha256:" + "a" * 64, "Created": 1, "Size": 900, "SharedSize": 400, "RepoTags": ["app:1"]}]
    server = serve(lambda path: [http("403 Forbidden", b"no") if "df" in path else json_answer(images)])
    result = dkr_ls("du", "-H", server.address)
    assert (result.status, cells(result)[-1][3]) == (1, "N/A")
    assert cells(result)[1][:4] == ["app", "1", "1", "900B"]
    assert len(result.errors) == 1 and "disk usage" in result.errors[0]


def test_podman_does_not_tell_what_is_shared(dkr_ls, podman):
    result = dkr_ls("du", "-H", podman.host, "--format", "json")
    assert result.status == 0
    lines = list(map(json.loads, result.stdout.splitlines()))
    assert all(line["UniqueBytes"] is None for line in lines if line["Tags"])
    assert lines[-1]["SizeBytes"] in (None, 0)


@pytest.mark.parametrize("platforms", [[], ["--platform", "all"], ["--platform", "linux/arm64"]])
def test_an_engine_counts_tags_whatever_their_platforms(dkr_ls, serve, platforms):
    parts = [
        {"ID": "sha256:" + cpu[0] * 64, "Kind": "image", "Available": True, "Size": {"Total": 900, "Content": 100}, "Descriptor": {},
         "ImageData": {"Platform": platform("linux", cpu), "Size": {"Unpacked": 800}, "Containers": []}}
        for cpu in ("amd64", "s390x")
    ]  # fmt: skip
    images = [{"Id": "sha256:" + "b" * 64, "Created": 1, "Size": 1800, "SharedSize": 400, "RepoTags": ["app:1"], "Manifests": parts}]
    server = serve(lambda path: [http("200 OK", b"OK", "Api-Version: 1.50") if path == "/_ping" else json_answer(images if "images" in path else {})])
    assert figures(dkr_ls("du", "-H", server.address, "--format", "json", *platforms))["app"] == Figures(1, 1, 1800, 1400)
