// The certificates for TLS connections to a registry.
#pragma once

#include <memory>
#include <string>

#include "base/world.h"
#include "net/http.h"

namespace dkr {

/// The CA certificates of this machine (see find_ca_certificates()), and those that docker keeps
/// for `registry`, by its name in references, in /etc/docker/certs.d/HOST[:PORT]/: `*.crt` are
/// additional CA certificates, `NAME.cert` and `NAME.key` the client's certificate and key
/// (docs.docker.com/engine/security/certificates). Throws Error kConfiguration when a file cannot
/// be read, or a client certificate or key lacks its counterpart.
std::shared_ptr<const TlsSettings> find_certificates(const std::string& registry,
                                                     const Environment& environment,
                                                     const Files& files);

}  // namespace dkr
