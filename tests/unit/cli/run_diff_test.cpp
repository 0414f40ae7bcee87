// `dkr-ls diff`, the whole program, in memory.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/program.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kHeader = "STATUS    REPOSITORY   TAG       A         B\n";

// The program's clock says 2020-09-20T00:00:00Z.
class DiffProgram : public Program {
 public:
  /// An answer of the registry a.example or b.example.
  void has(char side, const std::string& path, HttpResponse response) {
    http.expect_sometime(fmt::format("https://{}.example/v2/{}", side, path), std::move(response));
  }
  /// The tags of a repository, as JSON strings: `"1", "2"`.
  void has_tags(char side, const std::string& repository, const std::string& tags) {
    has(side, repository + "/tags/list?n=1000", ok(R"({"tags": [)" + tags + "]}"));
  }
  /// What HEAD says of the tag.
  void has_tag(char side, const std::string& name, const std::string& digest) {
    const std::size_t colon = name.find(':');
    has(side, name.substr(0, colon) + "/manifests/" + name.substr(colon + 1),
        {200, {{"docker-content-digest", digest}}, ""});
  }
  /// The manifest by its digest, which is returned.
  std::string has_manifest(char side, const std::string& repository, const std::string& manifest) {
    const std::string digest = digest_of(manifest);
    has(side, repository + "/manifests/" + digest, manifest_response(manifest));
    return digest;
  }
  int diff(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(),
                     {"diff", "registry:a.example", "registry:b.example", "--no-cache", "--format",
                      "{{.Status}} {{.Repository}}:"
                      "{{.Tag}}"});
    return Program::run(arguments);
  }
};

TEST(Diff, ListsTheTagsInWhichTwoRegistriesDiffer) {
  DiffProgram program;
  const std::string config = config_created("2020-01-01T00:00:00Z");
  const std::string same = some_digest('0');
  program.has('a', "_catalog?n=1000", ok(R"({"repositories": ["app", "empty"]})"));
  program.has_tags('a', "app", R"("here", "moved", "packed", "same")");
  program.has_tags('b', "app", R"("moved", "packed", "same", "there")");
  program.has('a', "empty/tags/list?n=1000", status(404));
  program.has_tags('b', "empty", R"("1")");  // what only B has is not looked for
  for (const char side : {'a', 'b'}) {
    const auto number = static_cast<std::uint64_t>(side);
    program.has_tag(side, "app:same", same);
    program.has_tag(side, "app:packed",
                    program.has_manifest(side, "app", manifest_of(config, number)));
    const std::string other = config_created(fmt::format("2020-01-02T00:00:00.{}Z", number));
    program.has_tag(side, "app:moved", program.has_manifest(side, "app", manifest_of(other, 1)));
  }
  program.has_tag('a', "app:here", same);
  program.has_tag('b', "app:there", same);
  program.has_tag('b', "empty:1", same);
  EXPECT_EQ(program.diff(), kDifferent);
  EXPECT_EQ(program.out.content,
            "only-a app:here\ndiffers app:moved\nrepackaged app:packed\nonly-b app:there\n");
  EXPECT_EQ(program.err.content, "");
}

TEST(Diff, PrintsTheHeaderAloneWhereNothingDiffers) {
  DiffProgram program;
  for (const char side : {'a', 'b'}) {
    program.has_tags(side, "app", R"("1")");
    program.has_tag(side, "app:1", some_digest('1'));
  }
  EXPECT_EQ(program.Program::run({"diff", "registry:a.example", "registry:b.example", "--no-cache",
                                  "--repo", "app"}),
            kSuccess);
  EXPECT_EQ(program.out.content, kHeader);
  EXPECT_EQ(program.err.content, "");
}

TEST(Diff, ReadsBothSidesAtTheSameTime) {
  DiffProgram program;
  for (const char side : {'a', 'b'}) {
    program.has_tags(side, "app", R"("1")");
    program.has_tag(side, "app:1", some_digest('1'));
  }
  EXPECT_EQ(program.diff({"--repo", "app", "--jobs", "1"}), kSuccess);
  EXPECT_EQ(program.http.most_in_flight(), 2);
}

TEST(Diff, FailsWithAllThatCouldBeCompared) {
  DiffProgram program;
  program.has_tags('a', "app", R"("1", "2", "3")");
  program.has_tags('b', "app", R"("1", "2")");
  program.has_tag('a', "app:1", some_digest('1'));
  program.has('a', "app/manifests/2", status(403));
  program.has_tag('a', "app:3", some_digest('1'));
  program.has_tag('b', "app:1", some_digest('1'));
  program.has_tag('b', "app:2", some_digest('1'));
  EXPECT_EQ(program.diff({"--repo", "app"}), kFailure);
  EXPECT_EQ(program.out.content, "only-a app:3\n");
  EXPECT_EQ(program.err.content, "Error: a.example/app:2: HTTP status 403\n");
}

