#!/usr/bin/env bash
# Checks that groff reads the manual page without a warning, and that the page then shows each flag
# of each command. groff is there where lintian is, which needs man.
set -euo pipefail
print=${1:?usage: check_man_page.sh PRINT_MAN_PAGE DKR_LS} dkr_ls=$2

fail() {
    echo "$*"
    exit 1
}
if ! command -v groff >/dev/null; then
    [[ ${CI:-} != true ]] || fail "groff is not installed"
    echo "skipped: groff is not installed"
    exit 77
fi

# The last words of groff, if any, are its warnings.
warnings=$("$print" | groff -ww -man -Tascii -P-cbou 2>&1 >/dev/null)
[[ -z $warnings ]] || fail "$warnings"
# A page wide enough that nothing is hyphenated or cut.
page=$("$print" | groff -man -Tascii -P-cbou -rLL=500n)

flags=$(for command in "" tags repos help completion; do
    "$dkr_ls" $command --help | grep -oE '^ +(-., )?--[A-Za-z-]+( [A-Za-z]+)?' | sed 's/^ *//; s/ *$//'
done | sort -u)
[[ $flags == *--maxTags* ]] || fail "no flags found in the help"
while read -r flag; do
    grep -qE -- "^ +$flag( |$)" <<<"$page" || fail "the page does not show $flag"
done <<<"$flags"
