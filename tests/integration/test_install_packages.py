"""scripts/install-packages.sh, with stand-ins for apt and dpkg: what it installs, and that nothing starts or stays behind."""

import os
import signal
import subprocess
import time

import pytest

import peers

SCRIPT = peers.ROOT / "scripts/install-packages.sh"
DENY = "#!/bin/sh\nexit 0 # this machine's own\n"

STAND_INS = {
    # Lists what is installed, one a line, or what a package brought.
    "dpkg-query": """
        [ "$1" = --listfiles ] || exec sed 's/^/installed /' installed
        shift
        for package; do cat "$package.files" 2>/dev/null; done
        true""",
    "apt-cache": 'grep -qxF "$2" known',
    # Tells what it was asked to do, and what policy-rc.d says meanwhile.
    "apt-get": """
        usr/sbin/policy-rc.d docker start; echo "$? $*" >>asked
        [ "$1" = install ] || exit 0
        touch installing
        while [ -e slow ]; do sleep 0.05; done
        for package; do [ -e "$package.files" ] && echo "$package" >>installed; done
        [ ! -e broken ]""",
    "update-rc.d": 'echo "update-rc.d $*" >>asked',
    "sudo": 'echo "sudo $*" >>asked',
}


class Machine:
    """A directory that stands for a machine, on which "there" is installed, and "new" and "service" could be."""

    def __init__(self, root):
        self.root = root
        for directory in ("bin", "usr/sbin", "etc/systemd/system/multi-user.target.wants"):
            (root / directory).mkdir(parents=True)
        for name, script in STAND_INS.items():
            (root / "bin" / name).write_text(f'#!/bin/sh\ncd "{root}"\n{script}\n')
            (root / "bin" / name).chmod(0o755)
        (root / "installed").write_text("there\n")
        (root / "known").write_text("there\nnew\nservice\n")
        (root / "new.files").write_text("/usr/bin/new\n")
        (root / "service.files").write_text("/lib/systemd/system/service.service\n/etc/init.d/service\n")
        for name in ("service", "other"):
            (root / f"etc/systemd/system/multi-user.target.wants/{name}.service").symlink_to("/nowhere")
        self.policy = root / "usr/sbin/policy-rc.d"

    def start(self, *packages, **how):
        environment = {"PATH": f"{self.root}/bin:{os.defpath}", "INSTALL_ROOT": str(self.root)}
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        # Whoever runs the tests in the background may ignore an interrupt, and bash cannot change that.
        command = ["env", "--default-signal=INT", SCRIPT, *packages]
        return subprocess.Popen(command, env=environment, start_new_session=True, **streams, **how)

    def install(self, *packages, **how):
        running = self.start(*packages, **how)
        return running.communicate(timeout=60)[0], running.returncode

    def asked(self):
        """What apt was asked for, each with the status of policy-rc.d at that time."""
        asked = self.root / "asked"
        return asked.read_text().splitlines() if asked.exists() else []

    def enabled(self):
        return {link.name for link in self.root.glob("etc/systemd/system/*.wants/*")}

    def left_behind(self):
        return [path.name for path in self.policy.parent.iterdir()]


@pytest.fixture
def machine(scratch):
    if os.geteuid() != 0:
        pytest.skip("packages are installed by root")
    return Machine(scratch)


def installs(asked):
    return [line.partition("--no-remove ")[2].split() for line in asked if " install " in line]


def test_what_is_there_needs_no_apt(machine):
    assert machine.install("there", "optional:nowhere", "absent|there") == ("", 0)
    assert machine.asked() == []


def test_what_is_missing_is_installed_while_no_service_may_start(machine):
    assert machine.install("there", "new", "optional:service", "optional:nowhere")[1] == 0
    assert installs(machine.asked()) == [["new", "service"]]
    assert all(line.startswith("101 ") for line in machine.asked() if not line.startswith("update-rc.d"))
    assert machine.left_behind() == []


def test_the_first_of_several_that_would_do_is_installed(machine):
    assert machine.install("new|absent")[1] == 0
    assert installs(machine.asked()) == [["new"]]


def test_new_services_are_disabled_and_no_others(machine):
    said, status = machine.install("service")
    assert (status, machine.enabled()) == (0, {"other.service"})
    assert "started neither now nor later: service.service" in said
    assert machine.asked()[-1] == "update-rc.d service disable"


@pytest.mark.parametrize("kind", ["file", "link"])
@pytest.mark.parametrize("end", ["success", "failure", signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_policy_that_was_there_is_put_back_as_it_was(machine, kind, end):
    if kind == "file":
        machine.policy.write_text(DENY)
        machine.policy.chmod(0o750)
        os.utime(machine.policy, (1, 1))
    else:
        machine.policy.symlink_to("/etc/alternatives/policy-rc.d")
    before = machine.policy.lstat()
    if end == "failure":
        (machine.root / "broken").touch()
    if isinstance(end, signal.Signals):
        assert interrupted(machine, end, group=True) == 128 + end
    else:
        assert (machine.install("service")[1] == 0) == (end == "success")
    after = machine.policy.lstat()
    assert (before.st_ino, before.st_mode, before.st_mtime) == (after.st_ino, after.st_mode, after.st_mtime)
    assert machine.left_behind() == ["policy-rc.d"]


def interrupted(machine, end, group):
    """Sends the signal while apt installs, to the process or, as a terminal does, to its group; then apt goes on."""
    (machine.root / "slow").touch()
    running = machine.start("service")
    deadline = time.monotonic() + 30
    while not (machine.root / "installing").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    (os.killpg if group else os.kill)(running.pid, end)
    (machine.root / "slow").unlink()
    running.communicate(timeout=60)
    return running.returncode


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_it_waits_for_apt_and_leaves_nothing_behind(machine, end):
    assert interrupted(machine, end, group=False) == 128 + end
    assert machine.left_behind() == []
    assert machine.enabled() == {"other.service"}  # apt went on to the end, and what it installed is disabled


@pytest.mark.parametrize("policy", [None, DENY])
def test_what_a_killed_run_left_behind_is_tidied_by_the_next(machine, policy):
    if policy:
        machine.policy.write_text(policy)
    assert interrupted(machine, signal.SIGKILL, group=True) == -signal.SIGKILL
    assert machine.left_behind() != (["policy-rc.d"] if policy else [])
    assert machine.install("new")[1] == 0
    assert machine.left_behind() == (["policy-rc.d"] if policy else [])
    assert not policy or machine.policy.read_text() == policy


def test_without_root_it_asks_sudo_to_run_it(machine):
    machine.root.chmod(0o777)
    assert machine.install("new", "there", user=65534)[1] == 0
    (asked,) = machine.asked()
    assert asked.startswith("sudo -- ") and asked.endswith(f"{SCRIPT} new there")


def test_on_another_system_than_debian_it_says_what_to_see_to(machine):
    (machine.root / "bin/apt-get").unlink()
    (machine.root / "bin/bash").symlink_to("/bin/bash")
    environment = {"PATH": f"{machine.root}/bin"}
    done = subprocess.run([SCRIPT, "new"], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.endswith("make sure that the content of these packages is installed: new\n")
