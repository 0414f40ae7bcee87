#!/usr/bin/env bash
# Runs dkr-ls on your Docker engine or, if none responds, on a throw-away one with the images of the
# assignment.
#
#   run.sh [ARG..]    runs dkr-ls with these arguments, default: tags; the status is that of dkr-ls
#
# INSTALL_ENGINE is the command that installs an engine and its client, if they are needed.
set -euo pipefail

scripts=$(dirname "${BASH_SOURCE[0]}")
dkr_ls=${DKR_LS:-$scripts/../build/dkr-ls}
docker=${DOCKER:-/usr/bin/docker}
as_root=()
((EUID == 0)) || as_root=(sudo --non-interactive)
(($# > 0)) || set -- tags

work=$(mktemp -d "${TMPDIR:-/tmp}/dkr-ls-run.XXXXXX")
started=no

clean_up() {
    trap '' INT TERM HUP # must not be interrupted half-way
    [[ $started == no ]] || "${as_root[@]}" "$scripts/engine.sh" stop "$work/engine"
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# Whether to start an engine: none responded, and the arguments do not select one.
another_engine_helps() {
    local argument
    grep --quiet '^Error: Cannot connect to the Docker daemon' "$work/stderr" || return 1
    for argument; do
        [[ ! $argument =~ ^(-H|--host|--context|--source) ]] || return 1
    done
}

# Exits with the output of dkr-ls, and the reason why there is no throw-away engine.
give_up() {
    cat "$work/stderr" >&2
    [[ -z ${1-} ]] || echo "run.sh: no Docker engine answers, and no throw-away one can be started: $1" >&2
    exit "$status"
}

# Makes sure that a throw-away engine can be started.
prepare_engine() {
    local -a install=()
    local reason
    "${as_root[@]}" true 2>/dev/null || give_up "that needs root, or sudo without a password"
    if [[ -n ${INSTALL_ENGINE:-} ]]; then
        read -ra install <<<"$INSTALL_ENGINE"
        "${install[@]}" >&2 || give_up "its packages cannot be installed, as said above"
    fi
    reason=$("${as_root[@]}" "$scripts/engine.sh" check 2>&1) || give_up "${reason#engine.sh: }"
    type -P "$docker" >/dev/null || give_up "there is no docker client $docker to fill it with"
}

status=0
"$dkr_ls" "$@" 2>"$work/stderr" || status=$?
if ((status != 1)) || ! another_engine_helps "$@"; then give_up; fi
prepare_engine

echo "run.sh: no Docker engine answers: starting a throw-away one with the assignment's images" >&2
started=yes
"${as_root[@]}" "$scripts/engine.sh" start "$work/engine" --group="$(id --group)" \
    >"$work/address" 2>"$work/engine.stderr" || {
    cat "$work/engine.stderr" >&2
    reason=$(tail -n 1 "$work/engine.stderr")
    give_up "${reason#engine.sh: }"
}
DOCKER_HOST=$(<"$work/address")
export DOCKER_HOST
unset DOCKER_CONTEXT DOCKER_TLS DOCKER_TLS_VERIFY
"$scripts/assignment-images.sh" | "$scripts/image-archive.sh" | "$docker" load --quiet >/dev/null
"$dkr_ls" "$@"
