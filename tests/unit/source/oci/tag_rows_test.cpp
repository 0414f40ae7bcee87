// Listings of a store that answers few requests for manifests, and of a part of a store.
#include "source/oci/tag_rows.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/error.h"
#include "source/oci/lister.h"
#include "support/fake_world.h"
#include "support/listings.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

/// What a FrugalStore holds, and what it was asked for.
struct Frugal {
  std::map<std::string, std::map<std::string, std::string>> repositories;  // tag -> digest
  std::map<std::string, std::string> manifests;                            // by digest
  std::map<std::string, std::string> blobs;                                // by digest
  std::size_t pulls = 1000;                                                // that are left
  std::string name_space;
  std::vector<std::string> asked;  // digests of manifests
  std::size_t checks = 0;

  std::string add(const std::string& manifest) {
    return manifests.emplace(digest_of(manifest), manifest).first->first;
  }
};

/// Tells what tags point to without their manifests. Each answer takes a millisecond.
class FrugalStore final : public ContentStore {
 public:
  FrugalStore(Frugal& content, ScriptedHttp& loop) : content_(content), loop_(loop) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] std::string cache_key() const override { return "hub"; }
  [[nodiscard]] std::size_t concurrency() const override { return 16; }
  [[nodiscard]] bool holds(std::string_view repository) const override {
    return repository.starts_with(content_.name_space);
  }
  Task<void> check() override {
    ++content_.checks;
    co_return;
  }
  Task<NameList> repositories() override {
    NameList list;
    for (const auto& [name, tags] : content_.repositories) list.names.push_back(name);
    co_return list;
  }
  Task<std::optional<NameList>> tags(std::string repository) override {
    const auto found = content_.repositories.find(repository);
    if (found == content_.repositories.end()) co_return std::nullopt;
    NameList list;
    for (const auto& [tag, digest] : found->second) list.names.push_back(tag);
    co_return list;
  }
  Task<std::optional<TaggedManifest>> resolve(std::string repository, std::string tag,
                                              std::optional<Digest> /*cached*/) override {
    co_await loop_.sleep(std::chrono::milliseconds(1));
    co_return TaggedManifest{Digest(content_.repositories.at(repository).at(tag)), std::nullopt};
  }
  Task<std::optional<Digest>> digest(std::string repository, std::string tag) override {
    co_return Digest(content_.repositories.at(repository).at(tag));
  }
  Task<std::optional<Manifest>> manifest(std::string /*repository*/, Digest digest) override {
    content_.asked.push_back(digest.text());
    if (content_.pulls == 0) throw Error(ErrorKind::kOutOfPulls, "the hub allows 20 more pulls");
    --content_.pulls;
    co_await loop_.sleep(std::chrono::milliseconds(1));
    const auto found = content_.manifests.find(digest.text());
    if (found == content_.manifests.end()) co_return std::nullopt;
    co_return parse_manifest(found->second, "");
  }
  Task<std::string> blob(std::string /*repository*/, Digest digest) override {
    co_await loop_.sleep(std::chrono::milliseconds(5));
    co_return content_.blobs.at(digest.text());
  }
  [[nodiscard]] std::string displayed_name(std::string_view repository) const override {
    return std::string(repository);
  }
  [[nodiscard]] std::string reference_prefix() const override { return ""; }
  [[nodiscard]] bool has_answered() const override { return true; }
  [[nodiscard]] Error explain(const Error& error) const override { return error; }
  [[nodiscard]] std::string no_such_repository() const override { return "no such repository"; }
  [[nodiscard]] std::string access_advice() const override { return "log in"; }

 private:
  Frugal& content_;
  ScriptedHttp& loop_;
  std::string name_ = "hub";
};

class TagRowsTest : public testing::Test {
 protected:
  TagRowsTest() {
    query_.platform = {"linux", "amd64", ""};
    content_.blobs.emplace(digest_of(config_), config_);
  }
  std::string image(std::uint64_t bytes) { return content_.add(manifest_of(config_, bytes)); }
  std::string index(const std::string& child) {
    return content_.add(index_of({{"linux/amd64", child}}));
  }
  Listing list() {
    Lister lister(std::make_unique<FrugalStore>(content_, fake_.http),
                  std::make_shared<ImageCache>("", fake_.clock, fake_.log), progress_, fake_.log);
    return wait(fake_.http, lister.list(query_));
  }
  static std::vector<std::string> messages(const Listing& listing) {
    std::vector<std::string> result;
    for (const Failure& failure : listing.failures) result.push_back(failure.message);
    return result;
  }
  static std::vector<std::string> gaps(const Listing& listing) {
    std::vector<std::string> result;
    for (const Gap& gap : listing.gaps) result.push_back(gap.repository + ":" + gap.tag);
    return result;
  }

  FakeWorld fake_;
  Frugal content_;
  Progress progress_;
  Query query_;
  std::string config_ = config_created("2020-01-01T00:00:00Z");
};

