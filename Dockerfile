# The image holds one file, and the certificates that https needs. See README for its use.
FROM debian:bookworm AS build
RUN apt-get update -q && apt-get install -q -y --no-install-recommends ca-certificates make
WORKDIR /src
# What changes seldom comes first, so that a change of the code builds only the code anew.
COPY Makefile ./
RUN make deps-static
COPY scripts/static-libs.sh scripts/
COPY packaging/*.cmake packaging/
RUN make build-static-libs/made
COPY . .
RUN make static

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /src/LICENSE /usr/share/doc/dkr-ls/copyright
COPY --from=build /src/dist/dkr-ls /dkr-ls
ENTRYPOINT ["/dkr-ls"]
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="dkr-ls" \
      org.opencontainers.image.description="List container images with their age and size" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
