// The entry points of libFuzzer: each input, a seed or generated, is passed to the target that the
// variable FUZZ names.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "targets.h"

namespace dkr {
namespace {

using Target = std::pair<std::string_view, void (*)(const std::string& text)>;

constexpr auto kTargets = std::to_array<Target>({
    {"archive", fuzz_archive},
    {"command_line", fuzz_command_line},
    {"containerd_messages", fuzz_containerd_messages},
    {"credentials", fuzz_credentials},
    {"docker_config", fuzz_docker_config},
    {"engine_images", fuzz_engine_images},
    {"header", fuzz_header},
    {"host", fuzz_host},
    {"hub_tags", fuzz_hub_tags},
    {"layout", fuzz_layout},
    {"manifest", fuzz_manifest},
    {"program", fuzz_program},
    {"reference", fuzz_reference},
    {"registry_address", fuzz_registry_address},
    {"rfc3339", fuzz_rfc3339},
    {"sizes", fuzz_sizes},
    {"template", fuzz_template},
    {"treemap", fuzz_treemap},
    {"usage", fuzz_usage},
});

/// Ends the process if there is no such target.
Target chosen_target() {
  static const Target chosen = [] {
    const char* name = std::getenv("FUZZ");
    const auto* found = std::ranges::find(kTargets, name == nullptr ? "" : name, &Target::first);
    if (found == kTargets.end()) {
      std::fputs("FUZZ must name a target: a file in fuzz/, without .cpp\n", stderr);
      std::exit(1);
    }
    return *found;
  }();
  return chosen;
}

}  // namespace
}  // namespace dkr

// NOLINTBEGIN(readability-identifier-naming): libFuzzer looks for these names
extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  (void)dkr::chosen_target();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dkr::chosen_target().second(std::string(data, data + size));
  return 0;
}
// NOLINTEND(readability-identifier-naming)
