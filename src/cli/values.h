// The values of flags, read from text, and what completion offers for them. Each reader throws
// InvalidValue, which says what is accepted; parsing adds the flag and the value (parse.h).
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "cli/candidate.h"
#include "model/platform.h"

namespace dkr {

class InvalidValue : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The whole numbers from `min` to `max`.
struct CountRange {
  std::int64_t min = 0;
  std::int64_t max = INT64_MAX;
};

/// A whole number in `range`, in decimal digits.
std::int64_t parse_count(std::string_view text, CountRange range = {});

/// What Go's strconv.ParseBool reads: 1, t, T, true, True, TRUE and their opposites.
bool parse_bool(std::string_view text);

/// Bytes: a number such as `1.5`, `.5` or `5.`, an optional blank, and a unit in any case: none or
/// `B`; k, M, G, T, P, alone or with `B`, for powers of 1000; with `iB` for powers of 1024. A
/// fraction of a byte is cut off.
std::uint64_t parse_size(std::string_view text);

/// What parse_log_level() takes.
LogLevel read_log_level(std::string_view text);
/// Its names, in lower case when `typed` is: any case is accepted, and shells only go on with what
/// was typed.
std::vector<Candidate> log_level_candidates(std::string_view typed, World& world);

/// What parse_platform() takes.
Platform read_platform(std::string_view text);
/// The most common ones.
std::vector<Candidate> platform_candidates(std::string_view typed, World& world);

/// `names`, at least one, in a sentence: `bash, zsh or fish`.
std::string alternatives(std::span<const std::string_view> names);

}  // namespace dkr
