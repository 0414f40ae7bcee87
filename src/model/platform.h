// Platforms of images: an operating system, an architecture and perhaps a variant of it, in the
// words of the OCI image spec (image-index.md), which are Go's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dkr {

struct Platform {
  std::string os;
  std::string architecture;
  std::string variant;  ///< such as `v7` of arm; empty: none, or the usual one

  friend bool operator==(const Platform&, const Platform&) = default;
};

/// Reads `os/arch[/variant]`, in any case; absent when `text` is none.
std::optional<Platform> parse_platform(std::string_view text);

/// `linux/arm/v7`.
std::string to_string(const Platform& platform);

/// The platform of the images that an engine on this machine runs: always linux, which is also what
/// engines on other systems run inside.
Platform this_platform();

/// How well an image of `offered` serves who wants `wanted`, as containerd sees it: 0 not at all;
/// else the more the better, the highest for the very same. An older variant of arm serves a newer
/// one, `arm64` is `arm64/v8`, `arm` is `arm/v7`, `amd64` is `amd64/v1`.
int platform_match(const Platform& wanted, const Platform& offered);

}  // namespace dkr
