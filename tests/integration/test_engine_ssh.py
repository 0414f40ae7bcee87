"""Engines behind a real sshd, asked through the user's ssh as docker's client asks them."""

import contextlib
import dataclasses
import hashlib
import json
import os
import pty
import shutil
import signal
import subprocess
import termios
import threading
import time
from pathlib import Path

import pytest

import peers
from conftest import enter
from peers import Unavailable
from scripted import http, image, json_answer, silence
from tables import assert_one_error, at_one_moment
from waiting import SOON, wait_until


@contextlib.contextmanager
def sshd(keys, environment, *settings):
    """The port of an sshd on loopback, which runs commands with these variables."""
    program = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    if os.geteuid() != 0 or not program:
        raise Unavailable("sshd is started here as root only, and has to be installed")
    Path("/run/sshd").mkdir(exist_ok=True)  # without it, sshd does not start
    with peers.scratch_directory() as home, peers.reserved_address() as address:
        lines = [*settings, f"ListenAddress {address}", f"HostKey {keys}/host", f"AuthorizedKeysFile {keys}/user.pub"]
        lines += ["PidFile none", "StrictModes no", "UsePAM no", "PasswordAuthentication no", "PermitRootLogin yes"]
        lines += ["SetEnv " + " ".join(f"{name}={value}" for name, value in environment.items())]
        (home / "config").write_text("\n".join(lines) + "\n")
        with peers.process([program, "-D", "-e", "-f", home / "config"], log=home / "log", env=peers.CLEAN) as running:
            peers.wait_until(lambda: peers.answers(address), running, home / "log")
            yield int(address.split(":")[1])


@contextlib.contextmanager
def ssh_keys():
    """A directory with the keys `host`, `user` and `stranger`."""
    if not shutil.which("ssh-keygen"):
        raise Unavailable("openssh-client is not installed")
    with peers.scratch_directory() as home:
        for name in "host", "user", "stranger":
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", home / name]
            subprocess.run(command, check=True, env=peers.CLEAN)
        yield home


@pytest.fixture(scope="session")
def keys(start):
    return start(ssh_keys())


@dataclasses.dataclass(frozen=True)
class Ssh:
    """The user's ssh: a program on PATH that counts its starts, with a configuration of the test."""

    home: Path
    keys: Path
    stack: contextlib.ExitStack

    def serve(self, name, engine, *settings, path=None, client=()):
        """Makes HOST known to ssh, where docker's client finds the engine at that address."""
        where = {"DOCKER_HOST": engine} | ({"PATH": path} if path else {})
        port = enter(self.stack, sshd(self.keys, where, *settings))
        with (self.home / "known_hosts").open("a") as known:
            known.write(f"[127.0.0.1]:{port} {(self.keys / 'host.pub').read_text()}")
        self.configure(name, f"Port {port}", *client)
        return port

    def configure(self, name, *settings):
        """The first value counts, as always with ssh."""
        usual = ["HostName 127.0.0.1", f"IdentityFile {self.keys}/user", f"UserKnownHostsFile {self.home}/known_hosts"]
        usual += ["IdentitiesOnly yes", "StrictHostKeyChecking yes"]
        with (self.home / "config").open("a") as config:
            config.write("".join(f"{line}\n" for line in [f"Host {name}", *settings, *usual]))

    def replace(self, script):
        """Has another program be called ssh."""
        (self.home / "ssh").write_text(f"#!/bin/bash\necho $$ >>{self.home}/starts\n{script}\n")

    def starts(self):
        """The ids of all ssh processes so far."""
        file = self.home / "starts"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def are_gone(self):
        return not any(Path(f"/proc/{process}").exists() for process in self.starts())


@pytest.fixture
def ssh(scratch, keys, dkr_ls):
    home = scratch / "ssh"
    home.mkdir()
    plain = dkr_ls.environment
    dkr_ls.environment = lambda **variables: plain(**variables) | {"PATH": f"{home}:{plain()['PATH']}"}
    with contextlib.ExitStack() as stack:
        ssh = Ssh(home, keys, stack)
        ssh.replace(f'exec /usr/bin/ssh -F {home}/config "$@"')
        (home / "ssh").chmod(0o755)
        (home / "config").touch()
        yield ssh
        wait_until(ssh.are_gone)


def add_context(dkr_ls, name, host):
    directory = dkr_ls.home / "contexts/meta" / hashlib.sha256(name.encode()).hexdigest()
    directory.mkdir(parents=True)
    meta = {"Name": name, "Metadata": {}, "Endpoints": {"docker": {"Host": host}}}
    (directory / "meta.json").write_text(json.dumps(meta))


