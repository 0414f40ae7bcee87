"""What `make dist` leaves for each processor, and what `make install` installs."""

import re
import shutil
import subprocess
import tarfile

import pytest

import peers

pytestmark = pytest.mark.xdist_group("bookworm")
DIST = peers.ROOT / "dist"
FILES = {
    "bin/dkr-ls",
    "share/man/man1/dkr-ls.1.gz",
    "share/bash-completion/completions/dkr-ls",
    "share/fish/vendor_completions.d/dkr-ls.fish",
    "share/doc/dkr-ls/copyright",
    "share/doc/dkr-ls/changelog.gz",
}
MACHINES = {"amd64": "Advanced Micro Devices X86-64", "arm64": "AArch64"}


@pytest.fixture(params=MACHINES)
def arch(request):
    return request.param


@pytest.fixture
def package(arch):
    (package,) = DIST.glob(f"dkr-ls_*_{arch}.deb")
    return package


@pytest.fixture
def version(in_release):
    return in_release(DIST / "dkr-ls", "--version").removeprefix("dkr-ls version ").strip()


def test_the_checksums_are_those_of_everything_that_is_released(version, in_release):
    programs = [f"dkr-ls-linux-{arch}" for arch in MACHINES]
    packages = [f"dkr-ls_{version}_{arch}.deb" for arch in MACHINES]
    more = [program + kind for program in programs for kind in (".tar.gz", ".copyright")]
    released = [*programs, *more, *packages, "dkr-ls-image.tar"]
    assert sorted(line.split()[1] for line in (DIST / "SHA256SUMS").read_text().splitlines()) == sorted(released)
    in_release("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=DIST)


INSTALL_LINES = [
    line.split("`")[1].replace("\\|", "|")
    for line in (peers.ROOT / "README.md").read_text().splitlines()
    if line.startswith("| the ") and "SHA256SUMS" in line or line.startswith("| with manual page")
]


@pytest.mark.parametrize("line", INSTALL_LINES)
def test_each_line_of_readme_installs_what_was_released_and_nothing_else(line, scratch):
    for file in DIST.iterdir():
        (scratch / file.name).symlink_to(file)
    stand_ins = scratch / "bin"
    stand_ins.mkdir()
    for program in "sudo", "docker", "skopeo":
        (stand_ins / program).write_text(f'#!/bin/sh\necho "$@" >>{scratch}/done\n')
        (stand_ins / program).chmod(0o755)

    def run():
        env = peers.CLEAN | {"PATH": f"{stand_ins}:{peers.CLEAN['PATH']}"}
        return subprocess.run(["sh", "-c", line], cwd=scratch, env=env, capture_output=True, text=True)

    installed = run()
    assert (installed.returncode, installed.stderr) == (0, "")
    (file,) = re.findall(r"^(\S+): OK$", installed.stdout, re.MULTILINE)
    assert file in (scratch / "done").read_text()
    (scratch / "done").unlink()
    (scratch / file).unlink()
    assert run().returncode != 0
    (scratch / file).write_bytes(b"something else")
    assert run().returncode != 0
    assert not (scratch / "done").exists()


def test_readme_installs_everything_that_is_released():
    named = {name for line in INSTALL_LINES for name in re.findall(r"' (\S+)\$'", line)}
    released = {line.split()[1] for line in (DIST / "SHA256SUMS").read_text().splitlines()}
    assert named == {name for name in released if not name.endswith(".copyright")}


def test_packing_again_elsewhere_gives_the_same_bytes(version, scratch, in_release):
    (scratch / "build-static-libs").mkdir()
    for name in "scripts", "packaging", *(f"build-static-libs/{arch}" for arch in MACHINES):
        shutil.copytree(peers.ROOT / name, scratch / name)
    for name in "LICENSE", "Dockerfile":
        shutil.copy(peers.ROOT / name, scratch)
    (scratch / "dist").mkdir()
    for program in (f"dkr-ls-linux-{arch}" for arch in MACHINES):
        for name in program, f"{program}.copyright":
            shutil.copy(DIST / name, scratch / "dist")
    here = in_release("dpkg", "--print-architecture").strip()
    in_release(
        "sh", "-c", 'umask 077; scripts/dist.sh "$@"', "sh", version, peers.ROOT / "build-static" / here, cwd=scratch,
        env=peers.CLEAN | {
            "SOURCE_DATE_EPOCH": in_release("git", "log", "-1", "--format=%ct").strip(),
            "REVISION": in_release("git", "rev-parse", "HEAD").strip(),
            "TZ": "Asia/Tokyo",
            "DPKG_DEB_COMPRESSOR_TYPE": "zstd",
            "TMPDIR": str(scratch),
        },
    )  # fmt: skip
    assert (scratch / "dist/SHA256SUMS").read_bytes() == (DIST / "SHA256SUMS").read_bytes()


def test_the_program_is_for_its_processor_static_small_and_hardened(arch):
    program = DIST / f"dkr-ls-linux-{arch}"
    assert program.stat().st_size < 9_000_000
    said = subprocess.run(["readelf", "-hldnW", program], stdout=subprocess.PIPE, check=True).stdout.decode()
    assert re.search(r"Machine: +(.*)", said)[1] == MACHINES[arch]
    assert "DYN (Position-Independent Executable file)" in said
    assert "GNU_RELRO" in said and "BIND_NOW" in said and "INTERP" not in said and "(NEEDED)" not in said
    assert " RWE " not in said


def test_the_arm64_program_starts_on_an_emulator(version):
    done = subprocess.run(["qemu-aarch64", DIST / "dkr-ls-linux-arm64", "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"dkr-ls version {version}\n", "")


def test_the_archive_holds_what_make_install_installs(arch, version, scratch):
    with tarfile.open(DIST / f"dkr-ls-linux-{arch}.tar.gz") as archive:
        entries = archive.getmembers()
        archive.extractall(scratch)
    top = scratch / f"dkr-ls-{version}-linux-{arch}"
    assert [path.name for path in scratch.iterdir()] == [top.name]
    assert {str(path.relative_to(top)) for path in top.rglob("*") if path.is_file()} == FILES | {"share/zsh/site-functions/_dkr-ls"}
    assert (top / "bin/dkr-ls").read_bytes() == (DIST / f"dkr-ls-linux-{arch}").read_bytes()
    assert (top / "share/doc/dkr-ls/copyright").read_bytes() == (DIST / f"dkr-ls-linux-{arch}.copyright").read_bytes()
    assert {(entry.uid, entry.gid, entry.uname, entry.gname, entry.isreg()) for entry in entries} == {(0, 0, "", "", True)}
    assert {entry.name.partition("/")[2]: entry.mode for entry in entries if entry.mode != 0o644} == {"bin/dkr-ls": 0o755}


def test_the_archive_changes_no_directory_where_it_is_unpacked(arch, scratch):
    (scratch / "elsewhere").mkdir()
    (scratch / "local/bin").mkdir(mode=0o700, parents=True)
    (scratch / "local/share").symlink_to(scratch / "elsewhere")
    subprocess.run(
        ["tar", "-xzf", DIST / f"dkr-ls-linux-{arch}.tar.gz", "-C", scratch / "local", "--strip-components", "1"], check=True
    )
    assert (scratch / "local/bin").stat().st_mode & 0o777 == 0o700
    assert (scratch / "elsewhere/man/man1/dkr-ls.1.gz").is_file()


def test_lintian_has_nothing_to_say(package, in_release):
    assert in_release("lintian", "--fail-on", "error,warning", "--allow-root", package) == ""


def test_the_package_is_installed_used_and_removed(debian, version, in_release):
    (package,) = DIST.glob(f"dkr-ls_*_{in_release('dpkg', '--print-architecture').strip()}.deb")
    shutil.copy(package, debian)

    def inside(*command):
        return in_release("chroot", debian, "env", "DEBIAN_FRONTEND=noninteractive", *command)

    def apt(*words):
        return inside("apt-get", "-q", "-y", "--no-install-recommends", *words)

    apt("update")
    apt("install", f"/{package.name}")
    installed = set(inside("dpkg", "-L", "dkr-ls").split())
    assert {f"/usr/{file}" for file in FILES | {"share/zsh/vendor-completions/_dkr-ls"}} <= installed
    assert inside("dpkg", "--verify", "dkr-ls") == ""
    assert inside("dkr-ls", "--version") == f"dkr-ls version {version}\n"
    apt("purge", "dkr-ls")
    assert not (debian / "usr/bin/dkr-ls").exists()
    assert not (debian / "usr/share/doc/dkr-ls").exists()


def test_make_installs_the_same_files_and_removes_them(in_release, scratch):
    def files():
        return {str(path.relative_to(scratch / "usr/local")) for path in scratch.rglob("*") if not path.is_dir()}

    in_release("sh", "-c", f"umask 077; make install DESTDIR={scratch}")
    assert {oct(path.stat().st_mode) for path in scratch.rglob("*") if path.is_dir()} == {"0o40755"}
    assert files() == FILES | {"share/zsh/site-functions/_dkr-ls"}
    (scratch / "usr/local/bin/other").touch()
    in_release("make", "uninstall", f"DESTDIR={scratch}")
    assert files() == {"bin/other"}
    in_release("make", "uninstall", f"DESTDIR={scratch}/nowhere")