TEST_F(TagRowsTest, AskOnceForAManifestOfManyTags) {
  const std::string one = image(1000);
  const std::string list_of_one = index(one);
  for (int i = 0; i < 50; ++i) {
    content_.repositories["a"].emplace(fmt::format("{}", i), list_of_one);
    content_.repositories["b"].emplace(fmt::format("{}", i), list_of_one);
    content_.repositories["c"].emplace(fmt::format("{}", i), image(2000));
  }
  for (const Platforms platforms : {Platforms::kOne, Platforms::kAll}) {
    for (const Content wanted : {Content::kImages, Content::kBlobs}) {
      content_.asked.clear();
      query_.platforms = platforms;
      query_.content = wanted;
      const Listing listing = list();
      EXPECT_THAT(listing.rows, SizeIs(150));
      EXPECT_THAT(listing.failures, IsEmpty());
      EXPECT_THAT(content_.asked, UnorderedElementsAre(list_of_one, one, image(2000)));
      EXPECT_EQ(count_distinct(listing), 2U);
      for (const Row& row : listing.rows) {
        EXPECT_EQ(listing.image_of(row).created, Time(std::chrono::seconds(1577836800)));
      }
    }
  }
}

TEST_F(TagRowsTest, AskOnceForAManifestOfWhichNothingMayBeKept) {
  content_.repositories["a"] = {{"1", image(10)},
                                {"2", image(10)},
                                {"3", index(some_digest('1'))},
                                {"4", index(some_digest('1'))}};
  query_.filter.min_size = 1'000'000;
  EXPECT_THAT(list().rows, SizeIs(0));
  EXPECT_THAT(content_.asked,
              UnorderedElementsAre(image(10), index(some_digest('1')), some_digest('1')));
}

TEST_F(TagRowsTest, LeaveOutATagWhoseManifestIsGone) {
  content_.repositories["a"] = {{"1", image(10)}, {"2", some_digest('2')}, {"3", some_digest('2')}};
  const Listing listing = list();
  EXPECT_THAT(names_of(listing), ElementsAre("a:1"));
  EXPECT_THAT(listing.failures, IsEmpty());
  EXPECT_THAT(listing.gaps, IsEmpty());
  EXPECT_THAT(content_.asked, UnorderedElementsAre(image(10), some_digest('2')));
}

TEST_F(TagRowsTest, CountTagsForWhichThereAreNoPulls) {
  content_.repositories["a"] = {
      {"1", image(10)}, {"2", image(20)}, {"3", image(20)}, {"4", image(30)}};
  content_.pulls = 1;
  Listing listing = list();
  EXPECT_THAT(listing.rows, SizeIs(1));
  EXPECT_THAT(messages(listing),
              ElementsAre("the hub allows 20 more pulls; 3 tags are not listed"));
  EXPECT_THAT(gaps(listing), UnorderedElementsAre("a:2", "a:3", "a:4"));
  EXPECT_EQ(progress_.failures, 1U);
  content_.repositories["a"].erase("3");
  content_.pulls = 2;
  listing = list();
  EXPECT_THAT(messages(listing), ElementsAre("the hub allows 20 more pulls; 1 tag is not listed"));
}

TEST_F(TagRowsTest, DoNotGiveUpForWantOfPulls) {
  for (int i = 0; i < 100; ++i) {
    content_.repositories["a"].emplace(fmt::format("{}", i), image(static_cast<std::uint64_t>(i)));
  }
  content_.pulls = 0;
  EXPECT_THAT(messages(list()),
              ElementsAre("the hub allows 20 more pulls; 100 tags are not listed"));
}

TEST_F(TagRowsTest, CountATagOfWhichOnlyAPartCouldBeRead) {
  content_.repositories["a"] = {{"1", index(image(10))}};
  for (const Content wanted : {Content::kImages, Content::kBlobs}) {
    for (const Platforms platforms : {Platforms::kOne, Platforms::kAll}) {
      query_.content = wanted;
      query_.platforms = platforms;
      content_.pulls = 1;
      const Listing listing = list();
      EXPECT_THAT(listing.rows, IsEmpty());
      EXPECT_THAT(messages(listing),
                  ElementsAre("the hub allows 20 more pulls; 1 tag is not listed"));
      EXPECT_THAT(gaps(listing), ElementsAre("a:1"));
    }
  }
}

TEST_F(TagRowsTest, AreThoseOfTheNamespace) {
  content_.repositories["team/a"] = {{"1", image(10)}};
  content_.repositories["other"] = {{"1", image(20)}};
  content_.name_space = "team/";
  EXPECT_THAT(names_of(list()), ElementsAre("team/a:1"));
  query_.filter.names = {"team/a", "other"};
  const Listing listing = list();
  EXPECT_THAT(names_of(listing), ElementsAre("team/a:1"));
  EXPECT_THAT(messages(listing),
              ElementsAre("hub/other: not in the namespace that --source names"));
  EXPECT_THAT(listing.absent, ElementsAre("other"));
}

TEST_F(TagRowsTest, TakeARepositoryOutsideTheNamespaceForAbsent) {
  content_.repositories["team/a"] = {{"1", image(10)}};
  content_.repositories["other"] = {{"1", image(20)}};
  content_.name_space = "team/";
  query_.repositories = {"other", "team/a"};
  const Listing listing = list();
  EXPECT_THAT(names_of(listing), ElementsAre("team/a:1"));
  EXPECT_THAT(listing.failures, IsEmpty());
  EXPECT_THAT(listing.absent, ElementsAre("other"));
}

}  // namespace
}  // namespace dkr