def by_docker(dkr_ls, *flags, **variables):
    command = [peers.clients()[-1], *flags, "images"]
    return subprocess.run(command, env=dkr_ls.environment(**variables), check=True, capture_output=True).stdout


def steady(table):
    """The lines whose age does not change while ssh logs in, in an order that docker's does not have."""
    return sorted(line for line in table.decode().split("\n") if " second" not in line)


@pytest.mark.parametrize("by", ["flag", "variable", "context", "source", "user and port"])
def test_the_table_is_dockers_over_the_same_connection(dkr_ls, engine, ssh, by):
    port = ssh.serve("far", engine.host)
    host = f"ssh://root@far:{port}" if by == "user and port" else "ssh://far"
    ours, variables = ["-H", host], {}
    if by == "variable":
        ours, variables = [], {"DOCKER_HOST": host}
    elif by == "context":
        add_context(dkr_ls, "remote", host)
        ours = ["--context", "remote"]
    theirs = ours
    if by == "source":
        ours = ["--source", f"docker:{host}"]
    result = dkr_ls(*ours, "tags", env=variables)
    assert (result.status, result.stderr) == (0, b"")
    mine, docker = at_one_moment(
        lambda: steady(dkr_ls(*ours, "tags", env=variables).stdout),
        lambda: steady(by_docker(dkr_ls, *theirs, **variables)),
    )
    assert mine == docker and len(mine) > 3


@pytest.mark.parametrize("command", [["tags"], ["repos"], ["du"], ["tags", "--unused"], ["tags", "--platform", "all"]])
def test_one_ssh_process_is_enough_for_all_requests(dkr_ls, engine, ssh, command):
    ssh.serve("far", engine.host)
    result = dkr_ls("-H", "ssh://far", *command)
    assert (result.status, result.stderr) == (0, b"")
    assert (len(ssh.starts()), ssh.are_gone()) == (1, True)
    far, near = at_one_moment(
        lambda: steady(dkr_ls("-H", "ssh://far", *command).stdout),
        lambda: steady(dkr_ls("-H", engine.host, *command).stdout),
    )
    assert far == near


def test_what_a_log_says_names_the_address(dkr_ls, ssh, pretend_engine):
    ssh.serve("far", pretend_engine([image("q:1")]).host)
    result = dkr_ls("-H", "ssh://far", "repos", "--log-level", "DEBUG")
    assert b"running ssh -o ConnectTimeout=30 -T -- far docker system dial-stdio" in result.stderr
    assert b" over ssh://far" in result.stderr


def test_two_hosts_are_compared(dkr_ls, ssh, pretend_engine):
    ssh.serve("a", pretend_engine([image("both:1"), image("both:left")]).host)
    ssh.serve("b", pretend_engine([image("both:1"), image("both:right")]).host)
    result = dkr_ls("diff", "docker:ssh://a", "docker:ssh://b", "-q")
    assert (result.status, sorted(result.stdout.decode().split()), result.stderr) == (3, ["both:left", "both:right"], b"")
    assert len(ssh.starts()) == 2
    assert dkr_ls("diff", "docker:ssh://a", "docker:ssh://a").status == 0


def test_a_path_names_the_engines_socket(dkr_ls, ssh, pretend_engine):
    ssh.serve("far", "unix:///nonexistent")
    socket = pretend_engine([image("q:1")]).host.removeprefix("unix://")
    result = dkr_ls("-H", f"ssh://far{socket}", "repos")
    assert (result.stdout, result.stderr) == (b"REPOSITORY\nq\n", b"")
    assert b"q " in by_docker(dkr_ls, "-H", f"ssh://far{socket}")


def fails(dkr_ls, *words, host="ssh://far", flags=(), message=""):
    result = dkr_ls("-H", host, "tags", *flags)
    assert_one_error(result, f"{host}: {message}")
    text = result.stderr.decode()
    assert all(word in text for word in words), text
    assert len(text.splitlines()) == 2, text
    return result


def test_a_refused_connection_is_said_in_sshs_words(dkr_ls, ssh):
    with peers.reserved_address() as address:
        port = address.split(":")[1]
        ssh.configure("far", f"Port {port}")
        fails(dkr_ls, message=f"ssh: connect to host 127.0.0.1 port {port}: Connection refused")


def test_a_host_that_does_not_exist_is_said_in_sshs_words(dkr_ls, ssh):
    message = "ssh: Could not resolve hostname nowhere.invalid"
    fails(dkr_ls, "does `ssh -p 2222 me@nowhere.invalid` work?", host="ssh://me@nowhere.invalid:2222", message=message)


