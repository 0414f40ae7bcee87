#!/usr/bin/env bash
# Runs clang-tidy on everything that a build directory compiles, in JOBS parallel processes (default:
# the number of processors). Warnings are errors, and all output is shown.
#
#   tidy.sh BUILD    BUILD is a build directory with compile_commands.json. That of the preset `lint` is
#                    read several times as fast, since it has the headers of libraries only a few times.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tidy() {
    local said status=0 options=()
    # clang-tidy looks for settings above the file that it reads, but those of the preset `lint` are in BUILD.
    case ${2#"$PWD/"} in
        tests/* | fuzz/* | "$1"/tests/* | "$1"/fuzz/*) options=(--config-file=tests/.clang-tidy) ;;
    esac
    said=$(clang-tidy --quiet -p "$1" "${options[@]}" "$2" 2>&1) || status=$?
    # Even with --quiet, it prints how many warnings it has suppressed.
    grep --extended-regexp --invert-match '^[0-9]+ warnings? generated\.$' <<<"$said" | grep . >&2 || true
    return "$status"
}
export -f tidy

build=$1
[[ -e $build/compile_commands.json ]] || { echo "tidy.sh: $build is not a build directory" >&2; exit 1; }
# shellcheck disable=SC2016 # expanded by the inner shell
sed --quiet 's/^ *"file": "\(.*\)",*$/\1/p' "$build/compile_commands.json" | tr '\n' '\0' |
    xargs --null --max-args=1 --max-procs="${JOBS:-$(nproc)}" bash -c 'tidy "$0" "$1"' "$build"
