"""The table of a registry: what each kind of manifest becomes, in which order, and what the filters choose."""

import json
import time

import pytest

from registry_content import (
    DOCKER, DOCKER_LIST, EMPTY_CONFIG, Manifest, artifact, attestation, days_ago, descriptor, image, index, layer,
    platform, schema_1, to_json,
)  # fmt: skip
from scripted_registry import Answer, json_answer
from tables import EMPTY, age_text, assert_one_error, assert_printable, rows, size_text, table

UNKNOWN = ("N/A", "N/A", "N/A")


def listed(dkr_ls, registry, *args):
    result = dkr_ls.registry(registry, "tags", *args)
    assert (result.status, result.stderr) == (0, b"")
    return result.stdout


def age_of(date):
    """The text for a date such as 2020-01-01T00:00:00Z."""
    return age_text(int(time.time()) - int(time.mktime(time.strptime(date, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone))


ANNOTATED = {"annotations": {"org.opencontainers.image.created": days_ago(45)}}
NO_LAYERS = image(45, [])
SAME = layer(4000, "same")
KINDS = {  # what stands in the columns CREATED and SIZE
    "oci": (image(45, [1_000_000, 2_000_000]), "6 weeks ago", "3MB"),
    "docker": (image(17, [133_000_000], kind=DOCKER), "2 weeks ago", "133MB"),
    "no layers": (NO_LAYERS, "6 weeks ago", size_text(NO_LAYERS.size)),
    "a layer twice": (image(45, [SAME, 1_000_000, SAME, SAME]), "6 weeks ago", "1MB"),
    "a foreign layer": (image(45, [layer(7_000_000) | {"urls": ["https://elsewhere.example/x"]}]), "6 weeks ago", "7MB"),
    "5 EB": (image(45, [5 * 10**18]), "6 weeks ago", "5EB"),
    "an empty config": (artifact(b"{}", EMPTY_CONFIG, [5_000_000]), "N/A", "5MB"),
    "an empty config and a date": (artifact(b"{}", EMPTY_CONFIG, [5_000_000], **ANNOTATED), "6 weeks ago", "5MB"),
    "a chart": (artifact(layers=[5_000_000]), "N/A", "5MB"),
    "a chart and a date": (artifact(layers=[5_000_000], **ANNOTATED), "6 weeks ago", "5MB"),
    "a date of the config and another": (image(100, [5_000_000], **ANNOTATED), "3 months ago", "5MB"),
    "no date": (image(None, [5_000_000]), "N/A", "5MB"),
    "the date null": (image(layers=[5_000_000], raw=b'{"created": null}'), "N/A", "5MB"),
    "year 1": (image("0001-01-01T00:00:00Z", [5_000_000]), "N/A", "5MB"),
    "1970": (image("1970-01-01T00:00:00Z", [5_000_000]), age_of("1970-01-01T00:00:00Z"), "5MB"),
    "1980": (image("1980-01-01T00:00:01Z", [5_000_000]), age_of("1980-01-01T00:00:01Z"), "5MB"),
    "the future": (image(-50, [5_000_000]), "Less than a second ago", "5MB"),
    "nanoseconds": (image("2015-06-07T08:09:10.123456789Z", [5_000_000]), age_of("2015-06-07T08:09:10Z"), "5MB"),
    "an offset": (image("2015-06-07T08:09:10.5+02:00", [5_000_000]), age_of("2015-06-07T06:09:10Z"), "5MB"),
}


def test_every_kind_of_image_is_listed_with_what_it_has(dkr_ls, registry):
    for number, (found, _, _) in enumerate(KINDS.values()):
        registry.put(f"kind{number}", t=found)
    lines = listed(dkr_ls, registry).decode().splitlines()
    shown = {line.split()[0]: tuple(line.split(maxsplit=2)[2:]) for line in lines[1:]}
    for number, (kind, (found, created, size)) in enumerate(KINDS.items()):
        assert shown[f"kind{number}"][0].split() == [found.id, *created.split(), size], kind


@pytest.mark.parametrize(
    "kind",
    ["application/octet-stream", "text/html", "application/json", "application/vnd.wasm.config.v0+json", ...],
    ids=str,
)
def test_a_config_of_any_type_has_the_date(dkr_ls, registry, kind):
    """As docker 1.10 wrote them."""
    found = image(45, [5_000_000], kind=DOCKER)
    manifest = json.loads(found.body)
    config = {name: value for name, value in (manifest["config"] | {"mediaType": kind}).items() if value is not ...}
    registry.put("q", t=found.changed(body=to_json(manifest | {"config": config})))
    for _ in "cold", "warm":
        assert b"6 weeks ago" in listed(dkr_ls, registry)


def test_a_cache_of_buildkit_is_a_row_without_date_or_size(dkr_ls, registry):
    """Nobody should ask for what is in it."""
    layers = [layer(1000, number) for number in range(80)]
    entries = [*layers, descriptor("application/vnd.buildkit.cacheconfig.v0", b"{}")]
    registry.put("q", cache=index(kind=DOCKER_LIST, manifests=entries), t=image(1))
    for _ in "cold", "warm":
        assert rows(listed(dkr_ls, registry))[1] == ("q", "cache", "N/A")
    assert registry.statuses[304] == 2


def test_an_artifact_manifest_is_a_row(dkr_ls, registry):
    kind = "application/vnd.oci.artifact.manifest.v1+json"
    body = {"mediaType": kind, "artifactType": "application/vnd.scan", "blobs": [layer(5_000_000)]}
    registry.put("q", scan=Manifest(kind, to_json(body)))
    for _ in "cold", "warm":
        assert listed(dkr_ls, registry) == table(("q", "scan", "N/A", "N/A", "5MB"))


def test_the_empty_config_has_an_id_of_its_own(dkr_ls, registry):
    registry.put("q", t=artifact(b"{}", EMPTY_CONFIG))
    assert rows(listed(dkr_ls, registry)) == [("q", "t", "44136fa355b3")]


def test_the_whole_table(dkr_ls, registry):
    """Byte for byte, in the layout of docker's, newest first, what has no date last."""
    new, old, chart = image(17, [133_000_000]), image(45, [22_100_000]), artifact(layers=[1234])
    registry.put("team/charts/a", **{"0.1.0": chart})
    registry.put("nginx", alpine=old, latest=new, old=schema_1(days_ago(4000)))
    registry.put("empty/index", t=index())
    registry.put("nothing")
    expected = table(
        ("nginx", "latest", new.id, "2 weeks ago", "133MB"),
        ("nginx", "alpine", old.id, "6 weeks ago", "22.1MB"),
        ("nginx", "old", "N/A", "10 years ago", "N/A"),
        ("empty/index", "t", *UNKNOWN),
        ("team/charts/a", "0.1.0", chart.id, "N/A", size_text(chart.size)),
    )
    assert listed(dkr_ls, registry) == expected
    assert listed(dkr_ls, registry) == expected  # as it was remembered
    assert listed(dkr_ls, registry, "--no-cache") == expected


def test_a_registry_without_images_is_a_header_alone(dkr_ls, registry):
    registry.put("empty")
    assert listed(dkr_ls, registry) == EMPTY
    assert listed(dkr_ls, registry, "--sum") == EMPTY + b"TOTAL".ljust(EMPTY.index(b"SIZE")) + b"0B\n"


def test_equal_dates_are_in_the_order_of_repository_and_tag_byte_by_byte(dkr_ls, registry):
    same, undated = image("2020-01-01T00:00:00Z"), image(None)
    tags = ["b", "A", "_1", "a", "B", "10", "9", "a.b", "a-b"]
    for name in "b/c", "b", "b-c", "a":
        registry.put_all(name, dict.fromkeys(tags, same) | {"none": undated})
    dated = [(name, tag) for name in ("a", "b", "b-c", "b/c") for tag in sorted(tags)]
    expected = dated + [(name, "none") for name in ("a", "b", "b-c", "b/c")]
    assert [row[:2] for row in rows(listed(dkr_ls, registry))] == expected


def test_repos_are_in_the_order_of_the_catalog_each_once(dkr_ls, registry):
    registry.always("/v2/_catalog", json_answer({"repositories": ["z", "a", "z", "m/n", "a"]}))
    result = dkr_ls.registry(registry, "repos")
    assert (result.status, result.stdout, result.stderr) == (0, b"REPOSITORY\nz\na\nm/n\n", b"")


def test_what_is_named_twice_is_listed_once(dkr_ls, registry):
    registry.put("q", t=image(1))
    registry.always("/v2/_catalog", json_answer({"repositories": ["q", "q"]}))
    registry.always("/v2/q/tags/list", json_answer({"name": "q", "tags": ["t", "t"]}))
    assert len(rows(listed(dkr_ls, registry))) == 1
    assert len(rows(listed(dkr_ls, registry, "--repo", "q", "--repo", "q"))) == 1


INTEL, ARM_6, ARM_7, ARM_64 = (
    image(days, platform=platform(*of.split("/")))
    for days, of in enumerate(["linux/amd64", "linux/arm/v6", "linux/arm/v7", "linux/arm64/v8"], 10)
)
NO_PLATFORM = image(21).changed(platform=None)
NOTE = attestation(of=INTEL)
NOTE_WITH_PLATFORM = NOTE.changed(platform=platform("linux", "amd64"))
UNSAID = NOTE.changed(annotations=None)


@pytest.mark.parametrize(
    "asked_for, children, chosen",
    [
        ("linux/arm/v7", [ARM_6, ARM_7], ARM_7),
        ("linux/s390x", [NOTE, UNSAID, ARM_64, INTEL], ARM_64),
        ("unknown/unknown", [NOTE, UNSAID, ARM_64], ARM_64),
        ("linux/amd64", [NO_PLATFORM], NO_PLATFORM),
        ("linux/amd64", [index(index(ARM_7, INTEL))], INTEL),
        ("linux/s390x", [index(), index(NOTE), ARM_64], ARM_64),
        ("linux/amd64", [NOTE, NOTE_WITH_PLATFORM, UNSAID], None),
    ],
)
def test_the_chosen_platform_of_an_index(dkr_ls, registry, asked_for, children, chosen):
    registry.put("q", t=index(*children))
    expected = chosen.id if chosen else "N/A"
    for _ in "cold", "warm":
        assert rows(listed(dkr_ls, registry, "--platform", asked_for)) == [("q", "t", expected)]


def lacking(registry, name, *absent):
    for found in absent:
        registry.always(f"/v2/{name}/manifests/{found.digest}", Answer(404))


def test_a_wanted_image_that_is_listed_but_not_there_is_unknown_and_never_another_one(dkr_ls, registry):
    registry.put("q", t=index(UNSAID, ARM_7, INTEL, ARM_64, absent=[INTEL]))
    lacking(registry, "q", INTEL)
    for _ in "cold", "warm":
        result = dkr_ls.registry(registry, "tags", "--platform", "linux/amd64")
        assert_one_error(result, f"{registry.address}/q:t", stdout=table(("q", "t", *UNKNOWN)))
        assert "linux/amd64" in result.errors[0] and INTEL.digest in result.errors[0]


def test_instead_of_an_image_that_is_not_there_the_next_one_is_listed_where_the_wanted_one_is_not(dkr_ls, registry):
    absent, chosen = [INTEL, ARM_7], ARM_64
    registry.put("q", t=index(UNSAID, ARM_7, INTEL, ARM_64, absent=absent))
    lacking(registry, "q", *absent)
    assert rows(listed(dkr_ls, registry, "--platform", "linux/s390x")) == [("q", "t", chosen.id)]


def test_among_many_that_are_not_there_the_one_that_is_gets_listed(dkr_ls, registry):
    """As where somebody mirrors one platform of many."""
    many = [image(number, platform=platform("linux", f"machine{number}")) for number in range(15)]
    registry.put("q", t=index(*many, absent=many[:-1]))
    lacking(registry, "q", *many[:-1])
    assert rows(listed(dkr_ls, registry)) == [("q", "t", many[-1].id)]


@pytest.mark.parametrize("order", [["part", "whole"], ["whole", "part"]], ids=str)
def test_what_one_repository_lacks_another_may_have(dkr_ls, registry, order):
    """A child that was found is asked for once, wherever; that it is absent here says nothing about there."""
    for name in order:
        registry.put(name, t=index(INTEL, absent=[INTEL] if name == "part" else []))
    lacking(registry, "part", INTEL)
    for _ in "cold", "warm":
        shown = dkr_ls.registry(registry, "tags", "--jobs", "1", "--platform", "linux/amd64")
        assert ("whole", "t", INTEL.id) in rows(shown.stdout)


def test_what_one_repository_may_not_show_another_may(dkr_ls, registry):
    registry.put("shut", t=image("2024-01-01T00:00:00Z", [1]))
    registry.put("open", t=image("2024-01-01T00:00:00Z", [2]))
    config = registry.repositories["open"]["t"].config_digest
    registry.always(f"/v2/shut/blobs/{config}", Answer(403))
    result = dkr_ls.registry(registry, "tags", "--jobs", "1")
    assert_one_error(result, f"{registry.address}/shut:t", stdout=result.stdout)
    assert [row[0] for row in rows(result.stdout)] == ["open", "shut"]


def test_an_index_nobody_can_use_has_nothing_to_show(dkr_ls, registry):
    registry.put("q", a=index(), b=index(NOTE), c=index(INTEL, absent=[INTEL]))
    lacking(registry, "q", INTEL)
    shown = listed(dkr_ls, registry, "--platform", "linux/s390x")
    assert shown == table(*(("q", tag, *UNKNOWN) for tag in "abc"))


def test_indexes_nested_without_end_are_given_up(dkr_ls, registry):
    nested = INTEL
    for _ in range(200):
        nested = index(nested)
    registry.put("q", deep=nested, good=INTEL)
    result = dkr_ls.registry(registry, "tags")
    assert ("q", "good", INTEL.id) in rows(result.stdout)
    assert ("q", "deep", INTEL.id) not in rows(result.stdout)
    assert len(registry.asked()) < 30


def test_a_platform_that_cannot_be_read_is_a_usage_error(dkr_ls, registry):
    result = dkr_ls.registry(registry, "tags", "--platform=linux/\x1b[31m")
    assert (result.status, result.stdout, len(result.errors)) == (2, b"", 1)
    assert "--platform" in result.errors[0]
    assert_printable(result.stderr)


def test_digests_may_be_sha512(dkr_ls, registry):
    long = image(1, algorithm="sha512")
    child = image(2).changed(algorithm="sha512")
    registry.put("q", a=long, b=index(child, **{"mediaType": ...}))
    assert child.digest.startswith("sha512:") and long.config_digest.startswith("sha512:")
    assert rows(listed(dkr_ls, registry)) == [("q", "a", long.id), ("q", "b", child.id)]


def test_the_content_type_decides_and_its_parameters_do_not_matter(dkr_ls, registry):
    for kind, found in ("image", image(1)), ("index", index(image(2))), ("schema1", schema_1(days_ago(45))):
        content_type = f"Content-Type: {found.media_type.upper()} ; charset=utf-8"
        registry.put(kind, t=found)
        registry.always(f"/v2/{kind}/manifests/t", Answer(200, found.body, (content_type,)))
    assert [row[0] for row in rows(listed(dkr_ls, registry))] == ["image", "index", "schema1"]


def test_a_media_type_may_be_missing(dkr_ls, registry):
    registry.put("q", a=image(1, **{"mediaType": ...}), b=index(image(2), **{"mediaType": ...}))
    assert len(rows(listed(dkr_ls, registry))) == 2


def test_a_digest_among_the_tags_does_not_disturb(dkr_ls, registry):
    by_digest, good = image(1), image(2)
    registry.put_all("q", {by_digest.digest: by_digest, "good": good})
    assert ("q", "good", good.id) in rows(listed(dkr_ls, registry))
