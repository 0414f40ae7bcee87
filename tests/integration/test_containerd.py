"""`--source containerd:SOCKET`: what a real containerd holds, compared with its own client and with what was put there."""

import json
import subprocess

import pytest

import containerd_peer
import scripted
from registry_content import artifact, attestation, image, index, platform
from tables import EMPTY, assert_one_error, rows, table
from test_clean_up import LAYER, SHIPPED
from test_diff import JSON, lines, names, on_engine

ARM = platform("linux", "arm64")


def day(number, **fields):
    return image(f"2024-01-{number:02}T00:00:00Z", **fields)


NGINX, APP, OLD = day(5, layers=[5000, 600]), day(4, layers=[5000, 70]), day(1, layers=[900])
THERE, ELSEWHERE = day(3, layers=[3000]), day(2, layers=[20000], platform=ARM)
NOTE = attestation(of=THERE)
LIST = index(THERE, ELSEWHERE, NOTE, absent=[ELSEWHERE, NOTE])
CHART = artifact(layers=(4000,))
UNDATED = image(None, layers=[10])

CLUSTER = {
    "docker.io/library/nginx:1.27": NGINX,
    "docker.io/team/app:1": APP,
    "ghcr.io/team/app:1": APP,
    "registry.k8s.io/list:1": LIST,
    "quay.io/charts/chart:1": CHART,
    "docker.io/library/undated:1": UNDATED,
}
EARLIER = {"docker.io/library/old:1": OLD, "localhost:5000/old:2": OLD}


@pytest.fixture(scope="module")
def empty(start):
    return start(containerd_peer.containerd())


@pytest.fixture(scope="module")
def node(start):
    """CRI's namespace with its duplicates, that of other clients, and one that is empty."""
    found = start(containerd_peer.containerd())
    found.load("k8s.io", CLUSTER, "--platform", "linux/amd64")
    found.tag("k8s.io", "docker.io/library/nginx:1.27", f"docker.io/library/nginx@{NGINX.digest}", NGINX.config_digest)
    found.tag("k8s.io", "registry.k8s.io/list:1", f"registry.k8s.io/list@{LIST.digest}", THERE.config_digest)
    found.load("default", EARLIER)
    found.ctr("default", "namespaces", "create", "empty")
    return found


def listed(dkr_ls, node, *args):
    result = dkr_ls("tags", "--source", node.source, *args)
    assert (result.status, result.stderr) == (0, b""), result
    return result.stdout


def objects(dkr_ls, node, *args):
    return [json.loads(line) for line in listed(dkr_ls, node, *JSON, *args).splitlines()]


def familiar(name):
    return name.removeprefix("docker.io/").removeprefix("library/")


# ---- rows ----


def test_rows_are_the_images_of_ctr_without_duplicates(dkr_ls, node):
    known = node.images("k8s.io")
    assert len(known) == len(CLUSTER) + 4
    found = {row["Reference"]: row for row in objects(dkr_ls, node)}
    assert {reference: row["Digests"] for reference, row in found.items()} == {
        familiar(name): [known[name]] for name in CLUSTER
    }
    for name, manifest in CLUSTER.items():
        row, shown = found[familiar(name)], THERE if manifest is LIST else manifest
        created = json.loads(shown.config).get("created") if shown.config else None
        assert (row["Created"], row["SizeBytes"], row["FullID"]) == (created, shown.size, shown.config_digest)
        assert row["MediaType"] == manifest.media_type
        assert row["Source"] == node.source


def test_the_table(dkr_ls, node):
    text = listed(dkr_ls, node, "--repo", "docker.io/library/nginx", "--prefix", "ghcr.io/", "--sum", "--no-trunc")
    cells = [line.split("   ") for line in text.decode().splitlines()[1:-1]]
    created = [next(cell.strip() for cell in row if cell.endswith(" ago")) for row in cells]
    assert text == table(
        ("nginx", "1.27", NGINX.config_digest, created[0], f"{NGINX.size / 1000:.3g}kB"),
        ("ghcr.io/team/app", "1", APP.config_digest, created[1], f"{APP.size / 1000:.3g}kB"),
        total=f"{(NGINX.size + APP.size) / 1000:.4g}kB",
    )


