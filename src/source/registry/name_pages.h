// Collects the names of repositories or tags from the pages of a registry's list, within limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/position_index.h"

namespace dkr {

/// The limit on the size of a list in all its pages.
inline constexpr std::size_t kMaxListBytes = std::size_t{64} << 20;
inline Error list_too_large() { return {ErrorKind::kTooLarge, "the list is over 64 MiB"}; }

class NamePages {
 public:
  /// The names are in the list of each page that Go's encoding/json reads into `key`. `is_valid`
  /// tells which names can be listed.
  NamePages(std::string key, bool (*is_valid)(std::string_view))
      : key_(std::move(key)), is_valid_(is_valid) {}
  NamePages(const NamePages&) = delete;  // index_ refers to names_
  NamePages& operator=(const NamePages&) = delete;

  /// Adds the names in the page `body` that are new. Of the invalid ones, only the first thousand
  /// are kept. Throws Error kTooLarge when the pages exceed kMaxListBytes, kMalformed when the page
  /// has no such list, or when the list has over a thousand invalid names that are not digests
  /// (some registries list those as tags). Names before a fault are kept.
  void add(std::string_view body);

  /// Counts bytes that belong to the list besides its pages: their addresses. Throws kTooLarge.
  void count_bytes(std::size_t bytes);

  /// How large the next page may be.
  [[nodiscard]] std::size_t bytes_left() const { return bytes_left_; }

  /// The names, each once, in the order of the pages.
  [[nodiscard]] std::vector<std::string> take() && { return std::move(names_); }

 private:
  void add_name(std::string_view name);
  [[nodiscard]] bool is_known(std::string_view name) const;

  struct NameAt {
    const std::vector<std::string>& names;
    std::string_view operator()(std::uint32_t position) const { return names[position]; }
  };

  std::string key_;
  bool (*is_valid_)(std::string_view);
  std::size_t bytes_left_ = kMaxListBytes;
  std::size_t invalid_ = 0;
  std::size_t unreadable_ = 0;
  std::vector<std::string> names_;
  /// Only used once the names are not in ascending order, in which most registries list them.
  PositionIndex<NameAt> index_{NameAt{names_}};
  bool is_ascending_ = true;
};

}  // namespace dkr
