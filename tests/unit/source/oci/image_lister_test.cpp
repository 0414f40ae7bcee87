#include "source/oci/image_lister.h"

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
#include "model/difference.h"
#include "model/usage.h"
#include "source/comparison.h"
#include "support/fake_world.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// What a StoreInMemory holds.
struct Held {
  std::vector<NamedImage> images;
  std::map<std::string, std::string> content;  // by digest
  bool is_sparse = false;

  std::string add(const std::string& body) {
    return content.emplace(digest_of(body), body).first->first;
  }
  std::string add_image(std::string_view date, std::uint64_t bytes) {
    const std::string config = config_created(date);
    add(config);
    return add(manifest_of(config, bytes));
  }
};

class StoreInMemory final : public ImageStore {
 public:
  explicit StoreInMemory(const Held& held) : held_(held) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] std::size_t concurrency() const override { return 4; }
  [[nodiscard]] bool is_sparse() const override { return held_.is_sparse; }
  Task<ImageNames> images() override { co_return ImageNames{held_.images, {}}; }
  Task<std::optional<Manifest>> manifest(std::string /*repository*/, Digest digest) override {
    const auto found = held_.content.find(digest.text());
    if (found == held_.content.end()) co_return std::nullopt;
    co_return parse_manifest(found->second, "");
  }
  Task<std::string> blob(std::string /*repository*/, Digest digest) override {
    const auto found = held_.content.find(digest.text());
    if (found == held_.content.end()) throw malformed("the store does not have it");
    co_return found->second;
  }

 private:
  const Held& held_;
  std::string name_ = "store";
};

class ImageListerTest : public testing::Test {
 protected:
  ImageListerTest() { query_.platform = {"linux", "amd64", ""}; }

  void name(std::string repository, std::string tag, const std::string& digest) {
    held_.images.push_back({std::move(repository), std::move(tag), Digest(digest)});
  }
  std::unique_ptr<ImageLister> lister(const Held& held) {
    return std::make_unique<ImageLister>(std::make_unique<StoreInMemory>(held), fake_.clock,
                                         progress_, fake_.log);
  }
  Comparison compare(const Held& held_in_a, const Held& held_in_b) {
    const auto a = lister(held_in_a);
    const auto b = lister(held_in_b);
    ComparisonQuery query;
    query.now = fake_.clock.now();
    return wait(fake_.http, compare_sources(*a, *b, std::move(query), fake_.log));
  }
  Listing list() { return wait(fake_.http, lister(held_)->list(query_)); }

  /// `repository:tag size` of each row, `-` for an unknown size.
  static std::vector<std::string> rows(const Listing& listing) {
    std::vector<std::string> result;
    for (const Row& row : listing.rows) {
      const auto size = listing.image_of(row).size;
      result.push_back(fmt::format("{}:{} {}", listing.repository_of(row), Listing::tag_of(row),
                                   size ? std::to_string(*size) : "-"));
    }
    return result;
  }
  static std::vector<std::string> messages(const std::vector<Failure>& failures) {
    std::vector<std::string> result;
    for (const Failure& failure : failures) result.push_back(failure.message);
    return result;
  }

  FakeWorld fake_;
  Progress progress_;
  Query query_;
  Held held_;
  const std::uint64_t config_size_ = config_created("2020-01-01T00:00:00Z").size();
};

TEST_F(ImageListerTest, ListsEachNameNewestFirst) {
  const std::string old = held_.add_image("2020-01-01T00:00:00Z", 1000);
  const std::string recent = held_.add_image("2020-02-01T00:00:00Z", 2000);
  name("nginx", "1", old);
  name("nginx", "2", recent);
  name("ghcr.io/team/app", "2", recent);
  name("", "", old);
  const Listing listing = list();
  const std::uint64_t small = 1000 + config_size_;
  const std::uint64_t large = 2000 + config_size_;
  EXPECT_THAT(
      rows(listing),
      ElementsAre(fmt::format("ghcr.io/team/app:2 {}", large), fmt::format("nginx:2 {}", large),
                  fmt::format("<none>:<none> {}", small), fmt::format("nginx:1 {}", small)));
  EXPECT_THAT(listing.failures, IsEmpty());
  EXPECT_EQ(listing.digests_of(listing.rows[1]).front().text(), recent);
  EXPECT_EQ(count_distinct(listing), 2U);
}

