// The certificates of a registry's TLS connection.
#pragma once

#include <memory>

#include "base/world.h"
#include "config/registry_address.h"
#include "net/http.h"

namespace dkr {

/// The authorities of this machine (see find_authorities()), and what docker keeps for the registry
/// in /etc/docker/certs.d/HOST[:PORT]/: `*.crt` are authorities to trust besides, `NAME.cert` and
/// `NAME.key` the client's certificate and key (docs.docker.com/engine/security/certificates).
/// Throws Error kConfiguration when a file cannot be read, or lacks its other half.
std::shared_ptr<const TlsSettings> find_certificates(const RegistryAddress& registry,
                                                     const Environment& environment,
                                                     const Files& files);

}  // namespace dkr
