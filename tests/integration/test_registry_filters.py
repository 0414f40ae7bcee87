"""The filters of `dkr-ls tags` and its sum, in a registry."""

import pytest

from registry_content import EMPTY_CONFIG, artifact, days_ago, image, index, schema_1
from tables import rows, size_text


def listed(dkr_ls, registry, *args):
    result = dkr_ls.registry(registry, "tags", *args)
    assert (result.status, result.stderr) == (0, b"")
    return result.stdout


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
        (["--minSize", "1MB"], "v3 v2 v1 big undated a"),
        (["--maxTags", "2"], "v3 v2 big small old a"),
        (["--maxTags", "0"], ""),
        (["--maxTags", "1", "--minAge", "20"], "v2 big old"),
        (["--repo", "base", "--prefix", "team/app", "--maxTags", "1"], "v3 big"),
    ],
    ids=str,
)
def test_the_filters_choose_in_a_registry_as_in_an_engine(dkr_ls, mixed, filters, expected):
    for _ in "cold", "warm":
        assert [tag for _, tag, _ in rows(listed(dkr_ls, mixed, *filters))] == expected.split()


def test_the_total_counts_an_image_once_and_an_artifact_by_its_manifest(dkr_ls, registry):
    shared, one, two = (
        image(1, [10**6]),
        artifact(b"{}", EMPTY_CONFIG, [2 * 10**6]),
        artifact(b"{}", EMPTY_CONFIG, [3 * 10**6]),
    )
    registry.put(
        "q", a=shared, b=shared, c=index(shared), one=one, again=one, two=two, none=index(), old=schema_1(days_ago(1))
    )
    registry.put("r", a=shared)
    total = size_text(shared.size + one.size + two.size, 4)
    assert listed(dkr_ls, registry, "--sum").decode().splitlines()[-1].split() == ["TOTAL", total]
    assert len(rows(listed(dkr_ls, registry, "--sum"))) == 9


def test_a_total_beyond_64_bits_does_not_wrap(dkr_ls, registry):
    for days in 1, 2, 3:
        registry.put("q", **{f"t{days}": image(days, [9 * 10**18])})
    assert listed(dkr_ls, registry, "--sum").decode().splitlines()[-1].split() == ["TOTAL", "27EB"]