TEST_F(ImageListerTest, KeepsImagesThatCannotBeReadAsRowsAndFailures) {
  const std::string good = held_.add_image("2020-01-01T00:00:00Z", 1000);
  const std::string broken = held_.add("{");
  name("app", "good", good);
  name("app", "broken", broken);
  name("app", "gone", some_digest('b'));
  name("", "", some_digest('c'));
  const Listing listing = list();
  EXPECT_THAT(rows(listing), UnorderedElementsAre(fmt::format("app:good {}", 1000 + config_size_),
                                                  "app:broken -", "app:gone -", "<none>:<none> -"));
  EXPECT_THAT(messages(listing.failures),
              UnorderedElementsAre(
                  testing::StartsWith("store: app:broken: not JSON"),
                  "store: app:gone: the manifest is missing: " + some_digest('b'),
                  fmt::format("store: {0}: the manifest is missing: {0}", some_digest('c'))));
}

TEST_F(ImageListerTest, KeepListsNothingOfARepositoryThatIsNotKnownWhole) {
  name("app", "1", held_.add_image("2020-01-01T00:00:00Z", 1));
  name("app", "2", some_digest('b'));
  name("web", "1", held_.add_image("2020-01-01T00:00:00Z", 2));
  name("web", "2", held_.add_image("2020-02-01T00:00:00Z", 2));
  query_.filter.keep = 1;
  Listing listing = list();
  (void)apply(query_.filter, listing, fake_.clock.now());
  EXPECT_THAT(rows(listing), ElementsAre(fmt::format("web:1 {}", 2 + config_size_)));
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("store: app: not listed, since --keep needs to know all of its tags",
                          "store: app:2: the manifest is missing: " + some_digest('b')));
}

TEST_F(ImageListerTest, ReadsOnlyWhatTheFilterKeeps) {
  name("app", "1", held_.add_image("2020-01-01T00:00:00Z", 1));
  name("app", "2", some_digest('b'));
  name("web", "1", some_digest('c'));
  name("", "", some_digest('d'));
  query_.filter.prefixes = {"app"};
  query_.filter.excluded_tags = {"2"};
  EXPECT_THAT(list().failures, IsEmpty());
  query_.filter = {};
  query_.filter.names = {"<none>"};
  EXPECT_THAT(rows(list()), ElementsAre("<none>:<none> -"));
}

TEST_F(ImageListerTest, AWantedPlatformThatIsGoneIsAFailureUnlessTheStoreIsSparse) {
  const std::string arm = held_.add_image("2020-01-01T00:00:00Z", 1000);
  name("app", "1", held_.add(index_of({{"linux/amd64", some_digest('b')}, {"linux/arm64", arm}})));
  EXPECT_THAT(rows(list()), ElementsAre("app:1 -"));
  EXPECT_THAT(messages(list().failures),
              ElementsAre("store: app:1: the index lists linux/amd64, but the manifest is gone: " +
                          some_digest('b')));
  held_.is_sparse = true;
  const Listing listing = list();
  EXPECT_THAT(rows(listing), ElementsAre(fmt::format("app:1 {}", 1000 + config_size_)));
  EXPECT_THAT(listing.failures, IsEmpty());
  query_.platforms = Platforms::kAll;
  EXPECT_THAT(rows(list()), ElementsAre(fmt::format("app:1 {}", 1000 + config_size_)));
  EXPECT_THAT(list().failures, IsEmpty());
  held_.content.erase(arm);
  EXPECT_THAT(rows(list()), ElementsAre("app:1 -"));
}

