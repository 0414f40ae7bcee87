#include "source/registry/pull_limit.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "net/retrying_client.h"

namespace dkr {
namespace {

/// A header such as `100;w=21600`.
struct Quota {
  std::int64_t pulls = 0;
  std::optional<std::chrono::seconds> window;
};

std::optional<std::int64_t> leading_number(std::string_view text) {
  constexpr std::int64_t kMax = 100'000'000'000;  // nothing overflows
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  return std::min(number, kMax);
}

std::optional<Quota> quota_in(const HttpResponse& response, std::string_view header) {
  const auto value = response.header(header);
  const auto pulls = value ? leading_number(*value) : std::nullopt;
  if (!pulls) return std::nullopt;
  Quota quota{*pulls, std::nullopt};
  constexpr std::string_view kWindow = "w=";
  for (std::size_t at = value->find(';'); at != std::string_view::npos; at = value->find(';', at)) {
    const std::string_view parameter = trim(value->substr(++at));
    if (!parameter.starts_with(kWindow)) continue;
    const auto seconds = leading_number(parameter.substr(kWindow.size()));
    if (seconds) quota.window = std::chrono::seconds(*seconds);
  }
  return quota;
}

/// When the limit starts anew: seconds, or a unix time, as some send.
std::optional<std::chrono::seconds> reset_in(const HttpResponse& response, Time now) {
  constexpr std::int64_t kFirstTime = 100'000'000;
  const auto value = response.header("ratelimit-reset");
  auto seconds = value ? leading_number(*value) : std::nullopt;
  if (!seconds) return std::nullopt;
  if (*seconds >= kFirstTime) *seconds -= now.time_since_epoch().count();
  return std::chrono::seconds(*seconds);
}

std::string in_words(std::chrono::seconds window) {
  const auto hours = static_cast<std::uint64_t>(window / std::chrono::hours(1));
  const auto minutes = static_cast<std::uint64_t>(window / std::chrono::minutes(1));
  return hours > 0 ? counted(hours, "hour", "hours") : counted(minutes, "minute", "minutes");
}

}  // namespace

void PullLimit::note(const HttpResponse& response, Time now) {
  constexpr std::int64_t kLeftOver = 5;  // a fifth
  const auto remaining = quota_in(response, "ratelimit-remaining");
  if (!remaining) return;
  const Quota limit = quota_in(response, "ratelimit-limit").value_or(*remaining);
  const auto window = remaining->window ? remaining->window : limit.window;
  const auto wait = window ? window : reset_in(response, now);
  if (wait && *wait <= kMaxRetryWait) return;
  reserve_ = limit.pulls / kLeftOver;
  window_ = window;
  const std::int64_t most = taken_ + remaining->pulls - reserve_;
  const std::int64_t least = most - (taken_ - finished_);
  least_ = most_ ? std::max(least_, least) : least;
  most_ = std::min(most_.value_or(most), most);
}

void PullLimit::take() {
  const std::int64_t allowed = most_ ? std::min(least_, *most_) : taken_ + 1;
  if (taken_ >= allowed) {
    const auto left =
        static_cast<std::uint64_t>(std::max<std::int64_t>(*most_ - taken_ + reserve_, 0));
    throw Error(ErrorKind::kOutOfPulls,
                fmt::format("{} allows {}{}", server_, counted(left, "more pull", "more pulls"),
                            window_ ? " in " + in_words(*window_) : ""));
  }
  ++taken_;
}

}  // namespace dkr
