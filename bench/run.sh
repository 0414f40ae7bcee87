#!/usr/bin/env bash
# Compares dkr-ls, both as released and linked dynamically, with docker's client and with plain curl
# on the same list, and writes bench/RESULTS.md. hyperfine measures wall time and client CPU, GNU time
# peak memory. Not a test: the exit status does not depend on the results.
#
#   bench/run.sh    about six minutes, best on an idle machine; needs root for throw-away engines
#
# DKR_LS is the program to measure, DYNAMIC the dynamically linked one, MINIMAL the program from
# minimal.cpp, DOCKER the docker client, JSON_DOCKER one that has `--format json`, of version 23 or
# newer, by default the first docker on PATH if it is one.
set -euo pipefail

bench=$(dirname "${BASH_SOURCE[0]}")
scripts=$bench/../scripts
dkr_ls=${DKR_LS:-$bench/../dist/dkr-ls}
dynamic=${DYNAMIC:-$bench/../build/dkr-ls}
minimal=${MINIMAL:-$bench/../build-static/$(dpkg --print-architecture)/bench/minimal}
docker=${DOCKER:-/usr/bin/docker}
json_docker=${JSON_DOCKER:-docker}
rounds=12 # a multiple of 4 and 6, the numbers of programs: each is in each place equally often
memory_runs=5
as_root=()
((EUID == 0)) || as_root=(sudo --non-interactive)

fail() {
    echo "bench/run.sh: $1" >&2
    exit 1
}

for program in "$dkr_ls" "$dynamic" "$minimal" "$docker" curl hyperfine /usr/bin/time python3 valgrind; do
    type -P "$program" >/dev/null || fail "$program is missing: run make deps bench"
done
"${as_root[@]}" "$scripts/engine.sh" check

# In memory if there is room: thousands of images load faster there, and the disk has no influence.
home=${TMPDIR:-/tmp}
available=$(df --output=avail --block-size=1M /dev/shm 2>/dev/null | tail -n 1) || available=0
((available < 1000)) || home=/dev/shm
work=$(mktemp -d "$home/dkr-ls-bench.XXXXXX")
server=

clean_up() {
    local status=0
    trap - EXIT
    trap '' INT TERM HUP # must not be interrupted half-way
    [[ -z $server ]] || kill "$server" 2>/dev/null || true
    "${as_root[@]}" "$scripts/engine.sh" stop "$work/engine" || status=1
    rm -rf "$work"
    return "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# Without the user's environment and with an empty home, so that no configuration, context or proxy
# affects some programs and not others.
mkdir "$work/home"
clean=(env --ignore-environment "PATH=$PATH" "HOME=$work/home")

# words_of PROGRAM SOCKET: sets `words` to the command that lists the images of the engine.
words_of() {
    case $1 in
        dkr-ls) words=("$dkr_ls" -H "unix://$2" tags) ;;
        dynamic) words=("$dynamic" -H "unix://$2" tags) ;;
        json) words=("$dkr_ls" -H "unix://$2" tags --format json) ;;
        docker-json) words=("$json_docker" -H "unix://$2" images --format json) ;;
        minimal) words=("$minimal" "$2") ;;
        docker) words=("$docker" -H "unix://$2" images) ;;
        docker-version) words=("$docker" --version) ;;
        curl) words=(curl --silent --unix-socket "$2" -o /dev/null http://localhost/images/json) ;;
    esac
}

