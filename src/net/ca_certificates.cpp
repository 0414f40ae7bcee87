#include "net/ca_certificates.h"

#include <algorithm>
#include <array>

namespace dkr {

CaCertificates find_ca_certificates(const Environment& environment, const Files& files) {
  CaCertificates named{.file = environment.get("SSL_CERT_FILE").value_or(""),
                       .directory = environment.get("SSL_CERT_DIR").value_or("")};
  if (!named.file.empty() || !named.directory.empty()) return named;
  constexpr std::array kBundles = {
      "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Alpine, Arch
      "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, RHEL
      "/etc/pki/tls/certs/ca-bundle.crt",                   // older Fedora, RHEL
      "/etc/ssl/ca-bundle.pem",                             // openSUSE
      "/etc/ssl/cert.pem",                                  // Alpine without ca-certificates
  };
  const auto* const bundle =
      std::ranges::find_if(kBundles, [&](const char* path) { return files.exists(path); });
  if (bundle == kBundles.end()) return {};
  return {.file = *bundle, .directory = ""};
}

}  // namespace dkr
