"""The Debian package, installed, used and removed; and what `make install` installs."""

import shutil

import pytest

import peers

FILES = {
    "bin/dkr-ls",
    "share/man/man1/dkr-ls.1.gz",
    "share/bash-completion/completions/dkr-ls",
    "share/fish/vendor_completions.d/dkr-ls.fish",
    "share/doc/dkr-ls/copyright",
    "share/doc/dkr-ls/changelog.gz",
}


@pytest.fixture(scope="module")
def package(in_release):
    for old in peers.ROOT.glob("dist/*.deb"):
        old.unlink()
    in_release("sh", "-c", "umask 077; make deb")
    (package,) = peers.ROOT.glob("dist/*.deb")
    return package


def test_lintian_has_nothing_to_say(package, in_release):
    in_release("lintian", "--fail-on", "error,warning", "--allow-root", package)


def test_the_package_is_installed_used_and_removed(package, debian, in_release):
    shutil.copy(package, debian)

    def inside(*command):
        return in_release("chroot", debian, "env", "DEBIAN_FRONTEND=noninteractive", *command)

    def apt(*words):
        return inside("apt-get", "-q", "-y", "--no-install-recommends", *words)

    apt("update")
    apt("install", f"/{package.name}")
    installed = set(inside("dpkg", "-L", "dkr-ls").split())
    assert {f"/usr/{file}" for file in FILES | {"share/zsh/vendor-completions/_dkr-ls"}} <= installed
    assert inside("dkr-ls", "--version") == in_release("dist/dkr-ls", "--version")
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
