// Finds out which images manifests stand for, without reading configs or layers.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/digest.h"
#include "model/failure_list.h"
#include "net/single_flight.h"
#include "net/task.h"
#include "net/task_group.h"
#include "source/oci/blob_store.h"
#include "source/oci/manifest.h"
#include "source/source.h"

namespace dkr {

/// Fetches each digest once, unless a repository lacks it: then the next one that needs it is
/// asked.
class ConfigReader {
 public:
  /// `store` must outlive this object.
  explicit ConfigReader(BlobStore& store);

  /// As ContentReader::configs(). May be called once.
  Task<ConfigListing> read(std::vector<ManifestName> manifests);

 private:
  /// What is of interest in a manifest.
  struct Node {
    std::vector<Digest> children;  // of an index, without attestations
    std::vector<Digest> configs;   // otherwise
  };

  Task<void> read_one(std::size_t position);
  /// What was found below one of `manifests_`.
  struct Found {
    std::unordered_set<Digest> visited;  // manifests and indexes
    std::vector<Digest> configs;
  };

  Task<void> collect(std::string repository, Digest digest, int depth, Found& found);
  Task<const Node*> node(std::string repository, Digest digest);
  Task<std::optional<Node>> fetch(std::string repository, Digest digest);

  BlobStore& store_;
  std::vector<ManifestName> manifests_;
  ConfigListing result_;
  FailureList failures_;
  int unanswered_ = 0;            // consecutive manifests that were not answered
  std::size_t given_up_ = 0;      // those that were not asked for
  std::string out_of_pulls_;      // what the store said
  std::size_t without_pull_ = 0;  // manifests that were not read for that reason
  std::unordered_map<Digest, Node> known_;
  SingleFlight<Node> nodes_;
  TaskGroup tasks_;  // last, because its tasks use all of the above
};

}  // namespace dkr
