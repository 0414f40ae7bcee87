#include "cli/docker_advice.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dkr {
namespace {

constexpr std::string_view kNoFilter =
    "--repo, --tag '<none>', --unused and --minAge are the filters here";
constexpr std::string_view kAll = "all images are listed without it";

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kAdvice{{
    {"--all", kAll},
    {"-a", kAll},
    {"--filter", kNoFilter},
    {"-f", kNoFilter},
    {"--tree", "--platform all has a row for each platform"},
}};

}  // namespace

std::string_view docker_advice(std::string_view flag) {
  const auto* const found =
      std::ranges::find(kAdvice, flag, &std::pair<std::string_view, std::string_view>::first);
  return found == kAdvice.end() ? "" : found->second;
}

}  // namespace dkr
