"""The table of a registry: what each kind of manifest becomes, in which order, and what the filters choose."""

import json
import time

import pytest

from registry_content import (
    DAY, DOCKER, DOCKER_LIST, ELSEWHERE, EMPTY_CONFIG, Manifest, artifact, attestation, days_ago, image, index, layer, platform, schema_1, to_json,
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
WINDOWS = image(20, platform=platform("windows", "amd64") | {"os.version": "10.0.17763.1"})
NO_PLATFORM = image(21).changed(platform=None)
NOTE = attestation(of=INTEL)
NOTE_WITH_PLATFORM = NOTE.changed(platform=platform("linux", "amd64"))
UNSAID = NOTE.changed(annotations=None)


@pytest.mark.parametrize(
    "asked_for, children, chosen",
    [
        ("linux/amd64", [ARM_6, INTEL, ARM_64], INTEL),
        ("linux/arm64", [INTEL, ARM_6, ARM_64], ARM_64),
        ("linux/arm64/v8", [INTEL, ARM_64], ARM_64),
        ("linux/arm/v7", [ARM_6, ARM_7], ARM_7),
        ("linux/arm/v6", [ARM_7, ARM_6], ARM_6),
        ("windows/amd64", [INTEL, WINDOWS], WINDOWS),
        ("linux/s390x", [ARM_64, INTEL], ARM_64),
        ("linux/s390x", [NOTE, UNSAID, ARM_64, INTEL], ARM_64),
        ("linux/amd64", [NOTE_WITH_PLATFORM, ARM_64, INTEL], INTEL),
        ("linux/amd64", [NOTE_WITH_PLATFORM, ARM_64], ARM_64),
        ("unknown/unknown", [NOTE, UNSAID, ARM_64], ARM_64),
        ("linux/amd64", [NO_PLATFORM], NO_PLATFORM),
        ("linux/amd64", [NO_PLATFORM, INTEL], INTEL),
        ("linux/amd64", [index(ARM_7, INTEL)], INTEL),
        ("linux/amd64", [index(index(ARM_7, INTEL))], INTEL),
        ("linux/amd64", [NOTE], None),
        ("linux/amd64", [NOTE, NOTE_WITH_PLATFORM, UNSAID], None),
        ("linux/amd64", [], None),
    ],
)
@pytest.mark.parametrize("kind", [{}, {"kind": DOCKER_LIST}], ids=["oci", "docker"])
def test_the_chosen_platform_of_an_index(dkr_ls, registry, asked_for, children, chosen, kind):
    registry.put("q", t=index(*children, **kind))
    expected = chosen.id if chosen else "N/A"
    for _ in "cold", "warm":
        assert rows(listed(dkr_ls, registry, "--platform", asked_for)) == [("q", "t", expected)]


@pytest.mark.parametrize("absent, chosen", [([INTEL], ARM_7), ([INTEL, ARM_7], ARM_64), ([INTEL, ARM_7, ARM_64], None)], ids=["1", "2", "all"])
def test_instead_of_an_image_that_is_not_there_the_next_one_is_listed(dkr_ls, registry, absent, chosen):
    registry.put("q", t=index(UNSAID, ARM_7, INTEL, ARM_64, absent=absent))
    for found in absent:
        registry.always(f"/v2/q/manifests/{found.digest}", Answer(404))
    expected = rows(table(("q", "t", chosen.id if chosen else "N/A", "", "")))
    assert rows(listed(dkr_ls, registry, "--platform", "linux/amd64")) == expected


def test_an_index_nobody_can_use_has_nothing_to_show(dkr_ls, registry):
    registry.put("q", a=index(), b=index(NOTE), c=index(INTEL, absent=[INTEL]))
    registry.always(f"/v2/q/manifests/{INTEL.digest}", Answer(404))
    assert listed(dkr_ls, registry) == table(*(("q", tag, *UNKNOWN) for tag in "abc"))


def test_indexes_nested_without_end_are_given_up(dkr_ls, registry):
    nested = INTEL
    for _ in range(200):
        nested = index(nested)
    registry.put("q", deep=nested, good=INTEL)
    result = dkr_ls.registry(registry, "tags")
    assert ("q", "good", INTEL.id) in rows(result.stdout)
    assert ("q", "deep", INTEL.id) not in rows(result.stdout)
    assert len(registry.asked()) < 30


@pytest.mark.parametrize("text", ["", "linux", "linux/", "/amd64", "linux/arm/v7/x", "linux/amd 64", "linux/\x1b[31m"], ids=ascii)
def test_a_platform_that_cannot_be_read_is_a_usage_error(dkr_ls, registry, text):
    result = dkr_ls.registry(registry, "tags", f"--platform={text}")
    assert (result.status, result.stdout, len(result.errors)) == (2, b"", 1)
    assert "--platform" in result.errors[0]
    assert_printable(result.stderr)


def test_digests_may_be_sha512(dkr_ls, registry):
    long = image(1, algorithm="sha512")
    child = image(2).changed(algorithm="sha512")
    registry.put("q", a=long, b=index(child, **{"mediaType": ...}))
    assert child.digest.startswith("sha512:") and long.config_digest.startswith("sha512:")
    assert rows(listed(dkr_ls, registry)) == [("q", "a", long.id), ("q", "b", child.id)]


@pytest.mark.parametrize("sizes", [[2**63 - 1] * 2, [2**63], [2**64], [2**64 + 1], [10**30], [-1], [1.5], ["1"], [None]], ids=str)
def test_a_size_that_cannot_be_is_never_shown_as_another(dkr_ls, registry, sizes):
    registry.put("q", bad=image(1, [layer(size, number) if isinstance(size, int) else layer(0) | {"size": size} for number, size in enumerate(sizes)]))
    registry.put("q", good=image(2))
    result = dkr_ls.registry(registry, "tags")
    assert [row for row in rows(result.stdout) if row[1] == "good"]
    assert_one_error(result, f"{registry.address}/q:bad", stdout=result.stdout)
    assert "bad" not in [tag for _, tag, _ in rows(result.stdout)]


def test_a_total_beyond_64_bits_does_not_wrap(dkr_ls, registry):
    for days in 1, 2, 3:
        registry.put("q", **{f"t{days}": image(days, [9 * 10**18])})
    assert listed(dkr_ls, registry, "--sum").decode().splitlines()[-1].split() == ["TOTAL", "27EB"]


DIGEST = "sha256:" + "0" * 64


def with_fields(made, fields):
    """The manifest alone."""
    return Manifest(made.media_type, to_json(json.loads(made.body) | fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"config": ...}, {"config": None}, {"config": 5}, {"config": {}}, {"layers": ...}, {"layers": 5}, {"layers": [5]}, {"layers": [{}]},
        {"config": {"mediaType": "x", "size": 1, "digest": 5}}, {"config": {"mediaType": "x", "size": 1, "digest": "nothing"}},
        {"config": {"mediaType": "x", "size": 1, "digest": "sha256:short"}}, {"config": {"mediaType": "x", "size": 1, "digest": "sha256:../../_catalog"}},
        {"config": {"mediaType": "x", "size": 1, "digest": "sha256:\x1b[31m" + "0" * 59}}, {"config": {"mediaType": "x", "size": 1, "digest": "md5:" + "0" * 32}},
        {"config": {"mediaType": "x", "size": -1, "digest": DIGEST}},
    ],
    ids=ascii,
)  # fmt: skip
def test_a_manifest_that_cannot_be_read_costs_only_its_tag(dkr_ls, registry, fields):
    registry.put("q", bad=with_fields(image(1), fields), good=image(2))
    result = dkr_ls.registry(registry, "tags")
    assert_one_error(result, f"{registry.address}/q:bad", stdout=result.stdout)
    assert [tag for _, tag, _ in rows(result.stdout)] == ["good"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"5", b'"x"', b"\xff\xfe", b"[" * 10**6, b"<html></html>", b'{"schemaVersion": 2}', b'{"schemaVersion": 1, "history": []}'],
    ids=lambda body: repr(body[:20]),
)
def test_a_manifest_of_something_else_costs_only_its_tag(dkr_ls, registry, body):
    made = image(1)
    registry.put("q", bad=Manifest(made.media_type, body), good=image(2))
    result = dkr_ls.registry(registry, "tags")
    assert_one_error(result, f"{registry.address}/q:bad", stdout=result.stdout)
    assert [tag for _, tag, _ in rows(result.stdout)] == ["good"]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"5", b"\xff\xfe", b"[" * 10**6], ids=lambda raw: repr(raw[:20]))
