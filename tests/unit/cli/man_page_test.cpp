#include "cli/man_page.h"

#include <cstddef>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "cli/command.h"
#include "cli/usage.h"

namespace dkr {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

std::string page_template() {
  std::ifstream file(DKR_MAN_PAGE_TEMPLATE);
  return {std::istreambuf_iterator<char>(file), {}};
}

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
  const std::string page = as_read(man_page(page_template()));
  EXPECT_THAT(public_commands(), SizeIs(6));
  for (const Command* command : public_commands()) {
    const std::vector<std::string> flags = flags_in(help_text(*command));
    EXPECT_THAT(flags, Contains(StartsWith("-H, --host string\nthe engine to ask")));
    for (const std::string& flag : flags) {
      if (flag.starts_with("-h, --help")) continue;  // the page has that of the program
      EXPECT_THAT(page, HasSubstr("\n.TP\n" + flag + "\n"));
    }
  }
  for (const std::string& flag : flags_in(help_text(program()))) {
    EXPECT_THAT(page, HasSubstr("\n.TP\n" + flag + "\n"));
  }
  EXPECT_THAT(page, Not(HasSubstr("max-tags")));
}

TEST(ManPage, ShowsEachCommandWithWhatItTakes) {
  const std::string page = man_page(page_template());
  for (const std::string command : {"tags", "repos", "du", "completion SHELL", "help [command]"}) {
    EXPECT_THAT(page, HasSubstr("\n.SS " + command + "\n"));
  }
}

TEST(ManPage, ListsTheVersionApartFromTheFlagsOfEveryCommand) {
  const std::string page = man_page(page_template());
  const std::size_t apart = page.find("\n.SH FLAGS WITHOUT A COMMAND\n");
  ASSERT_NE(apart, std::string::npos);
  EXPECT_LT(apart, page.find("version\\fR\nversion for dkr\\-ls\n"));
  EXPECT_GT(apart, page.find("\\-\\-help\\fR\n"));
}

TEST(ManPage, NamesTheVariablesAndFilesThatAreRead) {
  const std::string page = man_page(page_template());
  for (const std::string name :
       {".B XDG_CACHE_HOME\n", ".I \\(ti/.docker/config.json\n",
        ".I /etc/docker/certs.d/HOST[:PORT]/\n", ".I \\(ti/.cache/dkr\\-ls/\n"}) {
    EXPECT_THAT(page, HasSubstr("\n.TP\n" + name));
  }
}

TEST(ManPage, NeedsEveryPlaceInTheTemplate) {
  const std::string whole = page_template();
  const std::string places[] = {"@VERSION@", "@DESCRIPTION@", "@COMMANDS@",
                                "@FLAGS_OF_EVERY_COMMAND@", "@FLAGS_WITHOUT_A_COMMAND@"};
  for (const std::string& place : places) {
    EXPECT_THAT(man_page(whole), Not(HasSubstr(place)));
    std::string without = whole;
    without.erase(without.find(place), place.size());
    EXPECT_THROW((void)man_page(without), std::invalid_argument) << place;
  }
}

TEST(RoffEscaped, MakesLiteralWhatRoffWouldRead) {
  EXPECT_EQ(roff_escaped("first\n.second with \\ and -\n'third: `~^"),
            "first\n\\&.second with \\e and \\-\n\\(aqthird: \\(ga\\(ti\\(ha");
  EXPECT_EQ(roff_escaped(".x a.b"), "\\&.x a.b");
}

}  // namespace
}  // namespace dkr
