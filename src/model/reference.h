// References to images as the distribution project defines them
// (github.com/distribution/reference): [domain/]path[:tag][@digest], normalised and displayed as
// docker does.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dkr {

/// Its members are views into the text that was parsed.
struct Reference {
  /// The familiar name, as docker shows it: `nginx` for docker.io/library/nginx, `foo/q` for
  /// docker.io/foo/q, but `localhost:5000/x/y` with its registry.
  std::string_view repository;
  std::optional<std::string_view> tag;
  /// Includes the algorithm: `sha256:<hex>`.
  std::optional<std::string_view> digest;

  friend bool operator==(const Reference&, const Reference&) = default;
};

/// Whether `text` is a valid tag: [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}
bool is_tag(std::string_view text);

/// The registry in `name`, a familiar name; empty for Docker Hub.
std::string_view registry_in(std::string_view name);

/// Parses a reference as docker's ParseNormalizedNamed does: a name without a domain is on
/// docker.io, and one without a slash is in `library` there. Absent when `text` is not a valid
/// reference. In particular, repositories in upper case and bare image ids of 64 hexadecimal digits
/// are not valid.
std::optional<Reference> parse_reference(std::string_view text);

/// The familiar form of `name`, the name of a repository: `nginx` for docker.io/library/nginx. What
/// is not one is unchanged.
std::string familiar_name(std::string_view name);

}  // namespace dkr
