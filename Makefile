# All tasks; `make` alone lists them.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
PREFIX ?= /usr/local
ARGS ?= tags
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 60
DOCKER ?= docker
VERSION := $(shell sed --quiet 's/^project.dkr-ls VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt 2>/dev/null)

# Use Ninja and ccache if they are installed. An existing build directory keeps its settings.
ifneq ($(shell command -v ninja 2>/dev/null),)
export CMAKE_GENERATOR ?= Ninja
endif
ifneq ($(shell command -v ccache 2>/dev/null),)
export CMAKE_CXX_COMPILER_LAUNCHER ?= ccache
endif

# Recipes run parallel jobs themselves.
.NOTPARALLEL:

# For scripts/install-packages.sh, which explains the syntax.
PACKAGES_run     := cmake g++ libarchive-dev libcurl4-openssl-dev libfmt-dev libprotozero-dev \
                    libsimdjson-dev libsqlite3-dev libssl-dev make
PACKAGES_engine  := curl docker.io|docker-ce optional:docker-cli|docker-ce-cli
PACKAGES_static  := cmake dpkg-dev g++ libc-ares-dev libnghttp2-dev libprotozero-dev libssl-dev libzstd-dev make tcl \
                    zlib1g-dev
PACKAGES_deb     := $(PACKAGES_run) dpkg-dev file
PACKAGES_unit    := $(PACKAGES_run) libgmock-dev libgtest-dev tzdata
PACKAGES_clang   := clang optional:libclang-rt-14-dev optional:libclang-rt-19-dev
PACKAGES_test    := $(PACKAGES_unit) $(PACKAGES_clang) $(PACKAGES_engine) apache2-utils containerd|containerd.io docker-registry fish gcc groff-base \
                    jq nginx-light openssh-client openssh-server openssl podman python3 python3-pytest python3-pytest-xdist skopeo zsh zstd
PACKAGES_lint    := $(PACKAGES_unit) $(PACKAGES_clang) clang-format clang-tidy cppcheck git pyflakes3 shellcheck
PACKAGES_release := $(PACKAGES_test) $(PACKAGES_deb) $(PACKAGES_static) debootstrap git lintian
PACKAGES_fuzz    := $(PACKAGES_unit) $(PACKAGES_clang)
PACKAGES_bench   := $(PACKAGES_test) $(PACKAGES_static) hyperfine time valgrind
PACKAGES_all     := $(sort $(PACKAGES_lint) $(PACKAGES_release) $(PACKAGES_bench) $(PACKAGES_fuzz)) ninja-build

CXX_FILES    := $(shell git ls-files -- '*.h' '*.cpp' 2>/dev/null)
SHELL_FILES  := $(shell git ls-files -- '*.sh' '*.bash' .ci/run .githooks 2>/dev/null)
PYTHON_FILES := $(shell git ls-files -- '*.py' 2>/dev/null)

PYTEST := /usr/bin/python3 -m pytest -q -ra -n 4 --dist loadfile
# The integration tests that also run with sanitizers: all hostile input, unless it is too large.
SANITIZED := $(foreach of,archives containerd engine_ssh engine_tls hostile_servers layouts registry_bodies registry_damage \
                          registry_lists registry_passwords registry_redirects registry_tokens,tests/integration/test_$(of).py) \
             -k 'not gib and not memory and not million and not gigabyte and not huge'
# The ones that might fail with the static program only, since it has its own libcurl, libarchive, resolver and TLS.
STATIC := $(foreach of,archives classic_table containerd endpoints engine_ssh engine_tls hostile_servers layouts registry_bodies \
                       registry_real registry_requests registry_tables registry_tokens,tests/integration/test_$(of).py)

# The unit tests in ctest. They are run directly instead, which prints their number.
UNIT_TESTS := '\.|^unit_tests$$'

# The linker warns about each function for which a static glibc may load plug-ins, though none is called.
STATIC_GLIBC_WARNING := : in function .*:$$|warning: Using .* in statically linked applications

INSTALLS := run engine static deb unit test lint release fuzz bench
.PHONY: help deps $(INSTALLS:%=deps-%) build static docker deb run unit test test-release fuzz check lint format e2e bench \
        install uninstall clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

deps: deps-all ## install the Debian packages for all targets; each target also installs what it needs
deps-all $(INSTALLS:%=deps-%): deps-%:
	@scripts/install-packages.sh $(foreach package,$(PACKAGES_$*),'$(package)')

build: deps-run ## build build/dkr-ls
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS) --target dkr-ls

static: deps-static build-static-libs/made ## build dist/dkr-ls, a self-contained binary
	@cmake --preset static --log-level=WARNING
	@set -o pipefail; cmake --build --preset static --parallel $(JOBS) --target dkr-ls 2>&1 | \
	  { grep --invert-match --extended-regexp '$(STATIC_GLIBC_WARNING)' || true; }
	@install -D --strip build-static/dkr-ls dist/dkr-ls
	@scripts/with-licences.sh LICENSE build-static-libs/copyright >dist/copyright

