// Whoever holds OCI content: a registry, an OCI layout, an archive, containerd. A store answers
// what it is asked; which of it is listed, and how, is for lister.h.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "net/task.h"
#include "source/oci/manifest.h"

namespace dkr {

/// Names of repositories or tags, and why these are not all.
struct NameList {
  std::vector<std::string> names;
  std::optional<Error> failure;
};

/// What a tag points at.
struct TaggedManifest {
  Digest digest;
  /// Absent when the digest is still the one that the caller knows.
  std::optional<Manifest> manifest;
};

/// Repositories are called what docker calls them, without the name of the store. Functions throw
/// Error, whose message says the cause only. None of them remembers an answer.
class ContentStore {
 public:
  virtual ~ContentStore() = default;

  /// What messages call the store: `localhost:5000`.
  [[nodiscard]] virtual const std::string& name() const = 0;

  /// Tells this store, and who we are to it, apart from all others in the cache; empty when nothing
  /// of it shall be cached.
  [[nodiscard]] virtual std::string cache_key() const = 0;

  /// How many requests it should get at the same time, 1 or more. May change with its answers.
  [[nodiscard]] virtual std::size_t concurrency() const = 0;

  /// The repositories, all pages of them. Throws an Error as explain() makes it.
  virtual Task<NameList> repositories() = 0;

  /// The tags of `repository`, all pages of them; absent when there is no such repository.
  virtual Task<std::optional<NameList>> tags(std::string repository) = 0;

  /// What `tag` points at; absent when there is no such tag. `cached` is a digest that the caller
  /// knows all about.
  virtual Task<std::optional<TaggedManifest>> resolve(std::string repository, std::string tag,
                                                      std::optional<Digest> cached) = 0;

  /// The manifest with this digest, which it was checked against; absent when it is not there.
  virtual Task<std::optional<Manifest>> manifest(std::string repository, Digest digest) = 0;

  /// The bytes of the blob with this digest, which they were checked against. Throws when it is not
  /// there.
  virtual Task<std::string> blob(std::string repository, Digest digest) = 0;

  /// Whether it has answered anything yet, be it with an error of its own.
  [[nodiscard]] virtual bool has_answered() const = 0;

  /// `error`, after which nothing at all can be read, in the words of the store's users: where it
  /// was looked for, and in the hint what to do about it. The kind stays.
  [[nodiscard]] virtual Error explain(const Error& error) const = 0;

  /// What to say when a repository that the user named is not there.
  [[nodiscard]] virtual std::string no_such_repository() const = 0;

  /// What to do where something may not be read without credentials: `docker login localhost:5000`.
  [[nodiscard]] virtual std::string access_advice() const = 0;
};

}  // namespace dkr
