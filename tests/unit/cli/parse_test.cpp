// What a command line comes to: a command, settings and arguments, or an error.
#include "cli/parse.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"

namespace dkr {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// What is wrong with `arguments`; empty for nothing.
std::string error_of(const std::vector<std::string>& arguments) {
  try {
    (void)parse(arguments);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.hint(), Not(IsEmpty()));
    return error.what();
  }
}

TEST(Parse, StoresEachFlagWhereItBelongs) {
  const CommandLine line = parse({"--log-level=info",
                                  "-H",
                                  "tcp://10.0.0.1",
                                  "--context",
                                  "c",
                                  "--source=registry:a:5000",
                                  "--timeout",
                                  "5",
                                  "--platform",
                                  "linux/arm/v7",
                                  "--jobs=7",
                                  "--no-cache",
                                  "tags",
                                  "--minAge",
                                  "90",
                                  "--minSize",
                                  "1kB",
                                  "--maxTags",
                                  "3",
                                  "--sum",
                                  "--repo",
                                  "n"});
  EXPECT_EQ(line.command->name, "tags");
  EXPECT_THAT(line.arguments, IsEmpty());
  const Settings& settings = line.settings;
  EXPECT_EQ(settings.log_level, LogLevel::kInfo);
  EXPECT_EQ(settings.source.engine.host, "tcp://10.0.0.1");
  EXPECT_EQ(settings.source.engine.context, "c");
  EXPECT_EQ(settings.source.source, "registry:a:5000");
  EXPECT_EQ(settings.source.timeout, std::chrono::seconds(5));
  EXPECT_EQ(settings.platform, parse_platform("linux/arm/v7"));
  EXPECT_EQ(settings.source.jobs, 7U);
  EXPECT_EQ(settings.source.cache, CacheUse::kIgnore);
  EXPECT_EQ(settings.filter.min_age_days, 90);
  EXPECT_EQ(settings.filter.min_size, 1000U);
  EXPECT_EQ(settings.filter.max_tags, 3);
  EXPECT_THAT(settings.filter.names, ElementsAre("n"));
  EXPECT_TRUE(settings.sum);
  EXPECT_FALSE(settings.help || settings.version);
}

TEST(Parse, StoresFiltersAndOutputFlagsWhereTheyBelong) {
  const Settings settings =
      parse(
          {"tags", "--tag",      "v*",        "--tag=<none>",  "--exclude", "*-rc",       "--keep",
           "3",    "--maxAge",   "9",         "--maxSize=1kB", "--unused",  "--format",   "json",
           "-q",   "--no-trunc", "--digests", "--sort",        "-size,tag", "--platform", "ALL"})
          .settings;
  EXPECT_THAT(settings.filter.tags, ElementsAre("v*", "<none>"));
  EXPECT_THAT(settings.filter.excluded_tags, ElementsAre("*-rc"));
  EXPECT_EQ(settings.filter.keep, 3);
  EXPECT_EQ(settings.filter.max_age_days, 9);
  EXPECT_EQ(settings.filter.max_size, 1000U);
  EXPECT_TRUE(settings.filter.unused);
  EXPECT_EQ(settings.format, "json");
  EXPECT_TRUE(settings.quiet);
  EXPECT_EQ(settings.ids, Ids::kWhole);
  EXPECT_EQ(settings.digests, Digests::kShow);
  EXPECT_EQ(settings.platforms, Platforms::kAll);
  EXPECT_EQ(settings.sort, "-size,tag");
}

TEST(Parse, LetsTheLastPlatformWin) {
  const Settings one = parse({"tags", "--platform=all", "--platform=linux/s390x"}).settings;
  EXPECT_EQ(one.platforms, Platforms::kOne);
  EXPECT_EQ(one.platform, parse_platform("linux/s390x"));
  const Settings all = parse({"tags", "--platform=linux/s390x", "--platform=all"}).settings;
  EXPECT_EQ(all.platforms, Platforms::kAll);
  EXPECT_EQ(all.platform, std::nullopt);
}

TEST(Parse, SetsNothingUnlessAsked) {
  const Settings settings = parse({"tags"}).settings;
  EXPECT_EQ(settings.log_level, LogLevel::kWarning);
  EXPECT_EQ(settings.source.source, "docker");
  EXPECT_EQ(settings.source.timeout, std::chrono::seconds(60));
  EXPECT_FALSE(settings.source.engine.host || settings.source.engine.context ||
               settings.source.jobs);
  EXPECT_EQ(settings.source.cache, CacheUse::kUse);
  EXPECT_EQ(settings.platform, std::nullopt);
  EXPECT_FALSE(settings.filter.min_age_days || settings.filter.min_size ||
               settings.filter.max_tags || settings.sum || settings.help || settings.version);
  EXPECT_FALSE(settings.filter.keep || settings.filter.max_age_days || settings.filter.max_size ||
               settings.filter.unused || settings.format || settings.quiet);
  EXPECT_EQ(settings.platforms, Platforms::kOne);
  EXPECT_EQ(settings.ids, Ids::kShort);
  EXPECT_EQ(settings.digests, Digests::kHide);
  EXPECT_EQ(settings.sort, std::nullopt);
}

