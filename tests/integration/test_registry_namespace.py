"""registry:HOST/NAMESPACE: a part of a registry."""

import pytest

from registry_content import image
from scripted_registry import Answer
from tables import assert_one_error, rows


@pytest.fixture
def shared(registry):
    for name in "team", "team/app", "team/tools/ci", "teams/app", "other", "a/team":
        registry.put(name, v1=image(1))
    return registry


def listed(result):
    assert (result.status, result.stderr) == (0, b"")
    return sorted(row[0] for row in rows(result.stdout))


@pytest.mark.parametrize(
    "name_space, expected",
    [
        ("team", ["team", "team/app", "team/tools/ci"]),
        ("team/", ["team", "team/app", "team/tools/ci"]),
        ("team/tools", ["team/tools/ci"]),
        ("team/app", ["team/app"]),
        ("nobody", []),
    ],
)
def test_it_lists_what_is_below_it_and_itself(dkr_ls, shared, name_space, expected):
    assert listed(dkr_ls("tags", "--source", f"registry:{shared.source}/{name_space}")) == expected
    asked = [request.path for request in shared.requests if request.path.endswith("/tags/list")]
    assert sorted(asked) == sorted(f"/v2/{name}/tags/list" for name in expected)
    repos = dkr_ls("repos", "--source", f"registry:{shared.source}/{name_space}")
    assert repos.stdout.decode().split("\n")[1:-1] == expected


def test_names_stay_whole_for_the_filters(dkr_ls, shared):
    source = ["--source", f"registry:{shared.source}/team"]
    assert listed(dkr_ls("tags", "--prefix", "team/t", *source)) == ["team/tools/ci"]
    shared.asked()
    assert listed(dkr_ls("tags", "--repo", "team/app", *source)) == ["team/app"]
    assert "GET /v2/_catalog?n=1000" not in shared.asked()


def test_a_repository_elsewhere_is_an_error_and_not_asked_for(dkr_ls, shared):
    result = dkr_ls("tags", "--repo", "other", "--repo", "team/app", "--source", f"registry:{shared.source}/team")
    assert (result.status, [row[0] for row in rows(result.stdout)]) == (1, ["team/app"])
    assert len(result.errors) == 1 and f"{shared.address}/other: " in result.errors[0]
    assert not [request for request in shared.requests if "/other/" in request.path]


def test_a_refused_catalog_leads_to_advice(dkr_ls, shared):
    shared.always("/v2/_catalog", Answer(401))
    result = dkr_ls("tags", "--source", f"registry:{shared.source}/team")
    assert_one_error(result, shared.address)
    assert b"--repo NAME" in result.stderr


@pytest.mark.parametrize("path", ["v2", "v2/_catalog", "team/app:1.0", "a//b", "../a", "a?b"])
def test_a_path_that_is_none_is_explained(dkr_ls, path):
    result = dkr_ls("tags", "--source", f"registry:localhost:5000/{path}")
    assert (result.status, result.stdout) == (2, b"")
    assert path in result.errors[0] and len(result.errors) == 1


def test_diff_keeps_to_it(dkr_ls, shared, start_server):
    mirror = start_server(type(shared))
    for name in "team", "team/app":
        mirror.put(name, v1=image(1))
    mirror.always("/v2/team/tools/ci/tags/list", Answer(404))
    mirror.heads = shared.heads = True
    result = dkr_ls("diff", f"registry:{shared.source}/team", f"registry:{mirror.source}")
    assert result.status == 3
    assert [line.split()[:3] for line in result.stdout.decode().split("\n")[1:-1]] == [["only-a", "team/tools/ci", "v1"]]
