"""Archives by docker, podman and skopeo, compared with the engine that they come from, and such as no tool writes."""

import gzip
import io
import json
import os
import subprocess
import tarfile

import archives
import peers
import pytest
from conftest import MEASURE
from registry_content import ELSEWHERE, attestation, image, index
from tables import assert_one_error, assert_printable, rows

MIB = 1 << 20


@pytest.fixture
def listed(dkr_ls):
    """The rows of a source in JSON; all must go well."""

    def listed(*args):
        result = dkr_ls("tags", "--format", "json", *args)
        assert (result.status, result.errors) == (0, []), result
        return [json.loads(line) for line in result.stdout.splitlines()]

    return listed


@pytest.fixture
def write(scratch):
    """Writes an archive, of which the bytes or the files are given, and returns its path."""

    def write(content, name="archive.tar", **more):
        path = scratch / name
        path.write_bytes(content if isinstance(content, bytes) else archives.archive(content, **more))
        return path

    return write


def same(rows, *keys):
    return sorted([str(row[key]) for key in keys or ("Repository", "Tag", "FullID", "Created", "ID", "CreatedAt")] for row in rows)


def run(*command, **how):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, **how).stdout


def test_docker_save(dkr_ls, listed, write, engine):
    # An image without layers cannot be saved.
    there = [row for row in listed("-H", engine.host, "--minSize", "0") if row["Tag"] != "<none>"]
    path = write(engine.docker("save", *(f"{row['Repository']}:{row['Tag']}" for row in there)))
    here = listed("--source", f"docker-archive:{path}")
    assert same(here) == same(there)
    assert {row["Reference"] for row in here} >= {f"docker-archive:{path}:several/tags:1.2", f"docker-archive:{path}:q:1"}
    # What an engine says is the bytes of the files, to which a tar adds headers and padding.
    size = {row["FullID"]: row["SizeBytes"] for row in there}
    odd = [(row["SizeBytes"], size[row["FullID"]]) for row in here if not size[row["FullID"]] <= row["SizeBytes"] <= size[row["FullID"]] + 65536]
    assert odd == []
    assert dkr_ls("diff", f"docker-archive:{path}", f"docker:{engine.host}", "--minSize", "0", "--exclude", "<none>").status == 0


def test_docker_save_of_images_without_a_name(listed, write, dockerd):
    dockerd.load(["100 2020-01-01T00:00:00Z", "200 2021-01-01T00:00:00Z"])
    there = [row for row in listed("-H", dockerd.host, "--tag", "<none>") if row["Created"] in NAMELESS]
    path = write(dockerd.docker("save", *(row["FullID"] for row in there)))
    here = listed("--source", f"docker-archive:{path}")
    assert same(here, "FullID", "Tag", "Created") == same(there, "FullID", "Tag", "Created")
    assert sorted(row["Reference"] for row in here) == [f"docker-archive:{path}:@0", f"docker-archive:{path}:@1"]


NAMELESS = ("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z")


@pytest.mark.parametrize("kind", ["docker-archive", "oci-archive"])
def test_podman_save(listed, write, podman, kind):
    # For an image without a date the service tells when it got it.
    there = [row for row in listed("-H", podman.host) if row["Tag"] != "<none>" and "no/date" not in row["Repository"]]
    names = [f"{row['Repository']}:{row['Tag']}" for row in there]
    many = ["--multi-image-archive"] if kind == "docker-archive" else []
    here = []
    for chosen in [names] if many else [[name] for name in names]:
        command = ["podman", "--url", podman.host, "save", *many, "--format", kind, *chosen]
        path = write(run(*command, env=peers.CLEAN | {"XDG_RUNTIME_DIR": "/tmp"}))
        here += listed("--source", f"{kind}:{path}")
    keys = ("Repository", "Tag", "Created") if kind == "oci-archive" else ("Repository", "Tag", "Created", "FullID")
    assert same(here, *keys) == same(there, *keys)


@pytest.mark.parametrize("kind", ["docker-archive", "oci-archive"])
def test_an_archive_by_skopeo(listed, write, scratch, engine, kind):
    source = write(engine.docker("save", "several/tags:1.2"), "source.tar")
    path = scratch / "copy.tar"
    run("skopeo", "copy", "--quiet", f"docker-archive:{source}", f"{kind}:{path}:several/tags:1.2", env=peers.CLEAN)
    [here], [there] = listed("--source", f"{kind}:{path}"), listed("--source", f"docker-archive:{source}")
    keys = ("Repository", "Tag", "Created", "CreatedAt", *(["FullID"] if kind == "docker-archive" else []))
    assert [here[key] for key in keys] == [there[key] for key in keys]


