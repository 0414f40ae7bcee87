#!/usr/bin/env bash
# Runs a throw-away Docker engine that stores all its data in one directory.
#
#   engine.sh check             checks whether one can be started; if not, prints why, with status 1
#   engine.sh start DIR [ARG..] starts it and prints its address; passes each ARG to dockerd
#   engine.sh stop DIR          stops it and removes DIR, if it exists
#
# DIR may have at most 60 characters, since the path of a socket in it is limited to about 105. Like
# any dockerd, it leaves /etc/docker/key.json, /opt/containerd and /run/docker behind, almost empty.
set -euo pipefail

# Prefer Debian's dockerd to others on PATH.
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

# Starts dockerd in its own session, so that it gets no signals from the caller's terminal, and with
# its own configuration file instead of /etc/docker/daemon.json. The TLS variables are meant for
# clients, but dockerd would use them too.
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

# Waits until the engine responds; fails if dockerd has exited.
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

# The error with which dockerd exited, or the last line of its log.
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
    chmod 755 "$dir" # users of the socket must be able to reach it
    : >"$log"
    echo '{}' >"$dir/daemon.json"

    # Signals are only recorded for now, so that dockerd's pid is always stored before exiting.
    interrupted=
    trap 'interrupted=130' INT
    trap 'interrupted=143' TERM
    trap 'interrupted=129' HUP
    launch overlay2 "$@"
    if ! wait_until_up; then # if /tmp itself is on an overlay, only vfs works
        launch vfs "$@"
        wait_until_up || give_up "dockerd did not start: $(last_words)"
    fi
    echo "unix://$dir/docker.sock"
}

# Whether this process is still the one that was started with this argument.
is_ours() {
    grep --quiet --no-messages --null-data --line-regexp --fixed-strings -e "$2" "/proc/$1/cmdline"
}

# Terminates the process in a pid file, if an argument identifies it as ours.
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
    fail "process $pid does not exit"
}

stop() {
    [[ -e $dir ]] || return 0
    ((EUID == 0)) || fail "stopping a Docker engine needs root"
    [[ -e $log || -z $(ls -A "$dir") ]] || fail "$dir is not the directory of an engine"
    trap '' INT TERM HUP # must not be interrupted half-way
    end "$dir/dockerd.pid" "--data-root=$dir/data"
    end "$dir/exec/containerd/containerd.pid" "$dir/exec/containerd/containerd.toml"

    # Newest mounts first, since they may be stacked.
    local mounts where
    mapfile -t mounts < <(tac /proc/self/mountinfo | cut -d' ' -f5)
    for where in "${mounts[@]}"; do
        where=${where//\\040/ } # the file escapes spaces
        [[ $where != "$dir"/* ]] || umount "$where"
    done
    # The log marks the directory as ours, so it is removed last.
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