def test_repositories(dkr_ls, node):
    result = dkr_ls("repos", "--source", node.source, "--log-level", "DEBUG")
    assert sorted(result.stdout.decode().split()[1:]) == sorted({familiar(name).rpartition(":")[0] for name in CLUSTER})
    assert result.stderr.count(b" DEBUG POST ") == 2


def test_what_an_index_lacks_is_no_fault(dkr_ls, node):
    for args in [], ["--platform", "linux/amd64"], ["--platform", "linux/s390x"], ["--platform", "all"]:
        (row,) = objects(dkr_ls, node, "--repo", "registry.k8s.io/list", *args)
        assert (row["FullID"], row["Platform"]) == (THERE.config_digest, "linux/amd64")
        expected = [LIST.digest, THERE.digest] if args[1:] == ["all"] else [LIST.digest]
        assert row["Digests"] == expected


def test_a_platform_that_was_asked_for_is_not_another_one(dkr_ls, node):
    result = dkr_ls("tags", "--source", node.source, "--repo", "registry.k8s.io/list", "--platform", "linux/arm64", "-q")
    assert (result.status, result.stdout) == (1, b"N/A\n")
    assert "the index lists linux/arm64, but the manifest is gone" in result.errors[0]


def test_all_platforms(dkr_ls, node, empty):
    whole = index(THERE, ELSEWHERE)
    empty.load("both", {"docker.io/library/both:1": whole}, "--all-platforms")
    found = objects(dkr_ls, empty, "--namespace", "both", "--platform", "all")
    assert [(row["Platform"], row["FullID"], row["SizeBytes"]) for row in found] == [
        ("linux/amd64", THERE.config_digest, THERE.size),
        ("linux/arm64", ELSEWHERE.config_digest, ELSEWHERE.size),
    ]


def test_names_that_only_cri_gives(dkr_ls, empty):
    """By digest, by id and by nothing that is a reference, where there is no tag."""
    first, second, third = day(11), day(12), day(13)
    loaded = {"docker.io/library/a:1": first, "docker.io/library/b:1": second, "docker.io/library/c:1": third}
    empty.load("cri", loaded)
    by_digest = f"docker.io/library/a@{first.digest}"
    empty.tag("cri", "docker.io/library/a:1", by_digest, first.config_digest, "docker.io/other/a:2")
    empty.tag("cri", "docker.io/library/b:1", second.config_digest)
    empty.tag("cri", "docker.io/library/c:1", "Not A Reference")
    empty.ctr("cri", "images", "rm", *loaded)
    found = {(row["Repository"], row["Tag"], row["FullID"]) for row in objects(dkr_ls, empty, "--namespace", "cri")}
    assert found == {
        ("a", "<none>", first.config_digest),
        ("other/a", "2", first.config_digest),
        ("<none>", "<none>", second.config_digest),
        ("<none>", "<none>", third.config_digest),
    }
    log = dkr_ls("tags", "--source", empty.source, "--namespace", "cri", "--log-level", "INFO").stderr.decode()
    assert "1 name is no reference, such as Not A Reference" in log


def test_content_that_is_gone(dkr_ls, empty):
    """A config is missing, and a manifest."""
    dateless, lost = day(14), day(15)
    empty.load("gone", {"docker.io/library/dateless:1": dateless, "docker.io/library/lost:1": lost})
    empty.ctr("gone", "content", "rm", dateless.config_digest, lost.digest)
    result = dkr_ls("tags", "--source", empty.source, "--namespace", "gone", "--format", "{{.Repository}} {{.Size}} {{.Created}}")
    assert result.status == 1
    assert sorted(result.stdout.decode().splitlines()) == [f"dateless {dateless.size / 1000:.3g}kB ", "lost N/A "]
    subject = f"Error: containerd at {empty.socket}"
    assert sorted(result.errors) == [
        f"{subject}: dateless:1: config: {dateless.config_digest} is missing",
        f"{subject}: lost:1: the manifest is missing: {lost.digest}",
    ]


