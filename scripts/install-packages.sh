#!/usr/bin/env bash
# Installs the given Debian packages, if they are missing. Uses sudo unless run as root.
#
#   install-packages.sh PACKAGE..
#
# `A|B` is satisfied by either, and installs A. `optional:A` is skipped if this release of Debian has
# no such package. No newly installed service starts, now or at the next boot: a policy-rc.d prevents
# it during the installation, and new services are disabled. An existing policy-rc.d is restored.
# Packages that were installed before are not removed, and their services not started, stopped or
# disabled.
set -euo pipefail
shopt -s nullglob

root=${INSTALL_ROOT:-} # for tests: where policy-rc.d and systemd's links are
policy=$root/usr/sbin/policy-rc.d
saved=$policy.saved-by-dkr-ls
our_policy='#!/bin/sh
# Of dkr-ls, while it installs packages: no service is to start.
exit 101'

fail() {
    echo "install-packages.sh: $1" >&2
    exit 1
}

installed() {
    dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' | sed --quiet 's/^installed //p'
}

# Sets `missing` to the names of the packages to install.
find_missing() {
    local -A there=()
    local wanted name names
    while read -r name; do there[$name]=1; done < <(installed)
    missing=()
    for wanted; do
        IFS='|' read -ra names <<<"${wanted#optional:}"
        for name in "${names[@]}"; do
            [[ -z ${there[$name]:-} ]] || continue 2
        done
        if [[ $wanted != optional:* ]] || apt-cache show "${names[0]}" >/dev/null 2>&1; then
            missing+=("${names[0]}")
        fi
    done
}

# Restores the previous policy-rc.d, even if an earlier run was killed before it could.
restore_policy() {
    [[ $(cat "$policy" 2>/dev/null) != "$our_policy" ]] || rm "$policy"
    [[ ! -e $saved && ! -L $saved ]] || mv --no-target-directory "$saved" "$policy"
}

forbid_services() {
    [[ ! -e $policy && ! -L $policy ]] || mv --no-target-directory "$policy" "$saved"
    echo "$our_policy" >"$policy"
    chmod 755 "$policy"
}

# Disables the services of the packages that were not installed before.
disable_new_services() {
    local -a new=() links disabled=()
    local kind name
    mapfile -t new < <(installed | grep --line-regexp --fixed-strings --invert-match --file=<(echo "$before"))
    ((${#new[@]} > 0)) || return 0
    while read -r kind name; do
        links=("$root/etc/systemd/$kind"/*.{requires,wants}/"$name")
        if [[ $kind == init.d ]]; then
            update-rc.d "$name" disable >/dev/null 2>&1 || true
        elif ((${#links[@]} > 0)); then
            rm "${links[@]}"
            disabled+=("$name")
        fi
    done < <(dpkg-query --listfiles "${new[@]}" | sed --quiet --regexp-extended \
        's!^(/usr)?/lib/systemd/(system|user)/([^/]+\.(path|service|socket|timer))$!\2 \3!p
         s!^/etc/(init\.d)/([^/]+)$!\1 \2!p' | sort --reverse)
    ((${#disabled[@]} == 0)) || echo "install-packages.sh: installed, but started neither now nor later: ${disabled[*]}"
}

finish() {
    local status=$?
    trap - EXIT
    trap '' INT TERM HUP # must not be interrupted half-way
    restore_policy
    disable_new_services
    exit "$status"
}

# Signals are handled after apt has exited: until then, services must be kept from starting.
install_missing() {
    exec {lock}<"$(dirname "$policy")" # only one run at a time
    flock "$lock"
    restore_policy
    before=$(installed)
    trap finish EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
    forbid_services
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q {lock}<&-
    find_missing "$@"
    apt-get install -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends --no-remove "${missing[@]}" {lock}<&-
}

(($# > 0)) || fail "usage: install-packages.sh PACKAGE.."
if ! type -P apt-get dpkg-query >/dev/null; then
    echo "install-packages.sh: this is not Debian: make sure that the content of these packages is installed: $*" >&2
    exit 0
fi
find_missing "$@"
((${#missing[@]} > 0)) || exit 0
if ((EUID == 0)); then
    install_missing "$@"
elif type -P sudo >/dev/null; then
    echo "install-packages.sh: installing ${missing[*]}" >&2
    exec sudo -- "$BASH" "${BASH_SOURCE[0]}" "$@"
else
    fail "neither root nor sudo to install ${missing[*]}"
fi
