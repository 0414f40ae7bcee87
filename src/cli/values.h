// The values of flags, read from text. Each reader throws InvalidValue, which says what is
// accepted; the flag it belongs to adds its name (flags.h).
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace dkr {

class InvalidValue : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A whole number from 0 to `largest`, in decimal digits.
std::int64_t parse_count(std::string_view text, std::int64_t largest = INT64_MAX);

/// What Go's strconv.ParseBool reads: 1, t, T, true, True, TRUE and their opposites.
bool parse_bool(std::string_view text);

/// Bytes: a number such as `1.5`, `.5` or `5.`, an optional blank, and a unit in any case: none or
/// `B`; k, M, G, T, P, alone or with `B`, for powers of 1000; with `iB` for powers of 1024. A
/// fraction of a byte is cut off.
std::uint64_t parse_size(std::string_view text);

}  // namespace dkr
