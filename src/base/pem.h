// Certificates and private keys as text (RFC 7468).
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/time.h"

namespace dkr {

struct CertificateCount {
  std::size_t all = 0;      ///< those that can be read, and those that cannot
  std::size_t damaged = 0;  ///< the number of the first that cannot be read, from 1; 0: none
};

/// Counts the certificates in `pem`.
CertificateCount count_certificates(const std::string& pem);

/// When the first certificate in `pem` expires; absent if it cannot be read.
std::optional<Time> expiry(const std::string& pem);

enum class KeyCheck { kIsOfCertificate, kIsOfAnother, kIsNoKey };

/// Whether `key` contains the private key of the first certificate in `certificate`, which must be
/// one. A key with a passphrase counts as no key.
KeyCheck check_key(const std::string& key, const std::string& certificate);

}  // namespace dkr
