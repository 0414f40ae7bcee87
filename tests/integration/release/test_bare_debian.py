"""A bare Debian 13: README's first command lists images there, the examples print what they should, and nothing that these
install starts.

`.ci/run` runs all other tests on Debian 12."""

import re

import pytest

import peers

# Stands for what starts services, and notes what would have been started.
STAND_IN = """#!/bin/sh
verdict=started
if [ -x /usr/sbin/policy-rc.d ]; then
  /usr/sbin/policy-rc.d "$@"
  [ $? != 101 ] || verdict=denied
fi
echo "$verdict $*" >>/var/log/services
"""


class Machine:
    """A bare Debian with git and make and a clone of this repository, on which README's commands are run."""

    def __init__(self, root, inside, in_release):
        self.root = root
        self.inside = lambda *command: inside(root, *command)
        self.inside("sh", "-c", "apt-get -q update && apt-get -q -y install --no-install-recommends git make")
        in_release("git", "clone", "--quiet", "--no-hardlinks", peers.ROOT, root / "src")
        for program in ("invoke-rc.d", "deb-systemd-invoke"):
            (place,) = {path.resolve() for path in root.glob(f"usr/*bin/{program}")}
            place.write_text(STAND_IN)
        self.bare = self.packages()
        self.said = {}

    def packages(self):
        return set(self.inside("dpkg-query", "--show", "--showformat", "${Package}\n").split())

    def make(self, *words):
        said = self.inside("make", "--directory", "/src", *words)
        self.said[words[0]] = said
        return self.packages() - self.bare

    def services(self):
        return (self.root / "var/log/services").read_text().splitlines()

    def enabled(self):
        return {link.name for link in self.root.glob("etc/systemd/*/*.wants/*")}


@pytest.fixture(scope="module")
def machine(bare, inside, in_release):
    machine = Machine(bare("trixie"), inside, in_release)
    machine.enabled_before = machine.enabled()
    machine.to_run = machine.make("run")
    machine.all = machine.make("deps")
    machine.make("e2e")
    return machine


def test_it_lists_images_and_prints_the_examples(machine):
    assert "nginx" in machine.said["run"] and "123456789000.dkr.ecr.us-east-1.amazonaws.com/webapp" in machine.said["run"]
    assert "warning:" not in machine.said["run"]
    assert re.fullmatch(r"[1-9]\d* passed, 0 failed", machine.said["e2e"].splitlines()[-1])


def test_running_it_installs_at_most_half_of_all(machine):
    assert 0 < 2 * len(machine.to_run) <= len(machine.all)
    assert not machine.to_run & {"fish", "zsh", "lintian", "nginx", "docker-registry", "podman", "skopeo", "clang-tidy"}
    assert machine.all >= {"fish", "zsh", "lintian", "nginx", "docker-registry", "podman", "skopeo", "clang-tidy"}


def test_no_service_starts_now_or_later(machine):
    services = machine.services()
    assert {"denied", *(service.split()[0] for service in services)} == {"denied"}
    assert any("docker" in service for service in services) and any("nginx" in service for service in services)
    assert machine.enabled() == machine.enabled_before
    assert list(machine.root.glob("etc/rc[2-5].d/S*docker*")) == list(machine.root.glob("etc/rc[2-5].d/S*nginx*")) == []
    assert list(machine.root.glob("usr/sbin/policy-rc.d*")) == []
