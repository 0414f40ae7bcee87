#include "cli/man_page.h"

#include <string>

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>

#include "cli/command_line.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(ManPage, ExplainsEveryFlagAsHelpDoes) {
  const CommandLine command_line;
  const std::string page = man_page(command_line.definitions());
  EXPECT_THAT(page, AllOf(HasSubstr("\n.SS tags\n"), HasSubstr("\n.SS repos\n")));
  EXPECT_THAT(page, HasSubstr("\n.TP\n\\fB\\-\\-minAge\\fR \\fIint\\fR\nonly images created more "
                              "than this many days (of 24 hours) ago\n"));
  EXPECT_THAT(page, HasSubstr("\n.TP\n\\fB\\-H\\fR, \\fB\\-\\-host\\fR \\fIstring\\fR\n"));
  EXPECT_THAT(page, HasSubstr("(default \"WARNING\")\n"));
  EXPECT_THAT(page, Not(HasSubstr("max\\-tags")));
}

TEST(ManPage, EscapesWhatRoffWouldRead) {
  CLI::App root("first\n.second with \\ and -\n'third", "dkr-ls");
  EXPECT_THAT(man_page(root),
              HasSubstr(".SH DESCRIPTION\nfirst\n\\&.second with \\e and \\-\n\\&'third\n"));
}

}  // namespace
}  // namespace dkr