def test_a_key_that_is_not_accepted_is_said_in_sshs_words(dkr_ls, ssh, keys):
    ssh.serve("far", "unix:///nonexistent", f"AuthorizedKeysFile {keys}/stranger.pub")
    fails(dkr_ls, "Permission denied (publickey", "does `ssh far` log in?")


def test_an_unknown_host_key_is_said_in_sshs_words(dkr_ls, ssh):
    ssh.serve("far", "unix:///nonexistent", client=["UserKnownHostsFile /dev/null"])
    fails(dkr_ls, "run `ssh far` once", message="Host key verification failed.")


def test_a_changed_host_key_is_said_in_sshs_words(dkr_ls, ssh, keys):
    port = ssh.serve("far", "unix:///nonexistent")
    (ssh.home / "known_hosts").write_text(f"[127.0.0.1]:{port} {(keys / 'stranger.pub').read_text()}")
    fails(dkr_ls, "has changed", "`ssh-keygen -R far`", message="Host key verification failed.")


def test_a_jump_that_fails_is_the_cause(dkr_ls, ssh):
    with peers.reserved_address() as address:
        ssh.configure("far", f"ProxyCommand /usr/bin/ssh -p {address.split(':')[1]} -W %h:%p 127.0.0.1")
        fails(dkr_ls, "Connection refused; ", "Connection closed by UNKNOWN", message="ssh: connect to host 127.0.0.1")


def test_a_warning_of_ssh_that_ends_well_is_not_the_cause(dkr_ls, ssh):
    ssh.replace("echo warning >&2; read line")
    result = fails(dkr_ls, message="the answer broke off: ")
    assert b"warning" not in result.stderr


def test_no_docker_there_is_said_in_the_shells_words(dkr_ls, ssh):
    ssh.serve("far", "unix:///nonexistent", path="/nonexistent")
    result = fails(dkr_ls, "not found", "docker's client must be on the PATH")
    assert b"docker" in result.stderr.splitlines()[0]


def test_no_engine_there_is_said_in_dockers_words(dkr_ls, ssh):
    ssh.serve("far", "unix:///nonexistent")
    fails(dkr_ls, "/nonexistent", "ssh works, but the engine there does not: try `ssh far docker version`")


def test_no_ssh_here_is_said(dkr_ls, ssh):
    (ssh.home / "ssh").unlink()
    result = dkr_ls.run([dkr_ls.binary, "-H", "ssh://far", "tags"], env={}, executable=dkr_ls.binary)
    assert result.status == 1
    dkr_ls.environment = lambda **variables: {"PATH": str(ssh.home), "DOCKER_CONFIG": "/nonexistent"}
    fails(dkr_ls, "openssh-client", message="cannot run ssh: no such file or directory")


def test_ssh_that_may_not_be_run_is_said(dkr_ls, ssh):
    (ssh.home / "ssh").chmod(0o644)
    dkr_ls.environment = lambda **variables: {"PATH": str(ssh.home), "DOCKER_CONFIG": "/nonexistent"}
    result = fails(dkr_ls, message="cannot run ssh: permission denied")
    assert b"install" not in result.stderr


def test_a_machine_without_loopback_is_said(dkr_ls, ssh):
    command = ["unshare", "-n", dkr_ls.binary, "-H", "ssh://far", "tags"]
    if os.geteuid() != 0 or subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode != 0:
        pytest.skip("no network namespace can be made here")
    assert_one_error(dkr_ls.run(command), "no connection within this machine, on 127.0.0.1: network is unreachable")
    assert ssh.starts() == []


def test_ssh_that_hangs_is_given_up_and_ended(dkr_ls, ssh):
    ssh.replace("exec sleep 1000")
    result = fails(dkr_ls, "--timeout SECONDS", flags=["--timeout", "1"], message="no progress for 1 second")
    assert result.seconds < SOON
    assert ssh.are_gone()


def test_ssh_that_refuses_to_terminate_is_killed(dkr_ls, ssh):
    ssh.replace("trap '' TERM INT HUP; while true; do sleep 0.1; done")
    fails(dkr_ls, flags=["--timeout", "1"], message="no progress for 1 second")
    assert ssh.are_gone()


def test_ssh_that_dies_midway_is_one_error(dkr_ls, ssh):
    head = "HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: 1000\\r\\n\\r\\n[{"
    ssh.replace(f"read line; printf '{head}'; echo 'client_loop: send disconnect: Broken pipe' >&2; exit 255")
    fails(dkr_ls, message="client_loop: send disconnect: Broken pipe")
    ssh.replace(f"read line; printf '{head}'; kill -KILL $$")
    fails(dkr_ls, message="ssh ended with status 137 and said nothing")
    ssh.replace(f"read line; printf '{head}'")
    fails(dkr_ls, message="the answer broke off: ")


