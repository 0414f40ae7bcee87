"""`dkr-ls tags` is, byte for byte, what docker's own client prints about the same engine."""

import time

from scripted import image
from tables import EMPTY, at_one_moment, rows, settled


def listing(dkr_ls, engine, command="tags"):
    result = dkr_ls("-H", engine.host, command)
    assert (result.status, result.stderr) == (0, b"")
    return result.stdout


def both_tables(dkr_ls, engine):
    return at_one_moment(lambda: listing(dkr_ls, engine), lambda: engine.docker("images"))


def both_settled_tables(dkr_ls, engine):
    return at_one_moment(lambda: settled(listing(dkr_ls, engine)), lambda: settled(engine.docker("images")))


def repository_column(engine):
    """The REPOSITORY column of docker's table, each name once."""
    return list(dict.fromkeys(engine.docker("images", "--format", "{{.Repository}}").decode().split()))


def test_an_awkward_store_is_listed_as_docker_lists_it(dkr_ls, engine):
    ours, theirs = both_settled_tables(dkr_ls, engine)
    assert ours == theirs


def test_the_awkward_store_holds_what_makes_it_awkward(engine):
    shown = rows(engine.docker("images"))
    assert [row[:2] for row in shown].count(("<none>", "<none>")) == 2
    assert [tag for repository, tag, _ in shown if repository.endswith("/by/digest")] == ["<none>"]
    assert {"q", "foo/q", "bar/q", "127.0.0.1:5000/x/y", "localhost:5000/local/port"} <= {row[0] for row in shown}


def test_five_thousand_images_are_listed_as_docker_lists_them(dkr_ls, crowded_engine):
    ours, theirs = both_tables(dkr_ls, crowded_engine)
    assert ours == theirs
    assert len(rows(ours)) == 5000


def test_repos_prints_the_repository_column_each_name_once(dkr_ls, engine):
    header, *names = listing(dkr_ls, engine, "repos").decode().splitlines()
    assert header == "REPOSITORY"
    assert len(names) == len(set(names))
    assert sorted(names) == sorted(repository_column(engine))


def test_repos_keeps_the_order_of_the_listing(dkr_ls, crowded_engine):
    names = listing(dkr_ls, crowded_engine, "repos").decode().splitlines()
    assert names == ["REPOSITORY", *repository_column(crowded_engine)]


def test_podmans_service_is_listed_as_docker_lists_it(dkr_ls, podman):
    ours, theirs = both_settled_tables(dkr_ls, podman)
    assert ours == theirs
    names = {row[0] for row in rows(podman.docker("images"))}
    assert names >= {"localhost/foo", "localhost/bar", "lib", "user/lib", "127.0.0.1:5000/x/y", "<none>"}


def test_an_engine_without_images_is_a_header_alone(dkr_ls, pretend_engine):
    for nothing in [], None:
        engine = pretend_engine(nothing)
        assert listing(dkr_ls, engine) == engine.docker("images") == EMPTY
        assert listing(dkr_ls, engine, "repos") == b"REPOSITORY\n"


def test_every_age_reads_as_in_docker(dkr_ls, pretend_engine):
    half_hour, minute, hour, day, year = 1800, 60, 3600, 86400, 365 * 86400
    edges = [0, 1, 2, minute, 2 * minute, hour, hour + half_hour, 2 * hour + half_hour, 2 * day - half_hour, 2 * day]
    edges += [3 * day, 14 * day - half_hour, 14 * day, 21 * day, 60 * day - half_hour, 60 * day, 90 * day]
    edges += [year, 2 * year - half_hour, 2 * year, 3 * year, 30 * year, 292 * year, 300 * year]
    now = int(time.time())
    created = [now - edge + offset for edge in edges for offset in (-2, -1, 0, 1, 2)]
    created += [0, 1, -1, now + 10 * year, now + 400 * year, -62135596801, -62135596800, -62135596799]
    images = [image(f"age:{n}", Created=second) for n, second in enumerate(created)]
    ours, theirs = both_tables(dkr_ls, pretend_engine(images))
    assert ours == theirs


def test_every_size_reads_as_in_docker(dkr_ls, pretend_engine):
    digits = (1, 1.005, 1.235, 1.995, 9.985, 9.995)
    edges = [int(digit * 10**power) for power in range(18) for digit in digits]
    sizes = sorted({edge + offset for edge in edges for offset in (-1, 0, 1)} | {2**63 - 1})
    ours, theirs = both_tables(dkr_ls, pretend_engine([image(f"size:{size}", Size=size) for size in sizes]))
    assert ours == theirs


