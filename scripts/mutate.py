#!/usr/bin/env python3
"""Breaks src in small ways, one at a time, and reports the mutants that the unit tests do not detect.

    scripts/mutate.py --build DIR [--seed 1] [--count 38] [--only REGEX]

DIR receives a copy of the tracked files and their build, which the next run reuses. Your own files are not changed.
The same seed makes the same mutants of the same sources. Mutants that do not compile do not count.
"""

import argparse
import dataclasses
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Replacements, for code that is formatted by clang-format: binary operators have blanks around them.
SWAPS = [
    (" == ", " != "), (" != ", " == "), (" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > "),
    (" < ", " > "), (" > ", " < "), (" && ", " || "), (r" \|\| ", " && "), (r" \+ ", " - "), (" - ", " + "),
    (r" \* ", " / "), (r" \+= ", " -= "), (" -= ", " += "), (r"\+\+", "--"), ("--", "++"), (r"(?<=[( ])!(?=[\w(*])", ""),
    (r"\btrue\b", "false"), (r"\bfalse\b", "true"), (r"\.front\(\)", ".back()"), (r"\.back\(\)", ".front()"),
]  # fmt: skip
NUMBER = re.compile(r"(?<![\w.'\"])\d[\d']*(?![\w.'\"])")
RETURN = re.compile(r"return (?!\{\}|std::nullopt;|nullptr;|0;|false;)[^;]+;")
# A call or an assignment; a declaration would have a blank before the name.
STATEMENT = re.compile(r"^\s+[\w:.>\-\[\]*+]+(\(.*\)| [-+|&]?= .*)?;$")
LEAVES_LOOP = re.compile(r"^\s+(if \(.*\) )?(break|continue);$")
# Lines that do not run, or have no effect that a test should see.
NO_CODE = re.compile(r"^\s*(//|#|using |template|friend |\}|public:|private:|.*\bvirtual\b)")
NOT_TESTED = re.compile(r"\blog_?\b|\blog\(|\.reserve\(|static_assert|shrink_to_fit|= default;|= delete;")


@dataclasses.dataclass(frozen=True)
class Mutant:
    path: str
    number: int  # of the line, from 1
    before: str
    after: str

    def __str__(self):
        return f"{self.path}:{self.number}\n  - {self.before.strip()}\n  + {self.after.strip()}"


def hide_texts(line):
    """Blanks out comments, strings and characters, so that only code is changed."""
    blank = lambda found: found.group()[0] + " " * (len(found.group()) - 2) + found.group()[-1]
    line = re.sub(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\'', blank, line)
    return re.sub(r"//.*", lambda found: " " * len(found.group()), line)


def changes_of(line, begins_a_statement):
    """All mutants of the line."""
    code = hide_texts(line)
    replace = lambda start, end, text: line[:start] + text + line[end:]
    for old, new in SWAPS:
        for found in re.finditer(old, code):
            yield replace(found.start(), found.end(), new)
    for found in NUMBER.finditer(code):
        value = int(found.group().replace("'", ""))
        for other in {value + 1, max(value - 1, 0)} - {value}:
            yield replace(found.start(), found.end(), str(other))
    for found in RETURN.finditer(code):
        yield replace(found.start(), found.end(), "return {};")
    if begins_a_statement and (STATEMENT.match(code) or LEAVES_LOOP.match(code)):
        yield line[: len(line) - len(line.lstrip())] + ";"


def mutants_of(path):
    before, in_raw_text = "", False
    for number, line in enumerate((ROOT / path).read_text().splitlines(), 1):
        in_raw_text = (in_raw_text or 'R"' in line) and ')"' not in line.split('R"')[-1]
        if not (in_raw_text or 'R"' in line or NO_CODE.match(line) or NOT_TESTED.search(line)):
            for after in sorted(set(changes_of(line, begins_a_statement=re.search(r"[;{}:]$", before)))):
                yield Mutant(path, number, line, after)
        before = hide_texts(line).rstrip() or before


class Tree:
    """A copy of the sources with a build."""

    def __init__(self, place):
        self.sources, self.build = place / "tree", place / "build"
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
        tracked = listed.stdout.splitlines()
        for path in filter(lambda path: (ROOT / path).is_file(), tracked):
            self.write(path, (ROOT / path).read_bytes())
        for path in [path for path in self.sources.rglob("*") if path.is_file()]:
            if str(path.relative_to(self.sources)) not in tracked:
                path.unlink()
        options = ["-D", "CMAKE_BUILD_TYPE=Debug", "-D", "CMAKE_CXX_FLAGS_DEBUG=-O0"]
        options += ["-G", "Ninja"] if shutil.which("ninja") else []
        options += ["-D", "CMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        command = ["cmake", "-S", self.sources, "-B", self.build, *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def write(self, path, content):
        """Does not touch a file that already has this content, so that it is not recompiled."""
        place = self.sources / path
        if not place.exists() or place.read_bytes() != content:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            shutil.copymode(ROOT / path, place)

    def compiles(self):
        command = ["cmake", "--build", self.build, "--parallel", "--target", "unit_tests"]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).returncode == 0

    def passes(self):
        """Whether all tests pass within two minutes."""
        try:
            command = [self.build / "tests/unit_tests", "--gtest_brief=1", "--gtest_fail_fast"]
            return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def survives(self, mutant):
        """Whether the tests pass with the mutant; None if it does not compile."""
        original = (ROOT / mutant.path).read_text()
        lines = original.splitlines(keepends=True)
        lines[mutant.number - 1] = mutant.after + "\n"
        self.write(mutant.path, "".join(lines).encode())
        try:
            return self.passes() if self.compiles() else None
        finally:
            self.write(mutant.path, original.encode())


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--build", type=Path, required=True, metavar="DIR")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=38)
    options.add_argument("--only", default="", metavar="REGEX", help="mutate only files whose path matches")
    options = options.parse_args()

    tree = Tree(options.build.resolve())
    if not (tree.compiles() and tree.passes()):
        sys.exit("mutate.py: the unit tests fail without any change")
    paths = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "src").rglob("*") if path.suffix in (".h", ".cpp"))
    mutants = [mutant for path in paths if re.search(options.only, path) for mutant in mutants_of(path)]
    random.Random(options.seed).shuffle(mutants)

    survivors, tried = [], 0
    for mutant in mutants:
        if tried == options.count:
            break
        survives = tree.survives(mutant)
        if survives is None:
            continue
        tried += 1
        print(f"{tried:3} {'SURVIVED' if survives else 'killed'} {mutant}", flush=True)
        survivors += [mutant] if survives else []
    print(f"\n{tried - len(survivors)} of {tried} killed; survivors:" if survivors else f"\nall {tried} killed")
    for mutant in survivors:
        print(mutant)


if __name__ == "__main__":
    main()
