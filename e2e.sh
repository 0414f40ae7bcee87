#!/usr/bin/env bash
# Runs every example of the assignment on real images, in an engine and in a registry, and compares
# what it prints with what the assignment shows.
#
#   ./e2e.sh                        on a throw-away engine of its own (which needs root), else on yours
#   E2E_HOST=unix:///... ./e2e.sh   on that engine
#
# On an engine that is not its own it adds the eight images, and in the end removes just those. The
# registry is always its own. DKR_LS names the program under test, DOCKER the docker client that
# fills the engine.
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
registry=    # its process
export XDG_CACHE_HOME=$work/cache

clean_up() {
    local status=0
    trap - EXIT
    trap '' INT TERM HUP # not to be stopped half-way
    case $made in
        engine) "$root/scripts/engine.sh" stop "$work/engine" || status=1 ;;
        images) remove_images || status=1 ;;
    esac
    [[ -z $registry ]] || stop_registry
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
        place=shared
        use "$E2E_HOST"
    elif reason=$("$root/scripts/engine.sh" check 2>&1); then
        place=own
        made=engine
        "$root/scripts/engine.sh" start "$work/engine" >"$work/address"
        use "$(<"$work/address")"
    elif [[ ${CI:-} == true ]]; then
        fail "no engine to test on ($reason)"
    else
        place=shared
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
    if [[ $place == shared ]]; then
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
    [[ $place == own ]] || script+='; s/ {3,}/   /g; /^<none>$/d'
    sed --regexp-extended "$script"
}

# Drops the lines about images that are not ours.
only_ours() {
    if [[ $place == own ]]; then cat; else grep --file="$work/ours" || true; fi
}

note_our_images() {
    printf '%s\n' '^REPOSITORY' '^TOTAL ' >"$work/ours"
    "$docker" images --filter "label=$label" --format $'^{{.Repository}}$\n {{.ID}} ' >>"$work/ours"
}

