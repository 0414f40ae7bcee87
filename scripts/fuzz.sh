#!/usr/bin/env bash
# Runs each fuzz target for some seconds, as many at a time as there are processors. Ends with status 1
# when one finds something; the input is then in the build directory.
#
#   fuzz.sh BUILD SECONDS    BUILD is a build directory of the preset `fuzz` or `sanitize`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

program=$1/fuzz/fuzz
[[ -x $program ]] || { echo "fuzz.sh: $program is not built" >&2; exit 1; }
work=$(mktemp -d "${TMPDIR:-/tmp}/dkr-ls-fuzz.XXXXXX")
trap 'rm -rf "$work"' EXIT
export program work seconds=$2

fuzz() {
    local status=0
    mkdir "$work/$1"
    FUZZ=$1 "$program" -max_total_time="$seconds" -timeout=10 -artifact_prefix="${program}_$1-" -print_final_stats=1 \
        "$work/$1" "fuzz/corpus/$1" >"$work/$1.log" 2>&1 || status=$?
    if ((status != 0)); then
        tail --lines=60 "$work/$1.log" >&2
        echo "$1: status $status" >&2
        return 1
    fi
    sed --quiet "s/^stat::number_of_executed_units: */$1: inputs tried: /p" "$work/$1.log"
}
export -f fuzz

# shellcheck disable=SC2016 # expanded by the inner shell
find fuzz/corpus -mindepth 1 -maxdepth 1 -type d -printf '%f\0' | sort --zero-terminated |
    xargs --null --max-args=1 --max-procs="${JOBS:-$(nproc)}" bash -c 'fuzz "$0"'
