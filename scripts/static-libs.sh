#!/usr/bin/env bash
# Builds the libraries that a static dkr-ls needs and Debian only has as shared ones, and a libcurl
# with only the features that dkr-ls uses, from Debian's source packages with their patches.
#
#   static-libs.sh DIR    writes DIR/lib, DIR/include and DIR/copyright, which has the copyright
#                         notices of everything that is linked; DIR must not exist
#
# The sources come from the archives from which this machine installs its packages, and apt verifies
# them in the same way. apt's configuration is not changed. JOBS is the number of compile jobs.
#
# Results are cached in DKR_BUILD_CACHE, by default ~/.cache/dkr-ls-build, by a hash of all inputs.
# If the hash in DIR/inputs matches, the libraries are copied from there, or from PREBUILT_LIBS, which
# is the DIR of an earlier run.
set -euo pipefail

fail() {
    echo "static-libs.sh: $1" >&2
    exit 1
}

(($# == 1)) || fail "usage: static-libs.sh DIR"
[[ ! -e $1 ]] || fail "$1 exists"
dir=$(realpath --canonicalize-missing "$1")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/dkr-ls-static.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
cache=${DKR_BUILD_CACHE:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/dkr-ls-build}
unset CMAKE_GENERATOR CMAKE_CXX_COMPILER_LAUNCHER # not part of the hash, so they must have no effect

quietly() {
    "$@" >"$work/log" 2>&1 || {
        tail -n 40 "$work/log" >&2
        fail "$1 ${2-} failed, see the end of its output above"
    }
}

apt_options=(-q -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=-
    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work" -o APT::Sandbox::User=root)

sources=(fmtlib simdjson sqlite3 curl libarchive)

find_sources() {
    mkdir -p "$work/lists/partial" "$work/archives/partial"
    apt-get indextargets --format "deb-src \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
        'Created-By: Packages' 'Origin: Debian' | sort --unique >"$work/sources.list"
    [[ -s $work/sources.list ]] || fail "apt knows no Debian archive: run apt-get update"
    quietly apt-get "${apt_options[@]}" update
}

# Hashes everything that affects the result: this script, flags, tools, libraries and sources.
hash_inputs() {
    {
        cat "$root/scripts/static-libs.sh" "$root"/packaging/{hardened,static}.cmake
        dpkg --print-architecture
        g++ --version
        ld --version
        cmake --version
        dpkg-query --show --showformat '${Package} ${Version}\n' libc-ares-dev libc6-dev libnghttp2-dev \
            libprotozero-dev libssl-dev libzstd-dev linux-libc-dev zlib1g-dev
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

# Caches DIR, and deletes all but the newest five entries. Failing to cache is not an error.
keep() {
    local new=$cache/new.$$
    { mkdir --parents "$cache" && cp --archive "$dir" "$new" && mv --no-target-directory "$new" "$cache/$inputs"; } \
        2>"$work/log" || {
        echo "static-libs.sh: keeping nothing in $cache: $(head -n 1 "$work/log")" >&2
        rm -rf "$new"
        return 0
    }
    find "$cache" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %p\n' | sort --numeric-sort --reverse |
        tail -n +6 | cut --delimiter=' ' --fields=2- | xargs --no-run-if-empty --delimiter='\n' rm -rf
}

# Gets the sources of a package into $work/PACKAGE, and changes to that directory.
fetch() {
    mkdir "$work/$1.source"
    cd "$work/$1.source"
    echo "static-libs.sh: building $1" >&2
    quietly apt-get "${apt_options[@]}" source "$1"
    mv ./*/ "$work/$1"
    cd "$work/$1"
    note_copyright "$1" debian/copyright
}

note_copyright() {
    printf '\n%s\n\n' "======== $1 ========" | cat - "$2" >>"$dir/copyright"
}

# configure [ARG..]: prepares the current directory for building in build-static; passes each ARG to cmake.
configure() {
    quietly cmake -S . -B build-static -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
        -DCMAKE_PROJECT_INCLUDE="$root/packaging/static.cmake" -DCMAKE_PREFIX_PATH="$dir" \
        -DCMAKE_INSTALL_PREFIX="$dir" -DCMAKE_INSTALL_LIBDIR=lib "$@"
}

# build [ARG..]: builds and installs the current directory; passes each ARG to cmake.
build() {
    configure "$@"
    quietly cmake --build build-static --parallel "${JOBS:-$(nproc)}"
    quietly cmake --install build-static
}

# Copies Debian's static libraries without their exception tables. No exception passes through C, and
# the tables would make up a tenth of the program.
trim_installed() {
    local name
    for name in cares crypto nghttp2 ssl z zstd; do
        objcopy --enable-deterministic-archives --remove-section=.eh_frame \
            --remove-section=.rela.eh_frame "$(g++ -print-file-name="lib$name.a")" "$dir/lib/lib$name.a"
    done
    for name in "gcc-$(g++ -dumpversion)-base" libc-ares-dev libc6-dev libnghttp2-dev \
        libprotozero-dev libssl-dev libzstd-dev zlib1g-dev; do
        note_copyright "$name" "/usr/share/doc/$name/copyright"
    done
}

build_fmt() (
    fetch fmtlib
    build -DFMT_TEST=OFF -DFMT_DOC=OFF
)

build_simdjson() (
    fetch simdjson
    build -DSIMDJSON_DEVELOPER_MODE=OFF
)

# Half the size of Debian's library, which includes features such as full text search.
build_sqlite() (
    fetch sqlite3
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
)

# c-ares resolves names without glibc, which even when linked statically would load the machine's
# plug-ins, and these only work with their own version of glibc. For the same reason OpenSSL reads no
# configuration, since that may name modules. c-ares waits five seconds for a name server before it
# tries the next one; one second is enough, since later rounds wait longer.
build_curl() (
    fetch curl
    quietly patch -p1 <<'END'
--- a/lib/asyn-ares.c
+++ b/lib/asyn-ares.c
@@ -171,5 +171,6 @@
   int status;
   struct ares_options options;
-  int optmask = ARES_OPT_SOCK_STATE_CB;
+  int optmask = ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS;
+  options.timeout = 1000;
   options.sock_state_cb = sock_state_cb;
   options.sock_state_cb_data = easy;
END
    build -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DENABLE_MANUAL=OFF -DHTTP_ONLY=ON \
        -DCURL_USE_OPENSSL=ON -DCURL_ZLIB=ON -DENABLE_ARES=ON -DUSE_NGHTTP2=ON \
        -DCURL_CA_BUNDLE=none -DCURL_CA_PATH=none -DCURL_USE_LIBPSL=OFF -DCURL_USE_LIBSSH2=OFF \
        -DUSE_LIBIDN2=OFF -DCURL_DISABLE_ALTSVC=ON -DCURL_DISABLE_COOKIES=ON -DCURL_DISABLE_DOH=ON \
        -DCURL_DISABLE_HSTS=ON -DCURL_DISABLE_LIBCURL_OPTION=ON -DCURL_DISABLE_MIME=ON \
        -DCURL_DISABLE_NETRC=ON -DCURL_DISABLE_NTLM=ON -DCURL_DISABLE_OPENSSL_AUTO_LOAD_CONFIG=ON
)

# Reads tar, gzip and zstd alone, and runs no programs for anything else.
build_archive() (
    fetch libarchive
    local off=()
    for feature in ACL BZip2 CAT CNG CPIO EXPAT ICONV LIBB2 LIBGCC LIBXML2 LZ4 LZMA LZO MBEDTLS NETTLE OPENSSL PCREPOSIX \
        TAR TEST XATTR; do
        off+=("-DENABLE_$feature=OFF")
    done
    configure "${off[@]}" -DENABLE_WERROR=OFF
    quietly cmake --build build-static --parallel "${JOBS:-$(nproc)}" --target archive_static
    cp build-static/libarchive/libarchive.a "$dir/lib"
    cp libarchive/archive.h libarchive/archive_entry.h "$dir/include"
)

find_sources
inputs=$(hash_inputs)
take_from "$cache/$inputs" || take_from "${PREBUILT_LIBS:-}" || {
    mkdir -p "$dir/lib"
    trim_installed
    build_fmt
    build_simdjson
    build_sqlite
    build_curl
    build_archive
    # Make the result independent of where it was built.
    rm -r "${dir:?}"/{bin,lib/pkgconfig}
    find "$dir" -name '*.cmake' -exec sed --in-place "s!$dir/!\${CMAKE_CURRENT_LIST_DIR}/../../../!g" {} +
    echo "$inputs" >"$dir/inputs"
    keep
}
