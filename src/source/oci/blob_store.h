// The interface of everything that holds OCI content: manifests and blobs by their digests.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/digest.h"
#include "net/task.h"
#include "source/oci/manifest.h"

namespace dkr {

/// Functions throw Error, whose message gives only the cause. Results are not cached.
class BlobStore {
 public:
  virtual ~BlobStore() = default;

  /// The store's name for messages: `localhost:5000`.
  [[nodiscard]] virtual const std::string& name() const = 0;

  /// How many requests may be in flight at the same time, 1 or more. May change as responses
  /// arrive.
  [[nodiscard]] virtual std::size_t concurrency() const = 0;

  /// Whether the store usually lacks part of what its indexes list, as one does that pulled images
  /// for its own platform alone. That is no fault then, and what it has stands for the rest.
  [[nodiscard]] virtual bool is_sparse() const { return false; }

  /// The manifest with this digest, verified against it, but for schema 1, where the digest does
  /// not cover the signatures; absent when the store does not have it. Throws Error kOutOfPulls,
  /// whose message says how many are left, when the store allows only few more.
  virtual Task<std::optional<Manifest>> manifest(std::string repository, Digest digest) = 0;

  /// The content of the blob with this digest, verified against it. Throws when the store does not
  /// have it.
  virtual Task<std::string> blob(std::string repository, Digest digest) = 0;

  /// How the user can get access where a store refuses it with kUnauthorized: `docker login
  /// localhost:5000`.
  [[nodiscard]] virtual std::string access_advice() const { return ""; }
};

}  // namespace dkr
