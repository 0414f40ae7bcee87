#include "model/failure_list.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace dkr {
namespace {

/// `cause` up to its first colon, not counting the one after the part that could not be read.
std::string_view kind_of(std::string_view cause) {
  constexpr std::array<std::string_view, 5> kParts = {
      "catalog: ", "tag list: ", "manifest: ", "config: ", "history: "};
  std::size_t begin = 0;
  for (const std::string_view part : kParts) {
    if (cause.starts_with(part)) begin = part.size();
  }
  return cause.substr(0, cause.find(':', begin));
}

}  // namespace

void FailureList::add(std::string_view subject, std::string_view cause) {
  // A cause that quotes what a server says may be a kind of its own each time.
  constexpr std::size_t kMaxKinds = 50;
  std::string_view kind = kind_of(cause);
  if (count_by_kind_.size() >= kMaxKinds && !count_by_kind_.contains(kind)) kind = "other causes";
  Count& count = count_by_kind_.try_emplace(std::string(kind)).first->second;
  ++count.all;
  if (count.kept == kMaxOfAKind || (count.kept > 0 && kept_.size() >= kMaxKept)) return;
  ++count.kept;
  kept_.push_back({fmt::format("{}: {}", subject, cause)});
}

std::vector<Failure> FailureList::take(std::string_view subject) && {
  std::ranges::sort(kept_, {}, &Failure::message);
  for (const auto& [kind, count] : count_by_kind_) {
    if (count.all == count.kept) continue;
    kept_.push_back({fmt::format("{}: {} more: {}", subject, count.all - count.kept, kind)});
  }
  return std::move(kept_);
}

}  // namespace dkr
