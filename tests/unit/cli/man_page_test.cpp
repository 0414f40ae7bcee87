#include "cli/man_page.h"

#include <cstddef>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>

#include "cli/command_line.h"
#include "cli/usage.h"

namespace dkr {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

/// `page` without fonts and escapes.
std::string as_read(std::string page) {
  const std::pair<std::string, std::string> escapes[] = {
      {"\\fB", ""}, {"\\fI", ""}, {"\\fR", ""}, {"\\-", "-"}, {"\\(aq", "'"}};
  for (const auto& [escape, text] : escapes) {
    for (std::size_t at = 0; (at = page.find(escape, at)) != std::string::npos;) {
      page.replace(at, escape.size(), text);
    }
  }
  return page;
}

/// The flags in `help`, as a manual page lists them: names and explanation on a line each.
std::vector<std::string> flags_in(const std::string& help) {
  std::vector<std::string> result;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin == std::string::npos || begin < 2 || line[begin] != '-') continue;
    const std::size_t end = line.find("  ", begin);
    result.push_back(line.substr(begin, end - begin) + "\n" +
                     line.substr(line.find_first_not_of(' ', end)));
  }
  return result;
}

TEST(ManPage, ExplainsEveryFlagAsHelpDoes) {
  const CommandLine command_line;
  const CLI::App& root = command_line.definitions();
  const std::string page = as_read(man_page(root));
  const auto commands = root.get_subcommands([](const CLI::App*) { return true; });
  EXPECT_THAT(commands, SizeIs(4));
  for (const CLI::App* command : commands) {
    const std::vector<std::string> flags = flags_in(help_text(*command));
    EXPECT_THAT(flags, Contains(StartsWith("-H, --host string\nthe engine to ask")));
    for (const std::string& flag : flags) {
      if (flag.starts_with("-h, --help")) continue;  // the page has that of the program
      EXPECT_THAT(page, HasSubstr("\n.TP\n" + flag + "\n"));
    }
  }
  for (const std::string& flag : flags_in(help_text(root))) {
    EXPECT_THAT(page, HasSubstr("\n.TP\n" + flag + "\n"));
  }
  EXPECT_THAT(page, Not(HasSubstr("max-tags")));
}

TEST(ManPage, ShowsEachCommandWithWhatItTakes) {
  const std::string page = man_page(CommandLine().definitions());
  for (const std::string command : {"tags", "repos", "completion SHELL", "help [command]"}) {
    EXPECT_THAT(page, HasSubstr("\n.SS " + command + "\n"));
  }
}

TEST(ManPage, ListsTheVersionApartFromTheFlagsOfEveryCommand) {
  const std::string page = man_page(CommandLine().definitions());
  const std::size_t apart = page.find("\n.SH FLAGS WITHOUT A COMMAND\n");
  ASSERT_NE(apart, std::string::npos);
  EXPECT_LT(apart, page.find("version\\fR\nversion for dkr\\-ls\n"));
  EXPECT_GT(apart, page.find("\\-\\-help\\fR\n"));
}

TEST(ManPage, NamesTheVariablesAndFilesThatAreRead) {
  const std::string page = man_page(CommandLine().definitions());
  for (const std::string name :
       {".B XDG_CACHE_HOME\n", ".I \\(ti/.docker/config.json\n",
        ".I /etc/docker/certs.d/HOST[:PORT]/\n", ".I \\(ti/.cache/dkr\\-ls/\n"}) {
    EXPECT_THAT(page, HasSubstr("\n.TP\n" + name));
  }
}

TEST(ManPage, EscapesWhatRoffWouldRead) {
  CLI::App root("first\n.second with \\ and -\n'third: `~^", "dkr-ls");
  EXPECT_THAT(man_page(root), HasSubstr(".SH DESCRIPTION\nfirst\n\\&.second with \\e and \\-\n"
                                        "\\(aqthird: \\(ga\\(ti\\(ha\n"));
}

}  // namespace
}  // namespace dkr
