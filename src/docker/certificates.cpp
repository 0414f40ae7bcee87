#include "docker/certificates.h"

#include <string>
#include <utility>

#include "base/error.h"
#include "docker/pem_file.h"
#include "net/ca_certificates.h"

namespace dkr {
namespace {

std::string read_pem(const std::string& path, const Files& files) {
  constexpr const char* kHint =
      "a registry's certificates are NAME.crt, or NAME.cert with NAME.key; SSL_CERT_FILE names the "
      "system's CA certificates";
  try {
    auto text = read_pem_file(path, files);
    if (text) return std::move(*text);
  } catch (const Error& error) {
    throw Error(error.kind(), error.what(), kHint);
  }
  throw Error(ErrorKind::kConfiguration, path + ": no such file", kHint);
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