def test_a_real_ssh_that_is_killed_midway_is_one_error(dkr_ls, ssh, serve):
    asked = ssh.home / "asked"
    server = serve(lambda path: asked.touch() or silence(path) if "images" in path else [http("200 OK", b"")])
    ssh.serve("far", server.address)
    until_asked = f"while ! [ -e {asked} ]; do sleep 0.01; done"
    ssh.replace(f'/usr/bin/ssh -F {ssh.home}/config "$@" <&0 & {until_asked}; kill $!; wait $!')
    fails(dkr_ls, "does `ssh far` work?", message="ssh ended with status ")


def test_an_engine_that_closes_each_connection_is_asked_through_another(dkr_ls, ssh, serve):
    """Through another ssh, as with docker."""
    server = serve(lambda path: [json_answer([image("q:1")] if "images" in path else [])])
    ssh.serve("far", server.address)
    result = dkr_ls("-H", "ssh://far", "tags", "--unused", "-q")
    assert (result.status, result.stdout, result.stderr) == (0, b"c0ffeec0ffee\n", b"")
    asked = [line for line in server.requests if "_ping" not in line]  # by docker's client over there
    assert (len(ssh.starts()), asked) == (2, ["GET /images/json?manifests=1", "GET /containers/json?all=1"])
    assert ssh.are_gone()


def test_output_of_a_login_shell_is_recognised(dkr_ls, ssh):
    ssh.replace("echo Welcome to this machine.; exec sleep 1000")
    fails(dkr_ls, "start-up file of the login shell")


@pytest.mark.parametrize("kind", ["banner", "flood there", "flood here", "endless"])
def test_standard_error_neither_blocks_nor_shows_when_all_goes_well(dkr_ls, ssh, scratch, pretend_engine, kind):
    host = pretend_engine([image("q:1")]).host
    flood = "head -c 20000000 /dev/zero | tr '\\0' x >&2"
    if kind == "banner":
        (scratch / "banner").write_text("Authorised use only!\n" * 100)
        ssh.serve("far", host, f"Banner {scratch}/banner")
    elif kind == "flood there":
        (scratch / "there").mkdir()
        (scratch / "there/docker").write_text(f'#!/bin/sh\n{flood}\nexec /usr/bin/docker "$@"\n')
        (scratch / "there/docker").chmod(0o755)
        ssh.serve("far", host, path=f"{scratch}/there:/usr/bin:/bin")
    else:
        ssh.serve("far", host)
        before = flood if kind == "flood here" else "yes flood >&2 &"
        ssh.replace(f'{before}\n/usr/bin/ssh -F {ssh.home}/config "$@"')
    result = dkr_ls("-H", "ssh://far", "repos")
    assert (result.status, result.stdout, result.stderr) == (0, b"REPOSITORY\nq\n", b"")


def test_control_characters_of_the_other_side_are_made_harmless(dkr_ls, ssh):
    ssh.replace("printf '\\033]0;title\\007\\033[31mred\\n' >&2; exit 255")
    result = fails(dkr_ls, message="\\x1b]0;title\\x07\\x1b[31mred")
    assert b"\x1b" not in result.stderr


@pytest.mark.parametrize("name, status", [("INT", 130), ("TERM", 143), ("HUP", 129)])
def test_an_interrupt_leaves_no_ssh_behind(dkr_ls, ssh, serve, name, status):
    server = serve(silence)
    ssh.serve("far", server.address)
    result = dkr_ls.interrupted(name, lambda: server.requests, "-H", "ssh://far", "tags")
    assert (result.status, result.stdout) == (status, b"")
    wait_until(ssh.are_gone)


def test_ssh_ends_even_if_nobody_can_end_it(dkr_ls, ssh, serve):
    server = serve(silence)
    ssh.serve("far", server.address)
    result = dkr_ls.run(
        [dkr_ls.binary, "-H", "ssh://far", "tags"], interruption=(signal.SIGKILL, lambda: server.requests)
    )
    assert result.status == 128 + signal.SIGKILL
    wait_until(ssh.are_gone)


