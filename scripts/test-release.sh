#!/usr/bin/env bash
# The tests of a release: `make test-release`. What is released is built in parallel with the tests that do not need it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/steps.sh

# Here, in the foreground, sudo can ask for a password.
make deps-release
step build make build
start dist make static dist
step sanitized make test-sanitized
step bare make test-bare
step fuzz make fuzz FUZZ_PRESET=sanitize FUZZ_SECONDS=5
finish dist
start arm64 make test-arm64
step static make test-static
step packed make test-packed
finish arm64
print_steps
