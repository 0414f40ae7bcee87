#include "model/reference.h"

#include <algorithm>
#include <cstddef>

#include "base/digest.h"
#include "base/text.h"
#include "model/docker_hub.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxPathLength = 255;
constexpr std::size_t kMaxTagLength = 128;

// Comparisons instead of std::string_view::find_first_of(), which is noticeably slower for hundreds
// of thousands of names.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower_alphanumeric(char c) { return is_lower(c) || is_digit(c); }
constexpr bool is_lower_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
constexpr bool is_separator(char c) { return c == '.' || c == '_' || c == '-'; }

/// The number of characters at the beginning of `text` that satisfy `belongs`.
template <typename Belongs>
constexpr std::size_t count_leading(std::string_view text, Belongs belongs) {
  std::size_t count = 0;
  while (count < text.size() && belongs(text[count])) ++count;
  return count;
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
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos) return false;
  const std::size_t colon = text.find(':', bracket);
  if (colon != std::string_view::npos) {
    const std::string_view port = text.substr(colon + 1);
    if (port.empty() || !std::ranges::all_of(port, is_digit)) return false;
    text = text.substr(0, colon);
  }
  if (bracket == 0) return is_sequence(text, '.', is_domain_component);
  const auto is_ipv6 = [](char c) { return is_lower_hex(c) || (c >= 'A' && c <= 'F') || c == ':'; };
  const std::string_view address = text.substr(1, bracket - 1);
  return bracket + 1 == text.size() && !address.empty() && std::ranges::all_of(address, is_ipv6);
}

/// path-component := [a-z0-9]+ [('.' | '_' | '__' | '-'+) [a-z0-9]+]*
bool is_path_component(std::string_view text) {
  while (true) {
    const std::size_t word = count_leading(text, is_lower_alphanumeric);
    if (word == 0) return false;
    text.remove_prefix(word);
    if (text.empty()) return true;
    const std::string_view separator = text.substr(0, count_leading(text, is_separator));
    const bool only_dashes = std::ranges::all_of(separator, [](char c) { return c == '-'; });
    if (!only_dashes && separator != "." && separator != "_" && separator != "__") return false;
    text.remove_prefix(separator.size());
  }
}

/// The part before the first slash if it is a registry; empty if it belongs to the path.
std::string_view explicit_domain(std::string_view name) {
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view first = name.substr(0, slash);
  const bool is_registry = first == "localhost" || std::ranges::any_of(first, [](char c) {
                             return c == '.' || c == ':' || is_upper(c);
                           });
  return is_registry ? first : std::string_view{};
}

/// The name of a repository, as a whole and split. The domain is empty if it is not a valid one.
struct Name {
  std::string_view whole;
  std::string_view domain;
  std::string_view path;
};

/// `domain` is explicit_domain(name).
Name split_domain(std::string_view name, std::string_view domain) {
  if (domain.empty()) return {name, kDockerHub, name};
  if (!is_domain(domain)) return {name, "", name};  // as in a.b_c/q, where all of it is the path
  const std::string_view path = name.substr(domain.size() + 1);
  return {name, is_docker_hub(domain) ? kDockerHub : domain, path};
}

/// Includes the implied `library/` of official images, but not the domain.
std::size_t path_length(const Name& name) {
  const bool is_official =
      name.domain == kDockerHub && name.path.find('/') == std::string_view::npos;
  return (is_official ? kDockerHubOfficial.size() : 0) + name.path.size();
}

std::string_view familiar_form(const Name& name) {
  return name.domain == kDockerHub ? familiar_path(name.path) : name.whole;
}

}  // namespace

bool is_tag(std::string_view text) {
  const auto is_word = [](char c) { return is_alphanumeric(c) || c == '_'; };
  return !text.empty() && text.size() <= kMaxTagLength && is_word(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return is_word(c) || c == '.' || c == '-'; });
}

std::string_view registry_in(std::string_view name) {
  const std::string_view domain = explicit_domain(name);
  return is_domain(domain) ? domain : std::string_view{};
}

std::optional<Reference> parse_reference(std::string_view text) {
  constexpr std::size_t kIdLength = 64;
  const auto is_hex = [](char c) { return is_lower_hex(c) || (c >= 'A' && c <= 'F'); };
  if (text.size() == kIdLength && std::ranges::all_of(text, is_hex)) return std::nullopt;
  Reference result;
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    if (!is_digest(text.substr(at + 1))) return std::nullopt;
    result.digest = text.substr(at + 1);
    text = text.substr(0, at);
  }
  const std::string_view domain = explicit_domain(text);
  // A colon within the domain starts a port, not a tag.
  if (const std::size_t colon = text.find(':', domain.size()); colon != std::string_view::npos) {
    if (!is_tag(text.substr(colon + 1))) return std::nullopt;
    result.tag = text.substr(colon + 1);
    text = text.substr(0, colon);
  }
  const Name name = split_domain(text, domain);
  if (!is_sequence(name.path, '/', is_path_component)) return std::nullopt;
  if (path_length(name) > kMaxPathLength) return std::nullopt;
  result.repository = familiar_form(name);
  return result;
}

std::string familiar_name(std::string_view name) {
  const auto reference = parse_reference(name);
  const bool is_name = reference && !reference->tag && !reference->digest;
  return std::string(is_name ? reference->repository : name);
}

}  // namespace dkr
