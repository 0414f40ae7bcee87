#!/usr/bin/env bash
# Runs clang-tidy on source files, in JOBS parallel processes (default: the number of processors).
# Warnings are errors, and all output is shown.
#
#   tidy.sh BUILD FILE..    BUILD is a build directory with compile_commands.json
set -euo pipefail

tidy() {
    local said status=0
    said=$(clang-tidy --quiet -p "$1" "$2" 2>&1) || status=$?
    # Even with --quiet, it prints how many warnings it has suppressed.
    grep --extended-regexp --invert-match '^[0-9]+ warnings? generated\.$' <<<"$said" | grep . >&2 || true
    return "$status"
}
export -f tidy

build=$1
shift
[[ -e $build/compile_commands.json ]] || { echo "tidy.sh: $build is not a build directory" >&2; exit 1; }
# shellcheck disable=SC2016 # expanded by the inner shell
printf '%s\0' "$@" | xargs --null --max-args=1 --max-procs="${JOBS:-$(nproc)}" bash -c 'tidy "$0" "$1"' "$build"
