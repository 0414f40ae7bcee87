#include "docker/certificates.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "net/ca_certificates.h"

namespace dkr {
namespace {

/// Whether reading `pem` takes a passphrase (PKCS #8 in RFC 7468, section 11; RFC 1421). OpenSSL
/// would ask the terminal for it, or libcurl crash.
bool is_encrypted(std::string_view pem) {
  return pem.find("-----BEGIN ENCRYPTED PRIVATE KEY-----") != std::string_view::npos ||
         pem.find("4,ENCRYPTED") != std::string_view::npos;
}

std::string read_pem(const std::string& path, const Files& files) {
  constexpr std::size_t kMaxBytes = std::size_t{4} << 20;
  try {
    const auto text = files.read(path, kMaxBytes);
    if (!text) throw Error(ErrorKind::kConfiguration, "no such file");
    if (is_encrypted(*text)) {
      throw Error(ErrorKind::kConfiguration, "has a passphrase; store it without one");
    }
    return *text + "\n";
  } catch (const Error& error) {
    throw Error(ErrorKind::kConfiguration, fmt::format("{}: {}", path, error.what()),
                "a registry's certificates are NAME.crt, or NAME.cert with NAME.key; SSL_CERT_FILE "
                "names the system's CA certificates");
  }
}

}  // namespace

std::shared_ptr<const TlsSettings> find_certificates(const std::string& registry,
                                                     const Environment& environment,
                                                     const Files& files) {
  const CaCertificates usual = find_ca_certificates(environment, files);
  const std::string directory = "/etc/docker/certs.d/" + registry + "/";
  TlsSettings settings;
  for (const std::string& name : files.list(directory)) {
    if (name.ends_with(".crt")) settings.ca_certificates += read_pem(directory + name, files);
    if (name.ends_with(".cert") && settings.certificate.empty()) {
      const std::string stem = name.substr(0, name.rfind('.'));
      settings.certificate = read_pem(directory + name, files);
      settings.key = read_pem(directory + stem + ".key", files);
    }
    if (name.ends_with(".key")) {
      const std::string certificate = name.substr(0, name.rfind('.')) + ".cert";
      if (!files.exists(directory + certificate)) (void)read_pem(directory + certificate, files);
    }
  }
  settings.ca_directory = usual.directory;
  if (settings.ca_certificates.empty()) {
    settings.ca_file = usual.file;
  } else if (!usual.file.empty()) {
    settings.ca_certificates += read_pem(usual.file, files);
  }
  return std::make_shared<const TlsSettings>(std::move(settings));
}

}  // namespace dkr
