"""`--format`, `-q`, `--no-trunc` and `--digests` print, byte for byte, what docker's own clients print with them.

Three differences are wanted: there is no text for a date that nobody tells, json has more keys, and `.Digest` in any
spelling works like `--digests`.
"""

import json
import re

import pytest

import peers
from scripted import image
from tables import at_one_moment, settled_rows

FLAGS = [[], ["-q"], ["--no-trunc"], ["--digests"], ["-q", "--no-trunc"], ["-q", "--digests"]]
FLAGS += [["--no-trunc", "--digests"], ["-q", "--no-trunc", "--digests"]]
CREATED_AT = "{{if .CreatedSince}}{{.CreatedAt}}{{end}}"
TEMPLATES = [
    "{{.ID}}",
    "{{.Repository}}:{{.Tag}}",
    "{{.Digest}}",
    "{{.Digest|json}} {{.ID}}",
    "{{ .Digest }}",
    "{{if .Digest}}x{{.Tag}}{{end}}",
    f"{CREATED_AT}|{{{{.CreatedSince}}}}",
    "{{.Size}} {{.SharedSize}} {{.UniqueSize}} {{.Containers}}",
    "table {{.ID}}\t{{.Repository}}",
    r"table {{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.Size}}",
    "table{{.ID}} x",
    'table {{upper .ID}}\t{{lower .Tag}}\t{{title .Repository}}\t{{truncate .ID 3}}',
    'table {{json .ID}}\t{{split .Repository "/"}}',
    r"table {{.Repository}}\n{{.Tag}}",
    "table   {{.ID}}\t  {{.Tag}}   ",
    'table {{printf "%s-%s" .ID .Tag}}',
    'table {{.ID}}{{"\\t"}}{{.Tag}}',
    "table {{println .ID}}",
    "table {{len .ID}}\t{{.Tag}}",
    "table {{pad .ID 1 1}}\t{{.Tag}}",
    f"table {CREATED_AT}\t{{{{.CreatedSince}}}}\t{{{{.Containers}}}}\t{{{{.SharedSize}}}}\t{{{{.UniqueSize}}}}",
    "table ",
    " ",
    '{{join (split .Repository "/") "-"}}',
    "{{json .Tag}} {{json .Repository}}",
    '{{if eq .Tag "latest"}}L{{else if eq .Repository "<none>"}}N{{else}}-{{end}}',
    '{{printf "%-20s|%5d|%q|%x" .Repository (len .Tag) .Tag .ID}}',
    '{{index (split .Repository "/") 0}}',
    "{{slice .ID 2 5}}",
    "{{println .ID}}",
    '{{print .ID .Tag 1 2 "a"}}',
    "{{pad .ID 2 3}}|",
    '{{and .Tag .ID}} {{or "" .Tag}} {{not .Tag}}',
    "{{/* a comment */}}{{.ID}}",
    " {{- .ID -}} ",
    'x{{- " y " -}}z{{.ID}}',
    r"{{`raw\t`}}{{.ID}}",
    r"{{.Repository}}\n{{.Tag}}",
    '{{lt 1 2}}{{ge .Size .Tag}}{{ne .ID ""}}',
    "  {{.ID}}  ",
    "\t{{.ID}}\n ",
    '{{.Size | printf "%8s" | upper}}',
    "{{1}} {{0x1F}} {{1e3}} {{true}} {{'a'}}",
    '{{printf "%v %T" .ID .Size}}',
    r"\x{{.ID}}",
    "Table {{.ID}}",
    "jsonx",
]


@pytest.fixture(scope="module", params=peers.clients())
def client(request):
    return request.param


def ids_of(engine):
    """Of each row that docker shows."""
    return engine.docker("images", "--no-trunc", "--format", "{{.ID}}").decode().split()


def listed(dkr_ls, engine, args, **variables):
    result = dkr_ls("-H", engine.host, "tags", *args, env=variables)
    assert (result.status, result.errors) == (0, []), (args, result)
    return result.stdout


def as_docker_has_it(args, template):
    shows_digests = template is not None and re.search(r"\.Digest\b", template)
    return ["images", *args, *(["--digests"] if shows_digests and "--digests" not in args else [])]


def differences(dkr_ls, engine, ids, client, invocations):
    """What differs of the invocations, each flags and a template or None for the default table."""
    found = {}
    for flags, template in invocations:
        args = [*flags, *([] if template is None else ["--format", template])]
        is_table = "-q" not in flags if template in (None, "table") else template.startswith("table")
        ours, theirs = at_one_moment(
            lambda: settled_rows(listed(dkr_ls, engine, args), ids, is_table),
            lambda: settled_rows(
                engine.docker(*as_docker_has_it(args, template), client=client), ids, is_table
            ),
        )
        if ours != theirs:
            found[" ".join(args)] = [pair for pair in zip(ours, theirs) if pair[0] != pair[1]][:2]
    return found


