#include "net/retry.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

#include <curl/curl.h>

#include "net/http_status.h"

namespace dkr {
namespace {

constexpr std::int64_t kYear = 31'536'000;  // in seconds; an upper limit that avoids overflow

/// The whole number that is all of `text`, the nearest one that fits if it is too large; absent
/// when it is none.
std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  if (error != std::errc::result_out_of_range) return number;
  using Limits = std::numeric_limits<std::int64_t>;
  return text.starts_with('-') ? Limits::min() : Limits::max();
}

std::chrono::seconds bounded(std::int64_t wait) {
  return std::chrono::seconds(std::clamp<std::int64_t>(wait, 0, kYear));
}

/// The time from `now` to `time`, in seconds since 1970.
std::chrono::seconds until(std::int64_t time, Time now) {
  const std::int64_t start = now.time_since_epoch().count();
  return bounded(std::clamp(time, start, start + kYear) - start);
}

}  // namespace

bool is_transient(int status) {
  return status == http_status::kTooManyRequests || status == http_status::kBadGateway ||
         status == http_status::kServiceUnavailable || status == http_status::kGatewayTimeout;
}

std::optional<std::chrono::seconds> retry_after(const HttpResponse& response, Time now) {
  if (const auto value = response.header("retry-after")) {
    if (const auto number = number_in(*value)) return bounded(*number);
    const std::time_t date = curl_getdate(std::string(*value).c_str(), nullptr);
    if (date >= 0) return until(date, now);
  }
  if (const auto value = response.header("x-retry-after")) {
    if (const auto time = number_in(*value)) return until(*time, now);
  }
  return std::nullopt;
}

std::chrono::milliseconds back_off(int failures, double random) {
  using std::chrono::milliseconds;
  constexpr milliseconds kFirst{500};
  constexpr milliseconds kMaxWait{30'000};
  constexpr int kMaxDoublings = 10;
  const milliseconds longest =
      std::min(kFirst * (1 << std::clamp(failures - 1, 0, kMaxDoublings)), kMaxWait);
  return std::chrono::duration_cast<milliseconds>(longest * (1 - random / 2));
}

}  // namespace dkr
