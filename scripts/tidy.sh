#!/usr/bin/env bash
# Runs clang-tidy on source files, as many at a time as there are processors, or JOBS; a warning is an
# error, and everything that clang-tidy says is shown.
#
#   tidy.sh BUILD FILE..    BUILD is a build directory with compile_commands.json
set -euo pipefail

tidy() {
    local said status=0
    said=$(clang-tidy --quiet -p "$1" "$2" 2>&1) || status=$?
    # How many warnings it has suppressed: it counts them even with --quiet.
    grep --extended-regexp --invert-match '^[0-9]+ warnings? generated\.$' <<<"$said" | grep . >&2 || true
    return "$status"
}
export -f tidy

build=$1
shift
[[ -e $build/compile_commands.json ]] || { echo "tidy.sh: $build is no build directory" >&2; exit 1; }
# shellcheck disable=SC2016 # the words are for the other shell
printf '%s\0' "$@" | xargs --null --max-args=1 --max-procs="${JOBS:-$(nproc)}" bash -c 'tidy "$0" "$1"' "$build"
