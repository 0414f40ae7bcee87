"""What only a release needs to pass: these tests build, install and run it as users do, and take minutes."""

import shutil
import subprocess

import pytest

import peers


@pytest.fixture(scope="session")
def static():
    binary = peers.ROOT / "dist/dkr-ls"
    assert binary.exists(), "run make static first"
    return binary


@pytest.fixture(scope="session")
def in_release():
    """Runs a program to its end, for what it prints; what it says when it fails is shown."""

    def run(*command, **how):
        how = {"cwd": peers.ROOT, "env": peers.CLEAN, "text": True} | how
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **how)
        assert done.returncode == 0, done.stdout[-5000:]
        return done.stdout

    return run


@pytest.fixture(scope="session")
def debian(start, in_release):
    """A directory that holds Debian 12 and nothing else."""
    home = start(peers.scratch_directory("/var/tmp"))
    if not shutil.which("debootstrap", path=peers.CLEAN["PATH"]):
        pytest.fail("debootstrap is not installed")
    archives = in_release("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian")
    in_release("debootstrap", "--variant=minbase", "bookworm", home / "root", archives.split()[0])
    return home / "root"
