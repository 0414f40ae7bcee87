#!/usr/bin/env bash
# A throw-away Docker engine of our own: everything it keeps lies below one directory.
#
#   engine.sh check             can one be started here? If not: status 1 and the reason on stderr
#   engine.sh start DIR [ARG..] starts it and prints its address; each ARG goes to dockerd
#   engine.sh stop DIR          ends it and removes DIR; does nothing where there is nothing to do
#
# DIR has at most 60 characters: sockets lie below it, and a socket's path may have only about 105.
# What stays, as with any dockerd: /etc/docker/key.json, /opt/containerd and /run/docker, all but
# empty.
set -euo pipefail

# Debian's dockerd before any other that PATH may find.
dockerd=${DOCKERD:-$(PATH=/usr/sbin:$PATH type -P dockerd || true)}
timeout_seconds=60

fail() {
    echo "engine.sh: $1" >&2
    exit 1
}

check() {
    ((EUID == 0)) || fail "starting a Docker engine needs root"
    [[ -n $dockerd && -x $dockerd ]] || fail "dockerd is not installed"
    type -P curl >/dev/null || fail "curl is not installed"
    unshare --mount true 2>/dev/null ||
        fail "a Docker engine needs to mount file systems, which this machine does not permit (is it a container?)"
}

# A session of its own, so that no signal of the caller's terminal reaches it. Its configuration
# file is ours, so that the machine's /etc/docker/daemon.json has no say; TLS variables are meant
# for clients, but dockerd would heed them too.
launch() {
    local driver=$1
    shift
    env -u DOCKER_TLS -u DOCKER_TLS_VERIFY -u DOCKER_CERT_PATH TMPDIR="$dir" setsid "$dockerd" \
        --config-file="$dir/daemon.json" --host="unix://$dir/docker.sock" --pidfile="$dir/pid" \
        --data-root="$dir/data" --exec-root="$dir/exec" --storage-driver="$driver" \
        --bridge=none --iptables=false --ip6tables=false --ip-forward=false \
        "$@" </dev/null >>"$log" 2>&1 &
    echo "$!" >"$dir/dockerd.pid"
}

answers() {
    curl --silent --fail --max-time 5 --noproxy '*' --unix-socket "$dir/docker.sock" \
        http://localhost/_ping >/dev/null
}

# Waits until the engine answers; fails when dockerd has died.
wait_until_up() {
    until [[ -n $interrupted ]] || answers; do
        kill -0 "$!" 2>/dev/null || return 1
        ((SECONDS < timeout_seconds)) || give_up "no answer within $timeout_seconds s"
        sleep 0.1
    done
    [[ -z $interrupted ]] || {
        stop
        exit "$interrupted"
    }
}

# The error that dockerd ended with, or the last line of its log.
last_words() {
    grep --only-matching 'failed to start daemon: .*' "$log" | tail -n 1 | grep . || tail -n 1 "$log"
}

give_up() {
    tail -n 20 "$log" >&2
    stop
    fail "$1"
}

start() {
    [[ ! -e $dir || (-d $dir && -z $(ls -A "$dir")) ]] || fail "$dir exists and is not empty"
    ((${#dir} <= 60)) || fail "$dir is too long for the sockets below it: at most 60 characters"
    mkdir --parents "$dir"
    chmod 755 "$dir" # whoever may use the socket has to reach it
    : >"$log"
    echo '{}' >"$dir/daemon.json"

    # A signal is only noted here, so that dockerd's pid is always written down before anything
    # ends.
    interrupted=
    trap 'interrupted=130' INT
    trap 'interrupted=143' TERM
    trap 'interrupted=129' HUP
    launch overlay2 "$@"
    if ! wait_until_up; then # where /tmp itself is an overlay, only vfs works
        launch vfs "$@"
        wait_until_up || give_up "dockerd did not start: $(last_words)"
    fi
    echo "unix://$dir/docker.sock"
}

# Is this process still the one that was started with this argument?
is_ours() {
    grep --quiet --no-messages --null-data --line-regexp --fixed-strings -e "$2" "/proc/$1/cmdline"
}

# Ends the process that a pid file names and an argument identifies.
end() {
    local pid_file=$1 argument=$2 pid tenths
    [[ -s $pid_file ]] || return 0
    pid=$(<"$pid_file")
    for ((tenths = 0; tenths < 350; tenths++)); do
        is_ours "$pid" "$argument" || return 0
        case $tenths in
            0) kill -TERM "$pid" ;;
            300) kill -KILL "$pid" ;;
        esac
        sleep 0.1
    done
    fail "process $pid does not end"
}

stop() {
    [[ -e $dir ]] || return 0
    ((EUID == 0)) || fail "stopping a Docker engine needs root"
    [[ -e $log || -z $(ls -A "$dir") ]] || fail "$dir is not the directory of an engine"
    trap '' INT TERM HUP # half a stop would help nobody
    end "$dir/dockerd.pid" "--data-root=$dir/data"
    end "$dir/exec/containerd/containerd.pid" "$dir/exec/containerd/containerd.toml"

    # The newest mount first, as they may lie on top of each other.
    local mounts where
    mapfile -t mounts < <(tac /proc/self/mountinfo | cut -d' ' -f5)
    for where in "${mounts[@]}"; do
        where=${where//\\040/ } # so blanks are written there
        [[ $where != "$dir"/* ]] || umount "$where"
    done
    # The log is what marks the directory as ours: it goes last.
    rm -rf --one-file-system "$dir/data" "$dir/exec"
    rm -rf --one-file-system "$dir"
}

usage() {
    fail "usage: engine.sh check | start DIR [ARG..] | stop DIR"
}

case ${1-} in
    check) check ;;
    start | stop)
        [[ -n ${2-} ]] || usage
        command=$1
        dir=$(realpath --canonicalize-missing "$2")
        log=$dir/dockerd.log
        shift 2
        [[ $command != start ]] || check
        "$command" "$@"
        ;;
    *) usage ;;
esac
