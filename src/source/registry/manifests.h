// Reads a registry's manifests, with as few requests as it has to be asked.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/digest.h"
#include "base/world.h"
#include "net/http.h"
#include "net/shared.h"
#include "net/task.h"
#include "source/oci/cache.h"
#include "source/oci/content_store.h"
#include "source/registry/address.h"
#include "source/registry/pull_limit.h"

namespace dkr {

/// Functions throw what `client` throws, and Error as ContentStore has it. Docker Hub, and every
/// registry that tells a limit on pulls, is asked for the headers of a tag first, and then only for
/// manifests that the cache does not have, as long as the limit permits. Whether a registry tells
/// one is remembered.
class RegistryManifests {
 public:
  /// Keeps manifests that count as pulls in `cache`, under `cache_key`; null: nowhere. `client` and
  /// `clock` must outlive this object.
  RegistryManifests(const RegistryAddress& registry, HttpClient& client, const Clock& clock,
                    std::shared_ptr<ImageCache> cache, std::string cache_key);

  /// See ContentStore.
  Task<std::optional<TaggedManifest>> resolve(std::string repository, std::string tag,
                                              std::optional<Digest> cached);
  Task<std::optional<Digest>> digest(std::string repository, std::string tag);
  Task<std::optional<Manifest>> manifest(std::string repository, Digest digest);

 private:
  /// What the headers of a tag say.
  struct Head {
    std::optional<Digest> digest;  ///< absent when they do not tell, and a GET may
    bool is_gone = false;          ///< there is no such tag
    bool is_schema_one = false;    ///< the digest may not be that of the manifest's bytes
  };

  [[nodiscard]] bool is_frugal();
  [[nodiscard]] HttpRequest request_for(const std::string& repository,
                                        const std::string& reference) const;
  Task<Head> ask_head(std::string repository, std::string tag);
  Task<std::optional<Digest>> digest_by_get(std::string repository, std::string tag);
  Task<HttpResponse> pull(HttpRequest request);
  Task<void> ask_limit(HttpRequest request);
  void note_limit(const HttpResponse& response);
  void forget_limit();
  [[nodiscard]] std::optional<bool> was_limited();
  std::optional<Manifest> kept(const std::string& repository, const Digest& digest);
  void keep(const std::string& repository, const Digest& digest, const HttpResponse& response);

  RegistryAddress registry_;
  HttpClient& client_;
  const Clock& clock_;
  std::shared_ptr<ImageCache> cache_;
  std::string cache_key_;
  PullLimit limit_;
  bool is_introduced_ = false;                  // whether it has told what is left, or no limit
  std::shared_ptr<Shared<bool>> introduction_;  // while a pull asks for that
  bool has_recalled_limit_ = false;
  std::optional<bool> was_limited_;  // when it was last asked, if that is known
  bool has_kept_limit_ = false;
  /// Whether it answers HEAD with digests. kUnknown before the first answer.
  enum class Heads { kUnknown, kAnswered, kRefused } heads_ = Heads::kUnknown;
};

}  // namespace dkr