def test_every_name_becomes_the_row_that_docker_makes_of_it(dkr_ls, pretend_engine):
    names = """
        q:1 library/q:1 docker.io/q:1 docker.io/library/q:1 docker.io/library/foo/q:1 docker.io/foo/q:1 index.docker.io/q:1
        index.docker.io/foo/q:1 docker.io:443/q:1 docker.io/:1 DOCKER.IO/q:1 localhost/q:1 localhost:5000/q:1 localhost:1
        host/q:1 host.x/q:1 host:5000/x/y:t UPPER.x/q:1 my.reg:port/q:1 my.reg:/q:1 my.reg:05/q:1 -x.y/q:1 x-.y/q:1
        https://x.y/q:1 a.b:1 a_b:1 a__b:1 a___b:1 a--b:1 a.-b:1 -a:1 a-:1 a/-b/c:1 Q:1 über/q:1 a//b:1 /q:1 q/:1 :1 :
        q q: q:1:2 q:1@2 q:_1 q:-1 q:.1 <none>:<none> <none>:1 q:<none> <missing>:<missing>
    """.split()
    names += ["", " q:1", "q:1 ", "q:" + "t" * 128, "q:" + "t" * 129, "q/" * 120 + "q:1", "q/" * 130 + "q:1"]
    names += ["f" * 63 + ":1", "f" * 64 + ":1", "q@sha256:" + "0" * 64, "q:1@sha256:" + "0" * 64]
    images = [image(name, Id=f"sha256:{n:064}") for n, name in enumerate(names)]
    ours, theirs = both_tables(dkr_ls, pretend_engine(images))
    assert ours == theirs


def test_every_shape_of_an_entry_becomes_the_rows_that_docker_makes_of_it(dkr_ls, pretend_engine):
    digest = "@sha256:" + "a" * 64
    shapes = [
        {"RepoTags": None, "RepoDigests": None},
        {"RepoTags": [], "RepoDigests": []},
        {"RepoTags": ["<none>:<none>"], "RepoDigests": ["<none>@<none>"]},
        {"RepoTags": ["<none>:<none>"], "RepoDigests": []},
        {"RepoTags": ["<none>:<none>"], "RepoDigests": ["q" + digest]},
        {"RepoTags": None, "RepoDigests": ["host:5000/only/digest" + digest]},
        {"RepoTags": ["q:1"], "RepoDigests": ["q" + digest]},
        {"RepoTags": ["q:1"], "RepoDigests": ["docker.io/library/q" + digest, "index.docker.io/library/other" + digest]},
        {"RepoTags": ["q:1"], "RepoDigests": ["<none>@<none>"]},
        {"RepoTags": [], "RepoDigests": ["sha256:" + "a" * 64]},
        {"RepoTags": [], "RepoDigests": ["q@sha256:tooshort", "Q" + digest, "q:1" + digest, "@", ""]},
        {"RepoTags": ["q:1", "q:1"], "RepoDigests": ["q" + digest, "q@sha256:" + "b" * 64]},
        {"Id": "sha256:short"},
        {"Id": "0123456789abcdef"},
        {"Id": "md5:sha256:0123456789abcdef"},
        {"Id": "short"},
        {"Id": "sha256:"},
        {"VirtualSize": 99, "SharedSize": -1, "Containers": -1, "Labels": None, "ParentId": ""},
        {"Descriptor": {"digest": "sha256:x", "size": 1}, "Manifests": [{"ID": "x", "Size": {"Total": 5}}]},
    ]
    engines = [pretend_engine([image("shape:1") | shape]) for shape in shapes]
    ours, theirs = at_one_moment(
        lambda: [settled(listing(dkr_ls, engine)) for engine in engines],
        lambda: [settled(engine.docker("images")) for engine in engines],
    )
    assert ours == theirs


def test_the_repositories_of_one_image_come_in_the_order_of_their_first_name(dkr_ls, pretend_engine):
    digests = ["yak@sha256:" + "a" * 64, "ape@sha256:" + "a" * 64]
    engine = pretend_engine([image("zebra:1", "ape:2", "zebra:0", "ape:1", RepoDigests=digests)])
    shown = [row[:2] for row in rows(listing(dkr_ls, engine))]
    assert shown == [("zebra", "1"), ("zebra", "0"), ("ape", "2"), ("ape", "1"), ("yak", "<none>")]
