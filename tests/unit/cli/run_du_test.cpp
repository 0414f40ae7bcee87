// `dkr-ls du`, the whole program in memory.
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/program.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::uint64_t kMegabyte = 1'000'000;

/// The manifest of an image whose config is empty text of 1 MB, and whose layers take as many
/// megabytes.
std::string image_with(char config, const std::vector<std::pair<char, std::uint64_t>>& layers) {
  std::string list;
  for (const auto& [digit, megabytes] : layers) {
    list += fmt::format(R"({}{{"digest":"{}","size":{}}})", list.empty() ? "" : ",",
                        some_digest(digit), megabytes * kMegabyte);
  }
  return fmt::format(
      R"({{"config":{{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{}",)"
      R"("size":{}}},"layers":[{}]}})",
      some_digest(config), kMegabyte, list);
}

/// Asks a registry that answers what a test says.
class DuProgram : public Program {
 public:
  void has(const std::string& path, HttpResponse response) {
    http.expect_sometime("http://localhost:5000/v2/" + path, std::move(response));
  }
  void has_catalog(const std::string& list) {
    has("_catalog?n=1000", ok(R"({"repositories": )" + list + "}"));
  }
  void has_tags(const std::string& repository, const std::string& list) {
    has(repository + "/tags/list?n=1000", ok(R"({"tags": )" + list + "}"));
  }
  void has_image(const std::string& repository, const std::string& reference,
                 const std::string& manifest) {
    has(repository + "/manifests/" + reference, manifest_response(manifest));
  }
  int du(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(),
                     {"du", "--source", "registry:localhost:5000", "--no-cache"});
    return run(arguments);
  }
};

/// Layers: `1` is in all images, `2` in two of `app`, `3` and `4` in one each.
void fill_for_du(DuProgram& program) {
  program.has_catalog(R"(["base", "app"])");
  program.has_tags("base", R"(["1"])");
  program.has_tags("app", R"(["new", "old"])");
  program.has_image("base", "1", image_with('a', {{'1', 100}}));
  program.has_image("app", "new", image_with('b', {{'1', 100}, {'2', 20}, {'3', 3}}));
  program.has_image("app", "old", image_with('c', {{'1', 100}, {'2', 20}, {'4', 4}}));
}

TEST(Du, PrintsWhatRepositoriesTakeBiggestFirst) {
  DuProgram program;
  fill_for_du(program);
  EXPECT_EQ(program.du(), kSuccess) << "and asks for no configs";
  EXPECT_EQ(program.out.content,
            "REPOSITORY   TAGS      IMAGES    SIZE      SHARED    UNIQUE\n"
            "app          2         2         129MB     100MB     29MB\n"
            "base         1         1         101MB     100MB     1MB\n"
            "TOTAL        3         3         130MB     0B        130MB\n");
  EXPECT_THAT(program.err.content, IsEmpty());
}

TEST(Du, CountsWhatTagsTakeThatTheFiltersKeepAndWhatTheOthersNeed) {
  const struct {
    std::vector<std::string> arguments;
    std::string rows;  // names, tags, sizes and what is unique
  } rows[] = {
      {{"--tag", "old"}, "app 1 125MB 5MB;TOTAL 1 125MB 5MB;"},
      {{"--exclude", "old"}, "app 1 124MB 4MB;base 1 101MB 1MB;TOTAL 2 125MB 5MB;"},
      {{"--minSize", "124MB"}, "app 1 125MB 5MB;TOTAL 1 125MB 5MB;"},
      {{"--maxSize", "1MB"}, "TOTAL 0 0B 0B;"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.arguments[0]);
    DuProgram program;
    fill_for_du(program);
    std::vector<std::string> arguments = row.arguments;
    arguments.insert(arguments.end(),
                     {"--format", "{{.Repository}} {{.Tags}} {{.Size}} {{.Unique}};"});
    EXPECT_EQ(program.du(arguments), kSuccess);
    std::string lines = program.out.content;
    std::erase(lines, '\n');
    EXPECT_EQ(lines, row.rows);
  }
}

TEST(Du, LooksOnlyAtTheRepositoriesThatAreNamed) {
  DuProgram program;
  program.has_tags("base", R"(["1"])");
  program.has_image("base", "1", image_with('a', {{'1', 100}}));
  EXPECT_EQ(program.du({"--repo", "base"}), kSuccess);
  EXPECT_THAT(program.out.content,
              HasSubstr("\nbase         1         1         101MB     0B        101MB\n"));
}

