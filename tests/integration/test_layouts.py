"""OCI layouts in directories: by skopeo, compared with the registry that they come from, and by hand."""

import json
import os
import subprocess

import archives
import peers
import pytest
from registry_content import ELSEWHERE, OCI_INDEX, artifact, attestation, digest_of, image, index
from tables import EMPTY, assert_lists, assert_one_error, rows

HERE = "linux/amd64"


@pytest.fixture
def hand_made(scratch):
    """Writes a layout: `hand_made(entry(...), manifests=[...])`."""
    return lambda *entries, manifests: archives.write(scratch / "layout", archives.layout(*entries, manifests=manifests))


def listed(dkr_ls, source, *args):
    """The rows in JSON."""
    result = dkr_ls("tags", "--source", source, "--format", "json", *args)
    assert (result.status, result.errors) == (0, []), result
    return [json.loads(line) for line in result.stdout.splitlines()]


def skopeo(*args):
    subprocess.run(["skopeo", "copy", "--quiet", "--preserve-digests", "--src-tls-verify=false", *args], env=peers.CLEAN, check=True)


@pytest.fixture(scope="module")
def filled_registry(docker_registry):
    """With images of several sizes and dates, and one for several platforms."""
    for number, name in enumerate(["one", "two", "three"]):
        layer = f"layer {name}".encode() * (number + 1)
        manifest = image(30 * number + 2, layers=[{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip"} | sized(layer)])
        docker_registry.put("layouts/app", name, manifest, layer)
    many = index(image(5, layers=()), image(6, layers=(), platform=ELSEWHERE))
    docker_registry.put("layouts/app", "many", many)
    return docker_registry


def sized(content):
    return {"digest": digest_of(content), "size": len(content)}


TAGS = ["many", "one", "two", "three"]
SAME = ["FullID", "Created", "SizeBytes", "Digests", "MediaType", "Platform", "Size", "CreatedAt", "Digest", "ID"]


@pytest.mark.parametrize("kind", ["oci", "oci-archive"])
@pytest.mark.parametrize("platforms", [[], ["--platform", "all"], ["--platform", "plan9/mips"]])
def test_what_skopeo_copied_is_what_the_registry_has(dkr_ls, scratch, filled_registry, kind, platforms):
    for tag in TAGS:
        place = scratch / ("layout" if kind == "oci" else f"{tag}.tar")
        skopeo("--all", f"docker://{filled_registry.address}/layouts/app:{tag}", f"{kind}:{place}:{tag}")
    there = listed(dkr_ls, f"registry:{filled_registry.source}", "--repo", "layouts/app", *platforms)
    if kind == "oci":
        here = listed(dkr_ls, f"oci:{place}", *platforms)
    else:
        each = {tag: listed(dkr_ls, f"oci-archive:{scratch}/{tag}.tar", *platforms) for tag in TAGS}
        here = [row for tag in TAGS for row in each[tag]]
    chosen = lambda found: sorted([row["Tag"], *(row[key] for key in SAME)] for row in found)  # noqa: E731
    assert repr(chosen(here)) == repr(chosen(there))
    assert {row["Repository"] for row in here} == {"<none>"}
    prefix = f"oci:{place}" if kind == "oci" else None
    assert all(row["Reference"] == f"{prefix or f'oci-archive:{scratch}/' + row['Tag'] + '.tar'}:{row['Tag']}" for row in here)


def test_a_reference_of_a_row_is_understood_by_skopeo(dkr_ls, scratch, filled_registry):
    for tag in TAGS[1:]:
        skopeo(f"docker://{filled_registry.address}/layouts/app:{tag}", f"oci:{scratch}/layout:{tag}")
    for row in listed(dkr_ls, f"oci:{scratch}/layout"):
        shown = subprocess.run(["skopeo", "inspect", "--raw", row["Reference"]], env=peers.CLEAN, check=True, stdout=subprocess.PIPE)
        assert digest_of(shown.stdout) == row["Digests"][0]


def test_diff_with_the_registry_that_a_layout_comes_from(dkr_ls, scratch, filled_registry):
    registry, place = filled_registry.address, f"oci:{scratch}/layout"
    for tag in TAGS[1:]:
        skopeo(f"docker://{registry}/layouts/app:{tag}", f"{place}:{registry}/layouts/app:{tag}")
    arguments = ["diff", place, f"registry:{filled_registry.source}", "--repo", "layouts/app", "-q"]
    result = dkr_ls(*arguments)
    assert (result.status, result.stdout) == (3, b"layouts/app:many\n"), result
    result = dkr_ls(*arguments, "--exclude", "many")
    assert (result.status, result.stdout) == (0, b""), result


@pytest.mark.parametrize(
    "containerd, ref, repository, tag",
    [
        ("docker.io/library/nginx:1.27", "1.27", "nginx", "1.27"),  # as buildx writes it
        ("ghcr.io/team/app:2", None, "ghcr.io/team/app", "2"),
        (None, "localhost/app:3", "localhost/app", "3"),  # as podman writes it
        (None, "docker.io/library/nginx:1.27", "nginx", "1.27"),
        (None, "1.27", "<none>", "1.27"),  # as skopeo, ORAS and crane write it
        (None, "latest", "<none>", "latest"),
        (None, "1.0+build.5", "<none>", "1.0+build.5"),
        ("Not a name", "v1", "<none>", "v1"),
        (None, None, "<none>", "<none>"),
        ("docker.io/library/x@" + "sha256:" + 64 * "0", None, "x", "<none>"),
    ],
)
def test_names_of_images(dkr_ls, hand_made, containerd, ref, repository, tag):
    one = image(1)
    place = hand_made(archives.entry(one, containerd, ref), manifests=[one])
    [row] = listed(dkr_ls, f"oci:{place}")
    assert (row["Repository"], row["Tag"], row["FullID"]) == (repository, tag, one.config_digest)
    assert row["Reference"] == f"oci:{place}:{ref or '@0'}"


def test_what_is_no_image_is_not_listed(dkr_ls, hand_made):
    one, chart = image(1), artifact()
    about = attestation(one)
    other = archives.entry(one) | {"mediaType": "application/xml"}
    entries = [archives.entry(one, ref="a"), archives.entry(chart, ref="chart"), other]
    entries += [archives.entry(about, annotations=about.annotations), archives.entry(about, platform=about.platform)]
    result = dkr_ls("tags", "--source", f"oci:{hand_made(*entries, manifests=[one, chart, about])}")
    assert_lists(result, "a", "chart")


def test_nested_indexes(dkr_ls, hand_made):
    here, there = image(1), image(2, platform=ELSEWHERE)
    inner = index(here, there)
    outer = index(inner)
    place = hand_made(archives.entry(outer, ref="deep"), manifests=[outer])
    [row] = listed(dkr_ls, f"oci:{place}")
    assert (row["FullID"], row["Digests"], row["MediaType"]) == (here.config_digest, [outer.digest], OCI_INDEX)
    found = listed(dkr_ls, f"oci:{place}", "--platform", "all")
    assert [(row["Platform"], row["FullID"]) for row in found] == [(HERE, here.config_digest), ("plan9/mips", there.config_digest)]


def test_blobs_that_are_missing_or_wrong_take_no_row_away(dkr_ls, hand_made):
    whole, no_manifest, wrong, no_config, odd = (image(days) for days in range(1, 6))
    names = ["whole", "no-manifest", "wrong", "no-config", "odd"]
    entries = [archives.entry(each, ref=name) for each, name in zip([whole, no_manifest, wrong, no_config, odd], names)]
    place = hand_made(*entries, manifests=[whole, wrong, no_config.without_config(), odd])
    blobs = place / "blobs/sha256"
    (blobs / wrong.digest[7:]).write_bytes(whole.body)
    (blobs / odd.digest[7:]).unlink()
    os.mkfifo(blobs / odd.digest[7:])
    result = dkr_ls("tags", "--source", f"oci:{place}")
    assert result.status == 1 and result.seconds < 5
    assert sorted(tag for _, tag, _ in rows(result.stdout)) == sorted(names)
    assert len(result.errors) == 4
    for name, cause in {
        "no-manifest": "the manifest is missing", "wrong": "does not match digest", "no-config": "config: ", "odd": "not JSON",
    }.items():  # fmt: skip
        [line] = [line for line in result.errors if f"<none>:{name}: " in line]
        assert cause in line or name == "odd", line


def test_no_layout(dkr_ls, scratch):
    one = image(1)
    files = archives.layout(archives.entry(one), manifests=[one])

    def error(name, changed, hint=b"Hint: "):
        place = scratch / name
        place.mkdir()
        archives.write(place, {path: content for path, content in changed.items() if content is not None})
        result = dkr_ls("tags", "--source", f"oci:{place}")
        assert_one_error(result, f"oci:{place}")
        assert hint in result.stderr
        return result.errors[0]

    assert "oci-layout is missing" in error("a", files | {"oci-layout": None})
    assert "index.json is missing" in error("b", files | {"index.json": None})
    assert "imageLayoutVersion" in error("c", files | {"oci-layout": b"{}"}, b"")
    assert "unknown version 2.0.0" in error("d", files | {"oci-layout": b'{"imageLayoutVersion":"2.0.0"}'}, b"")
    assert "not JSON" in error("e", files | {"oci-layout": b"{"}, b"")
    assert "index.json: not JSON" in error("f", files | {"index.json": b'{"manifests":[}'}, b"")
    assert "index.json: has no manifests" in error("g", files | {"index.json": b"{}"}, b"")
    assert "index.json: over" in error("h", files | {"index.json": bytes(17 << 20)}, b"")
    for place, cause in {scratch / "nope": "no such directory", scratch / "a/index.json": "not a directory"}.items():
        result = dkr_ls("tags", "--source", f"oci:{place}")
        assert_one_error(result, f"oci:{place}: {cause}")


def test_entries_that_cannot_be_read(dkr_ls, hand_made):
    one = image(1)
    broken = archives.entry(one, "docker.io/library/x:1") | {"digest": "sha256:12"}
    result = dkr_ls("tags", "--source", f"oci:{hand_made(broken, 7, archives.entry(one, ref='a'), manifests=[one])}")
    assert (result.status, [tag for _, tag, _ in rows(result.stdout)], len(result.errors)) == (1, ["a"], 2), result


def test_an_empty_layout(dkr_ls, scratch):
    place = archives.write(scratch / "layout", {"oci-layout": archives.LAYOUT, "index.json": b'{"manifests":null}'})
    result = dkr_ls("tags", "--source", f"oci:{place}")
    assert (result.status, result.stdout, result.stderr) == (0, EMPTY, b"")


def test_du_and_filters(dkr_ls, hand_made):
    shared, old = image(1, layers=(1000, 2000)), image(300, layers=(1000, 5000))
    place = hand_made(archives.entry(shared, "docker.io/team/app:1"), archives.entry(old), archives.entry(image(3)), manifests=[shared, old])
    result = dkr_ls("du", "--source", f"oci:{place}", "--maxAge", "10")
    assert result.status == 1  # the third is missing
    assert [line.split()[:3] for line in result.stdout.decode().splitlines()[1:]] == [["team/app", "1", "1"], ["TOTAL", "1", "1"]]
    result = dkr_ls("tags", "--source", f"oci:{place}", "--minAge", "100")
    assert [row[:2] for row in rows(result.stdout)] == [("<none>", "<none>")]


def test_usage_errors(dkr_ls):
    for source in ["oci:", "oci:-", "oci-archive:", "docker-archive:"]:
        result = dkr_ls("tags", "--source", source)
        assert result.status == 2 and "oci:DIR" in result.errors[0], source
    result = dkr_ls("diff", "oci-archive:-", "docker-archive:-")
    assert result.status == 2 and "both sources read standard input" in result.errors[0]
    result = dkr_ls("tags", "--source", "oci:x", "-H", "unix:///x")
    assert result.status == 2 and "an OCI layout" in result.errors[0]


def test_layouts_whose_images_have_no_repository_are_compared(dkr_ls, scratch, filled_registry):
    """As skopeo writes them."""
    registry = f"registry:{filled_registry.source}"
    skopeo(f"docker://{filled_registry.address}/layouts/app:one", f"oci:{scratch}/a:1")
    skopeo(f"docker://{filled_registry.address}/layouts/app:two", f"oci:{scratch}/b:1")
    skopeo(f"docker://{filled_registry.address}/layouts/app:one", f"oci:{scratch}/named:one")
    assert dkr_ls("diff", f"oci:{scratch}/a", f"oci:{scratch}/a").status == 0
    result = dkr_ls("diff", f"oci:{scratch}/a", f"oci:{scratch}/b", "--format", "{{.Status}} {{.Repository}}:{{.Tag}}")
    assert (result.status, result.stdout) == (3, b"differs <none>:1\n")
    result = dkr_ls("diff", f"oci:{scratch}/named", registry, "--format", "{{.Status}} {{.Repository}}:{{.Tag}}")
    assert (result.status, result.stdout) == (3, b"only-a <none>:one\n")
    renamed = dkr_ls("diff", f"oci:{scratch}/named", registry, "--map", "<none>=layouts/app", "--tag", "one")
    assert (renamed.status, renamed.errors) == (0, [])
    renamed = dkr_ls("diff", registry, f"oci:{scratch}/named", "--repo", "layouts/app", "--tag", "one", "--map", "layouts/app=<none>")
    assert (renamed.status, renamed.errors) == (0, [])


def test_images_of_the_same_name_all_count(dkr_ls, scratch):
    """A name for each platform rather than an index."""
    one, two, other = (image(day, layers=[sized(f"layer {day}".encode() * day)]) for day in (1, 2, 3))
    layouts = []
    for name, second in ("a", two), ("b", other):
        entries = [archives.entry(one, "docker.io/library/app:1"), archives.entry(second, "docker.io/library/app:1")]
        layouts.append(archives.write(scratch / name, archives.layout(*entries, manifests=[one, second])))
    listed_sizes = [row["SizeBytes"] for row in listed(dkr_ls, f"oci:{layouts[0]}")]
    [row, total] = map(json.loads, dkr_ls("du", "--source", f"oci:{layouts[0]}", "--format", "json").stdout.splitlines())
    assert (len(listed_sizes), row["SizeBytes"], total["SizeBytes"]) == (2, sum(listed_sizes), sum(listed_sizes))
    assert dkr_ls("diff", f"oci:{layouts[0]}", f"oci:{layouts[0]}").status == 0
    assert dkr_ls("diff", f"oci:{layouts[0]}", f"oci:{layouts[1]}").status == 3


def test_keep_lists_nothing_beside_what_cannot_be_read(dkr_ls, hand_made):
    fault = archives.entry(image(2), ref="1")
    fault["digest"] = "sha256:0"
    layout = hand_made(fault, archives.entry(image(3), ref="2"), manifests=[image(3)])
    result = dkr_ls("tags", "--source", f"oci:{layout}", "--keep", "0", "-q")
    assert (result.status, result.stdout) == (1, b"")
    assert any(f"oci:{layout}: <none>: not listed, since --keep" in line for line in result.errors), result


def test_advice_for_what_other_tools_accept(dkr_ls, hand_made):
    layout = hand_made(archives.entry(image(1), ref="1"), manifests=[image(1)])
    for source, advice in [
        (f"oci:{layout}:1", "--tag"),
        (f"docker-archive:{layout}", f"oci:{layout}"),
        (f"oci-archive:{layout}", f"oci:{layout}"),
    ]:
        assert advice in dkr_ls("tags", "--source", source).stderr.decode(), source
