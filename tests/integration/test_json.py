"""`--format json` as a contract: which keys there are, of which types, on every source."""

import json
import os
import subprocess
from datetime import datetime

import pytest

import peers
from registry_content import EMPTY_CONFIG, artifact, attestation, days_ago, image, index, platform, schema_1
from scripted import image as entry

GOLDEN = peers.ROOT / "tests/golden/json_keys.txt"
DOCKERS = 10  # keys, which come first
NAMES = {type(None): "null", str: "text", int: "integer", list: "list of texts"}


@pytest.fixture
def mixed(registry):
    """All kinds of what a registry may hold."""
    intel, arm = (image(days, platform=platform("linux", cpu)) for days, cpu in ((30, "amd64"), (31, "arm64")))
    registry.put("team/app", multi=index(intel, arm, attestation(of=intel)), plain=intel, undated=image(None))
    registry.put("charts", a=artifact(layers=[5000]), empty=artifact(b"{}", EMPTY_CONFIG), none=index())
    registry.put("old", v1=schema_1(days_ago(4000)), year1=image("0001-01-01T00:00:00Z"))
    return registry


def lines(dkr_ls, source, *args):
    """What is listed, as texts, each of which jq and Python read."""
    result = dkr_ls("tags", *source, "--format", "json", *args)
    assert (result.status, result.stderr) == (0, b"")
    texts = result.stdout.decode().splitlines()
    read = subprocess.run(["jq", "--compact-output", "."], input=result.stdout, check=True, stdout=subprocess.PIPE)
    assert [json.loads(text) for text in read.stdout.splitlines()] == [json.loads(text) for text in texts]
    return texts


def rows(dkr_ls, source, *args):
    return [json.loads(text) for text in lines(dkr_ls, source, *args)]


def types(found):
    """A line for each key, in the order of the first row."""
    kinds = {key: {NAMES[type(row[key])] for row in found} for key in found[0]}
    return [f"{key}: {' or '.join(sorted(kinds[key], key=lambda kind: (kind == 'null', kind)))}" for key in found[0]]


@pytest.fixture
def rich_engine(pretend_engine):
    kind = "application/vnd.oci.image.index.v1+json"
    digests = ["a/b@sha256:" + "a" * 64, "a/b@sha256:" + "b" * 64]
    return pretend_engine(
        [
            entry("a/b:1", Containers=2, SharedSize=1000, RepoDigests=digests, Descriptor={"mediaType": kind}),
            entry("a/b:2", Containers=-1, SharedSize=-1),
            entry(Created=-62135596800),
        ]
    )


def test_the_keys_and_their_types_are_those_of_the_golden_file(dkr_ls, engine, rich_engine, mixed):
    of_registry = ["--source", f"registry:{mixed.source}"]
    sources = [["-H", engine.host], ["-H", rich_engine.host], of_registry]
    found = [row for source in sources for row in rows(dkr_ls, source)]
    found += rows(dkr_ls, of_registry, "--platform", "all")
    assert len({tuple(row) for row in found}) == 1, "the same keys in the same order, always"
    repositories = [json.loads(line) for line in dkr_ls("repos", *of_registry, "--format", "json").stdout.splitlines()]
    usage = [json.loads(line) for of in (["-H", engine.host, "--minAge", "0"], of_registry) for line in dkr_ls("du", *of, "--format", "json").stdout.splitlines()]
    kinds = {"tags": found, "repos": repositories, "du": usage}
    text = "".join(f"{kind}\n" + "".join(f"  {line}\n" for line in types(rows)) for kind, rows in kinds.items())
    if os.environ.get("DKR_UPDATE_GOLDEN"):
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


def assert_typed(row):
    typed = list(row)[DOCKERS:]
    assert list(row)[:DOCKERS] == sorted(list(row)[:DOCKERS]) and typed == sorted(typed)
    assert all(row[key] not in ("N/A", "", "<none>") for key in typed), row
    if row["Created"] is not None:
        assert datetime.strptime(row["Created"], "%Y-%m-%dT%H:%M:%SZ")
    assert (row["Created"] is None) == (row["CreatedAt"] == "") == (row["CreatedSince"] == "")
    assert (row["SizeBytes"] is None) == (row["Size"] == "N/A")
    assert (row["SharedSizeBytes"] is None) == (row["SharedSize"] == "N/A")
    assert (row["UniqueSizeBytes"] is None) == (row["UniqueSize"] == "N/A")
    assert (row["FullID"] is None) == (row["ID"] == "N/A")
    assert all(digest.startswith("sha256:") for digest in row["Digests"])


def test_on_every_source_what_is_unknown_is_null_in_the_typed_keys(dkr_ls, engine, rich_engine, mixed):
    for source in ["-H", engine.host], ["-H", rich_engine.host], ["--source", f"registry:{mixed.source}"]:
        found = rows(dkr_ls, source)
        for row in found:
            assert_typed(row)
        assert {row["Source"] for row in found} == {"docker" if source[0] == "-H" else source[1]}