# example STATUS COMMAND: runs it, and expects this status and what stdin says: on stdout, or on
# stderr if it is to fail (with a status other than 3, by which `diff` says that something differs). There, a third line `...` stands for whatever follows.
example() {
    local expected_status=$1 command=$2 arguments status=0 verdict=passed
    local expected_out=$work/expected.stdout expected_err=$work/expected.stderr
    : >"$expected_out"
    : >"$expected_err"
    if ((expected_status == 0 || expected_status == 3)); then cat >"$expected_out"; else cat >"$expected_err"; fi

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

# Starts a registry on a free port of this machine, and sets `registry` and `address`.
start_registry() {
    local tenths
    printf '%s\n' 'version: 0.1' "storage: {filesystem: {rootdirectory: $work/registry}}" \
        "http: {addr: '127.0.0.1:0'}" >"$work/registry.yml"
    docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
    registry=$!
    for ((tenths = 0; tenths < 300; tenths++)); do
        address=$(grep --only-matching 'listening on 127.0.0.1:[0-9]*' "$work/registry.log") && break
        kill -0 "$registry" 2>/dev/null || break
        sleep 0.1
    done
    [[ -n ${address:-} ]] || fail "docker-registry does not start: $(tail -n 5 "$work/registry.log")"
    address=${address##* }
}

stop_registry() {
    kill "$registry" 2>/dev/null || true
    wait "$registry" 2>/dev/null || true
    registry=
}

# As they are in the archive, with layers that are not compressed: those hold nothing but zeros, of
# which compression would leave next to nothing, and a registry's SIZE is what a pull transfers.
push_images() {
    local name
    "$root/scripts/assignment-images.sh" | "$root/scripts/image-archive.sh" >"$work/images.tar"
    "$root/scripts/assignment-images.sh" | cut --delimiter=' ' --fields=3 | grep . >"$work/names"
    while read -r name; do
        skopeo --insecure-policy copy --quiet --preserve-digests --dest-tls-verify=false \
            "docker-archive:$work/images.tar:$name" "docker://$address/$name" </dev/null
    done <"$work/names"
    rm "$work/images.tar"
}

registry_is_possible() {
    local program
    for program in docker-registry skopeo; do
        type -P "$program" >/dev/null && continue
        [[ ${CI:-} != true ]] || fail "no registry to test on ($program is not installed)"
        echo "e2e.sh: leaving out the registry ($program is not installed)" >&2
        return 1
    done
}

# Those that print the same of an engine and of a registry; $1 is what names the latter.
examples_of_both() {
    example 2 "dkr-ls repos$1 --maxTags 3" <<'END'
Error: unknown flag: --maxTags
Usage:
...
END

    example 0 "dkr-ls tags$1 --prefix nginx --prefix debian" <<'END'
REPOSITORY   TAG                    IMAGE ID       CREATED        SIZE
nginx        latest                 7e4d58f0e5f3   2 weeks ago    133MB
nginx        alpine                 6f715d38cfe0   6 weeks ago    22.1MB
debian       buster-20200514-slim   108d75da320f   4 months ago   69.2MB
END

    example 0 "dkr-ls tags$1 --maxTags 1 --prefix nginx --prefix debian --sum=true" <<'END'
REPOSITORY   TAG                    IMAGE ID       CREATED        SIZE
nginx        latest                 7e4d58f0e5f3   2 weeks ago    133MB
debian       buster-20200514-slim   108d75da320f   4 months ago   69.2MB
TOTAL                                                             202.2MB
END

    example 0 "dkr-ls tags$1 --prefix nginx --sort size" <<'END'
REPOSITORY   TAG       IMAGE ID       CREATED       SIZE
nginx        alpine    6f715d38cfe0   6 weeks ago   22.1MB
nginx        latest    7e4d58f0e5f3   2 weeks ago   133MB
END

    example 0 "dkr-ls tags$1 --prefix nginx --prefix debian --keep 1" <<'END'
REPOSITORY   TAG       IMAGE ID       CREATED       SIZE
nginx        alpine    6f715d38cfe0   6 weeks ago   22.1MB
END
}

choose_engine
if [[ $place == shared ]]; then
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

examples_of_both ""

example 0 'dkr-ls tags --minAge 20 --minSize 100MB' <<'END'
REPOSITORY                                            TAG             IMAGE ID       CREATED        SIZE
mysql/mysql-server                                    5.7             9c31a29b3f30   2 months ago   322MB
datadog/agent                                         7               534ebd31f754   3 months ago   540MB
123456789000.dkr.ecr.us-east-1.amazonaws.com/webapp   20200609-1018   4660474f5c5b   3 months ago   902MB
awscli                                                1               39491bbd3b9a   3 months ago   317MB
<none>                                                <none>          c0dc2538b9fa   4 months ago   661MB
END

# The same in a registry. The image without a name cannot be in one, and repositories come in the
# order of the registry's catalog. Sizes are those of the layers and configs that a pull transfers;
# their few extra kB do not show in three digits.
if registry_is_possible; then
    place=own
    start_registry
    echo "e2e.sh: pushing the images of the assignment to a registry" >&2
    push_images
    source=registry:$address

    example 0 "dkr-ls repos --source $source" <<'END'
REPOSITORY
123456789000.dkr.ecr.us-east-1.amazonaws.com/webapp
awscli
datadog/agent
debian
mysql/mysql-server
nginx
END

    example 0 "dkr-ls tags --source $source" <<'END'
REPOSITORY                                            TAG                    IMAGE ID       CREATED        SIZE
nginx                                                 latest                 7e4d58f0e5f3   2 weeks ago    133MB
nginx                                                 alpine                 6f715d38cfe0   6 weeks ago    22.1MB
mysql/mysql-server                                    5.7                    9c31a29b3f30   2 months ago   322MB
datadog/agent                                         7                      534ebd31f754   3 months ago   540MB
123456789000.dkr.ecr.us-east-1.amazonaws.com/webapp   20200609-1018          4660474f5c5b   3 months ago   902MB
awscli                                                1                      39491bbd3b9a   3 months ago   317MB
debian                                                buster-20200514-slim   108d75da320f   4 months ago   69.2MB
END

    examples_of_both " --source $source"

    example 0 "dkr-ls tags --source $source --minAge 20 --minSize 100MB" <<'END'
REPOSITORY                                            TAG             IMAGE ID       CREATED        SIZE
mysql/mysql-server                                    5.7             9c31a29b3f30   2 months ago   322MB
datadog/agent                                         7               534ebd31f754   3 months ago   540MB
123456789000.dkr.ecr.us-east-1.amazonaws.com/webapp   20200609-1018   4660474f5c5b   3 months ago   902MB
awscli                                                1               39491bbd3b9a   3 months ago   317MB
END

    example 0 "dkr-ls du --source $source --prefix nginx --prefix debian" <<'END'
REPOSITORY   TAGS      IMAGES    SIZE      SHARED    UNIQUE
nginx        2         2         133MB     69.2MB    63.8MB
debian       1         1         69.2MB    69.2MB    295B
TOTAL        3         3         133MB     0B        133MB
END

    example 3 "dkr-ls diff $source $source --map awscli=aws" <<'END'
STATUS    REPOSITORY   TAG       A              B
only-a    awscli       1         39491bbd3b9a   <none>
END
fi

status=0
clean_up || status=1
((failed == 0)) || status=1
echo "$passed passed, $failed failed"
exit "$status"
