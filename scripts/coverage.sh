#!/usr/bin/env bash
# Prints the line coverage of src by the unit tests, per folder. Needs gcovr.
#
#   coverage.sh [BUILD_DIR]    default: build-coverage
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${1:-$root/build-coverage}

generator=()
! command -v ninja >/dev/null || generator=(-G Ninja)
cmake -S "$root" -B "$build" "${generator[@]}" --log-level=WARNING -D CMAKE_BUILD_TYPE=Debug \
    -D CMAKE_CXX_FLAGS="--coverage -O0" -D CMAKE_UNITY_BUILD=ON -D CMAKE_UNITY_BUILD_BATCH_SIZE=0
cmake --build "$build" --parallel "${JOBS:-$(nproc)}" --target unit_tests
find "$build" \( -name '*.gcda' -o -path '*CompilerId*.gcno' \) -delete
"$build/tests/unit_tests" --gtest_brief=1
# A line in a header counts once, even if several files include it.
gcovr --root "$root" --filter "$root/src/" --object-directory "$build" --csv |
    awk -F, '
        NR == 1 { next }
        {
            folder = $1
            if (!sub("/[^/]*$", "", folder)) folder = "."
            lines[folder] += $2; covered[folder] += $3; all += $2; all_covered += $3
        }
        END {
            for (folder in lines) print line(folder, lines[folder], covered[folder]) | "sort"
            close("sort")
            print line("all", all, all_covered)
        }
        function line(name, lines, covered) {
            return sprintf("%-22s %5d of %5d lines  %5.1f %%", name, covered, lines, 100 * covered / lines)
        }'
