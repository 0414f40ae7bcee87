// When to stop asking a store that does not answer any more.
#pragma once

#include "base/error.h"

namespace dkr {

/// After so many consecutive requests without a response, the remaining ones are not sent.
inline constexpr int kMaxUnanswered = 20;

/// Whether an error of this kind means that there was no response, or no useful one.
constexpr bool is_unanswered(ErrorKind kind) {
  return kind == ErrorKind::kUnreachable || kind == ErrorKind::kUntrusted ||
         kind == ErrorKind::kForbidden || kind == ErrorKind::kTimedOut ||
         kind == ErrorKind::kDisconnected || kind == ErrorKind::kBusy;
}

}  // namespace dkr
