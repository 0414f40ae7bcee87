#include "model/platform.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace dkr {
namespace {

TEST(ParsePlatform, ReadsSystemArchitectureAndVariant) {
  const struct {
    std::string text;
    Platform platform;
  } rows[] = {
      {"linux/amd64", {"linux", "amd64", ""}},
      {"linux/arm/v7", {"linux", "arm", "v7"}},
      {"Linux/ARM64/V8", {"linux", "arm64", "v8"}},
      {"windows/amd64", {"windows", "amd64", ""}},
      {"linux/x86_64", {"linux", "x86_64", ""}},
      {"linux/x86-64", {"linux", "x86-64", ""}},
      {"a.b/c/1", {"a.b", "c", "1"}},
  };
  for (const auto& row : rows) EXPECT_EQ(parse_platform(row.text), row.platform) << row.text;
}

TEST(ParsePlatform, IsAbsentWhereTextIsNone) {
  for (const std::string text :
       {"", "linux", "linux/", "/amd64", "linux//v7", "linux/arm/", "linux/arm/v7/x", "/", "//",
        "linux/arm v7", "linux/*", "linux(10)/amd64", " linux/amd64", "linux/amd64\n",
        "linux/\xc3\xa4", "linux,amd64"}) {
    EXPECT_EQ(parse_platform(text), std::nullopt) << text;
  }
}

TEST(Platform, IsWrittenAsItIsRead) {
  for (const std::string text : {"linux/amd64", "linux/arm/v7"}) {
    EXPECT_EQ(to_string(parse_platform(text).value()), text);
  }
}

TEST(ThisPlatform, IsOfLinuxAndCanBeWritten) {
  const Platform platform = this_platform();
  EXPECT_EQ(platform.os, "linux");
  EXPECT_EQ(parse_platform(to_string(platform)), platform);
}

int platform_match(const std::string& wanted, const std::string& offered) {
  return platform_match(parse_platform(wanted).value(), parse_platform(offered).value());
}

TEST(Suitability, IsHighestForTheSamePlatformWhateverItIsCalled) {
  const struct {
    std::string one;
    std::string other;
  } rows[] = {
      {"linux/amd64", "linux/amd64"},
      {"linux/amd64", "linux/amd64/v1"},
      {"linux/amd64", "linux/x86_64"},
      {"linux/amd64", "linux/x86-64"},
      {"linux/arm64", "linux/arm64/v8"},
      {"linux/arm64", "linux/aarch64"},
      {"linux/arm64/8", "linux/arm64/v8"},
      {"linux/arm", "linux/arm/v7"},
      {"linux/arm/7", "linux/arm/v7"},
      {"linux/armhf", "linux/arm/v7"},
      {"linux/386", "linux/i386"},
      {"LINUX/AMD64", "linux/amd64"},
      {"linux/mips64le/hardfloat", "linux/mips64le/hardfloat"},
  };
  for (const auto& [one, other] : rows) {
    EXPECT_EQ(platform_match(one, other), platform_match("linux/s390x", "linux/s390x"))
        << one << " " << other;
    EXPECT_EQ(platform_match(other, one), platform_match(one, other)) << one << " " << other;
  }
}

TEST(Suitability, IsHigherForANewerVariantThatIsNotTooNew) {
  EXPECT_GT(platform_match("linux/arm/v7", "linux/arm/v7"),
            platform_match("linux/arm/v7", "linux/arm/v6"));
  EXPECT_GT(platform_match("linux/arm/v7", "linux/arm/v6"),
            platform_match("linux/arm/v7", "linux/arm/v5"));
  EXPECT_GT(platform_match("linux/arm/v7", "linux/arm/v5"), 0);
  EXPECT_EQ(platform_match("linux/arm/v6", "linux/arm/v7"), 0);
  EXPECT_EQ(platform_match("linux/arm/v6", "linux/arm"), 0);
  EXPECT_GT(platform_match("linux/amd64/v3", "linux/amd64/v2"),
            platform_match("linux/amd64/v3", "linux/amd64"));
  EXPECT_EQ(platform_match("linux/amd64", "linux/amd64/v2"), 0);
}

TEST(Suitability, IsZeroForAnythingElse) {
  const struct {
    std::string wanted;
    std::string offered;
  } rows[] = {
      {"linux/amd64", "windows/amd64"},   {"linux/amd64", "linux/arm64"},
      {"linux/amd64", "unknown/unknown"}, {"linux/mips64le", "linux/mips64le/hardfloat"},
      {"linux/arm/v7", "linux/arm/soft"}, {"linux/arm/soft", "linux/arm/v7"},
  };
  for (const auto& [wanted, offered] : rows) {
    EXPECT_EQ(platform_match(wanted, offered), 0) << wanted << " " << offered;
  }
  EXPECT_EQ(platform_match(Platform{"linux", "amd64", ""}, Platform{}), 0);
}

}  // namespace
}  // namespace dkr
