#!/usr/bin/env bash
# Collects what a static dkr-ls is linked with, for one processor: Debian's own static libraries, the
# compiler's and the C library among them, and those that Debian only has as shared ones, built from its source packages with its
# patches; a libcurl with only the features that dkr-ls uses.
#
#   static-libs.sh ARCH DIR    ARCH is Debian's name of the processor, amd64 or arm64. Writes DIR/lib,
#                              DIR/system, DIR/include, DIR/ca-certificates.crt, which Debian trusts,
#                              and DIR/copyright, which has the copyright notices of everything that
#                              is linked. DIR must not exist
#
# Packages and sources come from the archives from which this machine installs its packages, and apt
# verifies them in the same way, but nothing of them is installed, and apt's configuration is not
# changed. JOBS is the number of compile jobs of each library.
#
# Results are cached in DKR_BUILD_CACHE, by default ~/.cache/dkr-ls-build, by a hash of all inputs.
# If the hash in DIR/inputs matches, the libraries are copied from there, or from PREBUILT_LIBS/ARCH,
# which is the DIR of an earlier run.
set -euo pipefail

fail() {
    echo "static-libs.sh: $1" >&2
    exit 1
}

(($# == 2)) || fail "usage: static-libs.sh ARCH DIR"
arch=$1
case $arch in
    amd64) triple=x86_64-linux-gnu ;;
    arm64) triple=aarch64-linux-gnu ;;
    *) fail "neither amd64 nor arm64: $arch" ;;
esac
[[ ! -e $2 ]] || fail "$2 exists"
dir=$(realpath --canonicalize-missing "$2")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/dkr-ls-static.XXXXXX")

