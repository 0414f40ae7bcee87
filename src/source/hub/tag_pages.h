// The pages of Docker Hub's list of the tags of a repository.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/position_index.h"
#include "source/hub/pages.h"
#include "source/hub/records.h"

namespace dkr {

/// What is missing, null or nonsense in an entry is unknown, but an entry without a valid name, or
/// with over 256 images, is unreadable.
class HubTagPages final : public HubPages {
 public:
  /// The tags, each once, in the order of the pages.
  [[nodiscard]] std::vector<HubTag> take() && { return std::move(tags_); }

 protected:
  void add_entry(const json::Value& entry) override;

 private:
  struct NameAt {
    const std::vector<HubTag>& tags;
    std::string_view operator()(std::uint32_t position) const { return tags[position].name; }
  };

  std::vector<HubTag> tags_;
  PositionIndex<NameAt> index_{NameAt{tags_}};
};

/// A page with all of these tags, which HubTagPages reads back; absent if it would be larger than
/// about `max_bytes`.
std::optional<std::string> tag_page(std::span<const HubTag> tags, std::size_t max_bytes);

}  // namespace dkr
