#include "source/oci/config_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/error.h"
#include "source/registry/store.h"
#include "support/fake_world.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using testing::SizeIs;

/// A registry at localhost:5000 that answers what a test expects it to be asked, in any order.
class ConfigReaderTest : public testing::Test {
 protected:
  void expect(const std::string& repository, const std::string& digest,
              ScriptedHttp::Answer answer) {
    fake_.http.expect_sometime("http://localhost:5000/v2/" + repository + "/manifests/" + digest,
                               std::move(answer));
  }
  /// Expects a request for the manifest, and returns its digest.
  std::string has(const std::string& repository, const std::string& manifest,
                  const std::string& type = kOciImageType) {
    expect(repository, digest_of(manifest), manifest_response(manifest, type));
    return digest_of(manifest);
  }
  ConfigListing read(const std::vector<std::pair<std::string, std::string>>& manifests) {
    std::vector<ManifestName> names;
    for (const auto& [repository, digest] : manifests) {
      names.push_back({repository, Digest(digest)});
    }
    RegistryStore store({"localhost:5000", "http://localhost:5000"}, {}, fake_.http, fake_.world,
                        fake_.log);
    ConfigReader reader(store);
    return wait(fake_.http, reader.read(std::move(names)));
  }
  static std::vector<Digest> digests(std::vector<std::string> configs) {
    std::vector<Digest> result;
    for (const std::string& config : configs) result.emplace_back(digest_of(config));
    std::ranges::sort(result);
    return result;
  }

  FakeWorld fake_;
  const std::string one_ = config_created("2020-01-01T00:00:00Z");
  const std::string two_ = config_created("2020-01-02T00:00:00Z");
};

TEST_F(ConfigReaderTest, GivesTheConfigsOfAllPlatformsWithoutAttestations) {
  const std::string intel = has("a", manifest_of(one_, 1));
  const std::string arm = has("a", manifest_of(two_, 2));
  const std::string again = has("a", manifest_of(one_, 3));
  const std::string inner = has("a", index_of({{"linux/arm", arm}}), kOciIndexType);
  const std::string index = has("a",
                                index_of({{"linux/amd64", intel},
                                          {"unknown/unknown", some_digest('9')},
                                          {"linux/386", again},
                                          {"linux/arm", inner}}),
                                kOciIndexType);
  const ConfigListing found = read({{"a", index}, {"a", intel}});
  EXPECT_THAT(found.configs,
              ElementsAre(Optional(digests({one_, two_})), Optional(digests({one_}))));
  EXPECT_THAT(found.failures, IsEmpty());
}

TEST_F(ConfigReaderTest, TellsApartWhatHasNoImageConfig) {
  const auto artifact = [&](char layer) {
    return fmt::format(
        R"({{"config":{{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{}","size":2}},)"
        R"("layers":[{{"digest":"{}","size":1}}]}})",
        digest_of("{}"), some_digest(layer));
  };
  const std::string first = has("a", artifact('1'));
  const std::string second = has("a", artifact('2'));
  const std::string cache = has("a", R"({"schemaVersion":2,"manifests":[]})", kOciIndexType);
  const ConfigListing found = read({{"a", first}, {"a", second}, {"a", cache}});
  EXPECT_THAT(found.configs,
              ElementsAre(Optional(ElementsAre(Digest(first))),
                          Optional(ElementsAre(Digest(second))), Optional(IsEmpty())));
}

TEST_F(ConfigReaderTest, AsksOnceForADigestUnlessARepositoryLacksIt) {
  const std::string manifest = manifest_of(one_, 1);
  const std::string digest = digest_of(manifest);
  expect("a", digest, status(404));
  expect("b", digest, manifest_response(manifest));
  const ConfigListing found = read({{"a", digest}, {"b", digest}, {"b", digest}, {"c", digest}});
  EXPECT_THAT(found.configs, ElementsAre(std::nullopt, Optional(digests({one_})),
                                         Optional(digests({one_})), Optional(digests({one_}))));
  ASSERT_THAT(found.failures, SizeIs(1));
  EXPECT_EQ(found.failures[0].message,
            "localhost:5000/a@" + digest + ": the manifest is gone: " + digest);
}

TEST_F(ConfigReaderTest, GivesNothingOfWhatItCannotReadWhole) {
  const std::string intel = has("a", manifest_of(one_, 1));
  const std::string denied = some_digest('d');
  expect("a", denied, status(401));
  const std::string index =
      has("a", index_of({{"linux/amd64", intel}, {"linux/arm", denied}}), kOciIndexType);
  const ConfigListing found = read({{"a", index}, {"a", intel}});
  EXPECT_THAT(found.configs, ElementsAre(std::nullopt, Optional(digests({one_}))));
  ASSERT_THAT(found.failures, SizeIs(1));
  EXPECT_THAT(found.failures[0].message, HasSubstr("docker login localhost:5000"));
}

TEST_F(ConfigReaderTest, LimitsHowDeepAndHowWideIndexesAre) {
  std::string deep = has("a", manifest_of(one_, 1));
  std::vector<std::string> levels{deep};
  for (int i = 0; i < 4; ++i) {
    levels.push_back(digest_of(index_of({{"linux/arm", levels.back()}})));
    if (i < 4)
      expect(
          "a", levels.back(),
          manifest_response(index_of({{"linux/arm", levels[levels.size() - 2]}}), kOciIndexType));
  }
  std::vector<std::pair<std::string, std::string>> entries;
  for (int i = 0; i < 1023; ++i) {
    entries.emplace_back("linux/arm", has("a", manifest_of(fmt::format("{{{}}}", i), 1)));
  }
  entries.emplace_back("linux/arm", some_digest('f'));  // one too many, and not asked for
  const std::string wide = has("a", index_of(entries), kOciIndexType);
  const ConfigListing found = read({{"a", levels[3]}, {"a", levels[4]}, {"a", wide}});
  EXPECT_THAT(found.configs, ElementsAre(Optional(digests({one_})), std::nullopt, std::nullopt));
  ASSERT_THAT(found.failures, SizeIs(2));
}

TEST_F(ConfigReaderTest, StopsAskingWhereNobodyAnswers) {
  std::vector<std::pair<std::string, std::string>> manifests;
  for (int i = 0; i < 50; ++i) {
    const std::string digest = "sha256:" + std::string(61, '0') + fmt::format("{:03}", i);
    manifests.emplace_back("a", digest);
    if (i < 20) expect("a", digest, Error(ErrorKind::kUntrusted, "bad certificate"));
  }
  RegistryOptions options;
  options.jobs = 1;
  RegistryStore store({"localhost:5000", "http://localhost:5000"}, options, fake_.http, fake_.world,
                      fake_.log);
  ConfigReader reader(store);
  std::vector<ManifestName> names;
  for (const auto& [repository, digest] : manifests) names.push_back({repository, Digest(digest)});
  const ConfigListing found = wait(fake_.http, reader.read(std::move(names)));
  EXPECT_THAT(found.configs, AllOf(SizeIs(50), Each(Eq(std::nullopt))));
  EXPECT_THAT(found.failures.back().message, HasSubstr("30 manifests were not asked for"));
}

}  // namespace
}  // namespace dkr
