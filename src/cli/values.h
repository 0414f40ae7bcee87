// Parsing and completing the values of flags. Each parser throws InvalidValue, which says what is
// accepted; parse() adds the flag and the value.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "cli/candidate.h"
#include "model/difference.h"
#include "model/platform.h"

namespace dkr {

class InvalidValue : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The integers from `min` to `max`.
struct CountRange {
  std::int64_t min = 0;
  std::int64_t max = INT64_MAX;
};

/// An integer in `range`, in decimal digits with an optional `+`.
std::int64_t parse_count(std::string_view text, CountRange range = {});

/// What Go's strconv.ParseBool accepts: 1, t, T, true, True, TRUE and their opposites.
bool parse_bool(std::string_view text);

/// A size in bytes, below 2^64: a number such as `1.5`, `.5` or `5.`, an optional space, and an
/// optional unit in upper or lower case. `B` is bytes; k, M, G, T and P, alone or with `B`, are
/// powers of 1000, with `iB` powers of 1024. Fractions of a byte are truncated.
std::uint64_t parse_size(std::string_view text);

/// `FROM=TO`, either of which may be empty.
Renaming read_renaming(const std::string& text);

/// A valid pattern (model/pattern.h).
std::string read_pattern(const std::string& text);

/// What parse_log_level() accepts.
LogLevel read_log_level(std::string_view text);
/// The names of the levels, in lower case if `typed` is: shells only offer candidates that continue
/// what was typed.
std::vector<Candidate> log_level_candidates(std::string_view typed, World& world,
                                            const Command& command);

/// What parse_platform() accepts. The flag that this is for also takes `all`.
Platform read_platform(std::string_view text);
/// The most common platforms, and `all`.
std::vector<Candidate> platform_candidates(std::string_view typed, World& world,
                                           const Command& command);

/// `names`, at least one, joined for a sentence: `bash, zsh or fish`.
std::string alternatives(std::span<const std::string_view> names);

}  // namespace dkr
