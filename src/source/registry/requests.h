// Requests to a registry, and what it says when it refuses them.
#pragma once

#include <cstddef>
#include <string>

#include "base/error.h"
#include "net/http.h"
#include "source/registry/address.h"

namespace dkr {

/// The limit on the size of a manifest or config.
inline constexpr std::size_t kMaxDocumentBytes = std::size_t{8} << 20;

/// A request for what is `below` the repository with this name, in docker's familiar form:
/// `manifests/latest`.
HttpRequest repository_request(const RegistryAddress& registry, const std::string& repository,
                               const std::string& below);

/// The error for a `response` of the registry at `base_url` with another status than the expected
/// ones, with the registry's own message, if it has one in the format of the distribution spec.
Error refusal(const HttpResponse& response, const std::string& base_url);

}  // namespace dkr
