// When to try a request again that failed for a reason that may pass.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/world.h"
#include "net/http.h"

namespace dkr {

/// Whether the server may answer better a little later: 429, 502, 503 and 504.
bool is_transient(int status);

/// How long the server asks to wait: the Retry-After (RFC 9110, section 10.2.3) of `response`, in
/// seconds or as a date, seen from `now`; absent when there is none. Never negative.
std::optional<std::chrono::seconds> retry_after(const HttpResponse& response, Time now);

/// How long to wait after the last of `failures`, 1 or more, before the next attempt: half a
/// second, doubled with each failure, at most half a minute; `random`, from 0 to 1, takes up to
/// half of it away, so that many clients do not come back at the same moment.
std::chrono::milliseconds back_off(int failures, double random);

}  // namespace dkr
