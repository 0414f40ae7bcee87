// Real programs that run beside the test.
#include <array>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"
#include "system/file_descriptor.h"
#include "system/system.h"

namespace dkr {
namespace {

using testing::EndsWith;
using testing::Property;
using testing::StrEq;
using testing::Throws;

class BackgroundProgramTest : public testing::Test {
 protected:
  std::unique_ptr<RunningProgram> shell(const std::string& script) {
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    ours_ = FileDescriptor(ends[0]);
    const FileDescriptor theirs(ends[1]);
    return SystemPrograms().start({"sh", "-c", script}, theirs.get());
  }
  std::string read() {
    std::string text(1024, '\0');
    const ssize_t count = ::read(ours_.get(), text.data(), text.size());
    return count < 0 ? "" : text.substr(0, static_cast<std::size_t>(count));
  }
  static int status_of(RunningProgram& program) {
    while (true) {
      program.read_errors();
      if (const auto status = program.status()) return *status;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  FileDescriptor ours_;
};

TEST_F(BackgroundProgramTest, IsConnectedToItsInputAndOutput) {
  const auto program = shell("read line; echo got $line; exit 3");
  EXPECT_EQ(program->status(), std::nullopt);
  ASSERT_EQ(::write(ours_.get(), "x\n", 2), 2);
  EXPECT_EQ(read(), "got x\n");
  EXPECT_EQ(status_of(*program), 3);
  EXPECT_EQ(program->status(), 3);
  EXPECT_EQ(read(), "");
}

TEST_F(BackgroundProgramTest, KeepsTheEndOfWhatItSaysOnStandardError) {
  const auto program = shell("head -c 1000000 /dev/zero | tr '\\0' x >&2; echo said >&2");
  EXPECT_GE(program->error_descriptor(), 0);
  EXPECT_EQ(status_of(*program), 0);
  while (program->error_descriptor() >= 0) program->read_errors();
  EXPECT_EQ(program->errors().size(), 4096U);
  EXPECT_THAT(program->errors(), EndsWith("xxxsaid\n"));
}

TEST_F(BackgroundProgramTest, IsNotWaitedForWhenItsErrorsAreRead) {
  const auto program = shell("read line");
  program->read_errors();
  EXPECT_EQ(program->errors(), "");
  EXPECT_EQ(program->status(), std::nullopt);
}

TEST_F(BackgroundProgramTest, EndsWithItsObject) {
  auto program = shell("echo $$; read line");
  const pid_t process = std::stoi(read());
  EXPECT_EQ(::kill(process, 0), 0);
  program.reset();
  EXPECT_EQ(::kill(process, 0), -1);
}

TEST_F(BackgroundProgramTest, IsKilledWhenItWillNotTerminate) {
  auto program = shell("trap '' TERM; echo $$; while :; do sleep 0.1; done");
  const pid_t process = std::stoi(read());
  program.reset();
  EXPECT_EQ(::kill(process, 0), -1);
}

TEST_F(BackgroundProgramTest, MayBeOneOfSeveral) {
  const auto first = shell("read line");
  FileDescriptor first_connection = std::move(ours_);
  const auto second = shell("exit 4");
  EXPECT_EQ(status_of(*second), 4);
  EXPECT_EQ(first->status(), std::nullopt);
}

TEST_F(BackgroundProgramTest, IsLimitedInNumber) {
  std::vector<std::unique_ptr<RunningProgram>> programs;
  EXPECT_THAT(
      [&] {
        for (int i = 0; i < 9; ++i) programs.push_back(shell("read line"));
      },
      Throws<Error>(Property(&Error::kind, ErrorKind::kUnreachable)));
  EXPECT_EQ(programs.size(), 8U);
}

TEST_F(BackgroundProgramTest, SaysThatItIsMissing) {
  EXPECT_THAT([] { (void)SystemPrograms().start({"dkr-ls-no-such-program"}, STDIN_FILENO); },
              Throws<Error>(Property(&Error::what, StrEq("no such file or directory"))));
}

}  // namespace
}  // namespace dkr
