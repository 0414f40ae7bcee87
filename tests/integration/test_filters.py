"""Each filter of `dkr-ls tags`, against the same choice made here from the engine's bare /images/json."""

import fnmatch
import json
import time

import pytest

from scripted import image
from tables import at_one_moment, rows

DAY = 86400
NO_DATE = -62135596800  # how engines before 25 write that an image has no date; it is not an age of 2000 years


def entries(images):
    """(repository, tag, image) of each row that the images make, in order."""
    for found in images:
        tags = [name for name in found["RepoTags"] or [] if name != "<none>:<none>"]
        digests = [name for name in found["RepoDigests"] or [] if name != "<none>@<none>"]
        repositories = {}
        for name in tags:
            repository, tag = name.rsplit(":", 1)
            repositories.setdefault(repository, []).append(tag)
        for name in digests:
            repositories.setdefault(name.split("@")[0], ["<none>"])
        for repository, tags in (repositories or {"<none>": ["<none>"]}).items():
            yield from ((repository, tag, found) for tag in tags)


def is_older(found, days):
    return found["Created"] < time.time() - days * DAY


def chosen(
    engine, prefixes=None, names=(), tags="*", exclude="", min_age=None, max_age=None, min_size=None, max_size=None,
    max_tags=None,
):  # fmt: skip
    listed, tags_of = [], {}
    for repository, tag, found in entries(engine.images()):
        is_dated = found["Created"] != NO_DATE
        wanted = (
            (prefixes is None or repository.startswith(tuple(prefixes)) or repository in names)
            and fnmatch.fnmatchcase(tag, tags)
            and not fnmatch.fnmatchcase(tag, exclude)
            and (min_age is None or is_dated and is_older(found, min_age))
            and (max_age is None or is_dated and not is_older(found, max_age))
            and (min_size is None or found["Size"] > min_size)
            and (max_size is None or found["Size"] <= max_size)
        )
        if wanted and (max_tags is None or tags_of.get(repository, 0) < max_tags):
            tags_of[repository] = tags_of.get(repository, 0) + 1
            listed.append((repository, tag, found))
    return listed


def shown(listed):
    return [(repository, tag, found["Id"].removeprefix("sha256:")[:12]) for repository, tag, found in listed]


def total(listed):
    """The size of each listed image once, as Go's %.4g and a unit print it."""
    size, unit = sum({found["Id"]: found["Size"] for _, _, found in listed}.values()), 0
    while size >= 1000:
        size, unit = size / 1000, unit + 1
    return f"{size:.4g}{['B', 'kB', 'MB', 'GB', 'TB'][unit]}"


@pytest.mark.parametrize(
    "prefixes",
    [["several/tags", "repo/"], ["<none>"]],
    ids=str,
)
def test_prefix_keeps_the_repositories_that_begin_with_one_of_them(dkr_ls, engine, prefixes):
    result = dkr_ls("-H", engine.host, "tags", *(f"--prefix={prefix}" for prefix in prefixes))
    assert rows(result.stdout) == shown(chosen(engine, prefixes=prefixes))


def test_repo_keeps_the_repositories_of_exactly_this_name(dkr_ls, engine):
    prefixes, names = ["repo/"], ["q", "repo/one", "size/"]
    flags = [*(f"--prefix={prefix}" for prefix in prefixes), *(f"--repo={name}" for name in names)]
    result = dkr_ls("-H", engine.host, "tags", *flags)
    assert (result.status, result.stderr) == (0, b"")
    assert rows(result.stdout) == shown(chosen(engine, prefixes, names))


def test_min_age_keeps_the_images_created_more_days_ago(dkr_ls, engine):
    result = dkr_ls("-H", engine.host, "tags", "--minAge", "66")
    assert rows(result.stdout) == shown(chosen(engine, min_age=66))


def test_min_size_keeps_the_strictly_bigger_images(dkr_ls, engine):
    result = dkr_ls("-H", engine.host, "tags", "--minSize", "999.5 kb")
    assert rows(result.stdout) == shown(chosen(engine, min_size=999500))


def test_max_age_and_max_size_keep_what_min_age_and_min_size_drop(dkr_ls, engine):
    for flags, choice in (
        (["--maxAge", "66"], {"max_age": 66}),
        (["--max-age=90", "--minAge=2"], {"max_age": 90, "min_age": 2}),
        (["--maxSize", "999.5kB"], {"max_size": 999500}),
        (["--max-size=1MB", "--minSize=1kB"], {"max_size": 10**6, "min_size": 1000}),
    ):
        result = dkr_ls("-H", engine.host, "tags", *flags)
        assert rows(result.stdout) == shown(chosen(engine, **choice)) != []


