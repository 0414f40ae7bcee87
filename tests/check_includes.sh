#!/usr/bin/env bash
# Keeps the directions of ARCHITECTURE.md: what each module, a folder below src/, may include of the
# others, which file alone may know which library, and which alone may touch the outside world.
set -euo pipefail
cd "${1:?usage: check_includes.sh SRC}"

declare -A may_include=(
    [.]="base system cli net"
    [base]="base"
    [system]="base system"
    [model]="base model"
    [net]="base net"
    [docker]="base model net docker"
    [source]="base model net docker source source/oci source/registry source/hub source/engine source/containerd source/layout"
    [source/oci]="base model net source source/oci"
    [source/registry]="base model net docker source source/oci source/registry"
    [source/hub]="base model net docker source source/oci source/registry source/hub"
    [source/containerd]="base model net source source/oci source/containerd"
    [source/layout]="base model net source source/oci source/layout"
    [source/engine]="base model net docker source source/engine"
    [output]="base model output output/template"
    [output/template]="base output/template"
    [cli]="base model net docker source output cli cli/commands"
    [cli/commands]="base model net source output cli cli/commands"
)
# pattern -> the only files (globs of find) in which it may occur
declare -A only_in=(
    ['#include <curl/']="./net/*.cpp ./net/curl_transfer.h ./net/stall_guard.h"
    ['#include <simdjson']="./base/json.h"
    ['#include <openssl/']="./base/*.cpp ./net/stall_guard.cpp"
    ['#include <sqlite3']="./source/oci/sqlite.cpp"
    ['#include <archive']="./source/layout/*.cpp"
    ['#include <protozero/']="./source/containerd/*.cpp"
    ['\bgetenv\b|\bisatty\b|\b[io]?fstream\b|\bfopen\b|\bfork\b|\bsystem_clock::now|\bsteady_clock::now|\bposix_spawn']="./system/*.cpp"
    ['#include <filesystem>']="./system/*.cpp ./source/oci/cache_*.cpp"
    ['\bstd::(thread|jthread|async|mutex|random_device)\b']="nowhere"
    ['\bstd::(cout|cerr|clog)\b|\bf?printf\(|\bputs\b']="nowhere"
)

status=0
complain() { echo "$1"; status=1; }

# Each file is held to the rule of its own folder, however deep that is.
while read -r file; do
    module=${file#./}
    [[ $module == */* ]] && module=${module%/*} || module=.
    [[ -n ${may_include[$module]:-} ]] || complain "src/${file#./}: in a module that no rule knows"
done < <(find . -name '*.h' -o -name '*.cpp')
while IFS=: read -r file line included; do
    module=${file#./} other=${included#*\"}
    [[ $module == */* ]] && module=${module%/*} || module=.
    [[ $other == */* ]] && other=${other%/*} || other=.
    case " ${may_include[$module]:-} " in
        *" $other "*) ;;
        *) complain "src/${file#./}:$line: $module must not include $other" ;;
    esac
done < <(grep -rnoE --include='*.h' --include='*.cpp' '#include "[^"]+' . | grep -v '"cli/\(version\|completion_scripts\)\.h')

for pattern in "${!only_in[@]}"; do
    read -ra allowed <<<"${only_in[$pattern]}"
    others=()
    for glob in "${allowed[@]}"; do others+=(-not -path "$glob"); done
    while read -r file; do
        complain "src/${file#./}: only ${only_in[$pattern]} may contain $pattern"
    done < <(find . -type f "${others[@]}" -exec grep -lE -- "$pattern" {} +)
done
exit $status
