#!/usr/bin/env bash
# Runs every example of the assignment on real images and compares what it prints with what the
# assignment shows.
#
#   ./e2e.sh                        on a throw-away engine of its own (which needs root), else on yours
#   E2E_HOST=unix:///... ./e2e.sh   on that engine
#
# On an engine that is not its own it adds the eight images, and in the end removes just those.
# DKR_LS names the program under test, DOCKER the docker client that fills the engine.
set -euo pipefail

root=$(dirname "${BASH_SOURCE[0]}")
dkr_ls=${DKR_LS:-$root/build/dkr-ls}
docker=${DOCKER:-/usr/bin/docker}
passed=0 failed=0

fail() {
    echo "e2e.sh: $1" >&2
    exit 1
}

type -P "$dkr_ls" >/dev/null || fail "$dkr_ls is not built yet: run make build"
type -P "$docker" >/dev/null || fail "$docker is not installed: name a docker client in DOCKER"

work=$(mktemp -d "${TMPDIR:-/tmp}/dkr-ls-e2e.XXXXXX")
label=dkr-ls.e2e.${work##*.} # borne by every image of this run, so that it can find them again
made=nothing # or `engine`, or `images`: what there is to clean up

clean_up() {
    local status=0
    trap - EXIT
    trap '' INT TERM HUP # not to be stopped half-way
    case $made in
        engine) "$root/scripts/engine.sh" stop "$work/engine" || status=1 ;;
        images) remove_images || status=1 ;;
    esac
    rm -rf "$work"
    return "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

choose_engine() {
    local reason
    if [[ -n ${E2E_HOST:-} ]]; then
        engine=shared
        use "$E2E_HOST"
    elif reason=$("$root/scripts/engine.sh" check 2>&1); then
        engine=own
        made=engine
        "$root/scripts/engine.sh" start "$work/engine" >"$work/address"
        use "$(<"$work/address")"
    elif [[ ${CI:-} == true ]]; then
        fail "no engine to test on ($reason)"
    else
        engine=shared
        echo "e2e.sh: using your own Docker engine ($reason)" >&2
    fi
}

use() {
    export DOCKER_HOST=$1
    unset DOCKER_CONTEXT
    # With these the docker client looks for keys even where it needs none.
    [[ $1 != unix:* ]] || unset DOCKER_TLS DOCKER_TLS_VERIFY
}

# The examples ask by the beginning of a name, so other tags of our repositories would disturb them
# as well.
refuse_taken_names() {
    local taken
    "$docker" images --format '{{.Repository}}:{{.Tag}}' >"$work/images"
    "$root/scripts/assignment-images.sh" | cut --delimiter=' ' --fields=3 | grep . >"$work/names"
    sed 's/^/^/; s/:[^:]*$//' "$work/names" >"$work/repositories"
    taken=$(grep --file="$work/repositories" "$work/images") || return 0
    fail "the engine already has images of these names: ${taken//$'\n'/ }"
}

# On a shared engine no signal ends this half-way, as the engine may go on loading without its client
# and after our clean-up. A session of its own, because the docker client does not let itself be told
# to ignore signals.
load_images() (
    local apart=()
    if [[ $engine == shared ]]; then
        trap '' INT TERM HUP
        apart=(setsid --wait)
    fi
    "$root/scripts/assignment-images.sh" | "$root/scripts/image-archive.sh" "$label" |
        "${apart[@]}" "$docker" load --quiet >/dev/null
)

remove_images() {
    local status=0
    "$docker" images --filter "label=$label" --format '{{.Repository}}:{{.Tag}}' |
        { grep --line-regexp --fixed-strings --file="$work/names" || true; } |
        xargs --no-run-if-empty "$docker" rmi >/dev/null || status=1
    "$docker" images --filter "label=$label" --filter dangling=true --quiet --no-trunc |
        xargs --no-run-if-empty "$docker" rmi >/dev/null || status=1
    return "$status"
}

# Image ids depend on the day, so they are masked. On a shared engine the width of gaps does not
# count either, as other images may have longer names, nor the place of <none>, as others may be
# untagged too.
comparable() {
    local script='s/ [0-9a-f]{12} / ............ /'
    [[ $engine == own ]] || script+='; s/ {3,}/   /g; /^<none>$/d'
    sed --regexp-extended "$script"
}

# Drops the lines about images that are not ours.
only_ours() {
    if [[ $engine == own ]]; then cat; else grep --file="$work/ours" || true; fi
}

note_our_images() {
    printf '%s\n' '^REPOSITORY' '^TOTAL ' >"$work/ours"
    "$docker" images --filter "label=$label" --format $'^{{.Repository}}$\n {{.ID}} ' >>"$work/ours"
}

