// Which rows the images of containerd are, whose names need not be references, and of which CRI
// makes several for one image: `docker.io/library/nginx:1.27`, `docker.io/library/nginx@sha256:...`
// and `sha256:<id>`.
#pragma once

#include <compare>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "model/failure_list.h"
#include "source/containerd/messages.h"
#include "source/oci/image_store.h"

namespace dkr {

/// A list may have hundreds of thousands of names, hence they stay views until they become rows.
class ImageNameCollector {
 public:
  /// `subject` is that of the store, for messages.
  explicit ImageNameCollector(std::string subject) : subject_(std::move(subject)) {}

  /// What the record refers to must live until take(). An image whose target has no valid digest is
  /// a failure. Throws Error kMalformed after over 1,000 of these.
  void add(const ImageRecord& record);

  /// The images under docker's familiar names, sorted by these. A name without a tag is left out
  /// when the same repository has a tag for the same target, and an image without a repository when
  /// it has any other name. What is the same twice is one image. Says at INFO which names are no
  /// references.
  [[nodiscard]] ImageNames take(Log& log) &&;

 private:
  struct Name {
    std::string_view target;
    std::string_view name;
  };
  struct Row {
    std::string_view repository;
    std::string_view tag;
    std::string_view target;
  };

  void add_target(std::span<const Name> names);

  std::string subject_;
  std::vector<Name> names_;
  std::vector<Row> rows_;
  FailureList failures_;
  std::vector<Gap> gaps_;
  std::size_t faults_ = 0;
  std::size_t strange_ = 0;  // names that are no references
  std::string first_strange_;
};

}  // namespace dkr
