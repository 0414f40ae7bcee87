#include "docker/pem_file.h"

#include <cstddef>

#include <fmt/format.h>

#include "base/error.h"

namespace dkr {
namespace {

/// Whether reading `pem` takes a passphrase (PKCS #8 in RFC 7468, section 11; RFC 1421). OpenSSL
/// would ask the terminal for it, or libcurl crash.
bool is_encrypted(std::string_view pem) {
  return pem.find("-----BEGIN ENCRYPTED PRIVATE KEY-----") != std::string_view::npos ||
         pem.find("4,ENCRYPTED") != std::string_view::npos;
}

}  // namespace

std::optional<std::string> read_pem_file(const std::string& path, const Files& files) {
  constexpr std::size_t kMaxBytes = std::size_t{4} << 20;
  try {
    auto text = files.read(path, kMaxBytes);
    if (!text) return std::nullopt;
    if (is_encrypted(*text)) {
      throw Error(ErrorKind::kConfiguration, "has a passphrase; store it without one");
    }
    return *text + "\n";
  } catch (const Error& error) {
    throw Error(ErrorKind::kConfiguration, fmt::format("{}: {}", path, error.what()));
  }
}

}  // namespace dkr