COMPRESSED = {"plain": lambda data: data, "gzip": gzip.compress, "zstd": lambda data: run("zstd", "-q", input=data)}
ONE = archives.layout(archives.entry(image(1), ref="a"), manifests=[image(1)])


@pytest.mark.parametrize("way", COMPRESSED)
def test_compressed_archives_and_standard_input(dkr_ls, write, way):
    one = image("2020-01-01T00:00:00Z")
    files = archives.layout(archives.entry(one, "docker.io/library/a:1"), manifests=[one])
    path = write(COMPRESSED[way](archives.archive(files)))
    result = dkr_ls("tags", "--source", f"oci-archive:{path}", "--format", "{{.Repository}} {{.ID}} {{.SizeBytes}}")
    assert (result.status, result.stdout.decode()) == (0, f"a {one.id} {one.size}\n")
    piped = dkr_ls.run(["bash", "-c", f'cat {path} | "$DKR_LS" tags --source oci-archive:- -q'])
    assert (piped.status, piped.stdout.decode()) == (0, f"{one.id}\n"), piped


def test_sizes_and_shared_layers(dkr_ls, listed, write):
    base, one, two = bytes(10240), bytes([1]) * 512, bytes([2]) * 1024
    files = archives.docker_archive((["a:1", "b:1"], [base, one]), (["a:2"], [base, two, one, two]), (None, [base]))
    path = write(files)
    here = listed("--source", f"docker-archive:{path}", "--sort", "tag,repository")
    configs = sorted(name for name in files if name.endswith(".json") and name != "manifest.json")
    by_id = {f"sha256:{name[:-5]}": len(files[name]) for name in configs}
    layers = {"1": len(base + one), "2": len(base + one + two), "<none>": len(base)}
    assert [(row["Repository"], row["Tag"]) for row in here] == [("a", "1"), ("b", "1"), ("a", "2"), ("<none>", "<none>")]
    assert [row["SizeBytes"] for row in here] == [by_id[row["FullID"]] + layers[row["Tag"]] for row in here]
    assert {(str(row["Digests"]), row["MediaType"]) for row in here} == {("[]", None)}
    result = dkr_ls("du", "--source", f"docker-archive:{path}", "--format", "json")
    usage = {row["Repository"]: row for row in map(json.loads, result.stdout.splitlines())}
    assert usage[None]["SizeBytes"] == len(base + one + two) + sum(by_id.values())
    assert usage["<none>"]["UniqueBytes"] == by_id[next(row["FullID"] for row in here if row["Tag"] == "<none>")]


def test_layers_that_are_links(dkr_ls, listed, write):
    layer = bytes(2048)
    files = archives.docker_archive((["a:1"], [layer]))
    [place] = [name for name in files if name.endswith("/layer.tar")]
    config = next(name for name in files if name.endswith(".json") and name != "manifest.json")
    content = files.pop(place)
    path = write(files | {"other/layer.tar": content}, links={place: "../middle/layer.tar", "middle/layer.tar": "../other/./layer.tar"})
    [row] = listed("--source", f"docker-archive:{path}")
    assert row["SizeBytes"] == len(layer) + len(files[config])
    for target in ["../../etc/passwd", "/etc/passwd", place.split("/")[1], "layer.tar", "../nowhere/layer.tar"]:
        result = dkr_ls("tags", "--source", f"docker-archive:{write(files, links={place: target})}")
        assert (result.status, len(result.errors)) == (1, 1), result
        assert "a layer is missing" in result.errors[0] and result.stdout.decode().split("\n")[1].endswith("N/A")


def test_archives_that_are_both(listed, write):
    files, digest = archives.both(names=["a:1", "ghcr.io/b/c:2"], annotated=["docker.io/library/a:1"])
    path = write(files)
    keys = ("Repository", "Tag", "Digests", "Size", "FullID")
    here = listed("--source", f"docker-archive:{path}")
    assert [(row["Repository"], row["Tag"], row["Digests"]) for row in here] == [("a", "1", [digest]), ("ghcr.io/b/c", "2", [digest])]
    there = listed("--source", f"oci-archive:{path}")
    assert same(there, *keys) == same(here, *keys)
    assert sorted(row["Reference"] for row in there) == [f"oci-archive:{path}:@0"] * 2
    path = write(archives.both(names=["a:1"], annotated=[])[0])
    assert same(listed("--source", f"oci-archive:{path}"), *keys) == same(listed("--source", f"docker-archive:{path}"), *keys)


