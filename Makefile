# All tasks; `make` alone lists them.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
PREFIX ?= /usr/local
ARGS ?= tags
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 60
FUZZ_PRESET ?= fuzz
DOCKER ?= docker
# What is released bears the time of the commit; without git, that of the package.
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || \
                       date --date="$$(sed --quiet 's/^ -- .*@  //p' packaging/changelog.in)" +%s)
REVISION ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
# Debian's name of this machine's processor.
ARCH := $(shell dpkg --print-architecture 2>/dev/null)
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
PACKAGES_static  := cmake dpkg-dev g++ make ninja-build tcl
PACKAGES_static-amd64 := $(PACKAGES_static) $(if $(filter arm64,$(ARCH)),g++-x86-64-linux-gnu)
PACKAGES_static-arm64 := $(PACKAGES_static) $(if $(filter amd64,$(ARCH)),g++-aarch64-linux-gnu)
PACKAGES_dist    := $(PACKAGES_static-amd64) $(PACKAGES_static-arm64) git python3
PACKAGES_unit    := $(PACKAGES_run) libgmock-dev libgtest-dev tzdata
PACKAGES_clang   := clang optional:libclang-rt-14-dev optional:libclang-rt-19-dev
PACKAGES_test    := $(PACKAGES_unit) $(PACKAGES_clang) $(PACKAGES_engine) apache2-utils containerd|containerd.io docker-registry fish gcc groff-base \
                    jq nginx-light openssh-client openssh-server openssl podman python3 python3-pytest python3-pytest-xdist skopeo zsh zstd
PACKAGES_lint    := $(PACKAGES_unit) $(PACKAGES_clang) clang-format clang-tidy cppcheck git pyflakes3 shellcheck
PACKAGES_emulated := $(PACKAGES_test) $(PACKAGES_static-arm64) qemu-user
PACKAGES_release := $(PACKAGES_test) $(PACKAGES_dist) $(PACKAGES_emulated) debootstrap lintian
PACKAGES_fuzz    := $(PACKAGES_unit) $(PACKAGES_clang)
PACKAGES_bench   := $(PACKAGES_test) $(PACKAGES_static-$(ARCH)) hyperfine time valgrind
PACKAGES_all     := $(sort $(PACKAGES_lint) $(PACKAGES_release) $(PACKAGES_bench) $(PACKAGES_fuzz))

CXX_FILES    := $(shell git ls-files -- '*.h' '*.cpp' 2>/dev/null)
SHELL_FILES  := $(shell git ls-files -- '*.sh' '*.bash' .ci/run .githooks 2>/dev/null)
PYTHON_FILES := $(shell git ls-files -- '*.py' 2>/dev/null)

PYTEST := /usr/bin/python3 -m pytest -q -ra -n 4 --dist loadfile
# The integration tests that a release also passes with sanitizers: all hostile input, unless it is too large.
SANITIZED := $(foreach of,archives containerd engine_ssh engine_tls hostile_servers layouts registry_bodies registry_damage \
                          registry_lists registry_passwords registry_redirects registry_tokens,tests/integration/test_$(of).py) \
             -k 'not gib and not memory and not million and not gigabyte and not huge'
# The ones that might fail with the static program only, since it has its own libcurl, libarchive, SQLite, resolver and TLS.
STATIC := $(foreach of,archives containerd endpoints engine_ssh engine_tls hostile_servers registry_bodies registry_real \
                       registry_requests registry_tokens,tests/integration/test_$(of).py)

# $(call halves,COMMAND) runs unit tests in two processes, each of which runs and counts half of them.
halves = seq 0 1 | xargs --max-procs=$(JOBS) --replace env GTEST_TOTAL_SHARDS=2 GTEST_SHARD_INDEX={} $(1)

# The unit tests in ctest. They are run directly instead, which prints their number.
UNIT_TESTS := '\.|^unit_tests$$'

# These are about amounts, time limits and the calendar: together they take an emulator many minutes, and they mean the same on every processor.
SLOW_TO_EMULATE := FullImageCacheTest.*:ImageCacheTest.SurvivesADamagedFile:ConfigReaderTest.LimitsHowDeep*:$\
EngineImages.ThatAreTooLarge*:LayoutStoreTest.ListsManyImages:FailureList.IsBounded*:MeasureUsage.IsWhat*:Treemap.*:$\
HubTagPages.TakeMemory*:HubTagPages.AreLimited*:HubApiTest.EndsEndless*:FormatRfc3339.AgreesWithTheCalendar

# The linker warns about each function for which a static glibc may load plug-ins, though none is called.
STATIC_GLIBC_WARNING := : in function .*:$$|warning: Using .* in statically linked applications
# $(call build_static,PRESET,TARGET)
build_static = set -o pipefail; cmake --build --preset $(1) --parallel $(JOBS) --target $(2) 2>&1 | \
               { grep --invert-match --extended-regexp '$(STATIC_GLIBC_WARNING)' || true; }

