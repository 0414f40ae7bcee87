// The tables of commands and flags, as such.
#include "cli/command.h"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "support/fake_world.h"

namespace dkr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Commands, AreFoundByTheirWholeName) {
  for (const Command* command : public_commands()) {
    EXPECT_EQ(find_command(command->name), command);
    EXPECT_EQ(full_name(*command), "dkr-ls " + command->name);
  }
  for (const std::string name : {"", "tag", "tagss", "Tags", "dkr-ls"}) {
    EXPECT_EQ(find_command(name), nullptr) << name;
  }
  EXPECT_EQ(full_name(program()), "dkr-ls");
}

TEST(Commands, ThatAreHiddenAreFoundButNotShown) {
  ASSERT_NE(find_command("__complete"), nullptr);
  for (const Command* command : public_commands()) EXPECT_NE(command->name, "__complete");
}

TEST(Flags, HaveNamesOfTheirOwn) {
  std::vector<std::string> names;
  for (const Flag& flag : all_flags()) {
    names.push_back(flag.name);
    names.insert(names.end(), flag.aliases.begin(), flag.aliases.end());
    if (flag.shorthand != '\0') names.emplace_back(1, flag.shorthand);
  }
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

TEST(Flags, SayWhatTheyAreFor) {
  for (const Flag& flag : all_flags()) {
    EXPECT_THAT(flag.help, Not(IsEmpty())) << flag.name;
    EXPECT_THAT(flag.help, Not(HasSubstr("(default "))) << "the table has a place for it";
    EXPECT_NE(flag.help.back(), '.') << flag.name;
  }
}

std::vector<std::string> names_of(const std::vector<const Flag*>& flags) {
  std::vector<std::string> names;
  for (const Flag* flag : flags) names.push_back(flag->name);
  return names;
}

TEST(Flags, BelongToTheCommandsThatNameTheirGroup) {
  EXPECT_THAT(names_of(own_flags(*find_command("repos"))),
              ElementsAre("format", "help", "quiet", "sort"));
  EXPECT_THAT(names_of(own_flags(*find_command("diff"))),
              ElementsAre("exclude", "format", "help", "keep", "map", "maxAge", "maxSize", "minAge",
                          "minSize", "prefix", "quiet", "repo", "sort", "tag"));
  EXPECT_THAT(names_of(own_flags(*find_command("tags"))),
              ElementsAre("digests", "exclude", "format", "help", "keep", "maxAge", "maxSize",
                          "maxTags", "minAge", "minSize", "no-trunc", "prefix", "quiet", "repo",
                          "sort", "sum", "tag", "unused"));
  EXPECT_THAT(names_of(inherited_flags(*find_command("tags"))),
              ElementsAre("context", "exact", "host", "jobs", "log-level", "max-stale", "namespace",
                          "no-cache", "platform", "source", "timeout"));
  EXPECT_THAT(names_of(own_flags(program())),
              ElementsAre("context", "exact", "help", "host", "jobs", "log-level", "max-stale",
                          "namespace", "no-cache", "platform", "source", "timeout", "version"));
  EXPECT_THAT(inherited_flags(program()), IsEmpty());
}

}  // namespace
}  // namespace dkr