build-static-libs/made: scripts/static-libs.sh packaging/hardened.cmake packaging/static.cmake | deps-static
	@rm -rf build-static-libs
	@JOBS=$(JOBS) scripts/static-libs.sh build-static-libs
	@touch $@

docker: ## build the image dkr-ls, and check that it runs
	@$(DOCKER) build $(DOCKER_BUILD_FLAGS) --tag dkr-ls --build-arg VERSION=$(VERSION) \
	  --build-arg REVISION="$$(git rev-parse HEAD 2>/dev/null || echo unknown)" .
	@$(DOCKER) run --rm dkr-ls --version

run: build ## list your images, or those of a throw-away engine if none is running: make run ARGS="tags --minAge 20"
	@INSTALL_ENGINE="make deps-engine" scripts/run.sh $(ARGS)

unit: deps-unit ## run only the unit tests, which takes seconds after a small change: make unit TESTS='Filter*'
	@cmake --preset unit --log-level=WARNING
	@cmake --build --preset unit --parallel $(JOBS) --target unit_tests
	@build-unit/tests/unit_tests --gtest_brief=1 $(TESTS:%=--gtest_filter='%')

test: deps-test build ## run the unit tests with sanitizers, and the integration tests against real engines
	@cmake --preset sanitize --log-level=WARNING
	@cmake --build --preset sanitize --parallel $(JOBS)
	@build-sanitize/tests/unit_tests --gtest_brief=1
	@ctest --preset sanitize --exclude-regex $(UNIT_TESTS)
	@$(PYTEST) tests/integration
	@DKR_LS=build-sanitize/dkr-ls $(PYTEST) $(SANITIZED)

test-release: deps-release build static ## test what is released, README's commands on bare Debians, and each fuzz target for 10 s; RELEASING.md fuzzes longer
	@DKR_LS=dist/dkr-ls $(PYTEST) $(STATIC)
	@DKR_LS=dist/dkr-ls ./e2e.sh
	@/usr/bin/python3 -m pytest -q -ra tests/integration/release
	@$(MAKE) fuzz FUZZ_SECONDS=10

fuzz: deps-fuzz ## run each fuzz target for a minute: make fuzz FUZZ_SECONDS=600
	@cmake --preset fuzz --log-level=WARNING
	@cmake --build --preset fuzz --parallel $(JOBS)
	@JOBS=$(JOBS) scripts/fuzz.sh build-fuzz $(FUZZ_SECONDS)

check: ## run everything that a change must pass: make run, test, lint and e2e
	@scripts/check.sh

# clang-tidy reads a few large files that include the sources, since most of its time goes into headers. cppcheck does not understand coroutines:
# their parameters must be passed by value (passedByValue), and co_return is a return (missingReturn).
lint: deps-lint ## check formatting, code and scripts
	@test -n "$(CXX_FILES)" || { echo "make lint: git lists no files: is this a clone?" >&2; exit 1; }
	@clang-format --dry-run -Werror $(CXX_FILES)
	@shellcheck $(SHELL_FILES)
	@pyflakes3 $(PYTHON_FILES)
	@cppcheck --quiet --std=c++20 --language=c++ --error-exitcode=1 --inline-suppr \
	  --enable=warning,performance,portability --suppress=missingInclude \
	  --suppress=passedByValue --suppress=missingReturn --suppress=accessMoved -Isrc src
	@cmake --preset lint --log-level=WARNING
	@scripts/tidy.sh build-lint
	@scripts/alone.sh build-lint src

format: deps-lint ## format the code
	@clang-format -i $(CXX_FILES)

e2e: deps-test build ## run the assignment's examples against a throw-away engine and registry
	@./e2e.sh

bench: deps-bench build static ## compare with docker and curl, and update bench/RESULTS.md
	@cmake --build --preset static --target minimal 2>/dev/null
	@bench/run.sh
	@bench/registry.py
	@bench/containerd.py

deb: deps-deb build ## build a Debian package in dist/
	@cmake --build --preset release --target documents
	@umask 022 && cpack --config build/CPackConfig.cmake -B dist
	@rm -rf dist/_CPack_Packages

install: build ## install into $(DESTDIR)$(PREFIX)
	@cmake --build --preset release --target documents
	@umask 022 && DESTDIR="$(DESTDIR)" cmake --install build --prefix "$(PREFIX)" --strip

INSTALLED := bin/dkr-ls share/man/man1/dkr-ls.1.gz share/doc/dkr-ls/copyright \
             share/doc/dkr-ls/changelog.gz \
             share/bash-completion/completions/dkr-ls share/fish/vendor_completions.d/dkr-ls.fish \
             share/zsh/site-functions/_dkr-ls share/zsh/vendor-completions/_dkr-ls

uninstall: ## remove what `make install` installed
	@rm -f $(foreach file,$(INSTALLED),"$(DESTDIR)$(PREFIX)/$(file)")
	@rmdir --ignore-fail-on-non-empty "$(DESTDIR)$(PREFIX)/share/doc/dkr-ls" 2>/dev/null || true

clean: ## remove all build results
	rm -rf build build-* dist
