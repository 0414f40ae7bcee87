// Parsing the header fields WWW-Authenticate and Link.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkr {

/// A challenge from WWW-Authenticate (RFC 9110, section 11.6.1).
struct Challenge {
  std::string scheme;                             ///< in lower case: `bearer`
  std::map<std::string, std::string> parameters;  ///< names in lower case
};

/// The challenges in `value`, the value of one header field. Malformed parts are skipped.
std::vector<Challenge> parse_challenges(std::string_view value);

/// The target of the first link with relation `next` in `value`, the value of one Link header field
/// (RFC 8288); absent when there is none.
std::optional<std::string> next_link(std::string_view value);

}  // namespace dkr
