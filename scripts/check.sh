#!/usr/bin/env bash
# What every change has to pass: `make check`. The linters run beside the tests, and have their say
# when they are through.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/steps.sh

work=$(mktemp -d "${TMPDIR:-/tmp}/dkr-ls-check.XXXXXX")
lint=
[[ -n ${STEPS:-} ]] || { export STEPS=$work/steps; own_steps=yes; }

clean_up() {
    trap - EXIT
    trap '' INT TERM HUP
    [[ -z $lint ]] || kill -- "-$lint" 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

step run make run
set -m # a process group of its own, to be ended as a whole
step lint nice make lint >"$work/lint" 2>&1 &
lint=$!
set +m
step test make test
step e2e make e2e
status=0
wait "$lint" || status=$?
lint=
cat "$work/lint" >&2
((status == 0)) || { echo "check.sh: the linters object" >&2; exit 1; }
[[ -z ${own_steps:-} ]] || print_steps
