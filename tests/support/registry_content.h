// Content of registries, with correct digests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/digest.h"
#include "net/http.h"

namespace dkr {

inline constexpr const char* kOciImageType = "application/vnd.oci.image.manifest.v1+json";
inline constexpr const char* kOciIndexType = "application/vnd.oci.image.index.v1+json";

inline std::string digest_of(std::string_view body) { return "sha256:" + sha256_hex(body); }

/// An arbitrary digest: 64 times `digit`.
inline std::string some_digest(char digit) { return "sha256:" + std::string(64, digit); }

/// An image config with this date of creation, in RFC 3339.
inline std::string config_created(std::string_view date) {
  return fmt::format(R"({{"created":"{}","os":"linux"}})", date);
}

/// The manifest of an image with this config and one layer of `layer_bytes`.
inline std::string manifest_of(const std::string& config, std::uint64_t layer_bytes) {
  return fmt::format(
      R"({{"schemaVersion":2,"config":{{"mediaType":"application/vnd.oci.image.config.v1+json",)"
      R"("digest":"{}","size":{}}},"layers":[{{"digest":"{}","size":{}}}]}})",
      digest_of(config), config.size(), some_digest('a'), layer_bytes);
}

/// An index of manifests, given as pairs of platform (`linux/amd64`) and digest.
inline std::string index_of(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string list;
  for (const auto& [platform, digest] : entries) {
    const std::size_t slash = platform.find('/');
    list += fmt::format(R"({}{{"digest":"{}","platform":{{"os":"{}","architecture":"{}"}}}})",
                        list.empty() ? "" : ",", digest, platform.substr(0, slash),
                        platform.substr(slash + 1));
  }
  return fmt::format(R"({{"schemaVersion":2,"manifests":[{}]}})", list);
}

/// A registry's response with the manifest `body`.
inline HttpResponse manifest_response(std::string body, std::string type = kOciImageType) {
  std::string digest = digest_of(body);
  return {200,
          {{"content-type", std::move(type)}, {"docker-content-digest", std::move(digest)}},
          std::move(body)};
}

inline HttpResponse ok(std::string body) { return {200, {}, std::move(body)}; }
inline HttpResponse status(int code, std::string body = "") { return {code, {}, std::move(body)}; }

}  // namespace dkr