def test_a_config_of_something_else_costs_only_its_tag(dkr_ls, registry, raw):
    registry.put("q", bad=image(raw=raw), good=image(2))
    result = dkr_ls.registry(registry, "tags")
    assert_one_error(result, f"{registry.address}/q:bad", stdout=result.stdout)
    assert [tag for _, tag, _ in rows(result.stdout)] == ["good"]


def test_the_content_type_decides_and_its_parameters_do_not_matter(dkr_ls, registry):
    for kind, found in ("image", image(1)), ("index", index(image(2))), ("schema1", schema_1(days_ago(45))):
        content_type = f"Content-Type: {found.media_type.upper()} ; charset=utf-8"
        registry.put(kind, t=found)
        registry.always(f"/v2/{kind}/manifests/t", Answer(200, found.body, (content_type,)))
    assert [row[0] for row in rows(listed(dkr_ls, registry))] == ["image", "index", "schema1"]


@pytest.mark.parametrize("said", [DOCKER_LIST, "application/vnd.oci.image.index.v1+json", DOCKER])
def test_a_media_type_that_contradicts_the_content_type_costs_its_tag(dkr_ls, registry, said):
    found = image(1, **{"mediaType": said})
    registry.put("q", bad=found.without_config(), good=image(2))
    result = dkr_ls.registry(registry, "tags")
    assert_one_error(result, f"{registry.address}/q:bad", stdout=result.stdout)
    assert [tag for _, tag, _ in rows(result.stdout)] == ["good"]


