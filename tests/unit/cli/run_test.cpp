// The whole program, in memory.
#include "cli/run.h"

#include <chrono>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/program.h"

namespace dkr {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// The program's clock says 2020-09-20T00:00:00Z, 1600560000.
constexpr const char* kThreeImages = R"([
  {"Id": "sha256:7e4d58f0e5f3aaaa", "RepoTags": ["nginx:latest", "nginx:1.19"], "RepoDigests": null,
   "Created": 1599091200, "Size": 133000000},
  {"Id": "sha256:108d75da320faaaa", "RepoTags": ["debian:buster"], "RepoDigests": [],
   "Created": 1589068800, "Size": 69200000},
  {"Id": "sha256:c0dc2538b9faaaaa", "RepoTags": ["<none>:<none>"], "RepoDigests": ["<none>@<none>"],
   "Created": 1589068700, "Size": 661000000}])";

constexpr const char* kHeaderAlone = "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n";

TEST(Tags, PrintsTheClassicTable) {
  Program program;
  program.engine_has(kThreeImages);
  EXPECT_EQ(program.run({"tags"}), kSuccess);
  EXPECT_EQ(program.out.content,
            "REPOSITORY   TAG       IMAGE ID       CREATED        SIZE\n"
            "nginx        latest    7e4d58f0e5f3   2 weeks ago    133MB\n"
            "nginx        1.19      7e4d58f0e5f3   2 weeks ago    133MB\n"
            "debian       buster    108d75da320f   4 months ago   69.2MB\n"
            "<none>       <none>    c0dc2538b9fa   4 months ago   661MB\n");
  EXPECT_EQ(program.err.content, "");
  EXPECT_TRUE(program.http.done());
}

TEST(Repos, PrintsEachRepositoryOnce) {
  Program program;
  program.engine_has(kThreeImages);
  EXPECT_EQ(program.run({"repos"}), kSuccess);
  EXPECT_EQ(program.out.content, "REPOSITORY\nnginx\ndebian\n<none>\n");
}

/// What `tags` with `flags` lists, a word per line: `nginx:latest`, and the TOTAL's size.
std::vector<std::string> listed(const std::vector<std::string>& flags) {
  Program program;
  program.engine_has(kThreeImages);
  std::vector<std::string> arguments{"tags"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  EXPECT_EQ(program.run(arguments), kSuccess) << program.err.content;
  std::vector<std::string> result;
  std::istringstream lines(program.out.content);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string first;
    std::string second;
    words >> first >> second;
    result.push_back(first + ":" + second);
  }
  return result;
}

TEST(Tags, ListsWhatTheFiltersKeep) {
  const struct {
    std::vector<std::string> flags;
    std::vector<std::string> expected;
  } rows[] = {
      {{"--maxTags", "1"}, {"nginx:latest", "debian:buster", "<none>:<none>"}},
      {{"--maxTags", "0"}, {}},
      {{"--minAge", "20"}, {"debian:buster", "<none>:<none>"}},
      {{"--minSize", "100MB"}, {"nginx:latest", "nginx:1.19", "<none>:<none>"}},
      {{"--minSize=133 MB"}, {"<none>:<none>"}},
      {{"--prefix", "deb", "--prefix", "<no"}, {"debian:buster", "<none>:<none>"}},
      {{"--prefix", "deb,<no"}, {}},
      {{"--prefix", "n*"}, {}},
      {{"--prefix="}, {"nginx:latest", "nginx:1.19", "debian:buster", "<none>:<none>"}},
      {{"--repo", "nginx"}, {"nginx:latest", "nginx:1.19"}},
      {{"--repo=ngin"}, {}},
      {{"--repo", "debian", "--repo=<none>"}, {"debian:buster", "<none>:<none>"}},
      {{"--repo", "debian", "--prefix", "<no"}, {"debian:buster", "<none>:<none>"}},
      {{"--repo", "debian,nginx"}, {}},
      {{"--prefix", "nginx", "--sum"}, {"nginx:latest", "nginx:1.19", "TOTAL:133MB"}},
      {{"--prefix", "nginx", "--prefix", "debian", "--maxTags", "1", "--sum"},
       {"nginx:latest", "debian:buster", "TOTAL:202.2MB"}},
      {{"--minAge", "20", "--minSize", "100MB"}, {"<none>:<none>"}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(::testing::PrintToString(row.flags));
    EXPECT_EQ(listed(row.flags), row.expected);
  }
}

TEST(Tags, PutsTheTotalUnderTheSizes) {
  Program program;
  program.engine_has(kThreeImages);
  EXPECT_EQ(program.run({"tags", "--sum", "--prefix", "debian"}), kSuccess);
  EXPECT_EQ(program.out.content,
            "REPOSITORY   TAG       IMAGE ID       CREATED        SIZE\n"
            "debian       buster    108d75da320f   4 months ago   69.2MB\n"
            "TOTAL                                                69.2MB\n");
}

TEST(Tags, PrintsTheHeaderAloneWithoutImages) {
  for (const std::string empty : {"[]", "null", "null\n"}) {
    Program program;
    program.engine_has(empty);
    EXPECT_EQ(program.run({"tags"}), kSuccess);
    EXPECT_EQ(program.out.content, kHeaderAlone);
  }
  Program program;
  program.engine_has("[]");
  EXPECT_EQ(program.run({"tags", "--sum"}), kSuccess);
  EXPECT_EQ(program.out.content,
            std::string(kHeaderAlone) + "TOTAL                                       0B\n");
}

TEST(GlobalFlags, WorkBeforeAndAfterTheCommand) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"-H", "tcp://10.0.0.1", "tags", "--timeout", "5"},
        {"--timeout=5", "tags", "--host=10.0.0.1:2375"}}) {
    Program program;
    program.http.expect("http://10.0.0.1:2375/images/json", HttpResponse{200, {}, "[]"});
    EXPECT_EQ(program.run(arguments), kSuccess) << program.err.content;
    ASSERT_TRUE(program.http.done());
    EXPECT_EQ(program.http.requests()[0].peer.stall_timeout, std::chrono::seconds(5));
  }
}

