#include "model/image.h"

#include <limits>
#include <unordered_set>

namespace dkr {

std::uint64_t total_size(const std::vector<Image>& images) {
  std::unordered_set<std::string_view> counted;
  std::uint64_t total = 0;
  for (const Image& image : images) {
    if (!counted.insert(image.id).second) continue;
    if (__builtin_add_overflow(total, image.size.value_or(0), &total)) {
      return std::numeric_limits<std::uint64_t>::max();
    }
  }
  return total;
}

std::size_t count_distinct(const std::vector<Image>& images) {
  std::unordered_set<std::string_view> ids;
  for (const Image& image : images) ids.insert(image.id);
  return ids.size();
}

std::vector<std::string_view> repositories(const std::vector<Image>& images) {
  std::unordered_set<std::string_view> seen;
  std::vector<std::string_view> result;
  for (const Image& image : images) {
    const std::string_view repository = image.displayed_repository();
    if (seen.insert(repository).second) result.push_back(repository);
  }
  return result;
}

}  // namespace dkr
