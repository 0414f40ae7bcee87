// An OCI layout in a directory.
#pragma once

#include <string>
#include <utility>

#include "base/world.h"
#include "source/layout/documents.h"

namespace dkr {

class LayoutDirectory final : public Documents {
 public:
  /// `files` must outlive this object.
  LayoutDirectory(std::string directory, const Files& files)
      : directory_(std::move(directory)), files_(files) {}

  std::optional<std::string> read(const std::string& path, std::size_t limit) override {
    return files_.read(directory_ + "/" + path, limit);
  }
  /// Never known: nothing needs it.
  [[nodiscard]] std::optional<std::uint64_t> size(const std::string& /*path*/) const override {
    return std::nullopt;
  }

 private:
  std::string directory_;
  const Files& files_;
};

}  // namespace dkr
