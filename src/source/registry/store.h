// A content store over the OCI distribution API of a registry
// (github.com/opencontainers/distribution-spec).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/log.h"
#include "base/world.h"
#include "net/http.h"
#include "net/task.h"
#include "source/oci/content_store.h"
#include "source/registry/address.h"
#include "source/registry/client.h"

namespace dkr {

struct RegistryOptions {
  std::optional<std::size_t> jobs;   ///< concurrent requests; absent: depends on the HTTP version
  std::chrono::seconds timeout{60};  ///< without progress, then a request is aborted; 0: no limit
};

/// Functions throw Error as RegistryClient::send() does. In addition, they throw kRefused,
/// kUnauthorized or kBusy for an unexpected status, and kMalformed for an invalid response. The
/// names of Docker Hub's official repositories omit `library/`.
class RegistryStore final : public ContentStore {
 public:
  /// Throws Error kConfiguration when docker's certificates for the registry cannot be used.
  /// `client`, `world` and `log` must outlive this object.
  RegistryStore(RegistryAddress address, RegistryOptions options, HttpClient& client,
                const World& world, Log& log);

  [[nodiscard]] const std::string& name() const override { return client_.registry().name; }
  [[nodiscard]] std::string cache_key() const override;
  [[nodiscard]] std::size_t concurrency() const override;
  Task<void> check() override;
  Task<NameList> repositories() override;
  Task<std::optional<NameList>> tags(std::string repository) override;
  Task<std::optional<TaggedManifest>> resolve(std::string repository, std::string tag,
                                              std::optional<Digest> cached) override;
  Task<std::optional<Digest>> digest(std::string repository, std::string tag) override;
  Task<std::optional<Manifest>> manifest(std::string repository, Digest digest) override;
  Task<std::string> blob(std::string repository, Digest digest) override;
  [[nodiscard]] std::string displayed_name(std::string_view repository) const override;
  [[nodiscard]] std::string reference_prefix() const override;
  [[nodiscard]] bool has_answered() const override { return client_.has_answered(); }
  [[nodiscard]] Error explain(const Error& error) const override;
  [[nodiscard]] std::string no_such_repository() const override;
  [[nodiscard]] std::string access_advice() const override;

 private:
  [[nodiscard]] bool is_hub() const;
  [[nodiscard]] HttpRequest request_for(const std::string& repository, std::string below) const;
  [[nodiscard]] HttpRequest manifest_request(const std::string& repository,
                                             const std::string& reference) const;
  Task<std::optional<Digest>> digest_by_get(std::string repository, std::string tag);
  Task<NameList> catalog();
  enum class List { kCatalog, kTags };
  Task<NameList> pages(HttpRequest request, HttpResponse first, List which);
  Task<HttpResponse> first_page(HttpRequest request);
  [[nodiscard]] Error refusal(const HttpResponse& response) const;
  [[nodiscard]] Error refused_catalog(const HttpResponse& response) const;

  RegistryOptions options_;
  RegistryClient client_;
  /// Whether it answers HEAD with digests. kUnknown before the first answer.
  enum class Heads { kUnknown, kAnswered, kRefused } heads_ = Heads::kUnknown;
  /// kTheirs once the registry has refused the page size that we ask for.
  enum class PageSize { kOurs, kTheirs } page_size_ = PageSize::kOurs;
};

}  // namespace dkr
