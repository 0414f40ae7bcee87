// Finds the CA certificates that TLS connections trust. A TLS library has one location built in,
// which is right on one distribution only; the static program has to run on all of them.
#pragma once

#include <string>

#include "base/world.h"

namespace dkr {

/// If both are empty, no CA certificates were found, and no server can be trusted.
struct CaCertificates {
  std::string file;       ///< a PEM bundle; empty: none
  std::string directory;  ///< of hashed certificates, several separated by `:`; empty: none
};

/// The hint for the user when a server is not trusted because no CA certificates were found.
inline constexpr const char* kNoCaCertificatesHint =
    "this machine has no CA certificates: install ca-certificates, or name a file of "
    "them in SSL_CERT_FILE";

/// The values of SSL_CERT_FILE and SSL_CERT_DIR, unchecked. If neither is set, the first file that
/// exists among the locations that distributions use.
CaCertificates find_ca_certificates(const Environment& environment, const Files& files);

}  // namespace dkr
