#!/usr/bin/env bash
# Keeps the directions of ARCHITECTURE.md: what each room may include of the others, which file alone
# may know which library, and which alone may touch the outside world.
set -euo pipefail
cd "${1:?usage: check_rooms.sh SRC}"

declare -A may_include=(
    [base]="base"
    [model]="base model"
    [output]="base model output"
    [net]="base net"
    [config]="base net config"
    [source]="base model net config source"
    [cli]="base model output net config source cli"
)
# pattern -> the only files (globs of find) in which it may occur
declare -A only_in=(
    ['#include <curl/']="./net/*.cpp ./net/curl_transfer.h"
    ['#include <simdjson']="./base/json.h"
    ['#include <openssl/']="./base/*.cpp"
    ['#include <sqlite3']="./source/image_cache.cpp"
    ['#include <spdlog/']="./base/log.*"
    ['#include <CLI/']="./cli/*"
    ['\bgetenv\b|\bisatty\b|\b[io]?fstream\b|\bfopen\b|\bfork\b|\bsystem_clock::now|\bsteady_clock::now|\bposix_spawn']="./base/system*.cpp"
    ['#include <filesystem>']="./base/system.cpp ./source/image_cache.cpp"
    ['\bstd::(thread|jthread|async|mutex|random_device)\b']="nowhere"
    ['\bstd::(cout|cerr|clog)\b|\bf?printf\b|\bputs\b']="nowhere"
)

status=0
complain() { echo "$1"; status=1; }

for room in */; do
    room=${room%/}
    [ -n "${may_include[$room]:-}" ] || { complain "src/$room: a room that no rule knows"; continue; }
    while IFS=: read -r file line included; do
        other=${included#*\"} other=${other%%/*}
        case " ${may_include[$room]} " in
            *" $other "*) ;;
            *) complain "src/$file:$line: $room must not know $other" ;;
        esac
    done < <(grep -rnoE '#include "[a-z]+/' "$room")
done

for pattern in "${!only_in[@]}"; do
    read -ra allowed <<<"${only_in[$pattern]}"
    others=()
    for glob in "${allowed[@]}"; do others+=(-not -path "$glob"); done
    while read -r file; do
        complain "src/${file#./}: only ${only_in[$pattern]} may contain $pattern"
    done < <(find . -type f "${others[@]}" -exec grep -lE -- "$pattern" {} +)
done
exit $status