TEST_F(ImageListerTest, DiskUsageCountsSharedLayersOnce) {
  name("app", "1", held_.add_image("2020-01-01T00:00:00Z", 1000));
  name("web", "1", held_.add_image("2020-02-01T00:00:00Z", 1000));
  query_.content = Content::kBlobs;
  Listing listing = list();
  const std::vector<Row> all = listing.rows;
  const UsageReport report = measure_usage(listing, all, UsageOf::kAllPlatforms);
  EXPECT_EQ(report.total.size, 1000 + 2 * config_size_);  // they share their layer
}

TEST_F(ImageListerTest, ShowsTheIdButNoDigestOfAnImageWithoutAManifest) {
  const std::string config = config_created("2020-01-01T00:00:00Z");
  const std::string digest = held_.add_image("2020-01-01T00:00:00Z", 1000);
  name("app", "1", digest_of(config));
  held_.content[digest_of(config)] = held_.content[digest];
  held_.images.back().digest_of = NamedImage::DigestOf::kConfig;
  held_.images.back().reference = "oci:DIR:1";
  const Listing listing = list();
  EXPECT_EQ(listing.image_of(listing.rows.front()).id, Digest(digest_of(config)));
  EXPECT_THAT(listing.digests_of(listing.rows.front()), IsEmpty());
  EXPECT_EQ(listing.references[listing.rows.front().reference], "oci:DIR:1");
}

TEST_F(ImageListerTest, NamesRepositoriesOnce) {
  name("web", "1", some_digest('b'));
  name("", "", some_digest('b'));
  name("app", "1", some_digest('b'));
  name("web", "2", some_digest('b'));
  const RepositoryListing listing = wait(fake_.http, lister(held_)->repositories());
  EXPECT_THAT(listing.names, ElementsAre("web", "<none>", "app"));
}

TEST_F(ImageListerTest, ComparesByDigestsAndThenByConfigs) {
  const std::string config = config_created("2020-01-01T00:00:00Z");
  held_.add(config);
  Held other = held_;
  const std::string image = held_.add(manifest_of(config, 1000));
  name("app", "same", image);
  name("app", "repackaged", image);
  name("app", "differs", image);
  name("app", "only-a", image);
  name("", "", image);
  other.add(manifest_of(config, 1000));
  other.images = {{"app", "same", Digest(image)},
                  {"app", "repackaged", Digest(other.add(manifest_of(config, 999)))},
                  {"app", "differs", Digest(other.add_image("2021-01-01T00:00:00Z", 1000))},
                  {"app", "only-b", Digest(image)}};
  const Comparison comparison = compare(held_, other);
  std::vector<std::string> found;
  for (const Difference& difference : comparison.differences) {
    found.push_back(fmt::format("{} {}", to_string(difference.status), difference.tag));
  }
  EXPECT_THAT(found, ElementsAre("differs differs", "only-a only-a", "only-b only-b",
                                 "repackaged repackaged"));
  EXPECT_THAT(comparison.failures, IsEmpty());
}

TEST_F(ImageListerTest, ComparesIdsWhereThereAreNoDigests) {
  const auto of_config = [](std::string tag, std::string_view date) {
    NamedImage image{"app", std::move(tag), Digest(digest_of(config_created(date)))};
    image.digest_of = NamedImage::DigestOf::kConfig;
    return image;
  };
  Held other;
  held_.images = {of_config("same", "2020-01-01T00:00:00Z"),
                  of_config("other", "2020-01-01T00:00:00Z")};
  other.images = {of_config("same", "2020-01-01T00:00:00Z"),
                  of_config("other", "2021-01-01T00:00:00Z")};
  const Comparison comparison = compare(held_, other);
  ASSERT_EQ(comparison.differences.size(), 1U);
  EXPECT_EQ(comparison.differences.front().tag, "other");
}

}  // namespace
}  // namespace dkr
