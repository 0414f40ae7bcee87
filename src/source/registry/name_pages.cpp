#include "source/registry/name_pages.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxInvalidNames = 1000;

}  // namespace

void NamePages::add(std::string_view body) {
  count_bytes(body.size());
  const bool is_object = trim(body).starts_with('{');
  if (!is_object) json::diagnose(body);
  const auto list = is_object ? json::cut_field(body, key_) : std::nullopt;
  if (!list) throw malformed(fmt::format("has no {}", key_));
  if (*list == "null") return;
  if (!list->starts_with('[')) throw malformed(fmt::format("has {} that are not a list", key_));
  json::for_each_string(*list, [&](std::optional<std::string_view> name) {
    if (!name) throw malformed(fmt::format("holds something other than names in {}", key_));
    add_name(*name);
  });
}

void NamePages::count_bytes(std::size_t bytes) {
  if (bytes > bytes_left_) throw list_too_large();
  bytes_left_ -= bytes;
}

void NamePages::add_name(std::string_view name) {
  if (!is_valid_(name)) {
    if (is_known(name)) return;
    const bool is_digest = name.find(':') != std::string_view::npos && is_printable(name);
    if (!is_digest && ++unreadable_ > kMaxInvalidNames) {
      throw malformed(fmt::format("has over {} invalid names in {}", kMaxInvalidNames, key_));
    }
    if (++invalid_ > kMaxInvalidNames) return;
  }
  if (is_ascending_ && !names_.empty() && name <= names_.back()) {
    if (name == names_.back()) return;
    is_ascending_ = false;
    for (std::uint32_t i = 0; i < names_.size(); ++i) index_.insert(i);
  }
  names_.emplace_back(name);
  if (is_ascending_) return;
  const auto position = static_cast<std::uint32_t>(names_.size() - 1);
  if (index_.insert(position) != position) names_.pop_back();
}

bool NamePages::is_known(std::string_view name) const {
  if (is_ascending_) return std::ranges::binary_search(names_, name);
  return index_.find(name).has_value();
}

}  // namespace dkr