def test_the_rows_are_those_of_the_table(dkr_ls, engine, mixed):
    for source in ["-H", engine.host], ["--source", f"registry:{mixed.source}"]:
        for filters in [], ["--maxTags", "1"], ["--minAge", "35", "--sort", "-size,tag"]:
            table = dkr_ls("tags", *source, *filters).stdout.decode().splitlines()[1:]
            found = rows(dkr_ls, source, *filters)
            assert [line.split()[:3] for line in table] == [[row["Repository"], row["Tag"], row["ID"]] for row in found]


def test_a_registry_tells_digest_platform_and_type_of_each_tag(dkr_ls, mixed):
    held = mixed.repositories["team/app"]
    of_registry = ["--source", f"registry:{mixed.source}"]
    one = {row["Tag"]: row for row in rows(dkr_ls, of_registry, "--repo", "team/app", "--platform", "linux/arm64")}
    for tag, manifest in held.items():
        assert one[tag]["Digests"] == [manifest.digest]
        assert one[tag]["MediaType"] == manifest.media_type
    assert {tag: row["Platform"] for tag, row in one.items()} == {
        "multi": "linux/arm64", "plain": "linux/amd64", "undated": "linux/amd64"
    }  # fmt: skip
    children = {child.platform["architecture"]: child for child in held["multi"].children}
    for row in rows(dkr_ls, of_registry, "--tag", "multi", "--platform", "all"):
        child = children[row["Platform"].split("/")[1]]
        assert row["Digests"] == [held["multi"].digest, child.digest]
        assert (row["FullID"], row["SizeBytes"]) == (child.config_digest, child.size)


def test_an_empty_listing_is_no_line(dkr_ls, pretend_engine, registry):
    for source in ["-H", pretend_engine([]).host], ["--source", f"registry:{registry.source}"]:
        for args in ["--format", "json"], ["-q"], ["--format", "{{.ID}}"]:
            for command in "tags", "repos":
                if args[-1] == "{{.ID}}" and command == "repos":
                    continue
                result = dkr_ls(command, *source, *args)
                assert (result.status, result.stdout, result.stderr) == (0, b"", b"")


# ---- what nobody should be asked for ----

DEEP = "{{" + "(" * 10000 + ".ID" + ")" * 10000 + "}}"
LONG = "{{.ID}}" * 18000  # as long as Linux lets one argument be
WRONG = ["{{.Foo}}", "{{.ID", '{{define "x"}}{{end}}', DEEP, LONG, "{{range .Tag}}{{end}}", "{{.VirtualSize}}", "raw"]
WRONG += ["table {{.Foo}}", "{{.ID}}{{end}}", "{{.}}", "{{$x := 1}}", "{{.ID | frob}}", "{{.ID}\x1b[31m}"]


@pytest.mark.parametrize("command", ["tags", "repos"])
def test_a_format_that_is_wrong_is_one_clear_error_before_anybody_is_asked(dkr_ls, serve, small_registry, command):
    server = serve(b"")
    for source in ["-H", server.address], ["--source", f"registry:{small_registry.source}"]:
        for format in WRONG:
            result = dkr_ls(command, *source, "--format", format)
            assert (result.status, result.stdout, len(result.errors)) == (2, b"", 1), format[:100]
            assert "--format" in result.errors[0] and len(result.errors[0]) < 600 and "\x1b" not in result.errors[0]
            assert b"Usage:" in result.stderr
    assert server.requests == [] and small_registry.asked() == []


def test_an_error_says_where_and_what_there_is(dkr_ls, serve):
    ask = lambda format: dkr_ls("tags", "-H", serve(b"").address, "--format", format).errors[0]
    assert 'position 10: no field "Foo"; there are Containers, ' in ask("{{.ID}}{{.Foo}}")
    assert 'line 2, position 3: no field "Foo"' in ask(r"{{.ID}}\n{{.Foo}}")
    assert "does not end with }}" in ask("{{.ID")
    assert 'no action "define"; there are if' in ask('{{define "x"}}{{end}}')
    assert "nested more than" in ask(DEEP)
    assert "at most 64 KiB" in ask(LONG)


def test_an_error_that_only_a_row_shows_names_it_and_prints_no_row(dkr_ls, engine):
    result = dkr_ls("tags", "-H", engine.host, "--format", "{{.ID}} {{slice .Tag 4}}")
    assert (result.status, result.stdout, len(result.errors)) == (1, b"", 1)
    assert "--format: " in result.errors[0] and "position " in result.errors[0]


def test_a_format_that_is_no_template_is_printed_with_a_warning(dkr_ls, pretend_engine):
    result = dkr_ls("tags", "-H", pretend_engine([entry("a:1", "a:2")]).host, "--format", "jsn")
    assert (result.status, result.stdout, result.errors) == (0, b"jsn\njsn\n", [])
    assert b"WARNING" in result.stderr and b'"jsn"' in result.stderr


def test_what_contradicts_itself_is_a_usage_error(dkr_ls, serve):
    server = serve(b"")
    wrong = [["--sum", "-q"], ["--sum", "--format", "json"], ["--sum", "--format", "{{.ID}}"], ["--sort", "name"]]
    for args in wrong + [["--sort", "size,"], ["--tag", "["], ["--exclude", "[a"], ["--keep", "-1"], ["--maxSize", "x"]]:
        result = dkr_ls("tags", "-H", server.address, *args)
        assert (result.status, result.stdout, len(result.errors)) == (2, b"", 1), args
    assert server.requests == []
