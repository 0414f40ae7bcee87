#include "docker/engine_tls.h"

#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/pem.h"
#include "docker/pem_file.h"
#include "net/ca_certificates.h"

namespace dkr {
namespace {

Error unusable_file(std::string_view message) {
  return {ErrorKind::kConfiguration, std::string(message),
          "docker's certificates for an engine are ca.pem, cert.pem and key.pem, in the directory "
          "that DOCKER_CERT_PATH names, or in the context"};
}

/// The content of the file; absent when there is no such file, or no path.
std::optional<std::string> read_if_any(const std::string& path, const Files& files) {
  if (path.empty()) return std::nullopt;
  try {
    return read_pem_file(path, files);
  } catch (const Error& error) {
    throw unusable_file(error.what());
  }
}

std::optional<std::string> read_certificates(const std::string& path, const Files& files) {
  auto text = read_if_any(path, files);
  if (!text) return text;
  const CertificateCount count = count_certificates(*text);
  if (count.all == 0 || (count.all == 1 && count.damaged == 1)) {
    throw unusable_file(path + ": contains no certificate in PEM format");
  }
  if (count.damaged > 0) {
    throw unusable_file(
        fmt::format("{}: certificate {} of {} cannot be read", path, count.damaged, count.all));
  }
  return text;
}

void check_key_of(const EngineTls& tls, const TlsSettings& settings) {
  switch (check_key(settings.key, settings.certificate)) {
    case KeyCheck::kIsOfCertificate:
      return;
    case KeyCheck::kIsNoKey:
      throw unusable_file(tls.key_file + ": contains no private key in PEM format");
    case KeyCheck::kIsOfAnother:
      throw unusable_file(
          fmt::format("{}: is not the key of {}", tls.key_file, tls.certificate_file));
  }
}

}  // namespace

EngineTls read_engine_tls(const std::string& directory, ServerVerification verification,
                          MissingCa missing_ca, const World& world, Log& log) {
  const auto path_of = [&](std::string_view name) {
    return directory.empty() ? "" : fmt::format("{}/{}", directory, name);
  };
  EngineTls tls;
  tls.directory = directory;
  TlsSettings settings;
  settings.verification = verification;
  std::optional<std::string> ca;
  if (verification == ServerVerification::kRequired) {
    tls.ca_file = path_of("ca.pem");
    ca = read_certificates(tls.ca_file, world.files);
    if (!ca && missing_ca == MissingCa::kIsError) {
      throw unusable_file(tls.ca_file + ": no such file");
    }
  }
  if (ca) {
    settings.ca_certificates = std::move(*ca);
  } else {  // of which a proxy needs some even if the engine needs none
    tls.ca_file.clear();
    CaCertificates usual = find_ca_certificates(world.environment, world.files);
    settings.ca_file = std::move(usual.file);
    settings.ca_directory = std::move(usual.directory);
  }
  const std::string certificate_file = path_of("cert.pem");
  const std::string key_file = path_of("key.pem");
  auto certificate = read_certificates(certificate_file, world.files);
  auto key = read_if_any(key_file, world.files);
  if (certificate && key) {
    tls.certificate_file = certificate_file;
    tls.key_file = key_file;
    settings.certificate = std::move(*certificate);
    settings.key = std::move(*key);
    check_key_of(tls, settings);
    tls.certificate_expiry = expiry(settings.certificate);
  } else if (certificate || key) {
    log.warn("{} is not used, since there is no {}", certificate ? certificate_file : key_file,
             certificate ? key_file : certificate_file);
  }
  tls.settings = std::make_shared<const TlsSettings>(std::move(settings));
  return tls;
}

}  // namespace dkr
