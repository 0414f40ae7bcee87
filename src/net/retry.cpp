#include "net/retry.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

#include <curl/curl.h>

#include "net/http_status.h"

namespace dkr {

bool is_transient(int status) {
  return status == http_status::kTooManyRequests || status == http_status::kBadGateway ||
         status == http_status::kServiceUnavailable || status == http_status::kGatewayTimeout;
}

std::optional<std::chrono::seconds> retry_after(const HttpResponse& response, Time now) {
  using std::chrono::seconds;
  constexpr std::int64_t kYear = 31'536'000;  // in seconds; an upper limit that avoids overflow
  const auto value = response.header("retry-after");
  if (!value) return std::nullopt;
  std::int64_t wait = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), wait);
  if (end != value->data() + value->size() || error == std::errc::invalid_argument) {
    const std::time_t date = curl_getdate(std::string(*value).c_str(), nullptr);
    if (date < 0) return std::nullopt;
    wait = std::min<std::int64_t>(date, now.time_since_epoch().count() + kYear) -
           now.time_since_epoch().count();
  } else if (error == std::errc::result_out_of_range) {
    wait = kYear;
  }
  return seconds(std::clamp<std::int64_t>(wait, 0, kYear));
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
