// The certificates that docker keeps for a registry.
#pragma once

#include <memory>

#include "base/world.h"
#include "config/registry_address.h"
#include "net/http.h"

namespace dkr {

/// What lies in /etc/docker/certs.d/HOST[:PORT]/: `*.crt` are authorities to trust besides the
/// usual ones, `NAME.cert` and `NAME.key` the client's certificate and key (docs.docker.com/engine/
/// security/certificates). Absent when there is nothing. Throws Error kConfiguration when a file
/// cannot be read, or lacks its other half.
std::shared_ptr<const TlsSettings> find_certificates(const RegistryAddress& registry,
                                                     const Files& files);

}  // namespace dkr