# measure CASE SOCKET RUNS [PROGRAM..]: writes the results of RUNS runs per round to the directory
# CASE; the programs are additional ones.
measure() {
    local into=$work/$1 socket=$2 runs=$3 round i name
    local -a programs=(dkr-ls dynamic docker curl "${@:4}") arguments words
    echo "bench/run.sh: measuring $1" >&2
    mkdir "$into"
    words_of curl "$socket"
    "${clean[@]}" "${words[@]}" --write-out '%{size_download}' >"$into/bytes"
    for ((round = 1; round <= rounds; round++)); do
        arguments=()
        for name in "${programs[@]}"; do
            words_of "$name" "$socket"
            arguments+=(--command-name "$name" "${words[*]@Q}")
        done
        "${clean[@]}" hyperfine --shell=none --warmup=1 --runs="$runs" --output=null --style=none \
            --export-json="$into/round-$round.json" "${arguments[@]}" 2>"$work/hyperfine.log" ||
            fail "hyperfine: $(<"$work/hyperfine.log")"
        programs=("${programs[@]:1}" "${programs[0]}")
    done
    for name in "${programs[@]}"; do
        words_of "$name" "$socket"
        for ((i = 0; i < memory_runs; i++)); do
            "${clean[@]}" /usr/bin/time --format="$name %M" --output="$into/memory" --append \
                "${words[@]}" >/dev/null
        done
    done
}

# Images with names, 50 different sizes, and dates spread over four years.
five_thousand_images() {
    local -x TZ=UTC
    local n created name now=$EPOCHSECONDS
    for ((n = 1; n <= 5000; n++)); do
        printf -v created '%(%FT%TZ)T' $((now - n * 7 * 3600))
        name=registry.example/team-$((n % 7))/service-$((n / 10)):1.$n
        echo "$((n % 50 * 1000000)) $created $name"
    done
}

# measure_engine CASE RUNS COMMAND [PROGRAM..]: measures on an engine with the images that the command
# prints.
measure_engine() {
    local address
    echo "bench/run.sh: filling $1" >&2
    address=$("${as_root[@]}" "$scripts/engine.sh" start "$work/engine" --group="$(id --group)")
    "$3" | "$scripts/image-archive.sh" |
        "${clean[@]}" "$docker" -H "$address" load --quiet >/dev/null
    "${clean[@]}" "$docker" -H "$address" version --format 'engine {{.Server.Version}}' \
        >"$work/engine-version"
    measure "$1" "${address#unix://}" "$2" "${@:4}"
    "${as_root[@]}" "$scripts/engine.sh" stop "$work/engine"
}

# measure_stand_in CASE RUNS COUNT: measures on a simulated engine with COUNT images.
measure_stand_in() {
    "$bench/many_images.py" "$work/socket" "$3" >"$work/listening" 2>"$work/server.log" &
    server=$!
    until [[ -s $work/listening ]]; do
        kill -0 "$server" 2>/dev/null || fail "many_images.py: $(<"$work/server.log")"
        sleep 0.1
    done
    measure "$1" "$work/socket" "$2"
}

# instructions NAME ARGUMENT..: appends how many instructions the dynamic program executes to list the
# images of the simulated engine.
instructions() {
    "${clean[@]}" valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file="$work/callgrind.log" \
        "$dynamic" -H "unix://$work/socket" tags "${@:2}" >/dev/null
    sed --quiet "s/^.*Collected : */$1 /p" "$work/callgrind.log" >>"$work/instructions"
}

json_programs=(json)
if major=$("$json_docker" version --format '{{.Client.Version}}' 2>/dev/null | cut --delimiter=. --fields=1) &&
    [[ $major =~ ^[0-9]+$ ]] && ((major >= 23 && major <= 28)); then
    json_programs+=(docker-json)
fi
cut --delimiter=' ' --fields=1 /proc/loadavg >"$work/load"
measure_engine engine-8 20 "$scripts/assignment-images.sh" minimal docker-version
measure_engine engine-5000 5 five_thousand_images "${json_programs[@]}"
measure_stand_in stand-in-200000 2 200000
instructions table
instructions json --format json
{
    "$dkr_ls" --version
    "$docker" --version
    ((${#json_programs[@]} == 1)) || "$json_docker" --version
    cat "$work/engine-version"
    curl --version
    hyperfine --version
} >"$work/versions"
"$bench/report.py" "$work" >"$work/RESULTS.md"
cp "$work/RESULTS.md" "$bench/RESULTS.md"
cat "$bench/RESULTS.md"
