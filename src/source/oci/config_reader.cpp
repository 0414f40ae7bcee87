#include "source/oci/config_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "source/oci/unanswered.h"

namespace dkr {
namespace {

constexpr int kMaxDepth = 4;
constexpr std::size_t kMaxManifests = 1024;  // of one tag

}  // namespace

ConfigReader::ConfigReader(BlobStore& store)
    : store_(store), tasks_([this] { return store_.concurrency(); }) {}

Task<ConfigListing> ConfigReader::read(std::vector<ManifestName> manifests) {
  manifests_ = std::move(manifests);
  result_.configs.resize(manifests_.size());
  for (std::size_t i = 0; i < manifests_.size(); ++i) {
    tasks_.add([this, i] { return read_one(i); });
  }
  co_await tasks_.run();
  if (given_up_ > 0) {
    failures_.add(store_.name(), fmt::format("no answer to {} requests in a row; {} manifests were "
                                             "not asked for",
                                             kMaxUnanswered, given_up_));
  }
  result_.failures = std::move(failures_).take(store_.name());
  if (without_pull_ > 0) {
    result_.failures.push_back({fmt::format(
        "{}; {} not read", out_of_pulls_, counted(without_pull_, "manifest is", "manifests are"))});
  }
  co_return std::move(result_);
}

Task<void> ConfigReader::read_one(std::size_t position) {
  if (unanswered_ >= kMaxUnanswered) {
    ++given_up_;
    co_return;
  }
  const ManifestName& of = manifests_[position];
  try {
    Found found;
    co_await collect(of.repository, of.digest, 0, found);
    std::ranges::sort(found.configs);
    found.configs.erase(std::unique(found.configs.begin(), found.configs.end()),
                        found.configs.end());
    result_.configs[position] = std::move(found.configs);
    unanswered_ = 0;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kOutOfPulls) {
      ++without_pull_;
      out_of_pulls_ = error.what();
      co_return;
    }
    if (is_unanswered(error.kind())) ++unanswered_;
    const bool needs_login = error.kind() == ErrorKind::kUnauthorized;
    failures_.add(fmt::format("{}/{}@{}", store_.name(), of.repository, of.digest.text()),
                  needs_login ? fmt::format("{} ({})", error.what(), store_.access_advice())
                              : std::string(error.what()));
  }
}

/// Adds the configs of the images below `digest` to `found`.
// kMaxDepth bounds the recursion. NOLINTNEXTLINE(misc-no-recursion)
Task<void> ConfigReader::collect(std::string repository, Digest digest, int depth, Found& found) {
  if (!found.visited.insert(digest).second) co_return;
  if (depth == kMaxDepth) {
    throw malformed(fmt::format("manifest: is an index over {} levels deep", kMaxDepth));
  }
  if (found.visited.size() > kMaxManifests) {
    throw malformed(fmt::format("manifest: is an index of over {} manifests", kMaxManifests));
  }
  const Node* const known = co_await node(repository, digest);
  if (known == nullptr) {
    if (depth > 0 && store_.is_sparse()) co_return;
    throw malformed(fmt::format("the manifest is gone: {}", digest.text()));
  }
  found.configs.insert(found.configs.end(), known->configs.begin(), known->configs.end());
  for (const Digest& child : known->children) {
    co_await collect(repository, child, depth + 1, found);
  }
}

/// Null when the store does not have the manifest.
Task<const ConfigReader::Node*> ConfigReader::node(std::string repository, Digest digest) {
  if (const auto known = known_.find(digest); known != known_.end()) co_return &known->second;
  const auto found =
      co_await nodes_.get(digest, repository, [&] { return fetch(repository, digest); });
  if (!found) co_return nullptr;
  co_return &known_.at(digest);
}

/// Absent when the store does not have the manifest.
Task<std::optional<ConfigReader::Node>> ConfigReader::fetch(std::string repository, Digest digest) {
  const auto manifest = co_await store_.manifest(std::move(repository), digest);
  if (!manifest) co_return std::nullopt;
  Node node;
  if (manifest->entries) {
    for (const Descriptor& entry : *manifest->entries) node.children.push_back(entry.digest);
  } else if (manifest->config_digest && manifest->config_kind == Manifest::ConfigKind::kImage) {
    node.configs.push_back(*manifest->config_digest);
  } else {
    // A config that says nothing of the layers would make all artifacts equal.
    node.configs.push_back(digest);
  }
  known_.try_emplace(std::move(digest), node);
  co_return node;
}

}  // namespace dkr