def test_a_connection_that_ssh_shares_is_used_and_left_alone(dkr_ls, ssh, pretend_engine):
    shared = [f"ControlPath {ssh.home}/master", "ControlMaster auto", "ControlPersist 60"]
    ssh.serve("far", pretend_engine([image("q:1")]).host, client=shared)
    control = lambda what: subprocess.run(
        ["/usr/bin/ssh", "-F", ssh.home / "config", "-O", what, "far"], capture_output=True
    ).returncode
    try:
        for _ in range(2):
            result = dkr_ls("-H", "ssh://far", "repos")
            assert (result.stdout, result.stderr) == (b"REPOSITORY\nq\n", b"")
            assert result.seconds < 10
        assert control("check") == 0
    finally:
        control("exit")


@pytest.mark.parametrize(
    "host, words",
    [
        ("ssh://me:hunter2@far", "ssh://***@far: a password in the address is not supported"),
        ("ssh://far?hunter2", "a query or a fragment in the address is not supported"),
        ("ssh://far#hunter2", "a query or a fragment in the address is not supported"),
        ("ssh://-oProxyCommand=touch%20hunter2", "the host or port is not valid"),
        ("ssh://-oProxyCommand=x@far", "the user is not valid"),
        ("ssh://", "the host is missing"),
        ("ssh://far/x;touch hunter2", "the path of the socket contains more than"),
    ],
)
def test_what_docker_refuses_or_could_be_an_option_never_reaches_ssh(dkr_ls, ssh, host, words):
    for flags, variables, status in (["-H", host], {}, 2), ([], {"DOCKER_HOST": host}, 1):
        result = dkr_ls(*flags, "tags", "--log-level", "TRACE", env=variables)
        assert (result.status, result.stdout, len(result.errors)) == (status, b"", 1)
        assert words in result.errors[0]
    assert ssh.starts() == []
    result = dkr_ls("-H", "ssh://me:hunter2@far", "tags", "--log-level", "TRACE")
    assert b"hunter2" not in result.stderr


@dataclasses.dataclass(frozen=True)
class OnTerminal:
    status: int
    shown: bytes
    echoes: bool  # in the end, as a terminal does that is left in order


def on_terminal(command, environment, question, answer, patience=0):
    """Runs the command on a terminal of its own, where the answer is typed so many seconds after the question."""
    process, terminal = pty.fork()
    if process == 0:
        os.execve(command[0], command, environment)
    watchdog = threading.Timer(SOON, os.kill, (process, signal.SIGKILL))
    watchdog.start()
    shown, is_answered = b"", False
    with contextlib.suppress(OSError):  # the terminal ends with the process
        while True:
            shown += os.read(terminal, 65536)
            if question in shown and not is_answered:
                time.sleep(patience)
                is_answered = os.write(terminal, answer) > 0
    _, ending = os.waitpid(process, 0)
    watchdog.cancel()
    echoes = bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
    os.close(terminal)
    return OnTerminal(os.waitstatus_to_exitcode(ending), shown, echoes)


@pytest.fixture
def locked(ssh, scratch):
    """The user's key with a passphrase, `opensesame`."""
    shutil.copy(ssh.keys / "user", scratch / "locked")
    change = ["ssh-keygen", "-q", "-p", "-P", "", "-N", "opensesame", "-f", scratch / "locked"]
    subprocess.run(change, check=True, stdout=subprocess.DEVNULL)
    return scratch / "locked"


def test_ssh_asks_for_a_passphrase_on_the_terminal(dkr_ls, ssh, locked, pretend_engine):
    """Which may take longer than the time limit."""
    ssh.serve("far", pretend_engine([image("q:1")]).host, client=[f"IdentityFile {locked}"])
    ssh.replace(f'sleep 3; exec /usr/bin/ssh -F {ssh.home}/config "$@"')
    command = [str(dkr_ls.binary), "-H", "ssh://far", "repos", "--timeout", "1"]
    environment = dkr_ls.environment(TERM="xterm")  # a terminal that can erase a line
    result = on_terminal(command, environment, b"Enter passphrase", b"opensesame\n", patience=1)
    assert (result.status, result.echoes) == (0, True)
    assert b"\x1b[K" not in result.shown
    assert b"Enter passphrase" in result.shown and result.shown.endswith(b"REPOSITORY\r\nq\r\n")


def test_an_interrupt_at_the_passphrase_leaves_nothing_behind(dkr_ls, ssh, locked):
    ssh.serve("far", "unix:///nonexistent", client=[f"IdentityFile {locked}"])
    command = [str(dkr_ls.binary), "-H", "ssh://far", "repos"]
    result = on_terminal(command, dkr_ls.environment(), b"Enter passphrase", b"\x03")
    assert (result.status, result.echoes) == (-signal.SIGINT, True)
    wait_until(ssh.are_gone)