TEST(Version, IsPrinted) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--version"}, {"-v"}, {"tags", "--version"}}) {
    Program program;
    EXPECT_EQ(program.run(arguments), kSuccess);
    EXPECT_THAT(program.out.content, StartsWith("dkr-ls version 0."));
  }
}

TEST(Run, ListsWhatCouldBeReadAndReportsTheRest) {
  Program program;
  program.engine_has(
      R"([{"Id": 7}, {"Id": "sha256:1", "RepoTags": ["a:b"], "Created": 0, "Size": 1}])");
  EXPECT_EQ(program.run({"tags"}), kFailure);
  EXPECT_THAT(program.out.content, HasSubstr("\na            b         1"));
  EXPECT_EQ(program.err.content,
            "Error: unix:///var/run/docker.sock: image list: entry 1 Id is not a name\n");
}

TEST(Run, SaysWhenTheResultCannotBeWritten) {
  Program program;
  program.engine_has(kThreeImages);
  program.out.failure = Error(ErrorKind::kOutput, "cannot write to standard output: no space left");
  EXPECT_EQ(program.run({"tags"}), kFailure);
  EXPECT_EQ(program.err.content, "Error: cannot write to standard output: no space left\n");
}

TEST(Run, EndsQuietlyWhenNobodyReadsTheResult) {
  Program program;
  program.engine_has(kThreeImages);
  program.out.failure = Error(ErrorKind::kReaderGone, "standard output: nobody reads it");
  EXPECT_EQ(program.run({"tags"}), kSuccess);
  EXPECT_EQ(program.err.content, "");
}

TEST(Run, KeepsTheExitStatusWhenStandardErrorIsGone) {
  Program program;
  program.err.failure = Error(ErrorKind::kOutput, "bad file descriptor");
  EXPECT_EQ(program.run({"bogus"}), kBadUsage);
  EXPECT_EQ(program.run({"tags", "--context", "nowhere"}), kFailure);
}

TEST(Run, SurvivesABrokenConfigFileWithAWarning) {
  Program program;
  program.environment.variables["DOCKER_CONFIG"] = "/c";
  program.files.files["/c/config.json"] = "{broken";
  program.engine_has("[]");
  EXPECT_EQ(program.run({"tags"}), kSuccess);
  EXPECT_EQ(program.out.content, kHeaderAlone);
  EXPECT_THAT(program.err.content, HasSubstr(" WARNING /c/config.json: not JSON: "));
}

TEST(Logging, SaysAtInfoHowManyImagesWereReadKeptAndListed) {
  Program program;
  program.engine_has(kThreeImages);
  EXPECT_EQ(program.run({"--log-level", "info", "tags", "--prefix", "nginx", "--maxTags", "1"}),
            kSuccess);
  EXPECT_THAT(program.err.content, HasSubstr(" INFO read: 3 images in 4 rows\n"));
  EXPECT_THAT(program.err.content, HasSubstr(" INFO --prefix keeps 2 rows\n"));
  EXPECT_THAT(program.err.content, HasSubstr(" INFO --maxTags keeps 1 rows\n"));
  EXPECT_THAT(program.err.content, HasSubstr(" INFO listed: 1 images in 1 rows\n"));
}

TEST(Logging, SaysAtDebugWhichEngineIsAskedAndWhatItAnswered) {
  Program program;
  program.environment.variables["DOCKER_HOST"] = "unix:///run/x.sock";
  program.engine_has("[]");
  EXPECT_EQ(program.run({"tags", "--log-level", "DEBUG"}), kSuccess);
  EXPECT_THAT(program.err.content,
              HasSubstr(" DEBUG engine unix:///run/x.sock: chosen by DOCKER_HOST\n"));
  EXPECT_THAT(program.err.content, HasSubstr(" DEBUG GET http://localhost/images/json over "
                                             "/run/x.sock: 200, 2 bytes in 0.0 ms\n"));
}

TEST(Logging, LeavesErrorsToBePrintedAtEveryLevel) {
  Program program;
  EXPECT_EQ(program.run({"--log-level", "OFF", "tags", "--context", "nowhere"}), kFailure);
  EXPECT_EQ(program.first_error_line(), "Error: context \"nowhere\": context not found");
}

}  // namespace
}  // namespace dkr
