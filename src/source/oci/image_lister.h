// Lists the images of stores that tell all their names at once.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/world.h"
#include "model/failure_list.h"
#include "model/listing.h"
#include "net/task_group.h"
#include "source/oci/cache.h"
#include "source/oci/image_store.h"
#include "source/oci/repository_memory.h"
#include "source/oci/tag_rows.h"
#include "source/progress.h"
#include "source/source.h"

namespace dkr {

class ImageLister final : public ImageSource, public ContentReader {
 public:
  /// The references must outlive this object.
  ImageLister(std::unique_ptr<ImageStore> store, const Clock& clock, Progress& progress, Log& log);

  /// One row for each name of an image, or, with Platforms::kAll, for each platform, newest first,
  /// unknown dates last. Ids, sizes and what stands for a multi-platform image are as in lister.h.
  /// An image whose manifest is missing, or cannot be read, is a row all the same, and a failure.
  Task<Listing> list(Query query) override;

  /// Those of the images, in the store's order.
  Task<RepositoryListing> repositories() override;

  /// Docker's familiar name.
  [[nodiscard]] std::string displayed_name(std::string_view repository) const override;

  [[nodiscard]] ContentReader* content() override { return this; }
  Task<ConfigListing> configs(std::vector<ManifestName> manifests) override;

 private:
  [[nodiscard]] bool needs(const NamedImage& image) const;
  Task<void> read(NamedImage image);
  Task<std::optional<Error>> add_rows(NamedImage image);
  void complete_rows(const NamedImage& image, std::size_t first);
  void add_failure(const NamedImage& image, std::string_view cause);
  void report_gaps();

  std::unique_ptr<ImageStore> store_;
  ImageCache cache_;  // of nothing: what the store holds is at hand
  Progress& progress_;
  Query query_;
  Listing listing_;
  ListingBuilder builder_{listing_};
  FailureList failures_;
  std::optional<RepositoryMemory> memory_;
  std::optional<TagRows> rows_;
  TaskGroup tasks_;  // last, because its tasks use all of the above
};

}  // namespace dkr