def test_what_docker_has_not_pulled_is_no_fault_of_its_archive(listed, write):
    there, here = image(1), image(2, platform=ELSEWHERE)
    both = index(there, here, absent=[there])
    files = archives.layout(archives.entry(both, "docker.io/library/a:1"), manifests=[both])
    name = f"blobs/sha256/{here.config_digest[7:]}"
    files["manifest.json"] = json.dumps([{"Config": name, "RepoTags": ["a:1"], "Layers": []}]).encode()
    for kind in ["oci-archive", "docker-archive"]:
        [row] = listed("--source", f"{kind}:{write(files)}")
        assert (row["FullID"], row["Repository"], row["Digests"]) == (here.config_digest, "a", [both.digest])


def test_the_wrong_kind_and_no_archive_at_all(dkr_ls, write, scratch):
    docker, oci = write(archives.docker_archive((["a:1"], [b"x"])), "docker.tar"), write(ONE, "oci.tar")
    legacy = write({"repositories": b'{"a":{"1":"0"}}'}, "legacy.tar")
    cases = {
        f"oci-archive:{docker}": ("index.json is missing", f"docker-archive:{docker}"),
        f"docker-archive:{oci}": ("manifest.json is missing", f"oci-archive:{oci}"),
        f"docker-archive:{legacy}": ("manifest.json is missing", "before 1.10"),
        f"oci-archive:{write(b'', 'empty')}": ("is empty", ""),
        f"oci-archive:{write(b'text' * 1000, 'text')}": ("is not a tar archive", ""),
        f"oci-archive:{write(gzip.compress(b'text'), 'gz')}": ("is not a tar archive", ""),
        f"oci-archive:{write(gzip.compress(b''), 'gz0')}": ("is not a tar archive", ""),
        f"oci-archive:{write(b'BZh91AY', 'bz')}": ("is compressed with bzip2", "bzip2 -dc"),
        f"oci-archive:{write(bytes(10240), 'zeros')}": ("index.json is missing", ""),
        f"oci-archive:{scratch}/nope": ("no such file", ""),
        f"oci-archive:{scratch}": ("is a directory", ""),
        f"docker-archive:{write({'manifest.json': b'[{]'}, 'j')}": ("manifest.json: not JSON", ""),
        f"docker-archive:{write({'manifest.json': b'{}'}, 'k')}": ("manifest.json: not a list", ""),
    }
    for source, (cause, hint) in cases.items():
        result = dkr_ls("tags", "--source", source)
        assert_one_error(result, f"Error: {source}: {cause}")
        assert hint in result.stderr.decode(), result


NOISE = os.urandom(300_000)


def test_damage(dkr_ls, write):
    """What comes before it is listed if that is enough."""
    one = image(1)
    files = archives.layout(archives.entry(one, ref="a"), manifests=[one])
    first, last = [*files.items(), ("z", NOISE)], [("z", NOISE), *files.items()]
    for compress in (bytes, gzip.compress, COMPRESSED["zstd"]):
        listed = compress(archives.archive(first))
        cut = listed[: len(listed) - (20000 if compress is bytes else 9)]
        result = dkr_ls("tags", "--source", f"oci-archive:{write(cut)}")
        assert (result.status, [row[1] for row in rows(result.stdout)], len(result.errors)) == (1, ["a"], 1), (compress, result)
        assert "the rest of the archive is not read" in result.errors[0]
    assert_one_error(dkr_ls("tags", "--source", f"oci-archive:{write(archives.archive(last)[:200_000])}"), "truncated")
    damaged = bytearray(gzip.compress(archives.archive(first)))
    damaged[40:60] = bytes(20)
    assert_one_error(dkr_ls("tags", "--source", f"oci-archive:{write(bytes(damaged))}"), "oci-archive:")


def test_hostile_members(listed, write, scratch):
    """None of them is followed, written or believed, and the image beside them is listed."""
    one = image(1)
    files = archives.layout(archives.entry(one, ref="a"), manifests=[one])
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            for name, target in {"loop": "loop", "a": "b", "b": "a", "up": "../../etc", "root": "/", "": "x", "..": "."}.items():
                tar.addfile(archives.member(name, kind=kind, target=target))
        for kind in (tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.DIRTYPE, b"Z"):
            tar.addfile(archives.member("index.json", kind=kind))
        for name in [f"{scratch}/written", "../written", "x/../../written", "\n\x1b[31m", "y" * 5000]:
            tar.addfile(archives.member(name, 2), io.BytesIO(b"{}"))
        tar.addfile(archives.member("index.json", 5), io.BytesIO(b"{bad}"))  # the last one counts
        for name, content in files.items():
            tar.addfile(archives.member(f"./{name}", len(content)), io.BytesIO(content))
    [row] = listed("--source", f"oci-archive:{write(buffer.getvalue())}")
    assert (row["Tag"], row["FullID"]) == ("a", one.config_digest)
    assert [path.name for path in scratch.iterdir() if path.name != "home"] == ["archive.tar"]


