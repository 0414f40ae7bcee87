#!/usr/bin/env bash
# Creates images of any size and age: reads one line per image, and writes an archive for `docker
# load` to stdout.
#
#   SIZE CREATED [NAME:TAG ..]
#
# SIZE is the size in bytes that the engine will report; CREATED is an RFC 3339 time, or `-` for
# none; an image without a name is dangling. Each image has a label whose key is the first argument
# (default: `image`) and whose value is its line number.
#
# Layers contain only zeros, and images share them. With fewer than 50 different sizes, the archive
# is as large as the largest image; otherwise at most a few times that. An engine takes about 50 ms
# to load each different size, and 10 ms for each image (3 ms if its directory is on a tmpfs).
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

# The lines of stdin, in three parallel arrays; `names` is formatted as JSON.
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

# NUL bytes in a printf format.
nuls() { printf '\\000%.0s' $(seq "$1"); }

# The tar header of a layer's only file, as a printf format for its size and checksum. The checksum
# is the sum of all bytes, with blanks in place of the checksum: 3072 without the size. This avoids
# running tar for each of 5,000 layers, which takes too long.
header="zeros$(nuls 95)0000644\\0000000000\\0000000000\\000%s00000000000\\000%06o\\000 0"
header+="$(nuls 100)ustar\\00000$(nuls 247)"

# Writes a layer that adds this many bytes to an image. All after the header is a hole in the file.
write_layer() {
    local bytes=$1 digits checksum=3072 i
    printf -v digits '%012o' "$bytes"
    for ((i = 0; i < 12; i++)); do ((checksum += 48 + ${digits:i:1})); done
    # shellcheck disable=SC2059 # the header is a format
    printf "$header" "$digits" "$checksum" >"$bytes.tar"
    truncate --size=$((512 + (bytes + 511) / 512 * 512 + 1024)) "$bytes.tar"
}

# Builds each size from a smaller one plus one layer, usually from the next smaller one. But an image
# can only have about 120 layers, so every 50th size is built from the 50th before it, every 2500th
# from the 2500th before it, and so on.
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
