# Functions for bash scripts that run steps and finally report how long each took. To be sourced.
# shellcheck shell=bash
#
#   step NAME COMMAND..   runs the command, and returns its status
#   print_steps           prints the elapsed seconds and CPU seconds of each step so far
#
# STEPS is the file that stores the figures. A script that is a step of another one adds to its file.

step() {
    local TIMEFORMAT="$1 %R %U %S"
    shift
    { time "$@" 2>&3 3>&-; } 3>&2 2>>"$STEPS"
}

print_steps() {
    awk 'BEGIN { printf "%-14s %8s %12s\n", "step", "seconds", "CPU seconds" }
         { printf "%-14s %8.0f %12.0f\n", $1, $2, $3 + $4 }' "$STEPS"
}
