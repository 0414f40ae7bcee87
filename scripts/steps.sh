# Functions for bash scripts that run steps, some of them at the same time, and finally report how long each took. To be sourced.
# shellcheck shell=bash
#
#   step NAME COMMAND..   runs the command, and returns its status
#   start NAME COMMAND..  runs it in the background, with what the other steps leave of the processors, and without a terminal
#   finish NAME           waits for it, prints its output, to standard error if it failed, and returns its status
#   print_steps           prints the elapsed seconds and CPU seconds of each step so far
#
# STEPS is the file that stores the figures. A script that is a step of another one adds to its file, and leaves the report to it.
# Ended early, a script ends its background steps, and waits for them to clean up.

declare -A background=() # their process groups
steps_work=$(mktemp -d "${TMPDIR:-/tmp}/dkr-ls-steps.XXXXXX")
steps_of=${STEPS:-} # of another script
export STEPS=${STEPS:-$steps_work/steps}

end_steps() {
    trap - EXIT
    trap '' INT TERM HUP
    local group
    for group in "${background[@]}"; do kill -- "-$group" 2>/dev/null || true; done
    for group in "${background[@]}"; do
        while kill -0 -- "-$group" 2>/dev/null; do sleep 0.1; done
    done
    rm -rf "$steps_work"
}
trap end_steps EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

step() {
    local TIMEFORMAT="$1 %R %U %S"
    shift
    { time "$@" 2>&3 3>&-; } 3>&2 2>>"$STEPS"
}

start() {
    local name=$1
    shift
    set -m # a process group, so that it can be killed as a whole
    step "$name" nice "$@" </dev/null >"$steps_work/$name" 2>&1 &
    background[$name]=$!
    set +m
}

finish() {
    local status=0
    wait "${background[$1]}" || status=$?
    unset "background[$1]"
    if ((status == 0)); then
        cat "$steps_work/$1"
    else
        cat "$steps_work/$1" >&2
        echo "${0##*/}: $1 failed, see above" >&2
    fi
    return "$status"
}

print_steps() {
    [[ -z $steps_of ]] || return 0
    awk 'BEGIN { printf "%-14s %8s %12s\n", "step", "seconds", "CPU seconds" }
         { printf "%-14s %8.0f %12.0f\n", $1, $2, $3 + $4 }' "$STEPS"
}
