// Rules for retrying requests.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/world.h"
#include "net/http.h"

namespace dkr {

/// Whether a request with this status may succeed when retried: 429, 502, 503 and 504.
bool is_transient(int status);

/// How long the server asks to wait, from the Retry-After header of `response` (RFC 9110, section
/// 10.2.3), in seconds or as a date relative to `now`, or else from Docker Hub's X-Retry-After, a
/// Unix time. Absent without a valid header. At least 0, at most a year.
std::optional<std::chrono::seconds> retry_after(const HttpResponse& response, Time now);

/// How long to wait before the next attempt after `failures` (1 or more) failed ones: half a
/// second, doubled with each further failure, at most 30 seconds. `random`, from 0 to 1, shortens
/// this by up to half, so that many clients do not retry at the same time.
std::chrono::milliseconds back_off(int failures, double random);

}  // namespace dkr