def test_a_media_type_may_be_missing(dkr_ls, registry):
    registry.put("q", a=image(1, **{"mediaType": ...}), b=index(image(2), **{"mediaType": ...}))
    assert len(rows(listed(dkr_ls, registry))) == 2


POISON = ["\x1b[31mred", "\x1b]0;title\x07", "two\nlines", "\r\x08", "\x9b2J", "\0", "\x7f", "a b", "../x", "x/../../q", "x?y=z", "x#y", "%2e%2e/x"]


@pytest.mark.parametrize("poison", POISON, ids=ascii)
def test_names_never_steer_the_terminal_nor_the_requests(dkr_ls, registry, poison):
    """Nobody expects a request for any of them."""
    registry.put("q", good=image(1))
    registry.always("/v2/_catalog", json_answer({"repositories": [poison, f"x/{poison}", "q"]}))
    registry.always("/v2/q/tags/list", json_answer({"name": "q", "tags": [poison, f"x{poison}", "good"]}))
    for level in "WARNING", "TRACE":
        result = dkr_ls.registry(registry, "tags", "--log-level", level)
        assert_printable(result.stdout, result.stderr)
        assert ("q", "good") in [row[:2] for row in rows(result.stdout)]
    assert_printable(dkr_ls.registry(registry, "repos", "--log-level", "TRACE").stdout)


def test_a_digest_among_the_tags_does_not_disturb(dkr_ls, registry):
    by_digest, good = image(1), image(2)
    registry.put_all("q", {by_digest.digest: by_digest, "good": good})
    assert ("q", "good", good.id) in rows(listed(dkr_ls, registry))


# ---- filters ----


@pytest.fixture
def mixed(registry):
    """Repository, tag, days, size; None where there is no date."""
    registry.put("team/app", v1=image(30, [10**6]), v2=image(20.001, [2 * 10**6]), v3=image(19.999, [3 * 10**6]))
    registry.put("base", big=image(400, [10**9]), small=image(500, []), undated=image(None, [10**7]))
    registry.put("charts", a=artifact(layers=[10**6]), none=index(), old=schema_1(days_ago(4000)))
    return registry


@pytest.mark.parametrize(
    "filters, expected",
    [
        (["--minAge", "20"], "v2 v1 big small old"),
        (["--minAge", "0"], "v3 v2 v1 big small old"),
        (["--minAge", "450"], "small old"),
        (["--minSize", "1MB"], "v3 v2 v1 big undated a"),
        (["--minSize", "0"], "v3 v2 v1 big small undated a"),
        (["--minSize", "10MB"], "big undated"),
        (["--minSize", "1GB", "--minAge", "1"], "big"),
        (["--maxTags", "1"], "v3 big old"),
        (["--maxTags", "2"], "v3 v2 big small old a"),
        (["--maxTags", "0"], ""),
        (["--maxTags", "1", "--minAge", "20"], "v2 big old"),
        (["--maxTags", "1", "--minSize", "1MB"], "v3 big a"),
        (["--prefix", "team"], "v3 v2 v1"),
        (["--prefix", "b", "--prefix", "c"], "big small old a none undated"),
        (["--repo", "base"], "big small undated"),
        (["--repo", "base", "--prefix", "team/app", "--maxTags", "1"], "v3 big"),
        (["--prefix", "bas,team"], ""),
    ],
    ids=str,
)
def test_the_filters_choose_in_a_registry_as_in_an_engine(dkr_ls, mixed, filters, expected):
    order = expected.replace("a none undated", "undated a none") if "--prefix" in filters else expected
    for _ in "cold", "warm":
        assert [tag for _, tag, _ in rows(listed(dkr_ls, mixed, *filters))] == order.split()


def test_a_size_is_compared_to_the_byte(dkr_ls, registry):
    found = image(1, [10**6])
    registry.put("q", t=found)
    assert rows(listed(dkr_ls, registry, "--minSize", str(found.size))) == []
    assert len(rows(listed(dkr_ls, registry, "--minSize", str(found.size - 1)))) == 1


def test_the_total_counts_an_image_once_and_an_artifact_by_its_manifest(dkr_ls, registry):
    shared, one, two = image(1, [10**6]), artifact(b"{}", EMPTY_CONFIG, [2 * 10**6]), artifact(b"{}", EMPTY_CONFIG, [3 * 10**6])
    registry.put("q", a=shared, b=shared, c=index(shared), one=one, again=one, two=two, none=index(), old=schema_1(days_ago(1)))
    registry.put("r", a=shared)
    total = size_text(shared.size + one.size + two.size, 4)
    assert listed(dkr_ls, registry, "--sum").decode().splitlines()[-1].split() == ["TOTAL", total]
    assert len(rows(listed(dkr_ls, registry, "--sum"))) == 9


def test_a_minimum_age_is_counted_to_the_second(dkr_ls, registry):
    registry.put("q", younger=image(20 - 30 / DAY), older=image(20 + 1 / DAY))
    assert [tag for _, tag, _ in rows(listed(dkr_ls, registry, "--minAge", "20"))] == ["older"]
