#!/usr/bin/env bash
# The checks that every change must pass: `make check`. The linters run in parallel with the tests;
# their output is printed at the end, when the tests have passed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/steps.sh

# Here, in the foreground, sudo can ask for a password.
make deps-test deps-lint
start lint make lint
step run make run
step test make test
step e2e make e2e
finish lint
print_steps
