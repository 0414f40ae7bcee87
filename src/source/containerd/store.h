// containerd's own store of images and content, over its gRPC API, version 1.0 or later. Only
// reads.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/world.h"
#include "model/media_type.h"
#include "source/containerd/grpc_client.h"
#include "source/oci/image_store.h"

namespace dkr {

/// Where containerd usually listens: its own default, and that of k3s.
std::span<const std::string_view> containerd_sockets();

/// The first of these that exists. Throws Error kUnreachable when none does.
std::string find_containerd(const Files& files);

struct ContainerdOptions {
  std::string socket;
  /// Absent: `k8s.io`, else `default`, else the only one that there is.
  std::optional<std::string> name_space = {};
  std::chrono::seconds timeout{60};  ///< without progress, then a request is aborted; 0: no limit
};

class ContainerdStore final : public ImageStore {
 public:
  /// The references must outlive this object.
  ContainerdStore(ContainerdOptions options, HttpClient& client, const Files& files, Log& log);

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] std::size_t concurrency() const override;
  /// containerd pulls indexes for one platform.
  [[nodiscard]] bool is_sparse() const override { return true; }

  /// Asks for the namespaces only when none is given, or it has no images. Says at INFO which
  /// namespace it is, and at WARNING which others have images when it has none. Must come before
  /// manifest() and blob(), which read in the same namespace. Throws Error kConfiguration when
  /// there is no such namespace.
  Task<ImageNames> images() override;

  Task<std::optional<Manifest>> manifest(std::string repository, Digest digest) override;
  Task<std::string> blob(std::string repository, Digest digest) override;

 private:
  Task<ImageNames> read_images();
  Task<bool> choose_namespace();
  Task<std::vector<std::string>> namespaces();
  Task<std::string> image_list(std::string name_space);
  Task<void> report_no_images();
  Task<std::optional<std::string>> content(Digest digest);
  [[nodiscard]] Error explain(const Error& error) const;

  std::string name_;
  ContainerdOptions options_;
  GrpcClient client_;
  const Files& files_;
  Log& log_;
  std::unordered_map<Digest, MediaType> types_;  // of what names stand for
};

}  // namespace dkr