TEST(Du, PrintsInEveryFormatAndOrder) {
  const struct {
    std::vector<std::string> arguments;
    std::string start;
  } rows[] = {
      {{"-q"}, "app\nbase\n"},
      {{"-q", "--sort", "unique"}, "base\napp\n"},
      {{"-q", "--sort=-tags"}, "app\nbase\n"},
      {{"--format", "json", "--sort", "repository"},
       R"({"Images":2,"Repository":"app","Shared":"100MB","Size":"129MB",)"},
      {{"--format", "table {{.Repository}}", "--sort=-repository"}, "REPOSITORY\nbase\napp\n"},
      {{"--format", "svg"}, "<svg "},
  };
  for (const auto& row : rows) {
    DuProgram program;
    fill_for_du(program);
    EXPECT_EQ(program.du(row.arguments), kSuccess);
    EXPECT_THAT(program.out.content, StartsWith(row.start));
    EXPECT_THAT(program.err.content, IsEmpty());
  }
}

/// An index for two platforms, with an attestation.
void fill_with_index(DuProgram& program, const std::string& arguments_platform) {
  const std::string amd64 = image_with('a', {{'1', 10}});
  const std::string arm64 = image_with('b', {{'2', 20}});
  const std::string attestation = image_with('c', {{'3', 30}});
  program.has_tags("app", R"(["1"])");
  program.has("app/manifests/1",
              manifest_response(index_of({{"linux/amd64", digest_of(amd64)},
                                          {"linux/arm64", digest_of(arm64)},
                                          {"unknown/unknown", digest_of(attestation)}}),
                                kOciIndexType));
  program.has_image("app", digest_of(amd64), amd64);
  program.has_image("app", digest_of(attestation), attestation);
  if (arguments_platform != "gone") {
    program.has_image("app", digest_of(arm64), arm64);
  } else {
    program.has("app/manifests/" + digest_of(arm64), status(404));
  }
}

TEST(Du, CountsAllPlatformsUnlessOneIsWanted) {
  const std::string format = "--format={{.Images}} {{.Size}}";
  for (const auto& [platform, row] : {std::pair("--platform=all", "2 63MB"),
                                      {"--platform=linux/arm64", "1 21MB"},
                                      {"--platform=linux/amd64", "1 11MB"},
                                      {"--log-level=INFO", "2 63MB"}}) {
    DuProgram program;
    fill_with_index(program, platform);
    EXPECT_EQ(program.du({"--repo=app", format, platform}), kSuccess);
    EXPECT_EQ(program.out.content, fmt::format("{}\n{}\n", row, row)) << platform;
  }
}

TEST(Du, FailsForAPlatformThatIsGoneOnlyIfItIsWanted) {
  const std::string format = "--format={{.Images}} {{.Size}}";
  for (const auto& [platform, exit_status, row] :
       {std::tuple("--platform=linux/arm64", kFailure, "0 N/A"),
        {"--platform=linux/amd64", kSuccess, "1 11MB"},
        {"--log-level=WARNING", kSuccess, "1 42MB"}}) {
    DuProgram program;
    fill_with_index(program, "gone");
    EXPECT_EQ(program.du({"--repo=app", format, platform}), exit_status) << platform;
    EXPECT_EQ(program.out.content, fmt::format("{}\n{}\n", row, row)) << platform;
  }
}

TEST(Du, WarnsOnceOfTagsThatDoNotTellSizes) {
  DuProgram program;
  program.has_catalog(R"(["a", "b"])");
  program.has_tags("a", R"(["1", "2"])");
  program.has_tags("b", R"(["1"])");
  for (const std::string tag : {"a/manifests/1", "a/manifests/2", "b/manifests/1"}) {
    program.has(tag, manifest_response(R"({"fsLayers": []})", ""));
  }
  EXPECT_EQ(program.du({"--exclude=2"}), kSuccess);
  EXPECT_THAT(program.out.content,
              HasSubstr("\na            1         1         N/A       N/A       N/A\n"));
  EXPECT_THAT(program.err.content,
              testing::EndsWith(" WARNING tags that count as nothing, since manifests of schema 1 "
                                "do not tell sizes: 2\n"));
  EXPECT_EQ(program.err.content.find('\n') + 1, program.err.content.size()) << "one line";
}

TEST(Du, ListsOfWhatFailedTheOthers) {
  DuProgram program;
  fill_for_du(program);
  program.has_tags("broken", R"(["1"])");
  program.has("broken/manifests/1", status(404));
  program.has_tags("worse", R"(["1", "2"])");
  program.has("worse/manifests/1", status(500));
  program.has_image("worse", "2", image_with('d', {{'1', 100}}));
  EXPECT_EQ(program.du({"--prefix=base", "--prefix=app", "--repo=broken", "--repo=worse", "-q"}),
            kFailure);
  EXPECT_EQ(program.out.content, "app\nbase\nworse\n");
  EXPECT_THAT(program.first_error_line(), StartsWith("Error: localhost:5000/worse:1: "));
}

