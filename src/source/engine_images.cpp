#include "source/engine_images.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "model/reference.h"

namespace dkr {
namespace {

/// Go's zero time, 0001-01-01, in seconds since 1970.
constexpr std::int64_t kNeverCreated = -62'135'596'800;

constexpr std::string_view kDanglingTag = "<none>:<none>";
constexpr std::string_view kDanglingDigest = "<none>@<none>";

struct Summary {
  std::string_view id;
  std::optional<Time> created;
  std::uint64_t size = 0;
  std::vector<std::string_view> tags;
  std::vector<std::string_view> digests;
};

Error malformed(std::string_view cause) { return {ErrorKind::kMalformed, std::string(cause)}; }

std::int64_t read_integer(const json::Value& summary, std::string_view key) {
  const auto member = summary.find(key);
  if (!member) throw malformed(fmt::format("has no {}", key));
  const auto number = member->integer();
  if (!number) throw malformed(fmt::format("{} is not a whole number", key));
  return *number;
}

/// A list of names; absent and null are empty.
std::vector<std::string_view> read_names(const json::Value& summary, std::string_view key) {
  std::vector<std::string_view> names;
  const auto member = summary.find(key);
  if (!member || member->is_null()) return names;
  const bool is_list = member->for_each([&](const json::Value& element) {
    const auto name = element.string();
    if (!name) throw malformed(fmt::format("{} holds something other than strings", key));
    // Reference syntax has no such characters: the engine or its answer is broken, or hostile.
    if (!is_printable(*name)) {
      throw malformed(fmt::format("{} holds control characters: {}", key, excerpt(*name, 80)));
    }
    names.push_back(*name);
  });
  if (!is_list) throw malformed(fmt::format("{} is not a list", key));
  return names;
}

/// The strings in the result point into `value`. Throws Error kMalformed.
Summary read_summary(const json::Value& value) {
  if (!value.is_object()) throw malformed("is not an object");
  Summary summary;
  const auto id = value.find("Id");
  if (!id) throw malformed("has no Id");
  if (!id->string() || id->string()->empty()) throw malformed("Id is not a name");
  summary.id = *id->string();
  const std::int64_t created = read_integer(value, "Created");
  if (created != kNeverCreated) summary.created = Time(std::chrono::seconds(created));
  const std::int64_t size = read_integer(value, "Size");
  if (size < 0) throw malformed("Size is negative");
  summary.size = static_cast<std::uint64_t>(size);
  summary.tags = read_names(value, "RepoTags");
  summary.digests = read_names(value, "RepoDigests");
  return summary;
}

/// Engines before API 1.43 write placeholders for what has no name.
bool is_dangling(const Summary& summary) {
  if (summary.tags.empty() && summary.digests.empty()) return true;
  return summary.tags.size() == 1 && summary.tags[0] == kDanglingTag &&
         summary.digests.size() == 1 && summary.digests[0] == kDanglingDigest;
}

/// A repository of one image, with its tags.
struct Repository {
  std::string name;
  std::vector<std::string> tags;
};

std::vector<Repository> tagged_repositories(const Summary& summary) {
  std::vector<Repository> repositories;
  for (const std::string_view name : summary.tags) {
    auto reference = parse_reference(name);
    if (!reference || !reference->tag) continue;
    auto found = std::ranges::find(repositories, reference->repository, &Repository::name);
    if (found == repositories.end()) {
      repositories.push_back({std::move(reference->repository), {}});
      found = repositories.end() - 1;
    }
    found->tags.push_back(std::move(*reference->tag));
  }
  return repositories;
}

void add_rows(const Summary& summary, std::vector<Image>& images) {
  const auto add = [&](std::optional<std::string> repository, std::optional<std::string> tag) {
    images.push_back({std::move(repository), std::move(tag), std::string(summary.id),
                      summary.created, summary.size});
  };
  if (is_dangling(summary)) {
    add(std::nullopt, std::nullopt);
    return;
  }
  std::vector<Repository> repositories = tagged_repositories(summary);
  for (Repository& repository : repositories) {
    for (std::string& tag : repository.tags) add(repository.name, std::move(tag));
  }
  for (const std::string_view name : summary.digests) {
    auto reference = parse_reference(name);
    if (!reference || !reference->digest) continue;
    if (std::ranges::find(repositories, reference->repository, &Repository::name) !=
        repositories.end())
      continue;
    add(reference->repository, std::nullopt);
    repositories.push_back({std::move(reference->repository), {}});
  }
}

}  // namespace

Listing parse_engine_images(std::string body, const std::string& subject) {
  Listing listing;
  std::size_t position = 0;
  std::size_t unreadable = 0;
  std::string first_fault;
  const auto note_fault = [&](const Error& error) {
    if (++unreadable == 1) first_fault = fmt::format("entry {} {}", position, error.what());
  };
  json::for_each_element(
      std::move(body),
      [&](const json::Value& value) {
        ++position;
        try {
          add_rows(read_summary(value), listing.images);
        } catch (const Error& error) {
          note_fault(error);
        }
      },
      [&](const Error& error) {
        ++position;
        note_fault(Error(error.kind(), fmt::format("is {}", error.what())));
      });
  if (unreadable > 0) {
    const std::string others =
        unreadable > 1 ? fmt::format(" (and {} more entries like it)", unreadable - 1) : "";
    listing.failures.push_back({fmt::format("{}: image list: {}{}", subject, first_fault, others)});
  }
  return listing;
}

}  // namespace dkr
