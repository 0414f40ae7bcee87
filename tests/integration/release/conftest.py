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
def bare(start, in_release):
    """Makes a directory that holds a release of Debian and nothing else: `bare("bookworm")`, a new copy each time."""
    if not shutil.which("debootstrap", path=peers.CLEAN["PATH"]):
        pytest.fail("debootstrap is not installed")
    home = start(peers.scratch_directory("/var/tmp"))
    archives = in_release("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian")
    line = "deb $(REPO_URI) $(RELEASE) $(COMPONENT)\n"
    updates = in_release("apt-get", "indextargets", "--format", line, "Created-By: Packages", "Origin: Debian")

    def bare(release):
        if not (home / release).exists():
            # In a mount namespace of its own, so that none of its mounts remains when it is interrupted.
            in_release("unshare", "--mount", "debootstrap", "--variant=minbase", release, home / release, archives.split()[0])
            if release in updates:  # this machine's own: what is built there then has the same packages
                (home / release / "etc/apt/sources.list").write_text(updates)
            shutil.copy("/etc/resolv.conf", home / release / "etc/resolv.conf")
            (home / release / "etc/dpkg/dpkg.cfg.d/quick").write_text("force-unsafe-io\n")
        copy = home / f"{len(list(home.iterdir()))}"
        in_release("cp", "--archive", home / release, copy)
        return copy

    return bare


@pytest.fixture(scope="session")
def debian(bare):
    return bare("bookworm")


# Runs a program in another root, with processes and mounts of its own, all of which end with it.
INSIDE = """
set -e
root=$1
shift
mount --bind "$root" "$root"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
mount -t tmpfs run "$root/run"
mount -t tmpfs tmp "$root/tmp"
mkdir -p "$root/run/systemd/system"  # so that packages take systemd for running
exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root CI=true "$@"
"""


@pytest.fixture(scope="session")
def inside(in_release):
    apart = ["unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "bash", "-c", INSIDE, "bash"]
    return lambda root, *command: in_release(*apart, root, *command)
