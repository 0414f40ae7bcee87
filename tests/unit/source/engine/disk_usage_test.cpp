#include "source/engine/disk_usage.h"

#include <cstdint>
#include <optional>
#include <string>

#include <gmock/gmock.h>

#include "base/error.h"

namespace dkr {
namespace {

TEST(ReadTotalSize, TakesWhatTheEngineTellsOfAllImages) {
  const struct {
    std::string body;
    std::optional<std::uint64_t> size;
  } rows[] = {
      {R"({"LayersSize": 1092588, "Images": [{"Size": 5}]})", 1092588},
      {R"({"ImageUsage": {"TotalSize": 7, "Reclaimable": 5}, "LayersSize": 9})", 7},
      {R"({"ImageUsage": null, "LayersSize": 9})", 9},
      {R"({"ImageUsage": {}, "LayersSize": 9})", std::nullopt},
      {R"({"LayersSize": 9223372036854775807})", INT64_MAX},
      {R"({"LayersSize": -1})", std::nullopt},
      {R"({"LayersSize": 1.5})", std::nullopt},
      {R"({"LayersSize": "9"})", std::nullopt},
      {R"({"LayersSize": null})", std::nullopt},
      {R"({"ImageUsage": {"TotalSize": -7}})", std::nullopt},
      {"{}", std::nullopt},
  };
  for (const auto& row : rows) EXPECT_EQ(read_total_size(row.body), row.size) << row.body;
}

/// Podman tells 0 whatever it has, and docker where it has none.
TEST(ReadTotalSize, TakesZeroForUnknown) {
  EXPECT_EQ(read_total_size(R"({"LayersSize": 0})"), std::nullopt);
  EXPECT_EQ(read_total_size(R"({"ImageUsage": {"TotalSize": 0}})"), std::nullopt);
}

TEST(ReadTotalSize, RefusesWhatIsNoObject) {
  for (const std::string body : {"", "[]", "7", "null", "{", "<html></html>"}) {
    EXPECT_THROW((void)read_total_size(body), Error) << body;
  }
  EXPECT_THAT([] { (void)read_total_size("[]"); },
              testing::ThrowsMessage<Error>("is not a JSON object"));
}

}  // namespace
}  // namespace dkr
