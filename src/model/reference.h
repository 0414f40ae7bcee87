// Names of images as the distribution project defines them (github.com/distribution/reference):
// [domain/]path[:tag][@digest], normalised and shown the way docker shows them.
#pragma once

#include <optional>
#include <string_view>

namespace dkr {

/// Its parts point into the text that was read.
struct Reference {
  /// The familiar name, as docker shows it: `nginx` for docker.io/library/nginx, `foo/q` for
  /// docker.io/foo/q, `localhost:5000/x/y` for other registries.
  std::string_view repository;
  std::optional<std::string_view> tag;
  /// With its algorithm: `sha256:<hex>`.
  std::optional<std::string_view> digest;

  friend bool operator==(const Reference&, const Reference&) = default;
};

/// Whether `text` is a tag: [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}
bool is_tag(std::string_view text);

/// Reads a reference as docker's ParseNormalizedNamed does: a name without domain belongs to
/// docker.io, one without a slash there to `library`. Absent when `text` is none, which includes a
/// repository in upper case and a bare image id of 64 hexadecimal digits.
std::optional<Reference> parse_reference(std::string_view text);

}  // namespace dkr