def test_tag_and_exclude_match_the_whole_tag(dkr_ls, engine):
    for flags, choice in (
        (["--tag", "1.*"], {"tags": "1.*"}),
        (["--tag", "1*", "--exclude", "*0"], {"tags": "1*", "exclude": "*0"}),
        (["--exclude", "[0-9]*"], {"exclude": "[0-9]*"}),
        (["--tag", "<none>"], {"tags": "<none>"}),
        (["--tag", "?"], {"tags": "?"}),
        (["--tag", "late", "--tag", "latest"], {"tags": "latest"}),
    ):
        result = dkr_ls("-H", engine.host, "tags", *flags)
        assert (result.status, result.stderr) == (0, b"")
        assert rows(result.stdout) == shown(chosen(engine, **choice)) != []


@pytest.fixture
def container(engine):
    """Of an image with several tags; it never runs."""
    id = engine.docker("create", "several/tags:1", "nothing").decode().strip()
    yield "several/tags:1"
    engine.docker("rm", id)


def test_unused_leaves_out_all_tags_of_an_image_that_a_container_uses(dkr_ls, engine, container):
    used = json.loads(engine.docker("image", "inspect", container))[0]["Id"]
    result = dkr_ls("-H", engine.host, "tags", "--unused")
    assert (result.status, result.stderr) == (0, b"")
    left = [entry for entry in chosen(engine) if entry[2]["Id"] != used]
    assert rows(result.stdout) == shown(left)
    assert len(left) == len(chosen(engine)) - 4


def test_sort_orders_by_several_keys_and_ties_keep_their_order(dkr_ls, engine):
    value = {
        "created": lambda row: row["Created"],
        "size": lambda row: row["SizeBytes"],
        "repository": lambda row: row["Repository"],
        "id": lambda row: row["FullID"],
    }
    listed = lambda *args: [
        json.loads(line) for line in dkr_ls("-H", engine.host, "tags", "--format=json", *args).stdout.splitlines()
    ]
    plain = [row for row in listed() if row["Repository"] != "<none>" and row["Created"]]
    for keys in "size", "-size", "created", "-created,id", "repository,-size", "-repository", "size,repository,created":
        expected = plain
        for key in reversed(keys.split(",")):
            expected = sorted(expected, key=value[key.strip("-")], reverse=key.startswith("-"))
        last = [row for row in listed("--sort", keys) if row["Repository"] != "<none>" and row["Created"]]
        assert [(row["FullID"], row["Tag"]) for row in last] == [(row["FullID"], row["Tag"]) for row in expected], keys
    for keys in "repository", "-repository":
        assert [row["Repository"] for row in listed("--sort", keys)][-2:] == ["<none>"] * 2
    for keys in "created", "-created":
        assert listed("--sort", keys)[-1]["Created"] is None


def test_sort_compares_numbers_in_tags_as_numbers(dkr_ls, pretend_engine):
    tags = ["latest", "v1.10", "v1.9", "v1.9.1", "v2", "v10", "v1.9-rc2", "v1.9-rc10", "7", "10"]
    engine = pretend_engine([image(*(f"a:{tag}" for tag in tags))])
    ordered = "7 10 latest v1.9 v1.9-rc2 v1.9-rc10 v1.9.1 v1.10 v2 v10".split()
    for keys, expected in ("tag", ordered), ("-tag", ordered[::-1]):
        shown = dkr_ls("-H", engine.host, "tags", "--sort", keys, "--format", "{{.Tag}}").stdout.decode().split()
        assert shown == expected


def test_max_tags_keeps_the_newest_tags_of_each_repository(dkr_ls, engine):
    result = dkr_ls("-H", engine.host, "tags", "--maxTags", "2")
    assert rows(result.stdout) == shown(chosen(engine, max_tags=2))


def test_sum_counts_an_image_once_and_stands_under_the_size_column(dkr_ls, engine):
    listed = chosen(engine)
    command = ["-H", engine.host, "tags"]
    last_line = "TOTAL".ljust(dkr_ls(*command).stdout.decode().index("SIZE")) + total(listed) + "\n"
    table, expected = at_one_moment(
        lambda: dkr_ls(*command, "--sum").stdout.decode(), lambda: dkr_ls(*command).stdout.decode() + last_line
    )
    assert table == expected


def test_filters_combine_with_and(dkr_ls, engine):
    filters = ["--minAge=50", "--prefix=several", "--prefix=size/", "--prefix=repo/", "--minSize=101", "--maxTags=1"]
    result = dkr_ls("-H", engine.host, "tags", *filters, "--sum")
    listed = chosen(engine, prefixes=["several", "size/", "repo/"], min_age=50, min_size=101, max_tags=1)
    assert rows(result.stdout) == shown(listed)
    assert result.stdout.decode().splitlines()[-1].split() == ["TOTAL", total(listed)]


def test_the_filters_choose_among_five_thousand_images(dkr_ls, crowded_engine):
    filters = ["--maxTags", "2", "--minAge", "500", "--minSize", "3", "--prefix", "crowd/r1"]
    result = dkr_ls("-H", crowded_engine.host, "tags", *filters, "--sum")
    listed = chosen(crowded_engine, prefixes=["crowd/r1"], min_age=500, min_size=3, max_tags=2)
    assert rows(result.stdout) == shown(listed)
    assert len(listed) > 100
    assert result.stdout.decode().splitlines()[-1].split() == ["TOTAL", total(listed)]
