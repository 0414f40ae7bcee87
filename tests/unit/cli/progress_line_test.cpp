#include "cli/progress_line.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "support/fake_world.h"

namespace dkr {
namespace {

using std::chrono::milliseconds;

const std::string kErase = "\r\x1b[K";

/// A line on a terminal of 80 columns.
class ProgressLineTest : public testing::Test {
 protected:
  ProgressLineTest() {
    err_.columns = 80;
    environment_.variables["TERM"] = "xterm";
  }
  void open() { line_ = std::make_unique<ProgressLine>(err_, environment_, clock_); }
  void pass(int time) { clock_.passed += milliseconds(time); }
  void update(std::size_t done = 1) { line_->show({done, 2, 3, 4, 0}); }
  /// What was printed since the last call.
  std::string printed() { return std::exchange(err_.content, ""); }

  FakeOutput err_;
  FakeEnvironment environment_;
  FakeClock clock_;
  std::unique_ptr<ProgressLine> line_;
};

TEST_F(ProgressLineTest, ShowsHowFarTheWorkHasCome) {
  open();
  pass(500);
  line_->show({1, 2, 3, 4, 0});
  EXPECT_EQ(printed(), kErase + "1 of 2 repositories, 3 of 4 tags");
  pass(500);
  line_->show({2, 2, 4, 4, 5});
  EXPECT_EQ(printed(), kErase + "2 of 2 repositories, 4 of 4 tags, 5 errors");
}

TEST_F(ProgressLineTest, ShowsNothingInTheFirstHalfSecond) {
  open();
  update();
  pass(499);
  update();
  EXPECT_EQ(printed(), "");
  pass(1);
  update();
  EXPECT_NE(printed(), "");
}

TEST_F(ProgressLineTest, LeavesTheTerminalAloneUntilSomethingIsKnown) {
  open();
  pass(500);
  line_->show({});
  line_->show({0, 0, 0, 0, 1});
  line_.reset();
  EXPECT_EQ(printed(), "");
  open();
  pass(500);
  line_->show({0, 0, 0, 1, 0});
  EXPECT_EQ(printed(), kErase + "0 of 0 repositories, 0 of 1 tags");
}

TEST_F(ProgressLineTest, ChangesTenTimesASecondAtMost) {
  open();
  pass(500);
  update();
  printed();
  pass(99);
  update();
  EXPECT_EQ(printed(), "");
  pass(1);
  update();
  EXPECT_NE(printed(), "");
}

TEST_F(ProgressLineTest, IsNotForWhatIsNoTerminalThatCanErase) {
  const struct {
    std::optional<std::size_t> columns;
    std::string term;
  } rows[] = {{std::nullopt, "xterm"}, {80, "dumb"}, {80, ""}, {1, "xterm"}, {0, "xterm"}};
  for (const auto& row : rows) {
    err_.columns = row.columns;
    environment_.variables["TERM"] = row.term;
    open();
    pass(1000);
    update();
    line_->erase();
    line_.reset();
    EXPECT_EQ(printed(), "") << row.term;
  }
}

TEST_F(ProgressLineTest, NeverFillsTheLine) {
  open();
  err_.columns = 20;
  pass(500);
  update();
  EXPECT_EQ(printed(), kErase + "1 of 2 repositories");
  err_.columns = 2;
  pass(500);
  update();
  EXPECT_EQ(printed(), kErase + "1");
}

TEST_F(ProgressLineTest, IsTakenAwayOnce) {
  open();
  line_->erase();
  EXPECT_EQ(printed(), "");
  pass(500);
  update();
  printed();
  line_->erase();
  EXPECT_EQ(printed(), kErase);
  line_->erase();
  line_.reset();
  EXPECT_EQ(printed(), "");
}

TEST_F(ProgressLineTest, IsTakenAwayWhenItGoesOutOfScope) {
  open();
  pass(500);
  update();
  printed();
  line_.reset();
  EXPECT_EQ(printed(), kErase);
}

TEST_F(ProgressLineTest, MakesWayForWhatIsWritten) {
  open();
  line_->write("early\n");
  EXPECT_EQ(printed(), "early\n");
  pass(500);
  update();
  line_->write("late\n");
  EXPECT_EQ(printed(), kErase + "1 of 2 repositories, 3 of 4 tags" + kErase + "late\n");
  EXPECT_EQ(line_->terminal_columns(), 80U);
}

TEST_F(ProgressLineTest, SurvivesATerminalThatIsGone) {
  open();
  pass(500);
  update();
  err_.failure = Error(ErrorKind::kOutput, "input/output error");
  EXPECT_NO_THROW(line_.reset());
}

}  // namespace
}  // namespace dkr
