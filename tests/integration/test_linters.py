"""The linters see every file: a folder that is new, or deeper than others, is no place to hide."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import peers


def files_of_git(*patterns):
    """The tracked files that match, relative to the root."""
    listed = subprocess.run(["git", "ls-files", "--", *patterns], cwd=peers.ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("this is no clone")
    assert listed.stdout
    return set(listed.stdout.splitlines())


def test_clang_tidy_reads_every_source_file(scratch):
    """It is given what the preset `lint` lists: files that include the sources."""
    subprocess.run(["cmake", "--preset", "lint", "-B", scratch], cwd=peers.ROOT, capture_output=True, check=True)
    read = set()
    for command in json.loads((scratch / "compile_commands.json").read_text()):
        read.update([command["file"], *re.findall(r'#include "(.*)"', Path(command["file"]).read_text())])
    sources = files_of_git("src/*.cpp", "tests/*.cpp", "fuzz/*.cpp", "packaging/*.cpp", "bench/*.cpp")
    assert {str(peers.ROOT / path) for path in sources} - read == set()


def test_clang_tidy_reports_what_it_finds_in_every_file():
    settings = (peers.ROOT / ".clang-tidy").read_text()
    regex = re.search(r"^HeaderFilterRegex: *'(.*)'$", settings, re.MULTILINE).group(1)
    unseen = [path for path in files_of_git("*.h", "*.cpp") if not re.search(regex, f"/root/{path}")]
    assert unseen == []
    assert not re.search(regex, "/usr/include/src.h")


def test_the_include_check_reads_every_file(scratch):
    """With something forbidden in each, it complains of each."""
    source = shutil.copytree(peers.ROOT / "src", scratch / "src")
    (source / "new/folder/deep").mkdir(parents=True)
    (source / "new/folder/deep/file.cpp").write_text("")
    files = [path for path in source.rglob("*") if path.suffix in (".h", ".cpp")]
    for path in files:
        with path.open("a") as file:
            file.write('#include "some/module/planted.h"\n// std::thread\n')
    checked = subprocess.run([peers.ROOT / "tests/check_includes.sh", source], capture_output=True, text=True)
    assert checked.returncode == 1
    complaints = checked.stdout.splitlines()
    for path in (str(path.relative_to(scratch)) for path in files):
        about = [line for line in complaints if line.startswith(f"{path}:")]
        assert any("must not include some/module" in line or "no rule knows" in line for line in about), path
        assert any("std::(thread|" in line for line in about), path
