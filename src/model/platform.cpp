#include "model/platform.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/text.h"

namespace dkr {
namespace {

/// Resolves aliases of architectures and adds default variants, as containerd does
/// (github.com/containerd/platforms, database.go).
Platform normalised(const Platform& platform) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kAliases{{
      {"x86_64", "amd64"},
      {"x86-64", "amd64"},
      {"aarch64", "arm64"},
      {"armhf", "arm"},
      {"i386", "386"},
  }};
  Platform result{to_lower(platform.os), to_lower(platform.architecture),
                  to_lower(platform.variant)};
  for (const auto& [alias, name] : kAliases) {
    if (result.architecture == alias) result.architecture = name;
  }
  if (!result.variant.empty() &&
      result.variant.find_first_not_of("0123456789") == std::string::npos) {
    result.variant.insert(0, "v");
  }
  if (result.variant.empty()) {
    if (result.architecture == "arm") result.variant = "v7";
    if (result.architecture == "arm64") result.variant = "v8";
    if (result.architecture == "amd64") result.variant = "v1";
  }
  return result;
}

/// The number of a variant such as `v7`; 0 when it is not of this form.
int number_of(std::string_view variant) {
  const bool is_number =
      variant.size() == 2 && variant[0] == 'v' && variant[1] >= '1' && variant[1] <= '9';
  return is_number ? variant[1] - '0' : 0;
}

}  // namespace

std::optional<Platform> parse_platform(std::string_view text) {
  Platform platform;
  std::array<std::string*, 3> parts{&platform.os, &platform.architecture, &platform.variant};
  std::size_t count = 0;
  while (true) {
    const std::size_t end = text.find('/');
    const std::string_view part = text.substr(0, end);
    const bool is_word = !part.empty() && std::ranges::all_of(part, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '-' || c == '.';
    });
    if (!is_word || count == parts.size()) return std::nullopt;
    *parts[count++] = to_lower(part);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  if (count < 2) return std::nullopt;
  return platform;
}

std::string to_string(const Platform& platform) {
  std::string text = platform.os + "/" + platform.architecture;
  return platform.variant.empty() ? text : text + "/" + platform.variant;
}

Platform this_platform() {
#if defined(__x86_64__)
  return {"linux", "amd64", ""};
#elif defined(__aarch64__)
  return {"linux", "arm64", ""};
#elif defined(__arm__)
  return {"linux", "arm", "v" + std::to_string(__ARM_ARCH)};
#elif defined(__i386__)
  return {"linux", "386", ""};
#elif defined(__riscv)
  return {"linux", "riscv64", ""};
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
  return {"linux", "ppc64le", ""};
#elif defined(__s390x__)
  return {"linux", "s390x", ""};
#else
#error "unknown architecture: add its name in Go"
#endif
}

int platform_match(const Platform& wanted, const Platform& offered) {
  constexpr int kSame = 100;
  const Platform want = normalised(wanted);
  const Platform offer = normalised(offered);
  if (want.os != offer.os || want.architecture != offer.architecture) return 0;
  if (want.variant == offer.variant) return kSame;
  const int wanted_number = number_of(want.variant);
  const int offered_number = number_of(offer.variant);
  if (wanted_number == 0 || offered_number == 0 || offered_number > wanted_number) return 0;
  return offered_number;
}

}  // namespace dkr
