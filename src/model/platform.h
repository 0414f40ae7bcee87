// Platforms of images: operating system, architecture and an optional variant. The OCI image spec
// (image-index.md) takes their names from Go.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dkr {

struct Platform {
  std::string os;
  std::string architecture;
  std::string variant;  ///< such as `v7` for arm; empty: none, or the default

  friend bool operator==(const Platform&, const Platform&) = default;
};

/// Parses `os/arch[/variant]`, and converts it to lower case; absent when `text` is not valid.
std::optional<Platform> parse_platform(std::string_view text);

/// `linux/arm/v7`.
std::string to_string(const Platform& platform);

/// The platform of the images that an engine on this machine runs. The operating system is always
/// linux, since engines on other systems run images in a Linux VM.
Platform this_platform();

/// How well an image for `offered` suits `wanted`, by containerd's rules: 0 if it cannot run there;
/// otherwise higher is better, and equal platforms match best. An older variant suits a newer one
/// (`arm/v6` runs on `arm/v7`). `arm64` is `arm64/v8`, `arm` is `arm/v7`, `amd64` is `amd64/v1`.
int platform_match(const Platform& wanted, const Platform& offered);

}  // namespace dkr
