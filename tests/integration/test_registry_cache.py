"""What is remembered between two listings, for whom, and that it never stands in the way."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from registry_content import image, index
from scripted_doors import basic, guarded_by_password, unauthorized
from scripted_registry import Registry
from tables import rows
from registry_users import configure
from waiting import SOON


@pytest.fixture
def registry(registry):
    """Three repositories of twenty tags, a multi-platform one among them."""
    dates = [f"2020-01-{day:02}T00:00:00Z" for day in range(1, 21)]
    for name in "q", "team/app", "base":
        images = [image(date, [len(name)]) for date in dates]
        tags = {f"t{number}": found for number, found in enumerate(images[:-1])}
        registry.put_all(name, tags | {"multi": index(image(dates[-1]))})
    return registry


WARM = 1 + 3 + 60
COLD = WARM + 19 + 1 + 1  # the repositories share their configs, and the image of the multi-platform one


def cost(dkr_ls, registry, *args, **how):
    """How many requests the listing takes, which has to be complete."""
    registry.asked()
    result = dkr_ls.registry(registry, "tags", *args, **how)
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], 60), result
    return len(registry.asked())


def files_below(*places):
    return [path for place in places for path in place.rglob("*") if path.is_file()]


def test_it_is_kept_where_caches_are_kept(dkr_ls, registry, scratch):
    assert (cost(dkr_ls, registry), cost(dkr_ls, registry)) == (COLD, WARM)
    kept = files_below(dkr_ls.home / ".cache/dkr-ls")
    assert files_below(scratch) == kept
    assert kept[0].read_bytes().startswith(b"SQLite format 3\0")
    assert cost(dkr_ls, registry, env={"XDG_CACHE_HOME": str(scratch / "elsewhere")}) == COLD
    assert files_below(scratch / "elsewhere/dkr-ls")
    assert cost(dkr_ls, registry, env={"XDG_CACHE_HOME": ""}) == WARM


def test_it_is_nobody_elses_business(dkr_ls, registry):
    cost(dkr_ls, registry)
    for path in files_below(dkr_ls.home / ".cache"):
        assert path.stat().st_mode & 0o077 == 0 or path.parent.stat().st_mode & 0o077 == 0


def test_no_cache_neither_reads_nor_writes(dkr_ls, registry):
    assert cost(dkr_ls, registry, "--no-cache") == COLD
    assert not (dkr_ls.home / ".cache").exists()
    cost(dkr_ls, registry)
    before = {path: path.stat().st_mtime_ns for path in files_below(dkr_ls.home)}
    assert cost(dkr_ls, registry, "--no-cache") == COLD
    assert {path: path.stat().st_mtime_ns for path in files_below(dkr_ls.home)} == before


def test_another_registry_knows_nothing_of_it(dkr_ls, registry, start_server):
    cost(dkr_ls, registry)
    other = start_server(Registry)
    for name, tags in registry.repositories.items():
        other.put_all(name, tags)
    assert (cost(dkr_ls, other), cost(dkr_ls, other), cost(dkr_ls, registry)) == (COLD, WARM, WARM)


def test_another_user_of_the_registry_knows_nothing_of_it(dkr_ls, registry):
    def log_in(user):
        configure(dkr_ls, auths={registry.address: {"auth": basic(user, "x").split()[1]}})

    registry.guard = lambda request: None if request.authorization else unauthorized("Basic")
    asked = {}
    for user in "ann", "bob", "ann", "bob":
        log_in(user)
        asked.setdefault(user, []).append(cost(dkr_ls, registry))
    assert asked == {"ann": [COLD + 1, WARM + 1], "bob": [COLD + 1, WARM + 1]}
    registry.guard = None
    (dkr_ls.home / "config.json").unlink()
    assert cost(dkr_ls, registry) == COLD


def test_no_secret_is_kept(dkr_ls, registry):
    registry.guard = guarded_by_password("gordon", "hunter2")
    configure(dkr_ls, auths={registry.address: {"auth": basic("gordon", "hunter2").split()[1]}})
    cost(dkr_ls, registry)
    for path in files_below(dkr_ls.home / ".cache"):
        content = path.read_bytes()
        assert b"hunter2" not in content and basic("gordon", "hunter2").split()[1].encode() not in content


def test_several_at_once_do_not_disturb_each_other(dkr_ls, registry):
    registry.delay = 0.005
    with ThreadPoolExecutor(8) as several:
        results = list(several.map(lambda _: dkr_ls.registry(registry, "tags"), range(8)))
    for result in results:
        assert (result.status, result.stderr, result.stdout) == (0, b"", results[0].stdout)
    registry.delay = 0
    assert cost(dkr_ls, registry) == WARM


def assert_listed_with_a_warning(dkr_ls, registry, **how):
    result = dkr_ls.registry(registry, "tags", **how)
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], 60)
    told = [line for line in result.stderr.decode().split("\n") if line]
    assert len(told) == 1 and "warn" in told[0].lower() and "cache" in told[0], told


def test_a_file_of_garbage_does_not_stand_in_the_way(dkr_ls, registry):
    cost(dkr_ls, registry)
    for path in files_below(dkr_ls.home / ".cache"):
        path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    assert_listed_with_a_warning(dkr_ls, registry)


    result = dkr_ls.registry(registry, "tags")
    assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 60)
    assert cost(dkr_ls, registry) == WARM


def test_a_trigger_of_somebody_else_does_not_run(dkr_ls, registry):
    cost(dkr_ls, registry)
    [path] = files_below(dkr_ls.home / ".cache")
    endless = "WITH RECURSIVE x(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM x) SELECT 1, a, '' FROM x"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(f"CREATE TRIGGER t AFTER INSERT ON images BEGIN INSERT INTO tags {endless}; END")
        database.execute("DELETE FROM images")
    assert_listed_with_a_warning(dkr_ls, registry)
    assert cost(dkr_ls, registry) == WARM


def test_a_directory_that_others_may_write_to_is_not_used(dkr_ls, registry):
    cost(dkr_ls, registry)
    (dkr_ls.home / ".cache/dkr-ls").chmod(0o777)
    assert_listed_with_a_warning(dkr_ls, registry)


def test_a_link_in_place_of_the_directory_is_not_followed(dkr_ls, registry, scratch):
    (scratch / "elsewhere").mkdir()
    (dkr_ls.home / ".cache").mkdir(parents=True, exist_ok=True)
    (dkr_ls.home / ".cache/dkr-ls").symlink_to(scratch / "elsewhere")
    assert_listed_with_a_warning(dkr_ls, registry)
    assert files_below(scratch / "elsewhere") == []


def test_a_limit_on_the_size_of_files_costs_the_cache_alone(dkr_ls, registry):
    limited = ["bash", "-c", 'ulimit -f 8 && exec "$DKR_LS" "$@"', "bash", "tags", "--source", f"registry:{registry.source}"]
    result = dkr_ls.run(limited)
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], 60)
    assert b"warn" in result.stderr.lower()


def test_a_damaged_file_does_not_stand_in_the_way(dkr_ls, registry):
    cost(dkr_ls, registry)
    for path in files_below(dkr_ls.home / ".cache"):
        content = path.read_bytes()
        path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    result = dkr_ls.registry(registry, "tags")
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], 60)


@pytest.mark.parametrize("cut", [0, 5000])
def test_a_file_that_was_cut_does_not_stand_in_the_way(dkr_ls, registry, cut):
    cost(dkr_ls, registry)
    for path in files_below(dkr_ls.home / ".cache"):
        os.truncate(path, cut)
    result = dkr_ls.registry(registry, "tags")
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], 60)


def test_a_database_of_another_version_does_not_stand_in_the_way(dkr_ls, registry):
    cost(dkr_ls, registry)
    [path] = [path for path in files_below(dkr_ls.home / ".cache") if path.read_bytes().startswith(b"SQLite")]
    with sqlite3.connect(path) as database:
        version = database.execute("PRAGMA user_version").fetchone()[0]
        database.execute(f"PRAGMA user_version = {version + 1000}")
        database.execute("CREATE TABLE IF NOT EXISTS something_else (x)")
    database.close()
    result = dkr_ls.registry(registry, "tags")
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], 60)


@pytest.mark.parametrize("place", ["a file", "a file below", "a directory in place of the file"])
def test_no_place_for_it_does_not_stand_in_the_way(dkr_ls, registry, scratch, place):
    if place == "a directory in place of the file":
        cost(dkr_ls, registry)
        for path in files_below(dkr_ls.home / ".cache"):
            path.unlink()
            path.mkdir()
        assert_listed_with_a_warning(dkr_ls, registry)
        return
    (scratch / "caches").write_text("no directory") if place == "a file" else (scratch / "caches").mkdir()
    if place == "a file below":
        (scratch / "caches/dkr-ls").write_text("no directory")
    assert_listed_with_a_warning(dkr_ls, registry, env={"XDG_CACHE_HOME": str(scratch / "caches")})


def test_a_directory_that_may_not_be_written_does_not_stand_in_the_way(dkr_ls, registry, scratch):
    """Root may write anywhere, so as root the binary runs as somebody else, from a place that he can read."""
    scratch.chmod(0o755)
    (scratch / "caches").mkdir(mode=0o555)
    dkr_ls.binary = shutil.copy(dkr_ls.binary, scratch / "dkr-ls")
    somebody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    assert_listed_with_a_warning(dkr_ls, registry, env={"XDG_CACHE_HOME": str(scratch / "caches")}, **somebody)


def test_a_full_disk_does_not_stand_in_the_way(dkr_ls, registry, scratch):
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        pytest.skip("no disk can be mounted here")
    (scratch / "small").mkdir()
    script = 'mount -t tmpfs -o size=16k none "$XDG_CACHE_HOME" && exec "$DKR_LS" "$@"'
    command = ["unshare", "--mount", "bash", "-c", script, "bash", "tags", "--source", f"registry:{registry.source}"]
    result = dkr_ls.run(command, env={"XDG_CACHE_HOME": str(scratch / "small")})
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], 60)
    assert b"warn" in result.stderr.lower()


def test_somebody_who_holds_it_does_not_stand_in_the_way(dkr_ls, registry):
    cost(dkr_ls, registry)
    registry.put("q", moved=image(50))
    registry.put("q", t1=image(51))
    [path] = files_below(dkr_ls.home / ".cache")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        result = dkr_ls.registry(registry, "tags")
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], 61)
    assert result.seconds < SOON


def test_without_a_home_there_is_no_cache(dkr_ls, registry):
    result = dkr_ls.registry(registry, "tags", env={"HOME": ""})
    assert (result.status, result.errors, len(rows(result.stdout))) == (0, [], 60)


def test_killed_in_the_middle_it_is_good_again(dkr_ls, registry):
    registry.delay = 0.02
    for seconds in 0.05, 0.15, 0.25, 0.35:
        command = [dkr_ls.binary, "tags", "--source", f"registry:{registry.source}", "--jobs", "8"]
        with subprocess.Popen(command, env=dkr_ls.environment(), stdout=subprocess.DEVNULL) as process:
            time.sleep(seconds)
            process.kill()
    registry.delay = 0
    result = dkr_ls.registry(registry, "tags")
    assert (result.status, result.stderr, len(rows(result.stdout))) == (0, b"", 60)
    assert cost(dkr_ls, registry) == WARM


def test_what_is_remembered_is_what_is_shown(dkr_ls, registry):
    first = dkr_ls.registry(registry, "tags", "--sum").stdout
    assert (
        dkr_ls.registry(registry, "tags", "--sum").stdout
        == dkr_ls.registry(registry, "tags", "--sum", "--no-cache").stdout
        == first
    )
