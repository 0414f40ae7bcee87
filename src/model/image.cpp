#include "model/image.h"

#include <unordered_set>

namespace dkr {
namespace {

/// What tells `image` from others; empty when nothing does.
std::string_view identity(const Image& image) {
  if (!image.identity.empty()) return image.identity;
  return image.id ? std::string_view(*image.id) : std::string_view();
}

}  // namespace

double total_size(const std::vector<Image>& images) {
  std::unordered_set<std::string_view> counted;
  double total = 0;
  for (const Image& image : images) {
    if (counted.insert(identity(image)).second)
      total += static_cast<double>(image.size.value_or(0));
  }
  return total;
}

std::size_t count_distinct(const std::vector<Image>& images) {
  std::unordered_set<std::string_view> identities;
  for (const Image& image : images) identities.insert(identity(image));
  return identities.size();
}

std::vector<std::string> repositories(const std::vector<Image>& images) {
  std::unordered_set<std::string_view> seen;
  std::vector<std::string> result;
  for (const Image& image : images) {
    const std::string_view repository = image.displayed_repository();
    if (seen.insert(repository).second) result.emplace_back(repository);
  }
  return result;
}

}  // namespace dkr
