// Header values with a grammar of their own.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkr {

/// One challenge of WWW-Authenticate (RFC 9110, section 11.6.1).
struct Challenge {
  std::string scheme;                             ///< in lower case: `bearer`
  std::map<std::string, std::string> parameters;  ///< names in lower case
};

/// The challenges in `value`, one header line; what has no such grammar is skipped.
std::vector<Challenge> parse_challenges(std::string_view value);

/// The target of the link in `value`, one Link header line (RFC 8288), whose relation is `next`;
/// absent when there is none.
std::optional<std::string> next_link(std::string_view value);

}  // namespace dkr