def test_du(dkr_ls, node):
    result = dkr_ls("du", "--source", node.source, "--prefix", "team/", "--prefix", "ghcr.io/", "--repo", "nginx", *JSON)
    assert (result.status, result.stderr) == (0, b"")
    found = {row["Repository"]: row for row in map(json.loads, result.stdout.splitlines())}
    sizes = {name: (row["SizeBytes"], row["UniqueBytes"]) for name, row in found.items()}
    nginx_alone = NGINX.size - 5000
    assert sizes == {
        "nginx": (NGINX.size, nginx_alone),
        "team/app": (APP.size, 0),
        "ghcr.io/team/app": (APP.size, 0),
        None: (NGINX.size + APP.size - 5000, NGINX.size + APP.size - 5000),
    }


def test_du_of_everything_is_no_failure_where_platforms_are_absent(dkr_ls, node):
    result = dkr_ls("du", "--source", node.source, "--repo", "registry.k8s.io/list", *JSON)
    assert (result.status, result.stderr) == (0, b"")
    row = json.loads(result.stdout.splitlines()[0])
    assert (row["SizeBytes"], row["UniqueBytes"], row["Images"]) == (THERE.size, THERE.size, 1)


# ---- namespaces ----


def test_the_usual_namespace_is_said(dkr_ls, node, empty):
    log = dkr_ls("tags", "--source", node.source, "--log-level", "INFO").stderr.decode()
    assert f"INFO containerd at {node.socket}: namespace k8s.io\n" in log
    assert {row[0] for row in rows(listed(dkr_ls, node, "--namespace", "default"))} == {"old", "localhost:5000/old"}


def test_an_unknown_namespace(dkr_ls, node):
    result = dkr_ls("tags", "--source", node.source, "--namespace", "k8s")
    assert_one_error(result, f"containerd at {node.socket}: there is no namespace k8s")
    assert b"Hint: there are: default, empty, k8s.io\n" in result.stderr


def test_an_empty_namespace_names_those_that_are_not(dkr_ls, node):
    result = dkr_ls("tags", "--source", node.source, "--namespace", "empty")
    assert (result.status, result.stdout, result.errors) == (0, EMPTY, [])
    assert b"namespace empty has no images; --namespace names one that has: default, k8s.io\n" in result.stderr


def test_without_a_usual_namespace(dkr_ls, start):
    """None at all, the only one, and one of several."""
    fresh = start(containerd_peer.containerd())
    assert listed(dkr_ls, fresh) == EMPTY
    fresh.load("first", {"docker.io/library/a:1": day(16)})
    assert rows(listed(dkr_ls, fresh))[0][:2] == ("a", "1")
    fresh.ctr("second", "namespaces", "create", "second")
    result = dkr_ls("tags", "--source", fresh.source)
    assert_one_error(result, f"containerd at {fresh.socket}: which namespace?")
    assert b"Hint: choose one with --namespace: first, second\n" in result.stderr


# ---- errors ----


def test_no_permission(dkr_ls, node):
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    if subprocess.run([*nobody, "test", "-x", dkr_ls.binary], check=False).returncode != 0:
        pytest.skip("another user cannot run the program where it is")
    result = dkr_ls.run([*nobody, dkr_ls.binary, "tags", "--source", node.source])
    assert_one_error(result, f"containerd at {node.socket}: permission denied")
    assert b"run dkr-ls as root" in result.stderr


def test_nobody_listens(dkr_ls, scratch):
    result = dkr_ls("tags", "--source", f"containerd:{scratch}/none.sock")
    assert_one_error(result, f"containerd at {scratch}/none.sock: cannot connect: no such file or directory")