def test_a_file_that_says_it_is_huge(dkr_ls, write):
    members = archives.archive(ONE).rstrip(b"\0")
    tar = members + bytes(-len(members) % 512) + archives.member("z", 1 << 60).tobuf(tarfile.GNU_FORMAT)
    result = dkr_ls.measured("tags", "--source", f"oci-archive:{write(tar)}")
    assert (result.status, len(result.errors)) == (1, 1) and "truncated" in result.errors[0], result
    assert result.peak_memory < 32 * MIB


def test_sparse_files_take_no_memory(dkr_ls, write):
    """Neither one of a petabyte, nor one with millions of holes."""

    def sparse(holes, name):
        entries = f"{holes}\n".encode() + b"0\n1\n" * holes
        info = archives.member("GNUSparseFile.0/x", len(entries) + -len(entries) % 512)
        sizes = {"major": "1", "minor": "0", "name": name, "realsize": str(1 << 50)}
        info.pax_headers = {f"GNU.sparse.{key}": value for key, value in sizes.items()}
        return info.tobuf(tarfile.PAX_FORMAT) + entries + bytes(-len(entries) % 512)

    one = sparse(1, "blobs/sha256/" + 64 * "0") + archives.archive(ONE)
    result = dkr_ls.measured("tags", "--source", f"oci-archive:{write(one)}")
    assert (result.status, result.errors) == (0, []) and result.peak_memory < 32 * MIB, result
    many = write(COMPRESSED["zstd"](sparse(5_000_000, "x") + archives.archive(ONE)))
    result = dkr_ls.measured("tags", "--source", f"oci-archive:{many}")
    assert_one_error(result, "header that is too long")
    assert result.peak_memory < 64 * MIB


def test_a_million_entries(dkr_ls, write):
    header = archives.member("blobs/sha256/" + 64 * "0").tobuf(tarfile.USTAR_FORMAT)
    numbers = (f"{number:064x}".encode() for number in range(1_000_000))

    before, after = header[:148].split(b"0" * 64)
    total_of_others = sum(before) + sum(after) + 8 * 32 + sum(header[156:])

    def with_name(digits):
        return before + digits + after + b"%06o\0 " % (total_of_others + sum(digits)) + header[156:]

    path = write(gzip.compress(b"".join(map(with_name, numbers)) + archives.archive(ONE), 1))
    result = dkr_ls.measured("tags", "--source", f"oci-archive:{path}")
    assert result.peak_memory < 48 * MIB, result
    assert [row[1] for row in rows(result.stdout)] == ["a"]
    assert len(result.errors) == 1 and "so many files" in result.errors[0]


def test_more_documents_than_memory(dkr_ls, write):
    """The longest are left out, since manifests and configs are short."""
    one = image(1)
    files = [(f"blobs/sha256/{number:064x}", b"{" + bytes(4 * MIB)) for number in range(30)]
    files += archives.layout(archives.entry(one, ref="a"), manifests=[one]).items()
    path = write(gzip.compress(archives.archive(files), 1))
    result = dkr_ls.measured("tags", "--source", f"oci-archive:{path}")
    assert (result.status, result.errors, [row[1] for row in rows(result.stdout)]) == (0, [], ["a"])
    assert result.peak_memory < 96 * MIB


def test_a_gigabyte_of_layers_on_a_pipe(dkr_ls):
    measured = '/usr/bin/python3 -S -c "$1" peak "$DKR_LS" tags --source docker-archive:- --sum'
    result = dkr_ls.shell(f"/usr/bin/python3 {archives.__file__} 256 4 | {measured}", MEASURE, cwd=dkr_ls.home)
    assert (result.status, result.errors) == (0, []), result
    assert b"1.07GB" in result.stdout
    assert int((dkr_ls.home / "peak").read_text()) < 32 * MIB


