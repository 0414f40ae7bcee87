"""What a registry is asked for the filters on tags, and the rows that `--platform all` makes of its indexes."""

import itertools
import json

import pytest

from registry_content import artifact, attestation, days_ago, image, index, platform, schema_1
from scripted_registry import Answer
from tables import assert_one_error, rows, size_text

ALL = ["--platform", "all"]


def made(cpu, days, size, **fields):
    return image(days, [size], platform=platform("linux", *cpu.split("/")), **fields)


AMD, ARM, OLD_ARM = made("amd64", 10, 10**6), made("arm64/v8", 20, 2 * 10**6), made("arm/v6", 30, 3 * 10**6)
NOTE = attestation(of=AMD)


def listed(dkr_ls, registry, *args, status=0):
    result = dkr_ls.registry(registry, "tags", *args)
    assert result.status == status and (status or result.stderr == b""), result
    return result.stdout


def objects(dkr_ls, registry, *args, **how):
    return [json.loads(line) for line in listed(dkr_ls, registry, "--format", "json", *args, **how).splitlines()]


def cells(table):
    """The words of each row below the header, with those of CREATED as one."""
    header, *lines = table.decode().splitlines()
    starts = [header.index(name) for name in ("REPOSITORY", "TAG", "PLATFORM", "IMAGE ID", "CREATED", "SIZE")]
    return [tuple(line[a:b].strip() for a, b in zip(starts, [*starts[1:], None])) for line in lines]


# ---- what is asked for ----


@pytest.fixture
def versions(registry):
    tags = {f"v{n}": image(n, [n * 1000]) for n in range(1, 6)} | {"latest": image(0.5, [7])}
    registry.put_all("app", tags)
    registry.put("other", x=image(1))
    return registry


def manifests(asked):
    return [request.rpartition("/")[2] for request in asked if "/manifests/" in request]


@pytest.mark.parametrize(
    "args, tags",
    [
        (["--tag", "v[12]"], "v1 v2"),
        (["--tag", "v*", "--exclude", "v3"], "v1 v2 v4 v5"),
        (["--exclude", "*"], ""),
        (["--tag", "latest", "--tag", "v5"], "latest v5"),
        (["--tag", "nothing"], ""),
        (["--tag", "v?", "--maxTags", "1"], "v1 v2 v3 v4 v5"),
    ],
    ids=str,
)
def test_tags_that_are_left_out_are_not_asked_for(dkr_ls, versions, args, tags):
    shown = rows(listed(dkr_ls, versions, "--repo", "app", *args))
    assert sorted(manifests(versions.asked())) == tags.split()
    assert {tag for _, tag, _ in shown} <= set(tags.split())


def test_keep_asks_for_all_tags_of_the_repositories_concerned(dkr_ls, versions):
    shown = rows(listed(dkr_ls, versions, "--repo", "app", "--keep", "1", "--tag", "v*", "--exclude", "v5"))
    assert [tag for _, tag, _ in shown] == ["v2", "v3", "v4"]
    assert sorted(manifests(versions.asked())) == ["latest", "v1", "v2", "v3", "v4", "v5"]


def test_what_a_filter_left_out_is_found_by_the_next_listing(dkr_ls, versions):
    """What is remembered of a listing of some tags is not taken for all of them."""
    for args, count in (["--tag", "v1"], 1), ([], 6), (["--tag", "v1"], 1), (["--keep", "2"], 4), ([], 6):
        assert len(rows(listed(dkr_ls, versions, "--repo", "app", *args))) == count


# ---- --platform all ----


@pytest.fixture
def multi(registry):
    registry.put("app", all=index(AMD, NOTE, ARM, OLD_ARM), one=AMD, nested=index(index(ARM, NOTE), AMD))
    registry.put("odd", notes=index(NOTE), deep=index(index(NOTE)), note=NOTE, none=index(), chart=artifact(layers=[5]), v1=schema_1(days_ago(100)))
    return registry


def test_each_platform_is_a_row_with_its_date_and_size_and_attestations_are_left_out(dkr_ls, multi):
    for _ in "cold", "warm":
        shown = cells(listed(dkr_ls, multi, *ALL, "--repo", "app", "--sort", "tag,size"))
        row = lambda tag, of, where, age: ("app", tag, where, of.id, age, size_text(of.size))
        amd, arm = ("linux/amd64", "10 days ago"), ("linux/arm64/v8", "2 weeks ago")
        assert shown == [
            row("all", AMD, *amd), row("all", ARM, *arm), row("all", OLD_ARM, "linux/arm/v6", "4 weeks ago"),
            row("nested", AMD, *amd), row("nested", ARM, *arm), row("one", AMD, *amd),
        ]  # fmt: skip


def test_what_has_no_platform_keeps_its_row(dkr_ls, multi):
    for _ in "cold", "warm":
        shown = {row[1]: row for row in cells(listed(dkr_ls, multi, *ALL, "--repo", "odd"))}
        assert sorted(shown) == ["chart", "deep", "none", "note", "notes", "v1"]
        assert {shown[tag][2] for tag in ("chart", "deep", "none", "notes")} == {"N/A"}


