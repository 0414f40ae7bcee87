// A content store over the OCI distribution API of a registry
// (github.com/opencontainers/distribution-spec).
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/world.h"
#include "net/http.h"
#include "net/task.h"
#include "source/oci/cache.h"
#include "source/oci/content_store.h"
#include "source/registry/address.h"
#include "source/registry/client.h"
#include "source/registry/manifests.h"
#include "source/registry/name_lists.h"

namespace dkr {

struct RegistryOptions {
  std::optional<std::size_t> jobs;   ///< concurrent requests; absent: depends on the HTTP version
  std::chrono::seconds timeout{60};  ///< without progress, then a request is aborted; 0: no limit
};

/// Functions throw Error as RegistryClient::send() does. In addition, they throw kRefused,
/// kUnauthorized or kBusy for an unexpected status, and kMalformed for an invalid response. The
/// names of Docker Hub's official repositories omit `library/`.
class RegistryStore : public ContentStore {
 public:
  /// Keeps manifests of a registry that limits pulls in `cache`; null: nowhere. Throws Error
  /// kConfiguration when docker's certificates for the registry cannot be used. `client`, `world`
  /// and `log` must outlive this object.
  RegistryStore(RegistryAddress address, RegistryOptions options, HttpClient& client,
                const World& world, Log& log, std::shared_ptr<ImageCache> cache = nullptr);

  [[nodiscard]] const std::string& name() const override { return registry().name; }
  [[nodiscard]] std::string cache_key() const override;
  [[nodiscard]] std::string answers_key() const override;
  [[nodiscard]] std::size_t concurrency() const override;
  Task<void> check() override;
  Task<NameList> repositories() override;
  [[nodiscard]] bool holds(std::string_view repository) const override;
  Task<std::optional<NameList>> tags(std::string repository) override;
  Task<std::optional<TaggedManifest>> resolve(std::string repository, std::string tag,
                                              std::optional<Digest> cached) override {
    return manifests_.resolve(std::move(repository), std::move(tag), std::move(cached));
  }
  Task<std::optional<Digest>> digest(std::string repository, std::string tag) override {
    return manifests_.digest(std::move(repository), std::move(tag));
  }
  Task<std::optional<Manifest>> manifest(std::string repository, Digest digest) override {
    return manifests_.manifest(std::move(repository), std::move(digest));
  }
  Task<std::string> blob(std::string repository, Digest digest) override;
  [[nodiscard]] std::string displayed_name(std::string_view repository) const override;
  [[nodiscard]] std::string reference_prefix() const override;
  [[nodiscard]] bool has_answered() const override { return client_.has_answered(); }
  [[nodiscard]] Error explain(const Error& error) const override;
  [[nodiscard]] std::string no_such_repository() const override;
  [[nodiscard]] std::string access_advice() const override;

 protected:
  [[nodiscard]] const RegistryAddress& registry() const { return client_.registry(); }

 private:
  [[nodiscard]] bool is_hub() const;
  Task<NameList> catalog();
  [[nodiscard]] Error refused_catalog(const HttpResponse& response) const;

  RegistryOptions options_;
  RegistryClient client_;
  NameLists lists_;
  RegistryManifests manifests_;
};

}  // namespace dkr
