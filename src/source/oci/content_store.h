// The interface of stores of OCI content that are asked for repositories, then for tags, such as
// registries. A store only retrieves content; lister.h decides what to list.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "net/task.h"
#include "source/oci/blob_store.h"
#include "source/oci/manifest.h"

namespace dkr {

/// Names of repositories or tags, each once.
struct NameList {
  std::vector<std::string> names;
  std::optional<Error> failure;  ///< why the list is incomplete; absent if it is complete
};

/// The manifest or index that a tag points to.
struct TaggedManifest {
  Digest digest;  ///< of `manifest`, which is verified
  /// Absent when the digest is the one that the caller already has, or when manifest() is to be
  /// asked for it, since the store answers few requests for manifests.
  std::optional<Manifest> manifest;
};

/// Repository names are docker's familiar ones, without the name of the store. Functions throw
/// Error, whose message gives only the cause. Results are not cached.
class ContentStore : public BlobStore {
 public:
  /// Identifies the store and its user in the cache.
  [[nodiscard]] virtual std::string cache_key() const = 0;

  /// The same for answers that are not asked for again. Other credentials of the user may show
  /// other things.
  [[nodiscard]] virtual std::string answers_key() const { return cache_key(); }

  /// Throws Error unless it is such a store, and can be used.
  virtual Task<void> check() = 0;

  /// All repositories. Throws an Error that explain() has already been applied to.
  virtual Task<NameList> repositories() = 0;

  /// Identifies what repositories() returns in the cache.
  [[nodiscard]] virtual std::string catalog_key() const { return "catalog"; }

  /// Whether `repository` belongs to the part of the store that the user chose: its namespace.
  [[nodiscard]] virtual bool holds(std::string_view /*repository*/) const { return true; }

  /// All tags of `repository`; absent when there is no such repository.
  virtual Task<std::optional<NameList>> tags(std::string repository) = 0;

  /// The manifest that `tag` points to; absent when there is no such tag. `cached` is a digest
  /// whose manifest the caller does not need. Throws kOutOfPulls as manifest() does.
  virtual Task<std::optional<TaggedManifest>> resolve(std::string repository, std::string tag,
                                                      std::optional<Digest> cached) = 0;

  /// The digest of what `tag` points to, which need not be verified; absent when there is no such
  /// tag. Costs no more than a request for headers, if the store can answer that.
  virtual Task<std::optional<Digest>> digest(std::string repository, std::string tag) = 0;

  /// The name that lists contain for the repository that a user calls `repository`: on Docker Hub
  /// `nginx` for docker.io/library/nginx.
  [[nodiscard]] virtual std::string displayed_name(std::string_view repository) const = 0;

  /// What comes before a repository's name in references for other tools: `localhost:5000/`; empty
  /// for docker's familiar names.
  [[nodiscard]] virtual std::string reference_prefix() const = 0;

  /// Whether the store has responded at all, even with an error status.
  [[nodiscard]] virtual bool has_answered() const = 0;

  /// Adds the address to the message of `error`, because of which nothing at all could be read, and
  /// a hint for the user. Keeps the kind.
  [[nodiscard]] virtual Error explain(const Error& error) const = 0;

  /// The message when a repository that the user named does not exist.
  [[nodiscard]] virtual std::string no_such_repository() const = 0;
};

}  // namespace dkr