def test_the_column_stands_after_the_tag_and_before_the_digest(dkr_ls, multi):
    header, *lines = listed(dkr_ls, multi, *ALL, "--digests", "--tag", "one").decode().splitlines()
    assert header.split() == "REPOSITORY TAG PLATFORM DIGEST IMAGE ID CREATED SIZE".split()
    assert [line.split()[:4] for line in lines] == [["app", "one", "linux/amd64", AMD.digest]]
    assert b"PLATFORM" not in listed(dkr_ls, multi)


def test_sum_counts_an_image_once_whatever_lists_it(dkr_ls, multi):
    total = listed(dkr_ls, multi, *ALL, "--repo", "app", "--sum").decode().splitlines()[-1].split()
    assert total == ["TOTAL", size_text(AMD.size + ARM.size + OLD_ARM.size, 4)]


def test_tags_are_counted_and_rows_are_filtered(dkr_ls, registry):
    new, old = index(made("amd64", 5, 10**6), made("arm64", 50, 10**6)), index(made("amd64", 40, 9), made("arm64", 41, 9))
    registry.put("app", new=new, old=old)
    tags = lambda *args: [row[:3] for row in cells(listed(dkr_ls, registry, *ALL, "--sort", "tag", *args))]
    both = lambda tag: [("app", tag, f"linux/{cpu}") for cpu in ("amd64", "arm64")]
    for _ in "cold", "warm":
        assert tags("--maxTags", "1") == both("new")
        assert tags("--keep", "1") == both("old")
        assert tags("--minAge", "45") == [("app", "new", "linux/arm64")]
        assert tags("--minSize", "1MB") == both("new")


def test_a_platform_that_is_listed_but_gone_is_a_row_of_unknowns(dkr_ls, registry):
    registry.put("app", t=index(AMD, ARM, absent=[ARM]))
    registry.always(f"/v2/app/manifests/{ARM.digest}", Answer(404))
    for _ in "cold", "warm":
        result = dkr_ls.registry(registry, "tags", *ALL)
        assert_one_error(result, f"{registry.address}/app:t", stdout=result.stdout)
        assert cells(result.stdout) == [
            ("app", "t", "linux/amd64", AMD.id, "10 days ago", size_text(AMD.size)),
            ("app", "t", "linux/arm64/v8", "N/A", "N/A", "N/A"),
        ]


def test_a_platform_of_many_that_is_gone_is_unknown_in_json_too(dkr_ls, registry):
    registry.put("app", t=index(AMD, ARM, absent=[ARM]))
    registry.always(f"/v2/app/manifests/{ARM.digest}", Answer(404))
    (row,) = objects(dkr_ls, registry, "--platform", "linux/arm64", status=1)
    assert [row[key] for key in ("Created", "FullID", "SizeBytes")] == [None, None, None]
    assert (row["Platform"], row["Digests"]) == ("linux/arm64/v8", [registry.repositories["app"]["t"].digest])


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_what_one_kind_of_listing_remembers_does_not_mislead_another(dkr_ls, multi, order):
    kinds = [["--platform", "linux/arm64"], ALL, [*ALL, "--keep", "0"]]
    alone = [listed(dkr_ls, multi, "--no-cache", *kind) for kind in kinds]
    for number in [*order, *order]:
        assert listed(dkr_ls, multi, *kinds[number]) == alone[number]


def test_one_request_for_each_tag_is_enough_when_all_is_known(dkr_ls, multi):
    listed(dkr_ls, multi, *ALL)
    multi.asked()
    listed(dkr_ls, multi, *ALL)
    assert len(manifests(multi.asked())) == 9


def test_platforms_of_one_date_keep_the_order_of_their_index(dkr_ls, registry):
    cpus = ["s390x", "amd64", "riscv64", "arm64", "ppc64le", "386"]
    parts = {cpu: made(cpu, "2024-01-01T00:00:00Z", number + 1) for number, cpu in enumerate(cpus)}
    registry.put_all("app", {f"t{number}": index(*parts.values(), annotations={"n": f"{number}"}) for number in range(4)})
    for _ in "cold", "warm":
        shown = listed(dkr_ls, registry, *ALL, "--format", "{{.Tag}} {{.Platform}}").decode().splitlines()
        assert shown == [f"t{number} linux/{cpu}" for number in range(4) for cpu in cpus]


def test_a_platform_is_the_same_whatever_is_read_first(dkr_ls, registry):
    """The index says more than the config does."""
    plain = made("arm64", 3, 10)
    registry.put("app", a=plain, z=index(plain.changed(platform=platform("linux", "arm64", "v8")), annotations={"n": "1"}))
    for jobs in "1", "8", "1":
        shown = listed(dkr_ls, registry, *ALL, "--format", "{{.Platform}}", "--jobs", jobs).decode().split()
        assert shown == ["linux/arm64/v8"] * 2
