#include "model/failure_list.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace dkr {

void FailureList::add(std::string_view subject, std::string_view cause) {
  // A cause that quotes what a server says may be a kind of its own each time.
  constexpr std::size_t kMaxKinds = 50;
  std::string_view kind = cause.substr(0, cause.find(':'));
  if (count_by_kind_.size() >= kMaxKinds && !count_by_kind_.contains(kind)) kind = "other causes";
  const auto count = count_by_kind_.try_emplace(std::string(kind)).first;
  if (++count->second <= kMaxOfAKind) kept_.push_back({fmt::format("{}: {}", subject, cause)});
}

std::vector<Failure> FailureList::take(std::string_view subject) && {
  std::ranges::sort(kept_, {}, &Failure::message);
  for (const auto& [kind, count] : count_by_kind_) {
    if (count <= kMaxOfAKind) continue;
    kept_.push_back({fmt::format("{}: {} more: {}", subject, count - kMaxOfAKind, kind)});
  }
  return std::move(kept_);
}

}  // namespace dkr