clean_up() {
    local build
    for build in $(jobs -p); do kill -- "-$build" 2>/dev/null || true; done
    wait
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
cache=${DKR_BUILD_CACHE:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/dkr-ls-build}
unset CMAKE_CXX_COMPILER_LAUNCHER # not part of the hash, so it must have no effect
export CMAKE_GENERATOR=Ninja      # configures them in three quarters of the time that make takes

quietly() {
    local log=$work/log.$BASHPID
    "$@" >"$log" 2>&1 || {
        tail -n 40 "$log" >&2
        fail "$1 ${2-} failed, see the end of its output above"
    }
}

apt_options=(-q -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=-
    -o Dir::State::Lists="$work/lists" -o Dir::State::Status=/dev/null -o Dir::Cache="$work"
    -o APT::Sandbox::User=root -o APT::Architecture="$arch" -o APT::Architectures="$arch")

# Of these packages the libraries that are used are linked as they are, but libgtest's and libgmock's
# only with tests.
gcc=$("$triple-g++" -dumpversion)
packages=(ca-certificates "gcc-$gcc-base" libc-ares-dev libc6-dev "libgcc-$gcc-dev" libgmock-dev libgtest-dev
    libnghttp2-dev libprotozero-dev libssl-dev "libstdc++-$gcc-dev" libzstd-dev zlib1g-dev)
sources=(fmtlib simdjson sqlite3 curl libarchive)

find_packages() {
    mkdir -p "$work/lists/partial" "$work/archives/partial"
    apt-get indextargets --format "deb \$(REPO_URI) \$(RELEASE) \$(COMPONENT)
deb-src \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
        'Created-By: Packages' 'Origin: Debian' | sort --unique >"$work/sources.list"
    [[ -s $work/sources.list ]] || fail "apt knows no Debian archive: run apt-get update"
    quietly apt-get "${apt_options[@]}" update
}

# Hashes everything that affects the result: this script, flags, tools, libraries and sources.
hash_inputs() {
    {
        cat "$root/scripts/static-libs.sh" "$root"/packaging/*.cmake
        echo "$arch"
        "$triple-g++" --version
        "$triple-ld" --version
        cmake --version
        apt-cache "${apt_options[@]}" show --no-all-versions "${packages[@]}" | grep -E '^(Package|Version): '
        apt-cache "${apt_options[@]}" showsrc --only-source "${sources[@]}" | grep -E '^(Package|Version): '
    } | sha256sum | cut --delimiter=' ' --fields=1
}

# Copies DIR from a place where an earlier run left it; fails if its inputs were different.
take_from() {
    local place=$1
    [[ $(cat "$place/inputs" 2>/dev/null) == "$inputs" ]] || return 1
    echo "static-libs.sh: taking the libraries from $place" >&2
    mkdir --parents "$dir"
    cp --archive "$place"/. "$dir"
}

# Caches DIR, and deletes all but the newest ten entries. Failing to cache is not an error.
keep() {
    local new=$cache/new.$$
    { mkdir --parents "$cache" && cp --archive "$dir" "$new" && mv --no-target-directory "$new" "$cache/$inputs"; } \
        2>"$work/log.cache" || {
        echo "static-libs.sh: keeping nothing in $cache: $(head -n 1 "$work/log.cache")" >&2
        rm -rf "$new"
        return 0
    }
    find "$cache" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %p\n' | sort --numeric-sort --reverse |
        tail -n +11 | cut --delimiter=' ' --fields=2- | xargs --no-run-if-empty --delimiter='\n' rm -rf
}

# Gets the sources of a package into $work/PACKAGE.
fetch() (
    mkdir "$work/$1.source"
    cd "$work/$1.source"
    quietly apt-get "${apt_options[@]}" source "$1"
    mv ./*/ "$work/$1"
    cd "$work/$1"
    note_copyright "$1 $(dpkg-parsechangelog --show-field Version)" debian/copyright
)

# Builds all sources at the same time: what configures them does one thing after the other.
build_sources() {
    local source builds=()
    for source in "${sources[@]}"; do fetch "$source"; done
    set -m # process groups of their own, so that they can be killed as a whole
    for source in "${sources[@]}"; do
        (
            cd "$work/$source"
            "build_$source"
        ) &
        builds+=($!)
    done
    set +m
    for source in "${!sources[@]}"; do
        wait "${builds[source]}" || fail "could not build ${sources[source]}"
    done
}

# note_copyright TITLE FILE
note_copyright() {
    printf '\n%s\n\n' "======== $1 ========" | cat - "$2" >>"$dir/copyright"
}

# build [ARG..]: builds and installs the current directory; passes each ARG to cmake.
build() {
    quietly cmake -S . -B build-static -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
        -DCMAKE_TOOLCHAIN_FILE="$root/packaging/$arch.cmake" -DDKR_STATIC_LIBS="$dir" \
        -DCMAKE_PROJECT_INCLUDE="$root/packaging/static.cmake" \
        -DCMAKE_INSTALL_PREFIX="$dir" -DCMAKE_INSTALL_LIBDIR=lib "$@"
    quietly cmake --build build-static --parallel "${JOBS:-$(nproc)}"
    quietly cmake --install build-static
}

# Gets Debian's static libraries. Those in C lose their exception tables: no exception passes through
# C, and the tables would make up a tenth of the program.
take_packages() {
    local package version name
    mkdir -p "$work/debs" "$dir"/{lib,system,include}
    cd "$work/debs"
    quietly apt-get "${apt_options[@]}" download "${packages[@]}"
    for package in "${packages[@]}"; do
        # Headers of the C and C++ libraries come with the compiler. So do the libraries, but those of a
        # cross-compiler need not have all of Debian's fixes.
        name=root
        [[ $package != lib@(c6|gcc-*|stdc++-*)-dev ]] || name=system
        dpkg-deb --extract "$package"_*.deb "$work/$name"
    done
    cd "$work/root/usr"
    for name in cares crypto nghttp2 ssl z zstd; do
        "$triple-objcopy" --enable-deterministic-archives --remove-section=.eh_frame \
            --remove-section=.rela.eh_frame "lib/$triple/lib$name.a" "$dir/lib/lib$name.a"
    done
    cp "lib/$triple"/lib{gmock,gmock_main,gtest,gtest_main}.a "$dir/lib"
    cp --recursive include/. "$dir/include"
    cp --recursive "include/$triple"/. "$dir/include"
    cat share/ca-certificates/mozilla/*.crt >"$dir/ca-certificates.crt"
    cp share/doc/ca-certificates/copyright "$dir/ca-certificates.copyright"
    cd "$work/system/usr/lib"
    cp "$triple"/*.[ao] "gcc/$triple/$gcc"/{*.o,lib{gcc,gcc_eh,stdc++}.a} "$dir/system"
    # Some are scripts of the linker that name others by their path on an installed system.
    { grep --files-with-matches --binary-files=without-match GROUP "$dir"/system/*.a || true; } |
        xargs --no-run-if-empty sed --in-place "s!/usr/lib/$triple/!!g"
    for package in "gcc-$gcc-base" libc-ares-dev libc6-dev libnghttp2-dev libprotozero-dev libssl-dev libzstd-dev \
        zlib1g-dev; do
        name=root
        [[ $package != libc6-dev ]] || name=system
        version=$(dpkg-deb --field "$work/debs/$package"_*.deb Version)
        note_copyright "$package $version" "$work/$name/usr/share/doc/$package/copyright"
    done
}

build_fmtlib() {
    build -DFMT_TEST=OFF -DFMT_DOC=OFF
}

build_simdjson() {
    build -DSIMDJSON_DEVELOPER_MODE=OFF
}

# Half the size of Debian's library, which includes features such as full text search.
build_sqlite3() {
    quietly ./configure --disable-tcl
    quietly make sqlite3.c
    cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(sqlite3 LANGUAGES C)
add_library(sqlite3 STATIC sqlite3.c)
target_compile_definitions(sqlite3 PRIVATE
  HAVE_FDATASYNC HAVE_USLEEP  # without HAVE_USLEEP, waiting for a lock takes at least a second
  SQLITE_DQS=0 SQLITE_OMIT_JSON SQLITE_OMIT_LOAD_EXTENSION)
install(TARGETS sqlite3)
install(FILES sqlite3.h TYPE INCLUDE)
END
    build
}

# c-ares resolves names without glibc, which even when linked statically would load the machine's
# plug-ins, and these only work with their own version of glibc. For the same reason OpenSSL reads no
# configuration, since that may name modules. c-ares waits five seconds for a name server before it
# tries the next one; one second is enough, since later rounds wait longer. To find out
# whether poll works and where random bytes are, curl would run programs of the other processor, so it
# is told.
build_curl() {
    sed --in-place 's/\(int optmask = ARES_OPT_SOCK_STATE_CB\);/\1 | ARES_OPT_TIMEOUTMS;/
        s/^\( *\)options\.sock_state_cb = .*/\1options.timeout = 1000;\n&/' lib/asyn-ares.c
    [[ $(grep --count --extended-regexp '= ARES_OPT_SOCK_STATE_CB \| ARES_OPT_TIMEOUTMS;|options\.timeout = 1000;' lib/asyn-ares.c) == 2 ]] ||
        fail "curl sets c-ares up in another way than this script expects"
    build -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DENABLE_MANUAL=OFF -DHTTP_ONLY=ON \
        -DCURL_USE_OPENSSL=ON -DCURL_ZLIB=ON -DENABLE_ARES=ON -DUSE_NGHTTP2=ON \
        -DCURL_CA_BUNDLE=none -DCURL_CA_PATH=none -DCURL_USE_LIBPSL=OFF -DCURL_USE_LIBSSH2=OFF \
        -DUSE_LIBIDN2=OFF -DCURL_DISABLE_ALTSVC=ON -DCURL_DISABLE_COOKIES=ON -DCURL_DISABLE_DOH=ON \
        -DCURL_DISABLE_HSTS=ON -DCURL_DISABLE_LIBCURL_OPTION=ON -DCURL_DISABLE_MIME=ON \
        -DCURL_DISABLE_NETRC=ON -DCURL_DISABLE_NTLM=ON -DCURL_DISABLE_OPENSSL_AUTO_LOAD_CONFIG=ON \
        -DHAVE_POLL_FINE=ON -DRANDOM_FILE=/dev/urandom
}

# What reads tar, gzip and zstd, an eighth of libarchive: no other format, no external decompressor, no iconv, for which glibc would
# load plug-ins. Its own build would test the C library for ten times as long as these take to compile; linux_host.h describes that
# of any Linux.
build_libarchive() {
    sed --in-place '/ICONV\|LZMA/d' contrib/android/config/linux_host.h
    cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(libarchive LANGUAGES C)
set(parts acl check_magic entry entry_sparse entry_xattr read read_support_filter_gzip read_support_filter_zstd
    read_support_format_empty read_support_format_raw read_support_format_tar string string_sprintf util virtual)
list(TRANSFORM parts REPLACE "(.+)" "libarchive/archive_\\1.c")
add_library(archive STATIC ${parts})
target_compile_definitions(archive PRIVATE
  PLATFORM_CONFIG_H="../contrib/android/config/linux_host.h" HAVE_LIBZSTD HAVE_ZSTD_H)
target_compile_options(archive PRIVATE -Werror=implicit-function-declaration)  # should that be wrong
install(TARGETS archive)
install(FILES libarchive/archive.h libarchive/archive_entry.h TYPE INCLUDE)
END
    build
}

find_packages
inputs=$(hash_inputs)
take_from "$cache/$inputs" || take_from "${PREBUILT_LIBS:-}/$arch" || {
    take_packages
    echo "static-libs.sh: building ${sources[*]}" >&2
    build_sources
    # Make the result independent of where it was built.
    rm -r "${dir:?}"/{bin,lib/pkgconfig}
    find "$dir" -name '*.cmake' -exec sed --in-place "s!$dir/!\${CMAKE_CURRENT_LIST_DIR}/../../../!g" {} +
    echo "$inputs" >"$dir/inputs"
    keep
}
