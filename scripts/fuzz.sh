#!/usr/bin/env bash
# Runs each fuzz target for some seconds, as many at a time as there are processors. Ends with status 1
# when one finds something; the input is then in the build directory.
#
#   fuzz.sh BUILD SECONDS    BUILD is a build directory of the preset `fuzz` or `sanitize`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=$1
export seconds=$2
work=$(mktemp -d "${TMPDIR:-/tmp}/dkr-ls-fuzz.XXXXXX")
trap 'rm -rf "$work"' EXIT
export work

fuzz() {
    local program=$1 name=${1##*/fuzz_} status=0
    mkdir "$work/$name"
    "$program" -max_total_time="$seconds" -timeout=10 -artifact_prefix="$program-" -print_final_stats=1 \
        "$work/$name" "fuzz/corpus/$name" >"$work/$name.log" 2>&1 || status=$?
    if ((status != 0)); then
        tail --lines=60 "$work/$name.log" >&2
        echo "$name: status $status" >&2
        return 1
    fi
    sed --quiet "s/^stat::number_of_executed_units: */$name: inputs tried: /p" "$work/$name.log"
}
export -f fuzz

shopt -s nullglob
targets=()
for program in "$build"/fuzz/fuzz_*; do
    [[ ! -x $program || -d $program ]] || targets+=("$program")
done
((${#targets[@]} > 0)) || { echo "fuzz.sh: $build has no fuzz targets" >&2; exit 1; }
# shellcheck disable=SC2016 # expanded by the inner shell
printf '%s\0' "${targets[@]}" |
    xargs --null --max-args=1 --max-procs="${JOBS:-$(nproc)}" bash -c 'fuzz "$0"'
