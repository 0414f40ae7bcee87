// Where the certificates of the authorities are that a TLS connection trusts. Libraries have one
// such place built in, which is right on one distribution; the static program runs on all.
#pragma once

#include <string>

#include "base/world.h"

namespace dkr {

/// Both empty: nothing was found, and no server can be trusted.
struct CaCertificates {
  std::string file;       ///< certificates in PEM, one after the other; empty: none
  std::string directory;  ///< certificates by hash, `:` between several; empty: none
};

/// What to tell the user when a server is not trusted and no authorities were found.
inline constexpr const char* kNoCaCertificatesHint =
    "this machine has no certificates of authorities: install ca-certificates, or name a file of "
    "them in SSL_CERT_FILE";

/// What SSL_CERT_FILE and SSL_CERT_DIR name, taken as they are; without both, the first file that
/// exists of those that distributions keep.
CaCertificates find_ca_certificates(const Environment& environment, const Files& files);

}  // namespace dkr
