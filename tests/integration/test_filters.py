"""Each filter of `dkr-ls tags`, against the same choice made here from the engine's bare /images/json."""

import time

import pytest

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


def chosen(engine, prefixes=None, names=(), min_age=None, min_size=None, max_tags=None):
    listed, tags_of = [], {}
    for repository, tag, found in entries(engine.images()):
        wanted = (
            (prefixes is None or repository.startswith(tuple(prefixes)) or repository in names)
            and (min_age is None or NO_DATE != found["Created"] < time.time() - min_age * DAY)
            and (min_size is None or found["Size"] > min_size)
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