STATIC_PROGRAMS := static-amd64 static-arm64
TRIPLE_amd64 := x86_64-linux-gnu
TRIPLE_arm64 := aarch64-linux-gnu
INSTALLS := run engine $(STATIC_PROGRAMS) dist emulated unit test lint release fuzz bench
.PHONY: help deps $(INSTALLS:%=deps-%) build static $(STATIC_PROGRAMS) dist docker run unit test test-release test-sanitized test-static \
        test-arm64 test-bare test-packed fuzz check lint format e2e bench install uninstall clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

deps: deps-all ## install the Debian packages for all targets; each target also installs what it needs
deps-all $(INSTALLS:%=deps-%): deps-%:
	@scripts/install-packages.sh $(foreach package,$(PACKAGES_$*),'$(package)')

build: deps-run ## build build/dkr-ls
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS) --target dkr-ls

static: static-$(ARCH) ## build dist/dkr-ls, a self-contained binary
	@install dist/dkr-ls-linux-$(ARCH) dist/dkr-ls
	@install --mode=644 dist/dkr-ls-linux-$(ARCH).copyright dist/copyright

$(STATIC_PROGRAMS): static-%: deps-static-% build-static-libs/%/inputs
	@cmake --preset $@ --log-level=WARNING
	@$(call build_static,$@,dkr-ls)
	@install -D --strip --strip-program=$(TRIPLE_$*)-strip build-static/$*/dkr-ls dist/dkr-ls-linux-$*
	@scripts/with-licences.sh LICENSE build-static-libs/$*/copyright >dist/dkr-ls-linux-$*.copyright

build-static-libs/%/inputs: scripts/static-libs.sh $(wildcard packaging/*.cmake) | deps-static-%
	@rm -rf $(@D)
	@JOBS=$(JOBS) scripts/static-libs.sh $* $(@D)
	@touch $@ # one from the cache is older than the sources

dist: deps-dist $(STATIC_PROGRAMS) ## build all that is released, in dist/: programs, archives and packages for amd64 and arm64, an image
	@$(call build_static,static-$(ARCH),documents)
	@SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) REVISION=$(REVISION) scripts/dist.sh $(VERSION) build-static/$(ARCH)

docker: ## build the image dkr-ls, and check that it runs
	@$(DOCKER) build $(DOCKER_BUILD_FLAGS) --tag dkr-ls --build-arg VERSION=$(VERSION) \
	  --build-arg REVISION=$(REVISION) .
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
	@$(call halves,build-sanitize/tests/unit_tests --gtest_brief=1)
	@ctest --preset sanitize --exclude-regex $(UNIT_TESTS)
	@$(PYTEST) tests/integration

test-release: ## build all that is released and test it, in all of the following ways; fuzz each target for 5 s
	@scripts/test-release.sh

test-sanitized: deps-test ## run the integration tests of hostile input with sanitizers
	@cmake --preset sanitize --log-level=WARNING
	@cmake --build --preset sanitize --parallel $(JOBS) --target dkr-ls
	@DKR_LS=build-sanitize/dkr-ls $(PYTEST) $(SANITIZED)

test-static: deps-test ## run what could differ with the program that `make static` has left, and the examples
	@DKR_LS=dist/dkr-ls $(PYTEST) $(STATIC)
	@DKR_LS=dist/dkr-ls ./e2e.sh

test-arm64: deps-emulated static-arm64 ## run the unit tests and the examples with the program for arm64, on an emulator
	@cmake --preset unit-arm64 --log-level=WARNING
	@$(call build_static,unit-arm64,unit_tests)
	@$(call halves,qemu-aarch64 build-static/arm64/tests/unit_tests --gtest_brief=1 --gtest_filter='-$(SLOW_TO_EMULATE)')
	@DKR_LS=tests/arm64/dkr-ls ./e2e.sh

test-bare: deps-release ## run README's first command and the examples on a bare Debian 13
	@$(PYTEST) tests/integration/release/test_bare_debian.py

test-packed: deps-release build ## test what `make static dist` has left in dist/: the programs, archives, packages, the image
	@$(PYTEST) --dist loadgroup tests/integration/release --ignore=tests/integration/release/test_bare_debian.py

fuzz: deps-fuzz ## run each fuzz target for a minute: make fuzz FUZZ_SECONDS=600
	@cmake --preset $(FUZZ_PRESET) --log-level=WARNING
	@cmake --build --preset $(FUZZ_PRESET) --parallel $(JOBS) --target fuzz
	@JOBS=$(JOBS) scripts/fuzz.sh build-$(FUZZ_PRESET) $(FUZZ_SECONDS)

check: ## run everything that a change must pass: make run, test, lint and e2e
	@scripts/check.sh

# clang-tidy reads a few large files that include the sources, since most of its time goes into headers. cppcheck does not
# understand coroutines: their parameters must be passed by value (passedByValue), and co_return is a return (missingReturn).
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

format: deps-lint ## format the code
	@clang-format -i $(CXX_FILES)

e2e: deps-test build ## run the assignment's examples against a throw-away engine and registry
	@./e2e.sh

bench: deps-bench build static ## compare with docker and curl, and update bench/RESULTS.md
	@cmake --build --preset static-$(ARCH) --target minimal 2>/dev/null
	@bench/run.sh
	@bench/registry.py
	@bench/containerd.py

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