TEST(Parse, LetsTheLastValueWinAndCollectsLists) {
  const CommandLine line = parse({"--timeout=1", "tags", "--timeout", "2", "--sum", "--sum=0",
                                  "--prefix", "a,b", "--prefix=", "--help", "-h=false"});
  EXPECT_EQ(line.settings.source.timeout, std::chrono::seconds(2));
  EXPECT_FALSE(line.settings.sum);
  EXPECT_FALSE(line.settings.help);
  EXPECT_THAT(line.settings.filter.prefixes, ElementsAre("a,b", ""));
}

TEST(Parse, AcceptsTheAliasesOfFilters) {
  EXPECT_EQ(parse({"tags", "--min-age=3"}).settings.filter.min_age_days, 3);
  EXPECT_EQ(parse({"tags", "--min-size=3"}).settings.filter.min_size, 3U);
  EXPECT_EQ(parse({"tags", "--max-tags=3"}).settings.filter.max_tags, 3);
  EXPECT_EQ(parse({"tags", "--max-age=3"}).settings.filter.max_age_days, 3);
  EXPECT_EQ(parse({"tags", "--max-size=3"}).settings.filter.max_size, 3U);
}

TEST(Parse, NamesTheFirstMistake) {
  const struct {
    std::vector<std::string> arguments;
    std::string error;
  } rows[] = {
      {{"tags", "--maxTags", "x", "--minAge", "y"}, R"(invalid argument "x" for "--maxTags")"},
      {{"tags", "--bogus", "--maxTags", "x"}, "unknown flag: --bogus"},
      {{"tags", "extra", "--bogus"}, "unknown flag: --bogus"},
      {{"tags", "-vx"}, "unknown shorthand flag: 'x' in -x"},
      {{"tags", "-vH"}, "flag needs an argument: 'H' in -H"},
      {{"tags", "--bogus", "--host"}, "unknown flag: --bogus"},
      {{"tags", "-h=x"}, R"(invalid argument "x" for "-h, --help" flag: )"},
      {{"tags", "--sum="}, R"(invalid argument "" for "--sum" flag: )"},
      {{"tags", "extra"},
       R"(unexpected argument "extra": "dkr-ls tags" takes none; --repo names a repository)"},
      {{"tags", "--", "--sum"},
       R"(unexpected argument "--sum": "dkr-ls tags" takes none; --repo names a repository)"},
      {{"tags", "--", "--help"},
       R"(unexpected argument "--help": "dkr-ls tags" takes none; --repo names a repository)"},
      {{"--", "tags"}, R"(unexpected argument "tags": "dkr-ls" takes none)"},
      {{"help", "tags", "x"}, R"(unexpected argument "x": "dkr-ls help" takes one)"},
  };
  for (const auto& row : rows) EXPECT_THAT(error_of(row.arguments), StartsWith(row.error));
}

TEST(Parse, NeverTakesAnUnknownCommandForAnother) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"bogus"},
           {"bogus", "tags"},
           {"--log-level", "INFO", "bogus"},
           {"-Hunix:///x", "bogus", "repos"},
           {"bogus", "--bogus"},
           {"bogus", "--help"},
       }) {
    EXPECT_EQ(error_of(arguments), "unknown command \"bogus\" for \"dkr-ls\"");
  }
}

TEST(Parse, RunsTheProgramItselfWithoutACommand) {
  EXPECT_EQ(parse({}).command, &program());
  EXPECT_EQ(parse({"--log-level", "INFO", "--"}).command, &program());
}

TEST(Parse, KeepsPasswordsOutOfErrors) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"tcp://me:secret@host"},
           {"tags", "tcp://me:secret@host"},
           {"tags", "-xtcp://me:secret@host"},
           {"tags", "--bogus=secret"},
           {"tags", "--maxTags", "tcp://me:secret@host"},
       }) {
    const std::string error = error_of(arguments);
    EXPECT_THAT(error, Not(IsEmpty()));
    EXPECT_EQ(error.find("secret"), std::string::npos) << error;
  }
}

TEST(Parse, SurvivesWhateverIsTyped) {
  const std::vector<std::string> words = {"tags",       "repos",
                                          "help",       "completion",
                                          "__complete", "bogus",
                                          "",           "-",
                                          "--",         "---",
                                          "-=",         "--=",
                                          "-h",         "-v",
                                          "-vh",        "-H",
                                          "-Hx",        "-H=",
                                          "-xH",        "-h=0",
                                          "--help",     "--version=false",
                                          "--host",     "--host=",
                                          "--sum",      "--sum=x",
                                          "--maxTags",  "--maxTags=3",
                                          "--max-tags", "3",
                                          "x=y",        "--prefix",
                                          "--prefix=a", "--source",
                                          "docker",     "--log-level",
                                          "OFF",        "\xff",
                                          "-\xc3\xa9"};
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same words each time
  const auto below = [&](std::size_t limit) { return random() % limit; };
  int accepted = 0;
  for (int i = 0; i < 3'000; ++i) {
    std::vector<std::string> arguments(below(7));
    for (std::string& argument : arguments) argument = words[below(words.size())];
    SCOPED_TRACE(::testing::PrintToString(arguments));
    if (!error_of(arguments).empty()) continue;
    const CommandLine line = parse(arguments);
    EXPECT_LE(line.arguments.size(), line.command->max_arguments);
    if (line.command != &program()) {
      EXPECT_GT(std::ranges::count(arguments, line.command->name), 0);
    }
    ++accepted;
  }
  EXPECT_GT(accepted, 150);
}

}  // namespace
}  // namespace dkr
