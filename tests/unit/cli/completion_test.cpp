#include "cli/completion.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/digest.h"
#include "support/program.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::StartsWith;

class CompletionTest : public testing::Test {
 protected:
  /// What may follow, without the descriptions.
  std::vector<std::string> candidates(std::vector<std::string> words) {
    std::vector<std::string> result;
    for (const std::string& line : lines(std::move(words))) {
      result.push_back(line.substr(0, line.find('\t')));
    }
    return result;
  }

  std::vector<std::string> lines(std::vector<std::string> words) {
    words.insert(words.begin(), "__complete");
    program_.out.content.clear();
    EXPECT_EQ(program_.run(words), kSuccess);
    EXPECT_THAT(program_.err.content, IsEmpty());
    std::vector<std::string> result;
    std::string rest = program_.out.content;
    for (std::size_t end = 0; (end = rest.find('\n')) != std::string::npos;) {
      result.push_back(rest.substr(0, end));
      rest.erase(0, end + 1);
    }
    EXPECT_THAT(rest, IsEmpty());
    return result;
  }

  Program program_;
};

TEST_F(CompletionTest, NamesTheCommandsWithWhatTheyDo) {
  EXPECT_THAT(candidates({""}), IsSupersetOf({"tags", "repos", "du", "help", "completion"}));
  EXPECT_THAT(candidates({}), IsSupersetOf({"tags", "repos", "help", "completion"}));
  EXPECT_THAT(lines({"ta"}), ElementsAre(StartsWith("tags\tList images as docker images does")));
  EXPECT_THAT(candidates({"--log-level", "INFO", "ta"}), ElementsAre("tags"));
  EXPECT_THAT(candidates({"--log-level=INFO", "-H", "unix:///x", "ta"}), ElementsAre("tags"));
  EXPECT_THAT(candidates({"help", "re"}), ElementsAre("repos"));
}

TEST_F(CompletionTest, NamesTheFlagsThatTheCommandKnows) {
  EXPECT_THAT(candidates({"tags", "--max"}),
              ElementsAre("--maxAge", "--maxSize", "--maxTags", "--max-stale"));
  EXPECT_THAT(candidates({"tags", "--"}),
              AllOf(IsSupersetOf({"--minAge", "--sum", "--host", "--help"}),
                    Not(Contains("--max-tags")), Not(Contains("--version"))));
  EXPECT_THAT(candidates({"repos", "--"}), Not(Contains("--sum")));
  EXPECT_THAT(candidates({"repos", "--"}), Contains("--log-level"));
  EXPECT_THAT(candidates({"du", "--"}),
              AllOf(IsSupersetOf({"--unused", "--keep", "--sort"}), Not(Contains("--maxTags")),
                    Not(Contains("--sum")), Not(Contains("--digests"))));
  EXPECT_THAT(candidates({"--"}), IsSupersetOf({"--version", "--context"}));
  EXPECT_THAT(candidates({"tags", ""}), AllOf(Contains("--sum"), Each(StartsWith("--"))));
  EXPECT_THAT(lines({"tags", "--sum"}), ElementsAre(HasSubstr("\tprint the total size")));
}

TEST_F(CompletionTest, NamesValues) {
  const struct {
    std::vector<std::string> words;
    std::vector<std::string> candidates;
  } rows[] = {
      {{"tags", "--log-level", "D"}, {"DEBUG"}},
      {{"tags", "--log-level=D"}, {"--log-level=DEBUG"}},
      {{"--log-level", "TR"}, {"TRACE"}},
      {{"--log-level", "cr"}, {"critical"}},
      {{"tags", "--log-level=d"}, {"--log-level=debug"}},
      {{"tags", "--source", "r"}, {"registry:"}},
      {{"tags", "--platform", "linux/arm6"}, {"linux/arm64"}},
      {{"tags", "--platform", "a"}, {"all"}},
      {{"tags", "-H", "u"}, {"unix:///"}},
      {{"tags", "--format", "j"}, {"json"}},
      {{"tags", "--format=t"}, {"--format=table", "--format=table {{."}},
      {{"tags", "--format", "{{"}, {"{{."}},
      {{"tags", "--format", "table {{.Tag}} {{.Repo"}, {"table {{.Tag}} {{.Repository}}"}},
      {{"tags", "--sort", "s"}, {"size"}},
      {{"tags", "--sort", "-s"}, {"-size"}},
      {{"tags", "--sort=size,-r"}, {"--sort=size,-repository"}},
      {{"tags", "--format", "s"}, {}},
      {{"du", "--format", "s"}, {"svg"}},
      {{"du", "--format", "{{.Si"}, {"{{.Size}}", "{{.SizeBytes}}"}},
      {{"du", "--sort", "s"}, {"size", "shared"}},
      {{"du", "--sort=-tags,u"}, {"--sort=-tags,unique"}},
      {{"diff", "do"}, {"docker", "docker:", "docker-archive:"}},
      {{"diff", "docker", "r"}, {"registry:"}},
      {{"diff", "docker", "docker:x", "r"}, {}},
      {{"diff", "--sort", "s"}, {"status"}},
      {{"completion", ""}, {"bash", "zsh", "fish"}},
      {{"completion", "z"}, {"zsh"}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.words.back());
    EXPECT_EQ(candidates(row.words), row.candidates);
  }
}

