// Real child processes, of programs that every machine has.
#include <chrono>
#include <csignal>
#include <string>

#include <gmock/gmock.h>

#include "base/error.h"
#include "system/system.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::Property;
using testing::StrEq;
using testing::Throws;

constexpr std::size_t kMebibyte = std::size_t{1} << 20;

class SystemProgramsTest : public testing::Test {
 protected:
  // As prepare_process() does for the whole program.
  SystemProgramsTest() : old_handler_(std::signal(SIGPIPE, SIG_IGN)) {}
  ~SystemProgramsTest() override { std::signal(SIGPIPE, old_handler_); }

  ProgramResult shell(const std::string& script, const std::string& input = "") {
    return programs_.run({"sh", "-c", script}, input);
  }

  SystemPrograms programs_;

 private:
  void (*old_handler_)(int);
};

TEST_F(SystemProgramsTest, GivesWhatAProgramPrints) {
  const ProgramResult result = shell("printf 'a\\nb'");
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.output, "a\nb");
}

TEST_F(SystemProgramsTest, FeedsItsInputToTheProgram) {
  for (const std::string& input : {std::string(), std::string("localhost:5000"),
                                   std::string("a\0b\xff\n", 5), std::string(kMebibyte, 'x')}) {
    const ProgramResult result = programs_.run({"cat"}, input);
    EXPECT_EQ(result.status, 0);
    EXPECT_TRUE(result.output == input) << input.size();
  }
}

TEST_F(SystemProgramsTest, GivesArgumentsAsTheyAre) {
  EXPECT_EQ(programs_.run({"printf", "%s|", "a b", "", "$HOME", "'\""}, "").output,
            "a b||$HOME|'\"|");
}

TEST_F(SystemProgramsTest, GivesTheStatus) {
  EXPECT_EQ(shell("exit 3").status, 3);
  EXPECT_EQ(shell("echo not found; exit 1").output, "not found\n");
  EXPECT_EQ(shell("kill -KILL $$").status, 128 + SIGKILL);
  EXPECT_EQ(shell("kill -TERM $$").status, 128 + SIGTERM);
}

TEST_F(SystemProgramsTest, DropsWhatAProgramSaysOnStandardError) {
  EXPECT_EQ(shell("echo secret >&2; echo out").output, "out\n");
}

TEST_F(SystemProgramsTest, NeedNotBeReadByTheProgram) {
  EXPECT_EQ(programs_.run({"true"}, std::string(kMebibyte, 'x')).status, 0);
  EXPECT_EQ(shell("exec <&-; echo out", std::string(kMebibyte, 'x')).output, "out\n");
}

TEST_F(SystemProgramsTest, LetsTheProgramEndWhenNobodyReadsItAnyMore) {
  // With SIGPIPE ignored, as it is here, `yes` would report an error instead.
  EXPECT_EQ(shell("exec 3>&1; (yes; echo $? >&3) | head -n 1 >/dev/null").output, "141\n");
}

TEST_F(SystemProgramsTest, WaitsForAProgramThatHasClosedItsOutput) {
  EXPECT_EQ(shell("echo out; exec >&-; sleep 0.1; exit 3").status, 3);
  EXPECT_EQ(shell("exec <&- >&-; sleep 0.1; kill -TERM $$", std::string(kMebibyte, 'x')).status,
            128 + SIGTERM);
}

TEST_F(SystemProgramsTest, WaitsForNoProcessThatTheProgramLeavesBehind) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(shell("echo out; sleep 20 & exit 0").output, "out\n");
  EXPECT_EQ(shell("echo out; sleep 20 2>&1 & exit 4", std::string(kMebibyte, 'x')).status, 4);
  const ProgramResult result = shell("head -c 60000 /dev/zero; sleep 20 & exit 0");
  EXPECT_EQ(result.output.size(), 60'000U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
}

TEST_F(SystemProgramsTest, ReadsNoMoreThanWasThereWhenTheProgramEnded) {
  EXPECT_EQ(shell("echo out; (sleep 1; timeout 3 yes) & exit 0").output, "out\n");
}

/// As a parent may leave it to us; waiting for a child then tells nothing of it.
TEST_F(SystemProgramsTest, TakesAStatusThatNobodyKnowsForNoSuccess) {
  void (*const before)(int) = std::signal(SIGCHLD, SIG_IGN);
  EXPECT_THAT([&] { shell("exit 1"); },
              Throws<Error>(Property(&Error::kind, ErrorKind::kUnreachable)));
  std::signal(SIGCHLD, before);
}

TEST_F(SystemProgramsTest, LeavesTheSignalsOfTheProgramAsTheyWere) {
  EXPECT_EQ(shell("kill -TERM $$; sleep 1").status, 128 + SIGTERM);
  EXPECT_EQ(shell("grep SigBlk /proc/self/status").output, "SigBlk:\t0000000000000000\n");
}

TEST_F(SystemProgramsTest, RefusesMoreThanOneMebibyte) {
  EXPECT_EQ(shell("head -c 1048576 /dev/zero").output.size(), kMebibyte);
  EXPECT_THAT([&] { shell("head -c 1048577 /dev/zero"); },
              Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kTooLarge),
                                  Property(&Error::what, StrEq("output exceeds 1 MiB")))));
}

TEST_F(SystemProgramsTest, EndsAProgramThatNeverStopsPrinting) {
  EXPECT_THAT([&] { (void)programs_.run({"yes"}, ""); },
              Throws<Error>(Property(&Error::kind, ErrorKind::kTooLarge)));
}

TEST_F(SystemProgramsTest, SaysThatAProgramIsMissing) {
  EXPECT_THAT([&] { (void)programs_.run({"dkr-ls-no-such-program"}, "x"); },
              Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kUnreachable),
                                  Property(&Error::what, StrEq("no such file or directory")))));
  EXPECT_THAT([&] { (void)programs_.run({"/etc/passwd"}, ""); },
              Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kUnreachable),
                                  Property(&Error::what, StrEq("permission denied")))));
}

}  // namespace
}  // namespace dkr