@pytest.mark.parametrize("answer", [scripted.engine_with([]), scripted.http("400 Bad Request", b"no"), b"SSH-2.0-x\r\n"])
def test_not_containerd(dkr_ls, serve, answer):
    socket = serve(answer).address.removeprefix("unix://")
    result = dkr_ls("tags", "--source", f"containerd:{socket}")
    assert_one_error(result, f"containerd at {socket}: not containerd's answer: ")
    assert f"--host unix://{socket}".encode() in result.stderr


def test_a_server_that_hangs_up(dkr_ls, serve):
    socket = serve(None).address.removeprefix("unix://")
    assert_one_error(dkr_ls("tags", "--source", f"containerd:{socket}"), f"containerd at {socket}: ")


def test_a_real_engine_is_not_containerd(dkr_ls, dockerd):
    socket = dockerd.host.removeprefix("unix://")
    result = dkr_ls("tags", "--source", f"containerd:{socket}")
    assert_one_error(result, f"containerd at {socket}: not containerd's answer: ")
    assert f"--host unix://{socket}".encode() in result.stderr


def test_silence_runs_into_the_time_limit(dkr_ls, serve):
    server = serve(scripted.silence)
    socket = server.address.removeprefix("unix://")
    result = dkr_ls("tags", "--source", f"containerd:{socket}", "--timeout", "1")
    assert_one_error(result, f"containerd at {socket}: no progress for 1 second")
    assert b"--timeout SECONDS" in result.stderr and result.seconds < 10


# ---- diff ----


def test_it_is_compared_with_a_registry(dkr_ls, empty, docker_registry):
    host = docker_registry.address
    same, moved, moved_to, gone = (day(number, layers=[SHIPPED]) for number in (21, 22, 23, 24))
    empty.load(
        "pulled",
        {
            f"{host}/node/app:same": same,
            f"{host}/node/app:moved": moved,
            f"{host}/node/app:gone": gone,
            f"{host}/node/list:1": index(same, gone),
            "docker.io/library/nginx:1": same,
        },
        "--all-platforms",
    )
    for tag, manifest in {"same": same, "moved": moved_to, "new": gone}.items():
        docker_registry.put("node/app", tag, manifest, LAYER)
    docker_registry.put("node/list", "1", index(same, gone), LAYER)
    sources = [empty.source, *names(docker_registry)]
    arguments = ["--namespace", "pulled", "--prefix", "node/", *JSON]
    differences = {("differs", "node/app", "moved"), ("only-a", "node/app", "gone"), ("only-b", "node/app", "new")}
    assert set(lines(dkr_ls("diff", *sources, *arguments))) == differences
    turned = {"only-a": "only-b", "only-b": "only-a"}
    assert set(lines(dkr_ls("diff", *sources[::-1], *arguments))) == {
        (turned.get(status, status), *rest) for status, *rest in differences
    }


def test_it_is_compared_with_an_engine(dkr_ls, node, pretend_engine):
    same = on_engine("nginx", NGINX, "1.27"), on_engine("team/app", APP, "1")
    engine = pretend_engine([*same, on_engine("undated", OLD, "1")])
    arguments = ["--repo", "nginx", "--repo", "team/app", "--repo", "undated", *JSON]
    result = dkr_ls("diff", node.source, "docker", "-H", engine.host, *arguments)
    assert lines(result) == [("differs", "undated", "1")]
    assert lines(dkr_ls("diff", node.source, node.source, *JSON), status=0) == []


# ---- requests ----


def test_each_manifest_and_config_is_asked_for_once(dkr_ls, empty):
    images = [image(f"2024-02-01T00:{number // 60:02}:{number % 60:02}Z", layers=[number + 1]) for number in range(1000)]
    empty.load("many", {f"docker.io/many/r{number % 7}:v{number}": made for number, made in enumerate(images)})
    for command, requests in ("tags", 1 + 2 * len(images)), ("du", 1 + len(images)), ("repos", 1):
        result = dkr_ls(command, "--source", empty.source, "--namespace", "many", "--log-level", "DEBUG")
        assert (result.status, result.errors) == (0, [])
        assert result.stderr.count(b" DEBUG POST ") == requests
    assert len(rows(listed(dkr_ls, empty, "--namespace", "many"))) == len(images)
