"""What `--log-level` shows, on stderr only."""

import re

import pytest

from tables import at_one_moment, rows


def test_nothing_is_logged_when_all_goes_well(dkr_ls, engine):
    for flags in [], ["--log-level", "WARNING"], ["--log-level", "error"], ["--log-level", "OFF"]:
        assert dkr_ls("-H", engine.host, *flags, "tags").stderr == b""


@pytest.mark.parametrize("flags, why", [(["-H"], r"-H|--host"), ([], r"DOCKER_HOST")])
def test_debug_tells_the_endpoint_and_why_it_was_chosen(dkr_ls, engine, flags, why):
    chosen = [*flags, engine.host] if flags else []
    result = dkr_ls(*chosen, "tags", "--log-level", "DEBUG", env={} if flags else {"DOCKER_HOST": engine.host})
    assert any(engine.host in line and re.search(why, line) for line in result.stderr.decode().split("\n")), result.stderr
    assert rows(result.stdout)


def test_debug_tells_each_request_with_status_bytes_and_duration(dkr_ls, engine):
    body = engine.get("/images/json")
    result = dkr_ls("-H", engine.host, "tags", "--log-level", "DEBUG")
    request = next(line for line in result.stderr.decode().split("\n") if "/images/json" in line and "200" in line)
    assert re.search(rf"\b{len(body)}\b", request)
    assert re.search(r"\d ?(ms|s|us|µs)\b", request)


def test_info_counts_what_was_read_what_each_filter_kept_and_what_is_listed(dkr_ls, engine):
    images = len(engine.images())
    filters = ["--prefix", "size/", "--minSize", "999", "--maxTags", "3"]
    result = dkr_ls("-H", engine.host, "tags", "--log-level", "INFO", *filters)
    log = result.stderr.decode()
    assert re.search(rf"\b{images} images\b", log)
    for name in "prefix", "minSize", "maxTags":
        assert re.search(rf"--{name}\b.*\b\d+\b", log), name
    assert re.search(rf"listed.*\b{len(rows(result.stdout))}\b|\b{len(rows(result.stdout))}\b.*listed", log)


def test_logging_leaves_the_listing_as_it_is(dkr_ls, engine):
    for level in "TRACE", "DEBUG", "INFO":
        ours, plain = at_one_moment(
            lambda: dkr_ls("-H", engine.host, "tags", "--log-level", level).stdout,
            lambda: dkr_ls("-H", engine.host, "tags").stdout,
        )
        assert ours == plain


def test_an_unknown_level_is_a_usage_error(dkr_ls):
    result = dkr_ls("tags", "--log-level", "LOUD")
    assert (result.status, result.stdout, len(result.errors)) == (2, b"", 1)
    assert "LOUD" in result.errors[0]