def test_configs_that_are_missing_or_wrong(dkr_ls, write):
    files = archives.docker_archive((["gone:1"], [b"a"]), (["wrong:1"], [b"b"]), (["layers:1"], [b"c"]), (["whole:1"], [b"d"]))
    listed = json.loads(files["manifest.json"])
    del files[listed[0]["Config"]]
    files[listed[1]["Config"]] = b"{}"
    listed[2]["Layers"] = []
    files["manifest.json"] = json.dumps(listed + [{"Config": "x.json", "RepoTags": ["x:1"]}, {}, {"Config": "../x"}, 7]).encode()
    result = dkr_ls("tags", "--source", f"docker-archive:{write(files)}")
    assert result.status == 1
    assert [row[0] for row in rows(result.stdout)][0] == "whole"
    assert sorted(row[0] for row in rows(result.stdout)) == ["gone", "layers", "whole", "wrong"]
    causes = ["is missing", "does not match digest", "its config lists 1", "x.json: is missing", "names no config"]
    assert all(any(cause in line for line in result.errors) for cause in causes), result.errors


def test_a_config_whose_name_is_no_digest(listed, write):
    config = archives.docker_config([b"a"])
    files = {"c.json": config, "l.tar": b"a", "manifest.json": b'[{"config":"c.json","repotags":["A","a:1"],"layers":["l.tar"]}]'}
    files["manifest.json"] = files["manifest.json"].replace(b'"A",', b"")
    [row] = listed("--source", f"docker-archive:{write(files)}")
    assert (row["FullID"], row["SizeBytes"]) == (archives.digest_of(config), len(config) + 1)


def test_names_from_outside_are_printable(dkr_ls, write):
    one = image(1)
    files = archives.layout(archives.entry(one, ref="\x1b[31m\nred"), manifests=[])
    result = dkr_ls("tags", "--source", f"oci-archive:{write(files)}")
    assert_printable(result.stdout, result.stderr)
    assert result.status == 1 and len(result.errors) == 1


def test_a_damaged_header_ends_the_archive(dkr_ls, write, scratch):
    """What follows, such as files in a layer, must not be taken for entries of the archive."""
    inner = write(archives.layout(archives.entry(image(1), "evil/x:1"), manifests=[image(1)]), "inner.tar")
    good = archives.docker_archive((["a:1"], [inner.read_bytes()]))
    path = write(good, "outer.tar")
    content = bytearray(path.read_bytes())
    [layer] = [name for name in good if name.endswith("/layer.tar")]
    content[content.index(layer.encode()) + 2] ^= 1
    path.write_bytes(content)
    for kind in "oci-archive", "docker-archive":
        result = dkr_ls("tags", "--source", f"{kind}:{path}", "--format", "{{.Reference}}")
        assert (result.status, b"evil" in result.stdout) == (1, False), result
        assert any("damaged" in line for line in result.errors), result


def test_two_indexes_of_one_image_keep_their_names(listed, write, dkr_ls):
    """As docker saves two builds that differ in their attestations alone."""
    shared = image(1)
    both = [index(shared, attestation(shared)), index(shared)]
    files = archives.layout(
        archives.entry(both[0], "docker.io/library/a:1"), archives.entry(both[1], "docker.io/library/a:2"), manifests=both
    )
    name = f"blobs/sha256/{shared.config_digest[7:]}"
    files["manifest.json"] = json.dumps([{"Config": name, "RepoTags": ["a:1", "a:2"], "Layers": []}]).encode()
    path = write(files)
    for kind in "oci-archive", "docker-archive":
        found = {row["Tag"]: row["Digests"] for row in listed("--source", f"{kind}:{path}")}
        assert found == {"1": [both[0].digest], "2": [both[1].digest]}
    assert dkr_ls("diff", f"docker-archive:{path}", f"oci-archive:{path}").status == 0


def test_what_a_list_does_not_tell_is_neither_kept_nor_a_difference(dkr_ls, write):
    good = archives.docker_archive((["app:1"], [b"one"]), (["app:2"], [b"two"]))
    broken = dict(good)
    images = json.loads(broken["manifest.json"])
    images[1]["Config"] = None
    broken["manifest.json"] = json.dumps(images).encode()
    whole, partly = write(good, "whole.tar"), write(broken, "partly.tar")
    result = dkr_ls("tags", "--source", f"docker-archive:{partly}", "--keep", "0", "-q")
    assert (result.status, result.stdout) == (1, b""), result
    for sources in [f"docker-archive:{whole}", f"docker-archive:{partly}"], [f"docker-archive:{partly}", f"docker-archive:{whole}"]:
        result = dkr_ls("diff", *sources, "-q")
        assert (result.status, result.stdout) == (1, b""), result
