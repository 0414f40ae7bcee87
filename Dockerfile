# The image holds one file, and the certificates that https needs. See README for its use.
#
# The program is built on this machine's own kind of processor, whatever the image is for: BuildKit
# cross-compiles it (docker build --platform linux/arm64), and the classic builder, which sets neither
# argument, builds it for this machine.
ARG BUILDPLATFORM=${BUILDPLATFORM:-linux}
FROM --platform=$BUILDPLATFORM debian:bookworm AS build
RUN apt-get update -q && apt-get install -q -y --no-install-recommends ca-certificates make
ARG TARGETARCH
WORKDIR /src
# What changes seldom comes first, so that a change of the code builds only the code anew.
COPY Makefile ./
COPY scripts/install-packages.sh scripts/
RUN make deps-static-${TARGETARCH:-$(dpkg --print-architecture)}
# The libraries that `make static` has left here, if any, spare building them, provided that the same
# packages went into them.
COPY scripts/static-libs.sh build-static-lib[s] prebuilt/
COPY scripts/static-libs.sh scripts/
COPY packaging/*.cmake packaging/
RUN PREBUILT_LIBS=prebuilt make build-static-libs/${TARGETARCH:-$(dpkg --print-architecture)}/inputs
COPY CMakeLists.txt CMakePresets.json LICENSE ./
COPY bench bench/
COPY packaging packaging/
COPY src src/
COPY scripts/with-licences.sh scripts/
# Docker knows that the libraries are up to date, by what is in the files; make looks at their times.
RUN arch=${TARGETARCH:-$(dpkg --print-architecture)} && touch build-static-libs/*/inputs && make static-$arch && \
    mv dist/dkr-ls-linux-$arch dist/dkr-ls && mv dist/dkr-ls-linux-$arch.copyright dist/copyright

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/share/doc/ca-certificates/copyright /usr/share/doc/ca-certificates/
COPY --from=build /src/dist/copyright /usr/share/doc/dkr-ls/
COPY --from=build /src/dist/dkr-ls /dkr-ls
ENTRYPOINT ["/dkr-ls"]
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="dkr-ls" \
      org.opencontainers.image.description="List container images with their age and size" \
      org.opencontainers.image.licenses="MIT AND Apache-2.0 AND BSD-2-Clause AND BSD-3-Clause AND LGPL-2.1-or-later AND \
GPL-3.0-or-later WITH GCC-exception-3.1 AND MPL-2.0 AND Zlib AND blessing AND curl" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