TEST_F(CompletionTest, NamesNothingWhereAnythingMayStand) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"tags", "--minAge", ""},
           {"tags", "--prefix=n"},
           {"tags", "--sum=f"},
           {"tags", "--bogus=x"},
           {"bogus", "ta"},
           {"bogus", "tags", "re"},
           {"tags", "--", "--"},
           {"tags", "--", ""},
           {"--", "ta"},
       }) {
    EXPECT_THAT(candidates(words), IsEmpty());
  }
}

TEST_F(CompletionTest, KnowsWhatAFlagTakesHoweverItIsWritten) {
  EXPECT_THAT(candidates({"-vH", "u"}), ElementsAre("unix:///"));
  EXPECT_THAT(candidates({"-Hunix:///x", "ta"}), ElementsAre("tags"));
  EXPECT_THAT(candidates({"-H=unix:///x", "ta"}), ElementsAre("tags"));
  EXPECT_THAT(candidates({"tags", "--max-tags", "3", "--sum", "--minA"}), ElementsAre("--minAge"));
  EXPECT_THAT(candidates({"tags", "--bogus", "--minA"}), ElementsAre("--minAge"));
  EXPECT_THAT(candidates({"completion", "--", "f"}), ElementsAre("fish"));
}

TEST_F(CompletionTest, NamesDockersContexts) {
  program_.environment.variables["DOCKER_CONFIG"] = "/config";
  const auto meta = [](const std::string& name) {
    return "/config/contexts/meta/" + sha256_hex(name) + "/meta.json";
  };
  program_.files.files.emplace(meta("remote"), R"({"Name": "remote"})");
  program_.files.files.emplace(meta("another"), R"({"Name": "another", "Endpoints": {}})");
  program_.files.files.emplace(meta("broken"), R"({"Name": )");
  program_.files.files.emplace(meta("nameless"), "{}");
  EXPECT_THAT(candidates({"tags", "--context", ""}), ElementsAre("another", "default", "remote"));
  EXPECT_THAT(candidates({"tags", "--context=re"}), ElementsAre("--context=remote"));
  EXPECT_THAT(candidates({"tags", "--source", "docker:"}),
              ElementsAre("docker:another", "docker:default", "docker:remote"));
  EXPECT_THAT(candidates({"diff", "docker", "docker:r"}), ElementsAre("docker:remote"));
}

TEST_F(CompletionTest, NamesOnlyValuesThatTheFlagsTake) {
  for (const std::string flag : {"--log-level", "--platform"}) {
    const auto values = candidates({flag, ""});
    EXPECT_THAT(values, Not(IsEmpty()));
    for (const std::string& value : values) {
      Program program;
      EXPECT_EQ(program.run({"tags", flag, value, "--help"}), kSuccess) << program.err.content;
    }
  }
}

TEST(CompletionScript, IsThereForThreeShells) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    Program program;
    EXPECT_EQ(program.run({"completion", shell}), kSuccess);
    EXPECT_THAT(program.out.content, HasSubstr("__complete"));
  }
}

TEST(CompletionScript, IsRefusedForOthers) {
  const struct {
    std::vector<std::string> arguments;
    std::string error;
  } rows[] = {
      {{"completion"}, "Error: completion needs the name of a shell: bash, zsh or fish"},
      {{"completion", "tcsh"}, "Error: no completion for \"tcsh\": it has to be bash, zsh or fish"},
      {{"completion", "--bogus"}, "Error: unknown flag: --bogus"},
      {{"completion", "-"}, "Error: no completion for \"-\": it has to be bash, zsh or fish"},
      {{"completion", "bash", "--bogus"}, "Error: unknown flag: --bogus"},
      {{"completion", "bash", "zsh"},
       "Error: unexpected argument \"zsh\": \"dkr-ls completion\" takes one"},
      {{"completion", "bash", "--", "x"},
       "Error: unexpected argument \"x\": \"dkr-ls completion\" takes one"},
  };
  for (const auto& row : rows) {
    Program program;
    EXPECT_EQ(program.run(row.arguments), kBadUsage);
    EXPECT_EQ(program.first_error_line(), row.error);
  }
}

}  // namespace
}  // namespace dkr
