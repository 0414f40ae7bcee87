#include "model/filter.h"

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <utility>

namespace dkr {
namespace {

/// Divides instead of multiplying and adds where a date from outside could overflow a difference.
bool is_older(const Image& image, std::int64_t days, Time now) {
  if (!image.created || *image.created >= now) return false;
  constexpr std::uint64_t kSecondsPerDay = 86'400;
  const std::uint64_t age = static_cast<std::uint64_t>(now.time_since_epoch().count()) -
                            static_cast<std::uint64_t>(image.created->time_since_epoch().count());
  return (age - 1) / kSecondsPerDay >= static_cast<std::uint64_t>(days);
}

/// The `max_tags` newest images of each repository, in their old order.
std::vector<Image> newest(std::vector<Image> images, std::size_t max_tags) {
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_repository;
  for (std::size_t i = 0; i < images.size(); ++i) {
    by_repository[images[i].displayed_repository()].push_back(i);
  }
  std::vector<bool> keep(images.size());
  for (auto& [repository, indices] : by_repository) {
    std::ranges::stable_sort(indices, [&](std::size_t a, std::size_t b) {
      return images[a].created > images[b].created;  // an absent date is less than any other
    });
    indices.resize(std::min(indices.size(), max_tags));
    for (const std::size_t i : indices) keep[i] = true;
  }
  std::vector<Image> result;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (keep[i]) result.push_back(std::move(images[i]));
  }
  return result;
}

}  // namespace

bool keeps_repository(const Filter& filter, std::string_view name) {
  if (filter.names.empty() && filter.prefixes.empty()) return true;
  return std::ranges::find(filter.names, name) != filter.names.end() ||
         std::ranges::any_of(filter.prefixes,
                             [&](const std::string& prefix) { return name.starts_with(prefix); });
}

std::vector<FilterStep> apply(const Filter& filter, std::vector<Image>& images, Time now) {
  std::vector<FilterStep> steps;
  const auto drop_unless = [&](std::string_view flag, auto is_wanted) {
    std::erase_if(images, [&](const Image& image) { return !is_wanted(image); });
    steps.push_back({flag, images.size()});
  };
  if (!filter.names.empty() || !filter.prefixes.empty()) {
    const std::string_view flag = filter.names.empty()      ? "--prefix"
                                  : filter.prefixes.empty() ? "--repo"
                                                            : "--repo or --prefix";
    drop_unless(flag, [&](const Image& image) {
      return keeps_repository(filter, image.displayed_repository());
    });
  }
  if (filter.min_age_days) {
    drop_unless("--minAge",
                [&](const Image& image) { return is_older(image, *filter.min_age_days, now); });
  }
  if (filter.min_size) {
    drop_unless("--minSize", [&](const Image& image) { return image.size > filter.min_size; });
  }
  if (filter.max_tags) {
    images = newest(std::move(images), static_cast<std::size_t>(*filter.max_tags));
    steps.push_back({"--maxTags", images.size()});
  }
  return steps;
}

}  // namespace dkr
