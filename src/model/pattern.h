// Patterns for tags, as docker's filter `reference` has them (Go's path.Match).
#pragma once

#include <string_view>

namespace dkr {

/// Whether `pattern` is valid: `*` stands for any characters, `?` for one, `[a-z]` for one of a
/// range, `[^a-z]` for any other, and `\` takes away the meaning of the next character.
bool is_pattern(std::string_view pattern);

/// Whether `pattern`, which must be valid, matches all of `text`. Works on bytes. Takes time in
/// proportion to the product of both lengths at most.
bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace dkr