def combined(templates):
    """Each template with some of the flags, in turn, and the default tables with all of them."""
    several = [(FLAGS[(n + step) % len(FLAGS)], text) for n, text in enumerate(templates) for step in (0, 3)]
    return several + [(flags, text) for flags in FLAGS for text in (None, "table") if (flags, text) != ([], None)]


INVOCATIONS = combined(TEMPLATES)


@pytest.mark.parametrize("part", range(4))
def test_an_awkward_store_is_formatted_as_docker_formats_it(dkr_ls, engine, client, part):
    assert len(INVOCATIONS) >= 80
    assert differences(dkr_ls, engine, ids_of(engine), client, INVOCATIONS[part::4]) == {}


# ---- json ----


def docker_keys(line):
    """The text of the keys that docker's line shares with ours."""
    text = line.partition(',"VirtualSize":')[0].removesuffix("}")
    return re.sub(r'"CreatedAt":"[^"]*","CreatedSince":""', '"CreatedAt":"","CreatedSince":""', text)


def our_keys(line):
    return line.partition(',"Created":')[0]


def both_in_json(dkr_ls, engine, client, flags, ids):
    ours = lambda format: [
        [our_keys(line) for line in row]
        for row in settled_rows(listed(dkr_ls, engine, [*flags, "--format", format]), ids)
    ]
    theirs = lambda: [
        [docker_keys(line) for line in row]
        for row in settled_rows(engine.docker("images", *flags, "--format", "{{json .}}", client=client), ids)
    ]
    return [at_one_moment(lambda: sorted(ours(format)), lambda: sorted(theirs())) for format in ("json", "{{json .}}")]


def test_json_has_dockers_ten_keys_with_dockers_values(dkr_ls, engine, client):
    ids = ids_of(engine)
    for flags in FLAGS:
        for ours, theirs in both_in_json(dkr_ls, engine, client, flags, ids):
            assert ours == theirs, flags


def test_json_as_a_word_is_what_docker_prints_for_it(dkr_ls, engine):
    word = lambda: sorted(our_keys(line) for line in listed(dkr_ls, engine, ["--format=json"]).decode().splitlines())
    others = [lambda: sorted(our_keys(line) for line in listed(dkr_ls, engine, ["--format={{json .}}"]).decode().splitlines())]
    for client in peers.clients():
        if client != peers.DOCKER:  # Debian's prints the word
            shown = lambda: engine.docker("images", "--format", "json", client=client).decode().splitlines()
            others.append(lambda: sorted(docker_keys(line) for line in shown()))
    for other in others:
        ours, theirs = at_one_moment(word, other)
        assert ours == theirs


def test_quiet_loses_to_json_and_to_a_template(dkr_ls, engine):
    for format in "json", "{{.Tag}}", "table {{.Tag}}":
        with_quiet, without = (listed(dkr_ls, engine, [*flag, "--format", format]) for flag in (["-q"], []))
        assert with_quiet.count(b"\n") == without.count(b"\n") and with_quiet[:4] == without[:4]


ZONES = ["Europe/Helsinki", "UTC", "", ":Asia/Kathmandu", "America/St_Johns", "EST5EDT", "EST5EDT,M3.2.0,M11.1.0"]
ZONES += ["UTC+3", "<+03>-3", "/usr/share/zoneinfo/Asia/Tokyo", "../zoneinfo/Pacific/Apia", "/etc/passwd", "Europe", "::UTC"]


def test_local_time_is_that_of_docker_in_any_zone(dkr_ls, engine, client):
    args = ["--format", f"{{{{.Tag}}}} {CREATED_AT}"]
    for zone in ZONES:
        ours = sorted(listed(dkr_ls, engine, args, TZ=zone).splitlines())
        assert ours == sorted(engine.docker("images", *args, client=client, TZ=zone).splitlines()), zone
    assert b"EEST" in listed(dkr_ls, engine, args, TZ="Europe/Helsinki")


# ---- engines with odd answers ----

