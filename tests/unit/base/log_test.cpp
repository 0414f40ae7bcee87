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
      {"TRACE", LogLevel::trace},       {"DEBUG", LogLevel::debug}, {"INFO", LogLevel::info},
      {"WARNING", LogLevel::warn},      {"WARN", LogLevel::warn},   {"ERROR", LogLevel::err},
      {"CRITICAL", LogLevel::critical}, {"OFF", LogLevel::off},     {"info", LogLevel::info},
      {"FATAL", LogLevel::critical},    {"Debug", LogLevel::debug}, {"wArN", LogLevel::warn},
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
  make_log(err, LogLevel::debug)->debug("{} images read", 8);
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
  const auto time = std::chrono::system_clock::time_point(std::chrono::milliseconds(86'399'007));
  make_log(err, LogLevel::info)->log(time, spdlog::source_loc{}, LogLevel::info, "text");
  EXPECT_EQ(err.content, "1970-01-01 23:59:59.007 INFO text\n");
}

TEST(Log, WritesWhatIsAtItsLevelOrAbove) {
  const struct {
    LogLevel level;
    std::string written;
  } rows[] = {
      {LogLevel::trace, "TRACE DEBUG INFO WARNING ERROR CRITICAL "},
      {LogLevel::debug, "DEBUG INFO WARNING ERROR CRITICAL "},
      {LogLevel::info, "INFO WARNING ERROR CRITICAL "},
      {LogLevel::warn, "WARNING ERROR CRITICAL "},
      {LogLevel::err, "ERROR CRITICAL "},
      {LogLevel::critical, "CRITICAL "},
      {LogLevel::off, ""},
  };
  constexpr std::size_t kTimeLength = std::string_view("1970-01-01 00:00:00.000 ").size();
  for (const auto& row : rows) {
    SCOPED_TRACE(row.written);
    FakeOutput err;
    const auto log = make_log(err, row.level);
    std::string written;
    for (const LogLevel level : {LogLevel::trace, LogLevel::debug, LogLevel::info, LogLevel::warn,
                                 LogLevel::err, LogLevel::critical}) {
      log->log(level, "text");
      if (err.content.empty()) continue;
      written += err.content.substr(kTimeLength, err.content.find("text") - kTimeLength);
      err.content.clear();
    }
    EXPECT_EQ(written, row.written);
  }
}

TEST(Log, KeepsTextFromOutsideOnOneLine) {
  FakeOutput err;
  make_log(err, LogLevel::info)->info("GET {}", "/\n2026-11-22 ERROR forged\x1b[2J {}");
  EXPECT_THAT(err.content, EndsWith(" INFO GET /\\x0a2026-11-22 ERROR forged\\x1b[2J {}\n"));
}

TEST(Log, IsLostWhereItCannotBeWritten) {
  for (const ErrorKind kind : {ErrorKind::kOutput, ErrorKind::kReaderGone}) {
    FakeOutput err;
    err.failure = Error(kind, "standard error is gone");
    const auto log = make_log(err, LogLevel::info);
    testing::internal::CaptureStderr();  // where the logging library would complain
    EXPECT_NO_THROW(log->info("lost"));
    EXPECT_THAT(testing::internal::GetCapturedStderr(), IsEmpty());
    EXPECT_THAT(err.content, IsEmpty());
    err.failure.reset();
    log->info("not lost");
    EXPECT_THAT(err.content, EndsWith(" INFO not lost\n"));
  }
}

}  // namespace
}  // namespace dkr
