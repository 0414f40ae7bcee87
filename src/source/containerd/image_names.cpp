#include "source/containerd/image_names.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"
#include "model/reference.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxFaults = 1000;
constexpr std::size_t kMaxQuotedBytes = 200;

}  // namespace

void ImageNameCollector::add(const ImageRecord& record) {
  if (!is_digest(record.digest)) {
    if (++faults_ > kMaxFaults) {
      throw malformed(fmt::format("over {} images have no valid digest", kMaxFaults));
    }
    failures_.add(fmt::format("{}: {}", subject_, excerpt(record.name, kMaxQuotedBytes)),
                  fmt::format("invalid digest: {}", excerpt(record.digest, kMaxQuotedBytes)));
    const auto name = is_digest(record.name) ? std::nullopt : parse_reference(record.name);
    gaps_.push_back(name ? Gap{std::string(name->repository), std::string(name->tag.value_or(""))}
                         : Gap{});
    return;
  }
  names_.push_back({record.digest, record.name});
}

ImageNames ImageNameCollector::take(Log& log) && {
  std::ranges::sort(names_, {}, [](const Name& of) { return std::tie(of.target, of.name); });
  for (std::span<const Name> rest(names_); !rest.empty();) {
    const std::string_view target = rest.front().target;
    const auto end =
        std::ranges::find_if(rest, [&](const Name& name) { return name.target != target; });
    const auto count = static_cast<std::size_t>(end - rest.begin());
    add_target(rest.first(count));
    rest = rest.subspan(count);
  }
  std::ranges::sort(rows_, {},
                    [](const Row& row) { return std::tie(row.repository, row.tag, row.target); });
  if (strange_ > 0) {
    log.info("{}: {}, such as {}; an image with no other name is listed without one", subject_,
             counted(strange_, "name is no reference", "names are no references"), first_strange_);
  }
  ImageNames result;
  result.images.reserve(rows_.size());
  for (const Row& row : rows_) {
    result.images.push_back(
        {std::string(row.repository), std::string(row.tag), Digest(row.target)});
  }
  result.failures = std::move(failures_).take(subject_);
  result.gaps = std::move(gaps_);
  return result;
}

/// Adds the rows that the names of one target stand for.
void ImageNameCollector::add_target(std::span<const Name> names) {
  using Tagged = std::pair<std::string_view, std::string_view>;  // a repository and its tag
  std::vector<Tagged> found;
  for (const Name& name : names) {
    // The digest of a config, as CRI names images, would also be a valid reference.
    const bool is_id = is_digest(name.name);
    const auto reference = is_id ? std::nullopt : parse_reference(name.name);
    if (reference) {
      found.emplace_back(reference->repository, reference->tag.value_or(""));
    } else if (!is_id && ++strange_ == 1) {
      first_strange_ = excerpt(name.name, kMaxQuotedBytes);
    }
  }
  if (found.empty()) found.emplace_back();
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& [repository, tag] = found[i];
    // The name without a tag comes first.
    const bool has_tag = i + 1 < found.size() && found[i + 1].first == repository;
    if (tag.empty() && has_tag) continue;
    rows_.push_back({repository, tag, names.front().target});
  }
}

}  // namespace dkr
