#include "source/hub/pages.h"

#include <fmt/format.h>

#include "base/text.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxUnreadable = 1000;

std::optional<std::string> next_in(std::string_view body) {
  const auto member = json::cut_field(body, "next");
  if (!member || *member == "null") return std::nullopt;
  const json::Document document(*member);
  const auto next = document.root().string();
  if (!next) throw malformed("next is not an address");
  if (next->empty()) return std::nullopt;
  return std::string(*next);
}

}  // namespace

std::optional<std::string> HubPages::add(std::string_view body) {
  received_ += body.size();
  if (received_ > kMaxBodyBytes) {
    throw Error(ErrorKind::kTooLarge, fmt::format("the list is over {} MiB", kMaxBodyBytes >> 20));
  }
  const bool is_object = trim(body).starts_with('{');
  if (!is_object) json::diagnose(body);
  const auto results = is_object ? json::cut_field(body, "results") : std::nullopt;
  if (!results) throw malformed("has no results");
  json::for_each_element(
      *results,
      [&](const json::Value& entry) {
        ++position_;
        if (entry.is_null()) return;
        try {
          if (!entry.is_object()) throw malformed("is not an object");
          add_entry(entry);
        } catch (const Error& error) {
          if (error.kind() != ErrorKind::kMalformed) throw;
          record_fault(error.what());
        }
      },
      [&](const Error& error) {
        ++position_;
        record_fault(fmt::format("is {}", error.what()));
      });
  return next_in(body);
}

void HubPages::count_bytes(std::size_t bytes) {
  if (bytes > bytes_left_) throw list_too_large();
  bytes_left_ -= bytes;
}

void HubPages::record_fault(std::string_view cause) {
  if (++unreadable_ == 1) first_fault_ = fmt::format("entry {} {}", position_, cause);
  if (unreadable_ > kMaxUnreadable) {
    throw malformed(fmt::format("over {} unreadable entries: {}", kMaxUnreadable, first_fault_));
  }
}

std::optional<Error> HubPages::fault() const {
  if (unreadable_ == 0) return std::nullopt;
  if (unreadable_ == 1) return malformed(first_fault_);
  return malformed(fmt::format("{} (and {} more entries)", first_fault_, unreadable_ - 1));
}

std::string_view hub_text(const json::Value& entry, std::string_view key) {
  const auto member = entry.find(key);
  return member ? member->string().value_or("") : "";
}

}  // namespace dkr