TEST(Du, ReadsDatesOnlyForAFilter) {
  DuProgram program;
  program.has_tags("a", R"(["new", "old"])");
  for (const auto& [tag, date] :
       {std::pair("new", "2020-09-19T00:00:00Z"), {"old", "2020-01-01T00:00:00Z"}}) {
    const std::string config = config_created(date);
    program.has_image("a", tag, manifest_of(config, 5 * kMegabyte));
    program.has("a/blobs/" + digest_of(config), ok(config));
  }
  EXPECT_EQ(
      program.du({"--repo=a", "--keep=1", "--format={{.Tags}} {{.SizeBytes}} {{.UniqueBytes}}"}),
      kSuccess);
  const std::size_t config_bytes = config_created("2020-01-01T00:00:00Z").size();
  const std::string row = fmt::format("1 {} {}\n", 5 * kMegabyte + config_bytes, config_bytes);
  EXPECT_EQ(program.out.content, row + row) << "the layer stays";
}

TEST(Du, NeedsAnEngineToKnowWhatIsUnused) {
  DuProgram program;
  EXPECT_EQ(program.du({"--unused"}), kBadUsage);
  EXPECT_EQ(program.first_error_line(),
            "Error: --unused needs an engine: only engines have containers");
  EXPECT_THAT(program.http.requests(), IsEmpty());
}

/// An engine with three images, the first of which has two tags.
class DuEngine : public Program {
 public:
  int du(std::vector<std::string> arguments = {}) {
    http.expect("http://localhost/images/json?shared-size=1", ok(images));
    http.expect("http://localhost/_ping", {200, {{"api-version", version}}, "OK"});
    if (arguments.empty()) {
      http.expect("http://localhost/system/df?type=image", ok(R"({"LayersSize": 155000000})"));
    }
    arguments.insert(arguments.begin(), "du");
    return run(arguments);
  }

  std::string version = "1.42";
  std::string images = R"([
      {"Id":"sha256:1","RepoTags":["q:1","r:1"],"Created":1600000000,"Size":100000000,"SharedSize":50000000},
      {"Id":"sha256:2","RepoTags":["q:2"],"Created":1500000000,"Size":80000000,"SharedSize":50000000},
      {"Id":"sha256:3","RepoTags":[],"Created":1500000000,"Size":25000000,"SharedSize":0}])";
};

TEST(DuOfAnEngine, AddsUpItsImages) {
  DuEngine engine;
  EXPECT_EQ(engine.du(), kSuccess);
  EXPECT_EQ(engine.out.content,
            "REPOSITORY   TAGS      IMAGES    SIZE      SHARED    UNIQUE\n"
            "q            2         2         180MB     150MB     30MB\n"
            "r            1         1         100MB     100MB     0B\n"
            "<none>       1         1         25MB      0B        25MB\n"
            "TOTAL        4         3         155MB     N/A       N/A\n");
  EXPECT_THAT(engine.err.content, IsEmpty());
}

TEST(DuOfAnEngine, HasNoTotalOfSomeImagesAndNothingUniqueIfTheEngineDoesNotTell) {
  DuEngine engine;
  engine.version = "1.41";
  EXPECT_EQ(engine.du({"--exclude=<none>"}), kSuccess);
  EXPECT_EQ(engine.out.content,
            "REPOSITORY   TAGS      IMAGES    SIZE      SHARED    UNIQUE\n"
            "q            2         2         180MB     N/A       N/A\n"
            "r            1         1         100MB     N/A       N/A\n"
            "TOTAL        3         2         N/A       N/A       N/A\n");
}

TEST(DuOfAnEngine, LeavesOutWhatContainersUse) {
  Program engine;
  engine.http.expect("http://localhost/images/json?manifests=1&shared-size=1",
                     ok(DuEngine().images));
  engine.http.expect("http://localhost/containers/json?all=1", ok(R"([{"ImageID":"sha256:1"}])"));
  engine.http.expect("http://localhost/_ping", {200, {{"api-version", "1.50"}}, "OK"});
  EXPECT_EQ(engine.run({"du", "--unused", "-q"}), kSuccess);
  EXPECT_EQ(engine.out.content, "q\n<none>\n");
}

}  // namespace
}  // namespace dkr
