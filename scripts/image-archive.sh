#!/usr/bin/env bash
# Makes images of any size and age: reads one line per image, writes an archive for `docker load` to
# stdout.
#
#   SIZE CREATED [NAME:TAG ..]
#
# SIZE in bytes is what the engine will report; CREATED is an RFC 3339 time, or `-` for none; an
# image without a name is dangling. Each image bears a label, whose key is the first argument
# (default `image`) and whose value its line number.
#
# Layers hold nothing but zeros, and images share them: with less than 50 different sizes the
# archive is as large as the largest image, and never more than a few times that. Loading takes an
# engine about 50 ms for each different size and 10 ms for each image (3 ms with its directory on a
# tmpfs).
set -euo pipefail

label=${1:-image}
work=$(mktemp -d "${TMPDIR:-/tmp}/image-archive.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
cd "$work"

fail() {
    echo "image-archive.sh: $1" >&2
    exit 1
}

# The lines of stdin, as three arrays with one index; `names` is ready for JSON.
sizes=() dates=() names=()
read_images() {
    local size created tags
    while read -r size created tags || [[ -n $size ]]; do
        [[ -n $size ]] || continue
        [[ $size =~ ^(0|[1-9][0-9]*)$ ]] || fail "not a size in bytes: $size"
        [[ $created =~ ^(-|[0-9:.TZ+-]{20,})$ ]] || fail "not an RFC 3339 time: $created"
        [[ $tags != *[\"\\]* ]] || fail "not a name: $tags"
        tags=${tags//[[:blank:]]/ }
        while [[ $tags == *'  '* ]]; do tags=${tags//  / }; done
        sizes+=("$size") dates+=("${created#-}") names+=("${tags:+\"${tags// /\",\"}\"}")
    done
}

# NUL bytes for a format of printf.
nuls() { printf '\\000%.0s' $(seq "$1"); }

# The header of a tar archive's one file, as a format for its size and its checksum (the sum of all
# bytes, those of the checksum taken for blanks: 3072 without the size). By hand, since running tar
# for each of 5,000 layers takes too long.
header="zeros$(nuls 95)0000644\\0000000000\\0000000000\\000%s00000000000\\000%06o\\000 0"
header+="$(nuls 100)ustar\\00000$(nuls 247)"

# A layer that adds so many bytes to an image; all behind the header is a hole in the file.
write_layer() {
    local bytes=$1 digits checksum=3072 i
    printf -v digits '%012o' "$bytes"
    for ((i = 0; i < 12; i++)); do ((checksum += 48 + ${digits:i:1})); done
    # shellcheck disable=SC2059 # the header is a format
    printf "$header" "$digits" "$checksum" >"$bytes.tar"
    truncate --size=$((512 + (bytes + 511) / 512 * 512 + 1024)) "$bytes.tar"
}

# Every size is a smaller one plus one layer. Mostly that is the next smaller one; but as no image
# may have more than about 120 layers, every 50th size goes back to the 50th before it, every 2500th
# to the 2500th before, and so on.
declare -A layers_of=([0]='') diff_ids_of=([0]='')
share_layers() {
    local -a sorted added parents
    local -A digests
    local rank step size parent layer digest file
    mapfile -t sorted < <(printf '%s\n' 0 "${sizes[@]}" | sort --numeric-sort --unique)
    for ((rank = 1; rank < ${#sorted[@]}; rank++)); do
        step=1
        while ((rank % (step * 50) == 0)); do ((step *= 50)); done
        parents[rank]=${sorted[rank - step]}
        added[rank]=$((sorted[rank] - parents[rank]))
        [[ -e ${added[rank]}.tar ]] || write_layer "${added[rank]}"
    done
    ((${#sorted[@]} > 1)) || return 0

    while read -r digest file; do digests[${file%.tar}]=$digest; done < <(sha256sum -- *.tar)
    for ((rank = 1; rank < ${#sorted[@]}; rank++)); do
        size=${sorted[rank]} parent=${parents[rank]} layer=${added[rank]}
        layers_of[$size]=${layers_of[$parent]:+${layers_of[$parent]},}\"$layer.tar\"
        diff_ids_of[$size]=${diff_ids_of[$parent]:+${diff_ids_of[$parent]},}
        diff_ids_of[$size]+=\"sha256:${digests[$layer]}\"
    done
}

write_configs() {
    local i created diff_ids
    for i in "${!sizes[@]}"; do
        created=${dates[i]:+\"created\":\"${dates[i]}\",}
        diff_ids=${diff_ids_of[${sizes[i]}]}
        echo "{\"architecture\":\"amd64\",\"os\":\"linux\",$created" \
            "\"config\":{\"Labels\":{\"$label\":\"$((i + 1))\"}}," \
            "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[$diff_ids]}}" >"$i.json"
    done
}

write_manifest() {
    local i layers separator='['
    for i in "${!sizes[@]}"; do
        layers=${layers_of[${sizes[i]}]}
        echo "$separator{\"Config\":\"$i.json\",\"RepoTags\":[${names[i]}],\"Layers\":[$layers]}"
        separator=,
    done
    echo ']'
}

read_images
((${#sizes[@]} > 0)) || fail "no images on stdin"
share_layers
write_configs
write_manifest >manifest.json
printf '%s\n' * | tar --create --file=- --files-from=-
