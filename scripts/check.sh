#!/usr/bin/env bash
# The checks that every change must pass: `make check`. The linters run in parallel with the tests;
# their output is printed at the end, when the tests have passed.
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

# Here, in the foreground, sudo can ask for a password.
make deps-test deps-lint
set -m # a separate process group, so that it can be killed as a whole
step lint nice make lint </dev/null >"$work/lint" 2>&1 &
lint=$!
set +m
step run make run
step test make test
step e2e make e2e
status=0
wait "$lint" || status=$?
lint=
cat "$work/lint" >&2
((status == 0)) || { echo "check.sh: the linters failed" >&2; exit 1; }
[[ -z ${own_steps:-} ]] || print_steps