TEST(Diff, RenamesRepositoriesOfTheFirstSource) {
  DiffProgram program;
  program.has_tags('a', "team/app", R"("1")");
  program.has_tags('b', "mirror/app", R"("1", "2")");
  program.has_tag('a', "team/app:1", some_digest('1'));
  program.has_tag('b', "mirror/app:1", some_digest('1'));
  program.has_tag('b', "mirror/app:2", some_digest('1'));
  EXPECT_EQ(program.diff({"--repo=team/app", "--map", "x=y", "--map", "team/=mirror/"}),
            kDifferent);
  EXPECT_EQ(program.out.content, "only-b mirror/app:2\n");
}

TEST(Diff, ChoosesAmongTheTagsOfTheFirstSourceByAge) {
  DiffProgram program;
  const auto has_image = [&](const std::string& tag, const std::string& date) {
    const std::string config = config_created(date);
    program.has('a', "app/manifests/" + tag, manifest_response(manifest_of(config, 1)));
    program.has('a', "app/blobs/" + digest_of(config), ok(config));
  };
  program.has_tags('a', "app", R"("old", "new", "other")");
  program.has_tags('b', "app", R"("new", "there")");
  has_image("old", "2020-01-01T00:00:00Z");
  has_image("new", "2020-09-19T00:00:00Z");
  program.has_tag('b', "app:new", some_digest('1'));
  program.has_tag('b', "app:there", some_digest('1'));
  EXPECT_EQ(program.diff({"--repo=app", "--minAge=20", "--exclude=other"}), kDifferent);
  EXPECT_EQ(program.out.content, "only-a app:old\n");
}

TEST(Diff, SortsByItsOwnKeys) {
  DiffProgram program;
  program.has_tags('a', "app", R"("1.9", "1.10")");
  program.has_tags('b', "app", R"("1.11")");
  program.has_tag('a', "app:1.9", some_digest('1'));
  program.has_tag('a', "app:1.10", some_digest('1'));
  program.has_tag('b', "app:1.11", some_digest('1'));
  EXPECT_EQ(program.diff({"--repo=app", "--sort=-status,-tag"}), kDifferent);
  EXPECT_EQ(program.out.content, "only-b app:1.11\nonly-a app:1.10\nonly-a app:1.9\n");
}

TEST(Diff, ComparesAnEngineWithTheRegistryThatItsNamesBeginWith) {
  for (const bool is_first : {true, false}) {
    DiffProgram program;
    const std::string config = config_created("2020-01-01T00:00:00Z");
    const std::string packed = manifest_of(config, 1);
    program.http.expect_sometime(
        Program::kImagesUrl,
        ok(fmt::format(
            R"([{{"Id": "{0}", "Created": 1, "Size": 1, "RepoTags": ["a.example/app:1", "app:1"],
                  "RepoDigests": ["a.example/app@{1}", "a.example/app@{2}"]}},
                {{"Id": "{3}", "Created": 1, "Size": 1, "RepoTags": ["a.example/app:2"],
                  "RepoDigests": ["a.example/app@{1}"]}}])",
            some_digest('a'), some_digest('1'), some_digest('2'), digest_of(config))));
    // Of an engine that comes first, the names are those to ask for.
    if (!is_first) program.has('a', "_catalog?n=1000", ok(R"({"repositories": ["app"]})"));
    program.has_tags('a', "app", R"("1", "2")");
    program.has_tag('a', "app:1", some_digest('2'));
    program.has_tag('a', "app:2", program.has_manifest('a', "app", packed));
    std::vector<std::string> arguments{"diff", "docker", "registry:a.example", "--no-cache"};
    if (!is_first) std::swap(arguments[1], arguments[2]);
    EXPECT_EQ(program.Program::run(arguments), kDifferent) << program.err.content;
    EXPECT_THAT(program.out.content, HasSubstr("\nrepackaged   app          2 "));
    EXPECT_EQ(std::ranges::count(program.out.content, '\n'), 2);
    EXPECT_EQ(program.err.content, "");
  }
}

TEST(Diff, ComparesTwoEngines) {
  Program program;
  const std::string image =
      R"([{"Id": "i1", "Created": 1, "Size": 1, "RepoTags": ["quay.io/app:1"], "RepoDigests": []}])";
  program.http.expect_sometime("http://near:2375/images/json", ok(image));
  program.http.expect_sometime("http://far:2375/images/json", ok(image));
  EXPECT_EQ(program.run({"diff", "docker:tcp://near:2375", "docker", "-H", "tcp://far:2375"}),
            kSuccess);
  EXPECT_EQ(program.out.content, kHeader);
  EXPECT_THAT(program.err.content, IsEmpty());
}

}  // namespace
}  // namespace dkr
