// The headers WWW-Authenticate and Link, and the URL that the latter resolves to.
#include "net/header.h"

#include <algorithm>

#include "net/url.h"
#include "targets.h"

namespace dkr {
namespace {

void require_word(std::string_view word, std::string_view text) {
  if (word.empty() || word != to_lower(word) ||
      word.find_first_of(" \t,;=\"") != std::string_view::npos) {
    fail("an invalid name", text);
  }
}

void check_challenges(const std::string& text) {
  for (const Challenge& challenge : parse_challenges(text)) {
    require_word(challenge.scheme, text);
    for (const auto& [name, value] : challenge.parameters) {
      require_word(name, text);
      if (value.size() > text.size()) fail("a value that is not in the text", text);
    }
  }
}

void check_link(const std::string& text) {
  const std::string base = "https://registry.example.com/v2/_catalog?n=1";
  const auto link = next_link(text);
  if (!link) return;
  if (text.find(*link) == std::string::npos || link->find('>') != std::string::npos) {
    fail("a target that is not in the text", text);
  }
  const auto url = resolve_url(base, *link);
  if (!url) return;
  const bool has_control =
      std::ranges::any_of(*url, [](char c) { return (c >= 0 && c <= ' ') || c == '\x7f'; });
  if (has_control || origin_of(*url).empty()) fail("not a usable URL", *url);
  if (!url->starts_with("http://") && !url->starts_with("https://"))
    fail("unexpected scheme", *url);
  if (resolve_url(*url, *url) != url) fail("does not resolve to itself", *url);
}

}  // namespace

void fuzz_header(const std::string& text) {
  check_challenges(text);
  check_link(text);
}

}  // namespace dkr
