#!/usr/bin/env bash
# Prints copyright notices, and after them the licence texts that Debian keeps in one place and the
# notices only point to.
#
#   with-licences.sh FILE...
set -euo pipefail

cat "$@"
mapfile -t pointers < <(grep --no-filename --only-matching --extended-regexp \
    '/usr/share/common-licenses/[A-Za-z0-9.+-]*[A-Za-z0-9]' "$@" | sort --unique)
declare -A is_printed
for pointer in "${pointers[@]}"; do
    text=$(realpath --canonicalize-existing "$pointer")
    [[ $text == "$pointer" ]] || printf '\n%s\n' "======== $pointer: as ${text##*/} ========"
    [[ -z ${is_printed[$text]-} ]] || continue
    is_printed[$text]=yes
    printf '\n%s\n\n' "======== $text ========"
    cat "$text"
done