A, B, C, D = (f"@sha256:{letter * 64}" for letter in "abcd")
SHAPES = [
    {"RepoTags": ["a:1", "a:2"], "Containers": 3, "SharedSize": 1000, "Size": 99999},
    {"Containers": 0, "SharedSize": 0, "Size": 0},
    {"Containers": -1, "SharedSize": -1},
    {"SharedSize": 5, "Size": -1},
    {"SharedSize": 50, "Size": 10},
    {"SharedSize": -2, "Containers": -2},
    {"SharedSize": 2**61, "Size": 2**62},
    {"Containers": 2**40},
    {"RepoDigests": ["a" + A, "a" + B]},
    {"RepoTags": ["a:1", "a:2"], "RepoDigests": ["a" + A, "a" + B]},
    {"RepoTags": ["a:1"], "RepoDigests": ["a" + A, "a" + A]},
    {"RepoTags": ["docker.io/library/a:1"], "RepoDigests": ["docker.io/library/a" + A]},
    {"RepoDigests": ["a:1" + A]},
    {"RepoDigests": ["a@sha512:" + "a" * 128]},
    {"RepoTags": ["<none>:<none>"], "RepoDigests": ["<none>@<none>"]},
    {"RepoTags": [], "RepoDigests": []},
    {"RepoTags": ["a:1"], "RepoDigests": ["<none>@<none>"]},
    {"RepoTags": ["<none>:<none>"], "RepoDigests": []},
    {"Descriptor": {"mediaType": "application/vnd.oci.image.index.v1+json", "digest": A[1:], "size": 1}},
    {"Created": -1},
    {"Created": 0},
    {"Created": -62135596800},
    {"Created": -62135596801},
    {"Created": 253402300800},
    {"Created": 2**40},
    {"Id": "short"},
    {"Id": "sha512:" + "f" * 128},
    {"Id": "sha256:"},
]
# Docker makes other rows of these with --digests than without.
DIGESTS_ALONE = [
    {"RepoTags": ["a:1", "a:2"], "RepoDigests": ["a" + A, "a" + B, "b" + C, "b" + D]},
    {"RepoTags": None, "RepoDigests": ["b" + C, "b" + D]},
    {"RepoTags": ["<none>:<none>"], "RepoDigests": ["b" + C]},
]


def entries(shapes):
    """Those of /images/json; before docker 23, the unique size is reckoned from VirtualSize."""
    made = [image("a:1", Id=f"sha256:{n:064}") | shape for n, shape in enumerate(shapes)]
    return [entry | {"VirtualSize": entry["Size"]} for entry in made]


def in_any_order(output):
    return sorted(output.decode().split("\n"))


ODD_FORMATS = [
    "{{.ID}}|{{.Repository}}|{{.Tag}}|{{.Size}}|{{.SharedSize}}|{{.UniqueSize}}|{{.Containers}}|" + CREATED_AT,
    "{{.Digest}} {{.Tag}} {{.Repository}}",
    "table {{.Digest}}\t{{.Tag}}\t{{.UniqueSize}}\t{{.SharedSize}}\t{{.Containers}}",
    "table {{.Tag}}\t{{.Repository}}",
    None,
]


@pytest.mark.parametrize("shapes, flags_given", [(SHAPES + DIGESTS_ALONE, FLAGS), ([], FLAGS[:2])], ids=["odd", "empty"])
def test_odd_answers_are_formatted_as_docker_formats_them(dkr_ls, pretend_engine, client, shapes, flags_given):
    engine = pretend_engine(entries(shapes))
    for flags in flags_given:
        for template in ODD_FORMATS:
            args = [*flags, *([] if template is None else ["--format", template])]
            ours, theirs = at_one_moment(
                lambda: in_any_order(listed(dkr_ls, engine, args)),
                lambda: in_any_order(engine.docker(*as_docker_has_it(args, template), client=client)),
            )
            assert ours == theirs, args
        ours, theirs = at_one_moment(
            lambda: sorted(map(our_keys, in_any_order(listed(dkr_ls, engine, [*flags, "--format", "json"])))),
            lambda: sorted(
                map(docker_keys, in_any_order(engine.docker("images", *flags, "--format", "{{json .}}", client=client)))
            ),
        )
        assert ours == theirs, flags


def test_typed_keys_tell_what_dockers_texts_leave_out(dkr_ls, pretend_engine):
    engine = pretend_engine(entries([*SHAPES, *DIGESTS_ALONE]))
    lines = [json.loads(line) for line in listed(dkr_ls, engine, ["--format", "json"]).splitlines()]
    by_id = {line["FullID"]: line for line in lines}
    shared, unknown = by_id[f"sha256:{0:064}"], by_id[f"sha256:{2:064}"]
    assert [shared[key] for key in ("SizeBytes", "SharedSizeBytes", "UniqueSizeBytes")] == [99999, 1000, 98999]
    assert [unknown[key] for key in ("SizeBytes", "SharedSizeBytes", "UniqueSizeBytes")] == [1234567, None, None]
    undated = SHAPES.index({"Created": -62135596800})
    assert by_id[f"sha256:{undated:064}"]["Created"] is None
    assert [line["Digests"] for line in lines if line["Repository"] == "b"] == [[C[1:], D[1:]], [C[1:], D[1:]], [C[1:]]]
    index = next(n for n, shape in enumerate(SHAPES) if "Descriptor" in shape)
    assert by_id[f"sha256:{index:064}"]["MediaType"] == "application/vnd.oci.image.index.v1+json"
