# What there is to do; `make` alone prints this list.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
PREFIX ?= /usr/local
ARGS ?= tags
JOBS ?= $(shell nproc)
DOCKER ?= docker

BUILD_PACKAGES := cmake g++ git libcurl4-openssl-dev libfmt-dev libsimdjson-dev \
                  libsqlite3-dev libssl-dev make pkg-config
STATIC_PACKAGES := cmake dpkg-dev g++ libc-ares-dev libnghttp2-dev libssl-dev make tcl \
                   zlib1g-dev
TEST_PACKAGES  := apache2-utils curl debootstrap docker.io docker-registry fish libgmock-dev libgtest-dev \
                  lintian nginx-light openssl podman python3 python3-pytest skopeo zsh
LINT_PACKAGES  := clang-format clang-tidy cppcheck shellcheck
BENCH_PACKAGES := hyperfine time
PACKAGES := $(BUILD_PACKAGES) $(STATIC_PACKAGES) $(TEST_PACKAGES) $(LINT_PACKAGES) $(BENCH_PACKAGES)

CXX_FILES   := $(shell git ls-files -- '*.h' '*.cpp' 2>/dev/null)
# What of the integration tests the sanitizers see as well: all that is hostile but no larger than memory.
SANITIZED := $(foreach of,hostile_servers registry_bodies registry_damage registry_lists registry_passwords \
                          registry_redirects registry_tokens,tests/integration/test_$(of).py) \
             -k 'not gib and not memory'
SHELL_FILES := $(shell git ls-files -- '*.sh' '*.bash' .ci/run 2>/dev/null)

# For each function that a static glibc could load plug-ins for, if it were ever called.
STATIC_GLIBC_WARNING := : in function .*:$$|warning: Using .* in statically linked applications

.PHONY: help deps deps-static build static docker deb run test test-release lint format e2e bench install uninstall clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

deps: ## install the Debian packages that build, tests, linters and benchmark need
deps-static: PACKAGES := $(STATIC_PACKAGES)
deps deps-static:
	@missing=$$(for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || echo $$package; \
	done); \
	[ -z "$$missing" ] && exit 0; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	$$sudo apt-get update -q && \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing

build: ## build build/dkr-ls
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS) --target dkr-ls

static: build-static-libs/made ## build dist/dkr-ls, one file that needs no other
	@cmake --preset static --log-level=WARNING
	@set -o pipefail; cmake --build --preset static --parallel $(JOBS) --target dkr-ls 2>&1 | \
	  { grep --invert-match --extended-regexp '$(STATIC_GLIBC_WARNING)' || true; }
	@install -D --strip build-static/dkr-ls dist/dkr-ls
	@cat LICENSE build-static-libs/copyright >dist/copyright

build-static-libs/made: scripts/static-libs.sh packaging/hardened.cmake packaging/static.cmake
	@rm -rf build-static-libs
	@JOBS=$(JOBS) scripts/static-libs.sh build-static-libs
	@touch $@

docker: ## build the image dkr-ls, and see that it runs
	@$(DOCKER) build $(DOCKER_BUILD_FLAGS) --tag dkr-ls \
	  --build-arg REVISION="$$(git rev-parse HEAD 2>/dev/null || echo unknown)" .
	@$(DOCKER) run --rm dkr-ls --version

run: build ## list your images, or those of a throw-away engine where you have none: make run ARGS="tags --minAge 20"
	@scripts/run.sh $(ARGS)

test: build ## run the unit tests, sanitized, and the integration tests against real engines
	@cmake --preset sanitize --log-level=WARNING
	@cmake --build --preset sanitize --parallel $(JOBS)
	@ctest --preset sanitize
	@/usr/bin/python3 -m pytest -q -ra tests/integration
	@DKR_LS=build-sanitize/dkr-ls /usr/bin/python3 -m pytest -q -ra $(SANITIZED)

test-release: static ## run all tests with what is released: the static binary, the image, the package
	@cmake --preset static -D BUILD_TESTING=ON --log-level=WARNING
	@set -o pipefail; cmake --build --preset static --parallel $(JOBS) 2>&1 | \
	  { grep --invert-match --extended-regexp '$(STATIC_GLIBC_WARNING)' || true; }
	@ctest --test-dir build-static --output-on-failure
	@DKR_LS=dist/dkr-ls /usr/bin/python3 -m pytest -q -ra tests/integration
	@/usr/bin/python3 -m pytest -q -ra tests/integration/release
	@DKR_LS=dist/dkr-ls ./e2e.sh

# A coroutine needs its parameters by value, hence passedByValue; cppcheck takes co_return for no return.
lint: build ## check layout, code and scripts
	@test -n "$(CXX_FILES)" || { echo "make lint: git lists no files: is this a clone?" >&2; exit 1; }
	@clang-format --dry-run -Werror $(CXX_FILES)
	@run-clang-tidy -quiet -p build '/src/[a-z]+/[a-z_]+\.cpp$$' 2>/dev/null | grep -v '^clang-tidy'; \
	  exit $${PIPESTATUS[0]}
	@cppcheck --quiet --std=c++20 --language=c++ --error-exitcode=1 --inline-suppr \
	  --enable=warning,performance,portability --suppress=missingInclude \
	  --suppress=passedByValue --suppress=missingReturn --suppress=accessMoved -Isrc src
	@shellcheck $(SHELL_FILES)

format: ## lay out the code as the linter wants it
	@clang-format -i $(CXX_FILES)

e2e: build ## run the assignment's examples against a throw-away engine and registry
	@./e2e.sh

bench: build static ## measure against docker and curl, into bench/RESULTS.md
	@cmake --build --preset static --target minimal 2>/dev/null
	@bench/run.sh
	@bench/registry.py

deb: build ## build a Debian package in dist/
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

uninstall: ## remove what install installed
	@rm -f $(foreach file,$(INSTALLED),"$(DESTDIR)$(PREFIX)/$(file)")
	@rmdir --ignore-fail-on-non-empty "$(DESTDIR)$(PREFIX)/share/doc/dkr-ls" 2>/dev/null || true

clean: ## remove everything that was built
	rm -rf build build-* dist
