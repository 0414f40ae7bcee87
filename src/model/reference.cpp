#include "model/reference.h"

#include <algorithm>
#include <cstddef>

namespace dkr {
namespace {

constexpr std::size_t kMaxPathLength = 255;
constexpr std::size_t kMaxTagLength = 128;
constexpr std::string_view kDefaultDomain = "docker.io";
constexpr std::string_view kOfficialPrefix = "library/";

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) { return is_lower(c) || is_upper(c); }
constexpr bool is_alphanumeric(char c) { return is_letter(c) || is_digit(c); }
constexpr bool is_lower_alphanumeric(char c) { return is_lower(c) || is_digit(c); }
constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Whether `text` is one or more parts that satisfy `is_part`, with `separator` between them.
template <typename IsPart>
bool is_sequence(std::string_view text, char separator, IsPart is_part) {
  while (true) {
    const std::size_t end = text.find(separator);
    if (!is_part(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

/// domain-component := [a-zA-Z0-9] | [a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]
bool is_domain_component(std::string_view text) {
  return !text.empty() && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

/// domain := (domain-component ['.' domain-component]* | '[' IPv6 address ']') [':' port]
bool is_domain(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || close == 1) return false;
    const std::string_view address = text.substr(1, close - 1);
    if (!std::ranges::all_of(address, [](char c) { return is_hex(c) || c == ':'; })) return false;
    text.remove_prefix(close + 1);
    if (text.empty()) return true;
    if (!text.starts_with(':')) return false;
    return text.size() > 1 && std::ranges::all_of(text.substr(1), is_digit);
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view port = text.substr(colon + 1);
    if (port.empty() || !std::ranges::all_of(port, is_digit)) return false;
    text = text.substr(0, colon);
  }
  return is_sequence(text, '.', is_domain_component);
}

/// path-component := [a-z0-9]+ [('.' | '_' | '__' | '-'+) [a-z0-9]+]*
bool is_path_component(std::string_view text) {
  constexpr std::string_view kSeparators = "._-";
  while (true) {
    const std::string_view word = text.substr(0, text.find_first_of(kSeparators));
    if (word.empty() || !std::ranges::all_of(word, is_lower_alphanumeric)) return false;
    text.remove_prefix(word.size());
    if (text.empty()) return true;
    const std::string_view separator = text.substr(0, text.find_first_not_of(kSeparators));
    const bool only_dashes = separator.find_first_not_of('-') == std::string_view::npos;
    if (!only_dashes && separator != "." && separator != "_" && separator != "__") return false;
    text.remove_prefix(separator.size());
  }
}

/// tag := [\w][\w.-]{0,127}
bool is_tag(std::string_view text) {
  const auto is_word = [](char c) { return is_alphanumeric(c) || c == '_'; };
  return !text.empty() && text.size() <= kMaxTagLength && is_word(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return is_word(c) || c == '.' || c == '-'; });
}

/// The digests that docker knows: an algorithm, a colon, and as many lower-case hex digits as it
/// gives.
bool is_digest(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view algorithm = text.substr(0, colon);
  const std::string_view hex = text.substr(colon + 1);
  const std::size_t length = algorithm == "sha256"   ? 64
                             : algorithm == "sha384" ? 96
                             : algorithm == "sha512" ? 128
                                                     : 0;
  return length != 0 && hex.size() == length &&
         hex.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// What stands before the first slash, when that is a registry and not a part of the path.
std::string_view explicit_domain(std::string_view name) {
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view first = name.substr(0, slash);
  const bool is_registry = first.find_first_of(".:") != std::string_view::npos ||
                           first == "localhost" || std::ranges::any_of(first, is_upper);
  return is_registry ? first : std::string_view{};
}

/// A repository's name in its two parts; the domain is empty where a name has none that is valid.
struct Name {
  std::string_view domain;
  std::string_view path;
};

Name split_domain(std::string_view name) {
  const std::string_view domain = explicit_domain(name);
  if (domain.empty()) return {kDefaultDomain, name};
  if (!is_domain(domain)) return {"", name};  // as in a.b_c/q, where all of it is the path
  const std::string_view path = name.substr(domain.size() + 1);
  return {domain == "index.docker.io" ? kDefaultDomain : domain, path};
}

/// Counting the `library/` that official images are under, but not the domain.
std::size_t path_length(const Name& name) {
  const bool is_official =
      name.domain == kDefaultDomain && name.path.find('/') == std::string_view::npos;
  return (is_official ? kOfficialPrefix.size() : 0) + name.path.size();
}

std::string familiar_name(const Name& name) {
  if (name.domain.empty()) return std::string(name.path);
  if (name.domain != kDefaultDomain) return std::string(name.domain).append("/").append(name.path);
  const bool is_below_library = name.path.starts_with(kOfficialPrefix);
  const std::string_view rest =
      is_below_library ? name.path.substr(kOfficialPrefix.size()) : name.path;
  return std::string(rest.find('/') == std::string_view::npos ? rest : name.path);
}

}  // namespace

std::optional<Reference> parse_reference(std::string_view text) {
  if (text.size() == 64 && std::ranges::all_of(text, is_hex)) return std::nullopt;
  Reference result;
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    if (!is_digest(text.substr(at + 1))) return std::nullopt;
    result.digest = text.substr(at + 1);
    text = text.substr(0, at);
  }
  // A colon in the domain stands before a port, not before a tag.
  if (const std::size_t colon = text.find(':', explicit_domain(text).size());
      colon != std::string_view::npos) {
    if (!is_tag(text.substr(colon + 1))) return std::nullopt;
    result.tag = text.substr(colon + 1);
    text = text.substr(0, colon);
  }
  const Name name = split_domain(text);
  if (!is_sequence(name.path, '/', is_path_component)) return std::nullopt;
  if (path_length(name) > kMaxPathLength) return std::nullopt;
  result.repository = familiar_name(name);
  return result;
}

}  // namespace dkr
