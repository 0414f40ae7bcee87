#!/usr/bin/env bash
# Packs the static programs that `make dist` has built: for each processor a .tar.gz and a .deb, for
# all together an image, and the checksums of everything.
#
#   dist.sh VERSION BUILD    BUILD is a static build directory with all documents. Reads and writes dist/
#
# The same sources give the same bytes, since SOURCE_DATE_EPOCH is the time of every file. Nothing is
# left half-written in dist/, and no checksum of what is no longer there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
umask 022

fail() {
    echo "dist.sh: $1" >&2
    exit 1
}

[[ $# == 2 && -n $1 ]] || fail "usage: dist.sh VERSION BUILD"
[[ ${SOURCE_DATE_EPOCH:-} =~ ^[0-9]+$ ]] || fail "SOURCE_DATE_EPOCH is not a number of seconds"
version=$1
build=$2
work=$(mktemp -d "${TMPDIR:-/tmp}/dkr-ls-dist.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# tree DIR PREFIX ARCH: what is installed below PREFIX, in DIR.
tree() {
    DESTDIR=$1 cmake --install "$build" --prefix "$2" >/dev/null
    install "dist/dkr-ls-linux-$3" "$1/$2/bin/dkr-ls"
}

make_tar() {
    local arch=$1 name=dkr-ls-$version-linux-$1
    tree "$work/tar" "/$name" "$arch"
    install --mode=644 "dist/dkr-ls-linux-$arch.copyright" "$work/tar/$name/share/doc/dkr-ls/copyright"
    # No directories: unpacked into /usr/local, they would change what is there.
    (cd "$work/tar" && find "$name" -type f -print0 | sort --zero-terminated) |
        tar --create --directory="$work/tar" --null --files-from=- --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 \
            --numeric-owner | gzip -9n >"$work/made/dkr-ls-linux-$arch.tar.gz"
}

# Unlike the other files, the package only points to licences that every Debian has.
make_deb() {
    local arch=$1 dir=$work/deb-$1 kibibytes
    tree "$dir" /usr "$arch"
    cat LICENSE "build-static-libs/$arch/copyright" >"$dir/usr/share/doc/dkr-ls/copyright"
    install -D --mode=644 packaging/lintian-overrides "$dir/usr/share/lintian/overrides/dkr-ls"
    mkdir "$dir/DEBIAN"
    kibibytes=$(find "$dir/usr" -type f -printf '%s\n' | awk '{ sum += int(($1 + 1023) / 1024) } END { print sum }')
    (cd "$dir" && find usr -type f -print0 | sort --zero-terminated | xargs --null md5sum) >"$work/md5sums"
    mv "$work/md5sums" "$dir/DEBIAN"
    sed "/^Version:/a Architecture: $arch\nInstalled-Size: $kibibytes" "$build/packaging/control" >"$dir/DEBIAN/control"
    find "$dir" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
    chmod --recursive a-s "$dir" # which directories inherit
    dpkg-deb --root-owner-group -Zxz --build "$dir" "$work/made/dkr-ls_${version}_$arch.deb" >/dev/null
}

for arch in amd64 arm64; do
    [[ -x dist/dkr-ls-linux-$arch ]] || fail "dist/dkr-ls-linux-$arch is not built yet: run make dist"
done
rm -f dist/SHA256SUMS
mkdir "$work/made"
for arch in amd64 arm64; do
    make_tar "$arch"
    make_deb "$arch"
done
scripts/image.py "$version" "$work/made/dkr-ls-image.tar"
mv "$work"/made/* dist
cd dist
sha256sum dkr-ls-linux-{amd64,arm64}{,.copyright,.tar.gz} "dkr-ls_${version}"_{amd64,arm64}.deb dkr-ls-image.tar >"$work/SHA256SUMS"
mv "$work/SHA256SUMS" .
cat SHA256SUMS