# example STATUS COMMAND: runs it, and expects this status and what stdin says: on stdout, or on
# stderr if it is to fail. There, a third line `...` stands for whatever follows.
example() {
    local expected_status=$1 command=$2 arguments status=0 verdict=passed
    local expected_out=$work/expected.stdout expected_err=$work/expected.stderr
    : >"$expected_out"
    : >"$expected_err"
    if ((expected_status == 0)); then cat >"$expected_out"; else cat >"$expected_err"; fi

    echo "\$ $command"
    read -ra arguments <<<"${command#dkr-ls}"
    "$dkr_ls" "${arguments[@]}" >"$work/stdout" 2>"$work/stderr" || status=$?
    cat "$work/stdout"
    cat "$work/stderr" >&2

    diff --unified --label 'expected stdout' --label 'actual stdout' \
        <(comparable <"$expected_out") <(only_ours <"$work/stdout" | comparable) >&2 ||
        verdict=failed
    diff --unified --label 'expected stderr' --label 'actual stderr' \
        "$expected_err" <(sed '3s/.*/.../; 4,$d' "$work/stderr") >&2 ||
        verdict=failed
    if ((status != expected_status)); then
        echo "status $status, expected $expected_status" >&2
        verdict=failed
    fi
    if [[ $verdict == passed ]]; then ((passed += 1)); else ((failed += 1)); fi
    echo
}

choose_engine
if [[ $engine == shared ]]; then
    exec {lock}<"${BASH_SOURCE[0]}" # two runs take turns there, as they use the same names
    flock "$lock"
    refuse_taken_names
    made=images
fi
echo "e2e.sh: loading the images of the assignment, which takes some seconds" >&2
load_images
note_our_images

example 0 'dkr-ls repos' <<'END'
REPOSITORY
nginx
mysql/mysql-server
datadog/agent
123456789000.dkr.ecr.us-east-1.amazonaws.com/webapp
awscli
debian
<none>
END

example 0 'dkr-ls tags' <<'END'
REPOSITORY                                            TAG                    IMAGE ID       CREATED        SIZE
nginx                                                 latest                 7e4d58f0e5f3   2 weeks ago    133MB
nginx                                                 alpine                 6f715d38cfe0   6 weeks ago    22.1MB
mysql/mysql-server                                    5.7                    9c31a29b3f30   2 months ago   322MB
datadog/agent                                         7                      534ebd31f754   3 months ago   540MB
123456789000.dkr.ecr.us-east-1.amazonaws.com/webapp   20200609-1018          4660474f5c5b   3 months ago   902MB
awscli                                                1                      39491bbd3b9a   3 months ago   317MB
debian                                                buster-20200514-slim   108d75da320f   4 months ago   69.2MB
<none>                                                <none>                 c0dc2538b9fa   4 months ago   661MB
END

example 2 'dkr-ls repos --maxTags 3' <<'END'
Error: unknown flag: --maxTags
Usage:
...
END

example 0 'dkr-ls tags --prefix nginx --prefix debian' <<'END'
REPOSITORY   TAG                    IMAGE ID       CREATED        SIZE
nginx        latest                 7e4d58f0e5f3   2 weeks ago    133MB
nginx        alpine                 6f715d38cfe0   6 weeks ago    22.1MB
debian       buster-20200514-slim   108d75da320f   4 months ago   69.2MB
END

example 0 'dkr-ls tags --maxTags 1 --prefix nginx --prefix debian --sum=true' <<'END'
REPOSITORY   TAG                    IMAGE ID       CREATED        SIZE
nginx        latest                 7e4d58f0e5f3   2 weeks ago    133MB
debian       buster-20200514-slim   108d75da320f   4 months ago   69.2MB
TOTAL                                                             202.2MB
END

example 0 'dkr-ls tags --minAge 20 --minSize 100MB' <<'END'
REPOSITORY                                            TAG             IMAGE ID       CREATED        SIZE
mysql/mysql-server                                    5.7             9c31a29b3f30   2 months ago   322MB
datadog/agent                                         7               534ebd31f754   3 months ago   540MB
123456789000.dkr.ecr.us-east-1.amazonaws.com/webapp   20200609-1018   4660474f5c5b   3 months ago   902MB
awscli                                                1               39491bbd3b9a   3 months ago   317MB
<none>                                                <none>          c0dc2538b9fa   4 months ago   661MB
END

status=0
clean_up || status=1
((failed == 0)) || status=1
echo "$passed passed, $failed failed"
exit "$status"
