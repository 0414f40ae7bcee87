#!/usr/bin/env bash
# Lets clang read each source on its own, and reports what it does not find: a unity build compiles the sources of a folder as
# one file, in which one may lean on what another includes. The headers of libraries are precompiled and so always there;
# only `make unit` notices when one of them is missing.
#
#   alone.sh BUILD FOLDER..    BUILD is a configured build directory, for its generated headers. JOBS is the number of processes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=$1
shift
[[ -e $build/generated ]] || { echo "alone.sh: $build is not a build directory" >&2; exit 1; }
work=$(mktemp -d "${TMPDIR:-/tmp}/dkr-ls-alone.XXXXXX")
trap 'rm -rf "$work"' EXIT
export work
cat >"$work/flags" <<END
-std=c++20 -DFMT_SHARED -DDKR_GOLDEN=\\"\\" -DDKR_MAN_PAGE_TEMPLATE=\\"\\"
-I$build/generated -Isrc -Itests -Ifuzz
END

git grep --no-index -hoE '^#include <(fmt/format\.h|gmock/gmock\.h|simdjson\.h|[a-z_]+)>' -- "$@" src |
    sort --unique >"$work/libraries.h"
clang++ @"$work/flags" -x c++-header -fpch-instantiate-templates "$work/libraries.h" -o "$work/libraries.pch"

alone() {
    clang++ @"$work/flags" -fsyntax-only -w -include-pch "$work/libraries.pch" "$1" || {
        echo "alone.sh: $1 does not compile on its own" >&2
        return 1
    }
}
export -f alone
# shellcheck disable=SC2016 # expanded by the inner shell
find "$@" -name '*.cpp' -print0 | sort --zero-terminated |
    xargs --null --max-args=1 --max-procs="${JOBS:-$(nproc)}" bash -c 'alone "$0"'
