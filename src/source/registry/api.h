// What one can ask a registry (github.com/opencontainers/distribution-spec), as values.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/world.h"
#include "net/http.h"
#include "net/shared.h"
#include "net/task.h"
#include "source/oci/manifest.h"
#include "source/registry/client.h"

namespace dkr {

/// Names of repositories or tags, and why these are not all.
struct NameList {
  std::vector<std::string> names;
  std::optional<Error> failure;  ///< of a page after the first one
};

/// What a tag points at.
struct TaggedManifest {
  std::string digest;
  /// Absent when the digest still is the one that the caller knows.
  std::optional<Manifest> manifest;
};

/// Functions throw Error as RegistryClient::send() does, and besides kRefused or kUnauthorized for
/// an answer other than the expected ones and kMalformed for one that cannot be read; messages say
/// the cause only. What a digest stands for is asked for once, however many tasks want it.
class RegistryApi {
 public:
  /// `client` must outlive this object.
  explicit RegistryApi(RegistryClient& client) : client_(client) {}

  /// The repositories, all pages of them.
  Task<NameList> catalog();

  /// The tags of `repository`, all pages of them; absent when there is no such repository.
  Task<std::optional<NameList>> tags(std::string repository);

  /// What `tag` points at; absent when there is no such tag. `known` is the digest that the caller
  /// knows all about, empty for none.
  Task<std::optional<TaggedManifest>> tagged(std::string repository, std::string tag,
                                             std::string known);

  /// The manifest that `digest` stands for; absent when the registry does not have it.
  Task<std::optional<Manifest>> manifest(std::string repository, std::string digest);

  /// When the image with the config `digest` was created; absent when it does not say.
  Task<std::optional<Time>> created(std::string repository, std::string digest);

 private:
  /// What is known of what a digest stands for.
  template <typename T>
  struct Fact {
    std::optional<T> found;
    Shared<T>* under_way = nullptr;                                     // a request for it
    std::unordered_map<std::string, std::unique_ptr<Shared<T>>> asked;  // by repository
  };
  template <typename T>
  using ByDigest = std::unordered_map<std::string, Fact<T>>;

  Task<std::optional<NameList>> pages(std::string repository, std::string path, std::string key);
  Task<HttpResponse> first_page(std::string repository, std::string url);
  Task<std::optional<Manifest>> fetch_manifest(std::string repository, std::string digest);
  Task<std::optional<Time>> fetch_created(std::string repository, std::string digest);
  [[nodiscard]] Error refusal(const HttpResponse& response) const;
  [[nodiscard]] Error refused_catalog(const HttpResponse& response) const;
  [[nodiscard]] std::string url_of(const std::string& path) const;

  RegistryClient& client_;
  /// Whether the registry has refused the size of a page that we like.
  enum class PageSize { kOurs, kTheirs } page_size_ = PageSize::kOurs;
  ByDigest<std::optional<Manifest>> manifests_;
  ByDigest<std::optional<Time>> created_;
};

}  // namespace dkr
