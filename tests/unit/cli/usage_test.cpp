// What is printed for a command line that asks for help, or makes no sense.
#include "cli/usage.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/program.h"

namespace dkr {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Misuse {
  std::vector<std::string> arguments;
  std::string error;
};

/// Each command line is one error, in the words of `rows`, followed by the usage of `command`.
void expect_usage_errors(const std::vector<Misuse>& rows, const std::string& usage_line) {
  for (const Misuse& row : rows) {
    SCOPED_TRACE(row.error);
    Program program;
    EXPECT_EQ(program.run(row.arguments), kBadUsage);
    EXPECT_THAT(program.err.content,
                StartsWith("Error: " + row.error + "\nUsage:\n  " + usage_line + "\n"));
    EXPECT_TRUE(program.err.content.ends_with("\n\n"));
    EXPECT_EQ(program.out.content, "");
    EXPECT_TRUE(program.http.requests().empty());
  }
}

TEST(Usage, NamesTheFlagTheValueAndWhatIsAccepted) {
  const std::string size =
      "expected a size such as 100MB, 1.5 GB, 512KiB or 100 (bytes), below 16 EiB";
  const std::string count = "expected a whole number, 0 or more";
  const std::string pattern =
      "expected a pattern: * for any characters, ? for one, [a-z] for one of these, and \\ before "
      "a "
      "character that stands for itself";
  const std::string keys =
      "expected created, size, repository, tag or id, with commas between several, and - before "
      "one "
      "for descending order";
  const std::string platform =
      "expected os/arch[/variant], such as linux/arm64 or linux/arm/v7, or all";
  const std::string levels = "expected TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL or OFF";
  expect_usage_errors(
      {
          {{"tags", "--maxTags", "abc"},
           R"(invalid argument "abc" for "--maxTags" flag: )" + count},
          {{"tags", "--maxTags", "-1"}, R"(invalid argument "-1" for "--maxTags" flag: )" + count},
          {{"tags", "--max-tags=x"}, R"(invalid argument "x" for "--maxTags" flag: )" + count},
          {{"tags", "--minAge", "-3"}, R"(invalid argument "-3" for "--minAge" flag: )" + count},
          {{"tags", "--minAge="}, R"(invalid argument "" for "--minAge" flag: )" + count},
          {{"tags", "--maxTags", "abc", "--maxTags", "3"},
           R"(invalid argument "abc" for "--maxTags" flag: )" + count},
          {{"tags", "--minSize", "big"}, R"(invalid argument "big" for "--minSize" flag: )" + size},
          {{"tags", "--minSize", "-5MB"},
           R"(invalid argument "-5MB" for "--minSize" flag: )" + size},
          {{"tags", "--maxAge", "x"}, R"(invalid argument "x" for "--maxAge" flag: )" + count},
          {{"tags", "--keep", "-1"}, R"(invalid argument "-1" for "--keep" flag: )" + count},
          {{"tags", "--max-size", "x"}, R"(invalid argument "x" for "--maxSize" flag: )" + size},
          {{"tags", "--tag", "[a"}, R"(invalid argument "[a" for "--tag" flag: )" + pattern},
          {{"tags", "--exclude=\\"}, R"(invalid argument "\" for "--exclude" flag: )" + pattern},
          {{"tags", "--sort", "size,age"},
           R"(invalid argument "size,age" for "--sort" flag: )" + keys},
          {{"tags", "--unused=abc"},
           R"(invalid argument "abc" for "--unused" flag: expected true or false)"},
          {{"tags", "--platform", "some"},
           R"(invalid argument "some" for "--platform" flag: )" + platform},
          {{"tags", "--sum=abc"},
           R"(invalid argument "abc" for "--sum" flag: expected true or false)"},
          {{"tags", "--log-level", "foo"},
           R"(invalid argument "foo" for "--log-level" flag: )" + levels},
          {{"--log-level=foo", "tags"},
           R"(invalid argument "foo" for "--log-level" flag: )" + levels},
          {{"tags", "--timeout", "-1"},
           R"(invalid argument "-1" for "--timeout" flag: expected a whole number from 0 to 2147483647)"},
          {{"tags", "--source", "tape"},
           R"(invalid argument "tape" for "--source" flag: expected docker, docker:CONTEXT, docker:HOST, registry:HOST[:PORT][/NAMESPACE], containerd, containerd:SOCKET, oci:DIR, oci-archive:FILE or docker-archive:FILE)"},
          {{"tags", "-H", "http://x"},
           R"(invalid argument "http://x" for "-H, --host" flag: invalid bind address format: http://x)"},
          {{"tags", "--host", "x", "--context", "y"},
           "conflicting options: cannot specify both --host and --context"},
      },
      "dkr-ls tags [flags]");
}

TEST(Usage, SaysWhichFlagIsUnknownOrLacksItsArgument) {
  expect_usage_errors(
      {{{"repos", "--maxTags", "3"}, "unknown flag: --maxTags"},
       {{"--maxTags", "3", "repos"}, "unknown flag: --maxTags"},
       {{"repos", "--maxTags=3"}, "unknown flag: --maxTags"},
       {{"repos", "-x"}, "unknown shorthand flag: 'x' in -x"},
       {{"repos", "-xyz"}, "unknown shorthand flag: 'x' in -xyz"},
       {{"repos", "extra", "--bogus"}, "unknown flag: --bogus"},
       {{"repos", "extra"}, R"(unexpected argument "extra": "dkr-ls repos" takes none)"},
       {{"repos", "tags"}, R"(unexpected argument "tags": "dkr-ls repos" takes none)"},
       {{"repos", "-"}, R"(unexpected argument "-": "dkr-ls repos" takes none)"},
       {{"repos", "++"}, R"(unexpected argument "++": "dkr-ls repos" takes none)"},
       {{"repos", "--host"}, "flag needs an argument: --host"},
       {{"repos", "-H"}, "flag needs an argument: 'H' in -H"}},
      "dkr-ls repos [flags]");
  expect_usage_errors(
      {{{"tags", "--maxTags"}, "flag needs an argument: --maxTags"},
       {{"tags", "--sum", "false"},
        R"(unexpected argument "false": "dkr-ls tags" takes none; --repo names a repository)"}},
      "dkr-ls tags [flags]");
  expect_usage_errors(
      {{{"du", "--sum"}, "unknown flag: --sum"},
       {{"du", "--digests"}, "unknown flag: --digests"},
       {{"du", "--sort", "tag"},
        R"(invalid argument "tag" for "--sort" flag: expected repository, tags, images, size, )"
        R"(shared or unique, with commas between several, and - before one for descending order)"},
       {{"du", "--format", "{{.Tag}}"},
        R"(invalid argument "{{.Tag}}" for "--format" flag: position 3: no field "Tag"; there )"
        R"(are Images, Repository, Shared, Size, Tags, Unique, SharedBytes, SizeBytes, UniqueBytes)"}},
      "dkr-ls du [flags]");
  expect_usage_errors({{{"--bogus"}, "unknown flag: --bogus"},
                       {{"--", "tags"}, R"(unexpected argument "tags": "dkr-ls" takes none)"}},
                      "dkr-ls [command]");
  expect_usage_errors({{{"completion", "bash", "zsh"},
                        R"(unexpected argument "zsh": "dkr-ls completion" takes one)"}},
                      "dkr-ls completion SHELL [flags]");
  expect_usage_errors(
      {{{"help", "tags", "repos"}, R"(unexpected argument "repos": "dkr-ls help" takes one)"},
       {{"help", "tags", "--", "x"}, R"(unexpected argument "x": "dkr-ls help" takes one)"},
       {{"help", "tags", "--bogus"}, "unknown flag: --bogus"},
       {{"help", "--bogus"}, "unknown flag: --bogus"}},
      "dkr-ls help [command] [flags]");
}

TEST(Usage, SaysWhatIsWrongWithTheSourcesToCompare) {
  const std::string sources =
      "docker, docker:CONTEXT, docker:HOST, registry:HOST[:PORT][/NAMESPACE], containerd, "
      "containerd:SOCKET, oci:DIR, oci-archive:FILE or docker-archive:FILE";
  const std::string neither =
      "conflicting options: --host and --context name the engine of a source docker, and neither "
      "source is that";
  const std::string no_source = "--source is not for diff: its arguments are the two sources";
  expect_usage_errors(
      {
          {{"diff"}, "diff needs two sources: " + sources},
          {{"diff", "docker"}, "diff needs two sources: " + sources},
          {{"diff", "docker", "registry:a", "docker"},
           R"(unexpected argument "docker": "dkr-ls diff" takes two; --repo names a repository)"},
          {{"diff", "docker", "tape"}, R"(invalid source "tape": expected )" + sources},
          {{"diff", "registry:https://me:secret@a", "docker"},
           R"(invalid source "registry:https://***@a": expected registry:HOST[:PORT][/NAMESPACE])"},
          {{"diff", "docker", "registry:a", "--source", "docker"}, no_source},
          {{"diff", "--source=registry:a"}, no_source},
          {{"diff", "oci-archive:-", "docker-archive:-"},
           "conflicting arguments: both sources read standard input"},
          {{"diff", "docker:x", "registry:a", "-H", "tcp://a"}, neither},
          {{"diff", "registry:a", "registry:b", "--context", "x"}, neither},
          {{"diff", "docker", "registry:b", "--host", "x", "--context", "y"},
           "conflicting options: cannot specify both --host and --context"},
          {{"diff", "docker", "registry:a", "--map", "x"},
           R"(invalid argument "x" for "--map" flag: expected PREFIX=PREFIX, such as )"
           "team/=mirror/team/; either may be empty"},
          {{"diff", "docker", "registry:a", "--sort", "size"},
           R"(invalid argument "size" for "--sort" flag: expected status, repository or tag, with )"
           "commas between several, and - before one for descending order"},
          {{"diff", "docker", "registry:a", "--maxTags", "3"}, "unknown flag: --maxTags"},
          {{"diff", "docker", "registry:a", "--sum"}, "unknown flag: --sum"},
          {{"diff", "docker", "registry:a", "--unused"}, "unknown flag: --unused"},
          {{"diff", "docker", "registry:a", "--digests"}, "unknown flag: --digests"},
          {{"diff", "docker", "registry:a", "--no-trunc"}, "unknown flag: --no-trunc"},
      },
      "dkr-ls diff SOURCE_A SOURCE_B [flags]");
}

TEST(Usage, IsLaidOutAsCobraDoes) {
  Program program;
  EXPECT_EQ(program.run({"repos", "--maxTags", "3"}), kBadUsage);
  EXPECT_THAT(program.err.content, StartsWith("Error: unknown flag: --maxTags\n"
                                              "Usage:\n"
                                              "  dkr-ls repos [flags]\n"
                                              "\n"
                                              "Flags:\n"
                                              "      --format string   "));
  EXPECT_THAT(program.err.content, HasSubstr("\n  -h, --help            help for repos\n"));
  EXPECT_THAT(program.err.content, HasSubstr("\n"
                                             "\n"
                                             "Global Flags:\n"
                                             "      --context string     "));
  EXPECT_THAT(program.err.content, HasSubstr("\n  -H, --host string        "));
  EXPECT_THAT(program.err.content, HasSubstr(" (default \"WARNING\")\n"));
  EXPECT_THAT(program.err.content, HasSubstr(" (default 60)\n\n"));
}

TEST(Usage, SuggestsTheCommandThatWasPerhapsMeant) {
  const struct {
    std::string typed;
    std::string advice;
  } rows[] = {{"repo", "\nDid you mean this?\n\trepos\n\n"},
              {"REPOS", "\nDid you mean this?\n\trepos\n\n"},
              {"tgas", "\nDid you mean this?\n\ttags\n\n"},
              {"t", "\nDid you mean this?\n\tdu\n\ttags\n\n"},
              {"images", ""},
              {"__completed", ""},
              {std::string(100'000, 'r'), ""}};
  for (const auto& row : rows) {
    Program program;
    EXPECT_EQ(program.run({row.typed}), kBadUsage);
    EXPECT_EQ(program.err.content, "Error: unknown command \"" + row.typed + "\" for \"dkr-ls\"\n" +
                                       row.advice + "Run 'dkr-ls --help' for usage.\n");
  }
}

TEST(Usage, MakesHostileArgumentsHarmless) {
  Program program;
  EXPECT_EQ(program.run({"tags", "--minSize", "1\x1b[2J\n"}), kBadUsage);
  EXPECT_EQ(
      program.first_error_line(),
      "Error: invalid argument \"1\\x1b[2J\\x0a\" for \"--minSize\" flag: expected a size such "
      "as 100MB, 1.5 GB, 512KiB or 100 (bytes), below 16 EiB");
}

TEST(Help, GoesToStandardOutputForEveryWayToAsk) {
  const struct {
    std::vector<std::string> arguments;
    std::string usage_line;
  } rows[] = {
      {{}, "dkr-ls [command]"},
      {{"--help"}, "dkr-ls [command]"},
      {{"-h"}, "dkr-ls [command]"},
      {{"help"}, "dkr-ls [command]"},
      {{"repos", "-h"}, "dkr-ls repos [flags]"},
      {{"help", "repos"}, "dkr-ls repos [flags]"},
      {{"help", "du"}, "dkr-ls du [flags]"},
      {{"help", "completion"}, "dkr-ls completion SHELL [flags]"},
      {{"help", "--help"}, "dkr-ls help [command] [flags]"},
      {{"tags", "--help"}, "dkr-ls tags [flags]"},
      {{"--help", "tags"}, "dkr-ls tags [flags]"},
      {{"tags", "--sum", "--help"}, "dkr-ls tags [flags]"},
  };
  for (const auto& row : rows) {
    Program program;
    EXPECT_EQ(program.run(row.arguments), kSuccess);
    EXPECT_THAT(program.out.content, HasSubstr("\n\nUsage:\n  " + row.usage_line + "\n"));
    EXPECT_EQ(program.err.content, "");
  }
}

TEST(Help, ShowsAnExampleAndEveryFlagOfTheCommandOnce) {
  Program program;
  EXPECT_EQ(program.run({"tags", "--help"}), kSuccess);
  EXPECT_THAT(program.out.content, HasSubstr("\n\nExamples:\n  # "));
  for (const std::string flag :
       {"--maxTags int ", "--minAge int ", "--minSize string ", "--prefix stringArray ",
        "--repo stringArray ", "--sum ", "-h, --help ", "--context string ", "-H, --host string ",
        "--log-level string ", "--source string ", "--timeout int ", "--platform string ",
        "--jobs int ", "--no-cache ", "--max-stale int ", "--namespace string ", "--exact "}) {
    const std::size_t first = program.out.content.find("  " + flag);
    ASSERT_NE(first, std::string::npos) << flag;
    EXPECT_EQ(program.out.content.find("  " + flag, first + 1), std::string::npos) << flag;
  }
  EXPECT_THAT(program.out.content, Not(HasSubstr("--max-tags")));
}

TEST(Help, RefusesATopicThatIsNoCommandToShow) {
  for (const std::string topic : {"bogus", "__complete", "dkr-ls"}) {
    Program program;
    EXPECT_EQ(program.run({"help", topic}), kBadUsage);
    EXPECT_EQ(program.first_error_line(),
              "Error: unknown command \"" + topic + "\" for \"dkr-ls\"");
  }
}

TEST(Help, ListsTheCommands) {
  Program program;
  EXPECT_EQ(program.run({"--help"}), kSuccess);
  EXPECT_THAT(
      program.out.content,
      HasSubstr("\nAvailable Commands:\n"
                "  completion  Print the completion script of a shell: bash, zsh or fish\n"
                "  diff        List the tags in which two sources differ\n"
                "  du          Show what each repository takes, shared layers counted once\n"
                "  help        Help about any command\n"
                "  repos       "));
  EXPECT_THAT(
      program.out.content,
      HasSubstr("\nUse \"dkr-ls [command] --help\" for more information about a command.\n"));
}

}  // namespace
}  // namespace dkr
