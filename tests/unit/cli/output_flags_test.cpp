#include "cli/output_flags.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"
#include "cli/parse.h"
#include "support/program.h"

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// The keys that a value of --sort gives for `command`.
std::vector<std::pair<SortBy, bool>> keys(const std::string& command, const std::string& value) {
  std::vector<std::pair<SortBy, bool>> result;
  for (const SortKey& key : sort_keys(parse({command, "--sort", value}))) {
    result.emplace_back(key.by, key.is_descending);
  }
  return result;
}

TEST(SortKeys, AreReadBetweenCommas) {
  EXPECT_THAT(sort_keys(parse({"tags"})), IsEmpty());
  EXPECT_THAT(keys("tags", "created"), ElementsAre(std::pair(SortBy::kCreated, false)));
  EXPECT_THAT(keys("tags", "-size,tag,-id,repository"),
              ElementsAre(std::pair(SortBy::kSize, true), std::pair(SortBy::kTag, false),
                          std::pair(SortBy::kId, true), std::pair(SortBy::kRepository, false)));
}

TEST(SortKeys, RefuseAnythingElse) {
  for (const std::string value : {"", "-", ",", "size,", ",size", "--size", "+size", "Size",
                                  "sizes", "size tag", " size", "status"}) {
    EXPECT_THROW(keys("tags", value), Error) << value;
  }
  EXPECT_THROW(keys("repos", "size"), Error);
}

TEST(OutputFlags, SayHowToPrint) {
  const struct {
    std::vector<std::string> arguments;
    std::string output;
  } rows[] = {
      {{"tags", "-q"}, "aaaaaaaaaaaa\nbbbbbbbbbbbb\n"},
      {{"tags", "-q", "--no-trunc"}, "sha256:aaaaaaaaaaaaaaaa\nsha256:bbbbbbbbbbbbbbbb\n"},
      {{"tags", "-q", "--sort", "-tag"}, "bbbbbbbbbbbb\naaaaaaaaaaaa\n"},
      {{"tags", "--format", "{{.Tag}}", "--sort=size"}, "1.10\n1.9\n"},
      {{"tags", "--format", R"({{.Tag}}\t{{.Digest}})", "--maxTags=1"}, "1.10\t<none>\n"},
      {{"tags", "--format", "table {{.Tag}}", "--sort", "tag"}, "TAG\n1.9\n1.10\n"},
      {{"repos", "-q"}, "q\n"},
      {{"repos", "--format", "json"}, "{\"Repository\":\"q\"}\n"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(testing::PrintToString(row.arguments));
    Program program;
    program.engine_has(R"([
        {"Id": "sha256:aaaaaaaaaaaaaaaa", "RepoTags": ["q:1.9"], "Created": 1, "Size": 7},
        {"Id": "sha256:bbbbbbbbbbbbbbbb", "RepoTags": ["q:1.10"], "Created": 2, "Size": 5}])");
    EXPECT_EQ(program.run(row.arguments), kSuccess) << program.err.content;
    EXPECT_EQ(program.out.content, row.output);
    EXPECT_THAT(program.err.content, IsEmpty());
  }
}

TEST(Sort, PutsReposInTheOrderOfTheirNamesWithNoneLast) {
  for (const bool is_descending : {false, true}) {
    Program program;
    program.engine_has(R"([{"Id": "1", "Created": 1, "Size": 1},
        {"Id": "2", "RepoTags": ["b:1", "a:1", "c:1"], "Created": 1, "Size": 1}])");
    EXPECT_EQ(
        program.run({"repos", "-q", is_descending ? "--sort=-repository" : "--sort=repository"}),
        kSuccess);
    EXPECT_EQ(program.out.content, is_descending ? "c\nb\na\n<none>\n" : "a\nb\nc\n<none>\n");
  }
}

TEST(Format, IsCheckedBeforeAnythingIsAsked) {
  const struct {
    std::vector<std::string> arguments;
    std::string error;
  } rows[] = {
      {{"tags", "--format", "{{.Nope}}"},
       R"(invalid argument "{{.Nope}}" for "--format" flag: position 3: no field "Nope")"},
      {{"repos", "--format", "{{.Tag}}"},
       R"(invalid argument "{{.Tag}}" for "--format" flag: position 3: no field "Tag")"},
      {{"tags", "--format", "table {{"}, R"(invalid argument "table {{" for "--format" flag: )"},
      {{"tags", "--format", std::string(1 << 20, 'x')},
       "invalid argument \"" + std::string(80, 'x') + "...\" for \"--format\" flag: "},
      {{"tags", "--sum", "--format", "json"},
       "--sum needs a table: use it without --format and --quiet"},
      {{"tags", "--sum", "-q"}, "--sum needs a table: use it without --format and --quiet"},
      {{"repos", "--sort", "size"},
       R"(invalid argument "size" for "--sort" flag: expected repository, with commas)"},
  };
  for (const auto& row : rows) {
    Program program;
    EXPECT_EQ(program.run(row.arguments), kBadUsage);
    EXPECT_THAT(program.first_error_line(), StartsWith("Error: " + row.error));
    EXPECT_THAT(program.out.content, IsEmpty());
    EXPECT_THAT(program.http.requests(), IsEmpty());
  }
}

TEST(Format, WarnsThatItIsTheSameForEachRow) {
  Program program;
  program.engine_has(R"([{"Id": "1", "Created": 1, "Size": 1}])");
  EXPECT_EQ(program.run({"tags", "--format", "pretty"}), kSuccess);
  EXPECT_EQ(program.out.content, "pretty\n");
  EXPECT_THAT(
      program.err.content,
      HasSubstr(R"( WARNING no {{ }} in the format: "pretty" is printed as it is for each row)"));
}

/// In docker, a table shows digests also if the template does not name them.
TEST(Digests, AreAddedToTheTemplateOfATable) {
  for (const std::string format : {"table {{.Tag}}", R"(table {{.Tag}}\t{{ .Digest}})"}) {
    Program program;
    program.engine_has(R"([{"Id": "1", "RepoTags": ["q:1"], "Created": 1, "Size": 1}])");
    EXPECT_EQ(program.run({"tags", "--digests", "--format", format}), kSuccess);
    EXPECT_EQ(program.out.content, "TAG       DIGEST\n1         <none>\n");
  }
  Program program;
  program.engine_has(R"([{"Id": "1", "RepoTags": ["q:1"], "Created": 1, "Size": 1}])");
  EXPECT_EQ(program.run({"tags", "--digests", "--format", "{{.Tag}}"}), kSuccess);
  EXPECT_EQ(program.out.content, "1\n") << "no table";
}

}  // namespace
}  // namespace dkr
