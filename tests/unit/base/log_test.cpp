#include "base/log.h"

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>

#include <gmock/gmock.h>

#include "support/fake_world.h"

namespace dkr {
namespace {

using testing::EndsWith;
using testing::IsEmpty;
using testing::MatchesRegex;

TEST(ParseLogLevel, ReadsTheNamesInAnyCase) {
  const struct {
    std::string name;
    LogLevel level;
  } rows[] = {
      {"TRACE", LogLevel::kTrace},       {"DEBUG", LogLevel::kDebug},  {"INFO", LogLevel::kInfo},
      {"WARNING", LogLevel::kWarning},   {"WARN", LogLevel::kWarning}, {"ERROR", LogLevel::kError},
      {"CRITICAL", LogLevel::kCritical}, {"OFF", LogLevel::kOff},      {"info", LogLevel::kInfo},
      {"FATAL", LogLevel::kCritical},    {"Debug", LogLevel::kDebug},  {"wArN", LogLevel::kWarning},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(parse_log_level(row.name), row.level);
  }
}

TEST(ParseLogLevel, KnowsNoOtherName) {
  for (const std::string name :
       {"", "foo", "ERR", "INFO ", " INFO", "INFORMATION", "3", "UNKNOWN", "INFO\n", "none"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(parse_log_level(name), std::nullopt);
  }
}

TEST(Log, WritesOneLineWithTimeLevelAndText) {
  FakeOutput err;
  const FakeClock clock;
  Log(err, clock, LogLevel::kDebug).debug("{} images read", 8);
  EXPECT_THAT(err.content,
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3} "
                           "DEBUG 8 images read\n"));
}

/// Local time for as long as it lives, an odd one.
class LocalTime {
 public:
  LocalTime() {
    ::setenv("TZ", "XXX-5:45", 1);
    ::tzset();
  }
  ~LocalTime() {
    ::unsetenv("TZ");
    ::tzset();
  }
  LocalTime(const LocalTime&) = delete;
  LocalTime& operator=(const LocalTime&) = delete;
};

TEST(Log, TellsTheTimeInUtc) {
  const LocalTime elsewhere;
  FakeOutput err;
  FakeClock clock;
  clock.time = Time();
  clock.passed = std::chrono::milliseconds(86'399'007);
  Log(err, clock, LogLevel::kInfo).info("text");
  EXPECT_EQ(err.content, "1970-01-01 23:59:59.007 INFO text\n");
}

TEST(Log, WritesWhatIsAtItsLevelOrAbove) {
  const struct {
    LogLevel level;
    std::string written;
  } rows[] = {
      {LogLevel::kTrace, "TRACE DEBUG INFO WARNING ERROR CRITICAL "},
      {LogLevel::kDebug, "DEBUG INFO WARNING ERROR CRITICAL "},
      {LogLevel::kInfo, "INFO WARNING ERROR CRITICAL "},
      {LogLevel::kWarning, "WARNING ERROR CRITICAL "},
      {LogLevel::kError, "ERROR CRITICAL "},
      {LogLevel::kCritical, "CRITICAL "},
      {LogLevel::kOff, ""},
  };
  constexpr std::size_t kTimeLength = std::string_view("1970-01-01 00:00:00.000 ").size();
  for (const auto& row : rows) {
    SCOPED_TRACE(row.written);
    FakeOutput err;
    const FakeClock clock;
    Log log(err, clock, row.level);
    std::string written;
    for (const LogLevel level : {LogLevel::kTrace, LogLevel::kDebug, LogLevel::kInfo,
                                 LogLevel::kWarning, LogLevel::kError, LogLevel::kCritical}) {
      log.log(level, "text");
      if (err.content.empty()) continue;
      written += err.content.substr(kTimeLength, err.content.find("text") - kTimeLength);
      err.content.clear();
    }
    EXPECT_EQ(written, row.written);
  }
}

TEST(Log, KeepsTextFromOutsideOnOneLine) {
  FakeOutput err;
  const FakeClock clock;
  Log(err, clock, LogLevel::kInfo).info("GET {}", "/\n2026-11-22 ERROR forged\x1b[2J {}");
  EXPECT_THAT(err.content, EndsWith(" INFO GET /\\x0a2026-11-22 ERROR forged\\x1b[2J {}\n"));
}

TEST(Log, IsLostWhereItCannotBeWritten) {
  for (const ErrorKind kind : {ErrorKind::kOutput, ErrorKind::kReaderGone}) {
    FakeOutput err;
    err.failure = Error(kind, "standard error is gone");
    const FakeClock clock;
    Log log(err, clock, LogLevel::kInfo);
    EXPECT_NO_THROW(log.info("lost"));
    EXPECT_THAT(err.content, IsEmpty());
    err.failure.reset();
    log.info("not lost");
    EXPECT_THAT(err.content, EndsWith(" INFO not lost\n"));
  }
}

}  // namespace
}  // namespace dkr
