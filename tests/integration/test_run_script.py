"""scripts/run.sh, which is `make run`: when it starts a throw-away engine, and what it says when it cannot."""

import os
import subprocess

import pytest

import peers

NO_ENGINE = "Error: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"


@pytest.fixture
def run(scratch):
    """Runs the script with a stand-in for dkr-ls that finds no engine, unless DOCKER_HOST names one."""
    if os.geteuid() != 0:
        pytest.skip("a throw-away engine needs root")
    program = scratch / "dkr-ls"
    program.write_text(f'#!/bin/sh\n[ -z "$DOCKER_HOST" ] || {{ echo "listed $*"; exit; }}\necho "{NO_ENGINE}" >&2\nexit 1\n')
    program.chmod(0o755)
    scratch.chmod(0o755)

    def run(*args, wrapper=(), **variables):
        environment = peers.CLEAN | {"DKR_LS": str(program), "TMPDIR": str(scratch)} | variables
        command = [*wrapper, peers.ROOT / "scripts/run.sh", *args]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert [path.name for path in scratch.iterdir()] == ["dkr-ls"]
        return done

    return run


def test_where_no_engine_answers_it_installs_and_starts_one(run, scratch):
    done = run("tags", INSTALL_ENGINE="echo installing")
    assert (done.returncode, done.stdout) == (0, "listed tags\n"), done.stderr
    assert "installing\nrun.sh: no Docker engine answers: starting a throw-away one" in done.stderr


@pytest.mark.parametrize("word", ["--host", "-H", "--context=mine", "--source"])
def test_where_an_engine_is_named_it_starts_no_other(run, word):
    done = run("tags", word, "unix:///nowhere", INSTALL_ENGINE="echo installing")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{NO_ENGINE}\n")


REASONS = {
    "no root": ({}, ["setpriv", "--reuid=65534"], "that needs root, or sudo without a password"),
    "no packages": ({"INSTALL_ENGINE": "false"}, [], "its packages cannot be installed, as said above"),
    "no engine": ({"DOCKERD": "/nowhere"}, [], "dockerd is not installed"),
    "no client": ({"DOCKER": "/nowhere"}, [], "there is no docker client /nowhere to fill it with"),
    "no mounts": ({}, ["setpriv", "--bounding-set=-sys_admin"], "a Docker engine needs to mount file systems"),
    "an engine that fails": ({"DOCKERD": "/bin/false"}, [], "dockerd did not start"),
}


@pytest.mark.parametrize(["variables", "wrapper", "reason"], REASONS.values(), ids=REASONS)
def test_what_keeps_it_from_starting_an_engine_is_said(run, scratch, variables, wrapper, reason):
    if "--reuid=65534" in wrapper:
        os.chown(scratch, 65534, 65534)
    done = run("tags", wrapper=wrapper, **variables)
    assert (done.returncode, done.stdout) == (1, "")
    assert NO_ENGINE in done.stderr
    said = done.stderr.splitlines()[-1]
    assert said.startswith(f"run.sh: no Docker engine answers, and no throw-away one can be started: {reason}"), done.stderr
