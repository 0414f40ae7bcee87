# For scripts that run steps, and say in the end how long each took: sourced, by bash.
# shellcheck shell=bash
#
#   step NAME COMMAND..   runs it, for its status
#   print_steps           seconds by the clock, and of processors, of each step so far
#
# STEPS is the file that holds the figures; a script that is itself a step of another one adds to
# that one's.

step() {
    local TIMEFORMAT="$1 %R %U %S"
    shift
    { time "$@" 2>&3 3>&-; } 3>&2 2>>"$STEPS"
}

print_steps() {
    awk 'BEGIN { printf "%-14s %8s %12s\n", "step", "seconds", "CPU seconds" }
         { printf "%-14s %8.0f %12.0f\n", $1, $2, $3 + $4 }' "$STEPS"
}
