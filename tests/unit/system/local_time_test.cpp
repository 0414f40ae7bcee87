// Local time. The rules are those of Go's package time (zoneinfo_unix.go).
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/temporary_directory.h"
#include "system/system.h"

namespace dkr {
namespace {

namespace fs = std::filesystem;

/// What a process with this TZ takes for its offset at `time`, as `7200 EET`. The offset is only
/// looked up once in a process, hence each gets one of its own.
std::string local_time(const std::optional<std::string>& variable, std::int64_t time) {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    variable ? ::setenv("TZ", variable->c_str(), 1) : ::unsetenv("TZ");
    const UtcOffset offset = SystemClock().utc_offset(Time(std::chrono::seconds(time)));
    const std::string text = fmt::format("{} {}", offset.east.count(), offset.name);
    _exit(write(ends[1], text.data(), text.size()) < 0 ? 1 : 0);
  }
  close(ends[1]);
  std::array<char, 100> buffer{};
  const ssize_t size = ::read(ends[0], buffer.data(), buffer.size());
  close(ends[0]);
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

constexpr std::int64_t kWinter = 1'577'836'800;  // 2020-01-01
constexpr std::int64_t kSummer = 1'593'561'600;  // 2020-07-01

/// A file of zoneinfo (RFC 8536, version 1) with one offset: `TEST`, an hour and a half east.
std::string time_zone() {
  std::string file = "TZif" + std::string(16, '\0');
  for (const char count : {'\0', '\0', '\0', '\0', '\1', '\5'}) {
    file += std::string(3, '\0') + count;
  }
  return file + std::string("\0\0\x15\x18\0\0TEST\0", 11);
}

class LocalTimeTest : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& content) {
    const fs::path path = temporary_.path() / name;
    std::ofstream(path) << content;
    return path.string();
  }

  TemporaryDirectory temporary_;
};

TEST_F(LocalTimeTest, IsThatOfTheFileThatIsNamed) {
  const std::string zone = file("zone", time_zone());
  EXPECT_EQ(local_time(zone, kWinter), "5400 TEST");
  EXPECT_EQ(local_time(":" + zone, kWinter), "5400 TEST");
}

TEST_F(LocalTimeTest, IsUtcWhereNoFileSaysOtherwise) {
  const std::string no_zone = file("text", "EET-2EEST");
  for (const std::string& variable :
       {std::string(), std::string(":"), std::string("UTC"), std::string("Nowhere/Nothing"),
        std::string("EET-2EEST"), std::string("<+05>-5"), std::string("TEST-3"),
        std::string("::UTC"), std::string("../../../nothing"), no_zone, no_zone + "-missing",
        temporary_.path().string(), std::string(5000, 'x')}) {
    EXPECT_EQ(local_time(variable, kSummer), "0 UTC") << variable;
  }
}

TEST_F(LocalTimeTest, IsThatOfTheSystemWithoutTheVariable) {
  EXPECT_EQ(local_time(std::nullopt, kSummer),
            fs::exists("/etc/localtime") ? local_time("/etc/localtime", kSummer) : "0 UTC");
}

TEST_F(LocalTimeTest, KnowsTheZonesOfTheSystemByTheirNames) {
  if (!fs::exists("/usr/share/zoneinfo/Europe/Helsinki")) GTEST_SKIP() << "needs tzdata";
  EXPECT_EQ(local_time("Europe/Helsinki", kWinter), "7200 EET");
  EXPECT_EQ(local_time(":Europe/Helsinki", kSummer), "10800 EEST");
  EXPECT_EQ(local_time("America/St_Johns", kSummer), "-9000 NDT");
  EXPECT_EQ(local_time("Etc/UTC", kSummer), "0 UTC");
  EXPECT_EQ(local_time("Europe", kSummer), "0 UTC") << "a directory";
  EXPECT_EQ(local_time("Europe/Helsinki", INT64_MAX), "0 UTC");
}

}  // namespace
}  // namespace dkr
