#include "source/hub/tag_pages.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/error.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;

constexpr Time kPushed{std::chrono::seconds(1600000000)};  // 2020-09-13T12:26:40Z

std::string page_with(const std::string& entries) {
  return fmt::format(R"({{"count": 1, "next": null, "results": [{}]}})", entries);
}

/// The tags of a page without faults.
std::vector<HubTag> tags_in(const std::string& page) {
  HubTagPages pages;
  EXPECT_EQ(pages.add(page), std::nullopt);
  EXPECT_EQ(pages.fault(), std::nullopt) << pages.fault()->what();
  return std::move(pages).take();
}

HubTag tag_in(const std::string& members) {
  const auto tags = tags_in(page_with(R"({"name": "t", )" + members + "}"));
  return tags.empty() ? HubTag{"none"} : tags.front();
}

TEST(HubTagPages, TellWhatIsKnownOfATag) {
  const auto tags = tags_in(page_with(fmt::format(
      R"({{"id": 7, "name": "1.0", "full_size": 12, "last_updated": "2021-01-01T00:00:00Z",)"
      R"("tag_last_pushed": "2020-09-13T12:26:40.9Z", "digest": "{}", "media_type": "{}",)"
      R"("images": [{{"os": "linux", "architecture": "ARM", "variant": "v7", "size": 10,)"
      R"("digest": "{}", "last_pushed": "2020-09-13T14:26:40+02:00", "features": ""}},)"
      R"({{"os": "unknown", "architecture": "unknown", "variant": null}}]}})",
      some_digest('a'), kOciIndexType, some_digest('b'))));
  const HubTag expected{
      .name = "1.0",
      .digest = Digest(some_digest('a')),
      .media_type = MediaType::kOciIndex,
      .size = 12,
      .pushed = kPushed,
      .images = {{Digest(some_digest('b')), {"linux", "arm", "v7"}, 10, kPushed},
                 {std::nullopt, {"unknown", "unknown", ""}, std::nullopt, std::nullopt}}};
  EXPECT_THAT(tags, ElementsAre(expected));
}

TEST(HubTagPages, TakeNullAndNonsenseForUnknown) {
  for (const std::string value : {"null", "7", "true", "[]", "{}", R"("")", R"("nonsense")", "-1",
                                  "1e30", "4611686018427387904"}) {
    const HubTag tag = tag_in(fmt::format(
        R"("full_size": {0}, "last_updated": {0}, "tag_last_pushed": {0}, "digest": {0},)"
        R"("media_type": {0}, "images": {0}, "more": {0})",
        value == "7" ? "-7" : value));
    EXPECT_EQ(tag, HubTag{"t"}) << value;
  }
  const HubTag tag = tag_in(
      R"("images": [null, {"os": null, "architecture": 1, "variant": [], "size": -1, "digest": ""}])");
  EXPECT_THAT(tag.images, ElementsAre(HubImage{}, HubImage{}));
}

TEST(HubTagPages, TakeYearOneForUnknown) {
  const HubTag tag = tag_in(
      R"("tag_last_pushed": "0001-01-01T00:00:00Z", "last_updated": "2020-09-13T12:26:40Z",)"
      R"("images": [{"last_pushed": "0001-01-01T00:00:00.000Z"}, {"last_pushed": "9999-12-31T23:59:59-01:00"}])");
  EXPECT_EQ(tag.pushed, kPushed);
  EXPECT_THAT(tag.images, ElementsAre(HubImage{}, HubImage{}));
}

TEST(HubTagPages, TakeTheDigestOfTheOnlyImageWhereTheTagHasNone) {
  const auto digest_of_tag = [](const std::string& more) {
    return tag_in(fmt::format(R"("images": [{{"digest": "{}"}}{}])", some_digest('b'), more))
        .digest;
  };
  EXPECT_EQ(digest_of_tag(""), Digest(some_digest('b')));
  EXPECT_EQ(digest_of_tag(", {}"), std::nullopt);
  EXPECT_EQ(tag_in(fmt::format(R"("media_type": "{}", "images": [{{"digest": "{}"}}])",
                               kOciIndexType, some_digest('b')))
                .digest,
            std::nullopt);
}

TEST(HubTagPages, KeepEachTagOnce) {
  HubTagPages pages;
  EXPECT_EQ(pages.add(R"({"next": "https://h/2", "results": [{"name": "b"}, {"name": "a"}]})"),
            "https://h/2");
  EXPECT_EQ(pages.add(R"({"next": "", "results": [{"name": "a"}, {"name": "c"}]})"), std::nullopt);
  EXPECT_EQ(pages.add(R"({"results": null})"), std::nullopt);
  EXPECT_THAT(
      std::move(pages).take(),
      ElementsAre(Field(&HubTag::name, "b"), Field(&HubTag::name, "a"), Field(&HubTag::name, "c")));
}

TEST(HubTagPages, LeaveOutEntriesThatAreUnreadable) {
  for (const std::string entry :
       {"7", "[]", "{}", R"({"name": null})", R"({"name": ""})", R"({"name": "a b"})",
        R"({"name": "\u001b"})", R"({"name": "a", "x": 99999999999999999999})",
        R"({"name" "a"})"}) {
    HubTagPages pages;
    pages.add(page_with(R"({"name": "a"}, )" + entry + R"(, null, {"name": "z"})"));
    ASSERT_TRUE(pages.fault()) << entry;
    EXPECT_THAT(pages.fault()->what(), HasSubstr("entry 2 ")) << entry;
    EXPECT_THAT(std::move(pages).take(), SizeIs(2)) << entry;
  }
  HubTagPages pages;
  pages.add(page_with("1, 2, 3"));
  EXPECT_STREQ(pages.fault()->what(), "entry 1 is not an object (and 2 more entries)");
}

std::string repeated(const std::string& entry, int count) {
  std::string entries = entry;
  for (int i = 1; i < count; ++i) entries += "," + entry;
  return entries;
}

TEST(HubTagPages, AreRefusedWhenOverAThousandEntriesAreUnreadable) {
  HubTagPages pages;
  pages.add(page_with(repeated("7", 500)));
  pages.add(page_with(repeated("7", 500)));
  EXPECT_THAT([&] { pages.add(page_with("7")); },
              ThrowsMessage<Error>("over 1000 unreadable entries: entry 1 is not an object"));
}

TEST(HubTagPages, TakeUpTo256ImagesOfATag) {
  EXPECT_THAT(tag_in(R"("images": [)" + repeated("{}", 256) + "]").images, SizeIs(256));
  HubTagPages pages;
  pages.add(page_with(R"({"name": "a", "images": [)" + repeated("{}", 257) + "]}"));
  EXPECT_STREQ(pages.fault()->what(), "entry 1 has over 256 images");
}

TEST(HubTagPages, AreLimitedInWhatIsKept) {
  HubTagPages pages;
  const std::string images = R"("images": [)" + repeated("{}", 256) + "]";
  const auto add = [&] {
    for (int i = 0; i < 100'000; ++i) {
      pages.add(page_with(fmt::format(R"({{"name": "{}", {}}})", i, images)));
    }
  };
  EXPECT_THAT(add, ThrowsMessage<Error>("the list is over 64 MiB"));
  const std::size_t count = std::move(pages).take().size();
  EXPECT_GT(count, 500U);
  EXPECT_LT(count, kMaxListBytes / 256 / sizeof(HubImage));
}

TEST(HubTagPages, TakeMemoryForDifferentTagsOnly) {
  HubTagPages pages;
  const std::string entry = R"({"name": "a", "images": [)" + repeated("{}", 256) + "]}";
  pages.add(page_with(repeated(entry, 2000)));
  EXPECT_THAT(std::move(pages).take(), SizeIs(1));
}

TEST(HubTagPages, AreObjectsWithResults) {
  for (const std::string body :
       {"", "<html>", "[]", "null", "{}", R"({"results": "a"})", R"({"results": {}})",
        R"({"results": [{"name": "a"})", R"({"results": [], "next": 7})",
        R"({"results": [], "next": {}})", R"({"results": [], "next": "\ud800"})"}) {
    HubTagPages pages;
    EXPECT_THROW(pages.add(body), Error) << body;
  }
}

TEST(TagPage, IsReadBack) {
  std::vector<HubTag> tags{{"bare"}};
  tags.push_back({"full",
                  Digest(some_digest('a')),
                  MediaType::kDockerList,
                  std::uint64_t{1} << 50,
                  kPushed,
                  {{Digest(some_digest('b')), {"linux", "arm", "v7"}, 1, kPushed},
                   {std::nullopt, {"a\"\\\n\x1b\u00e9", "", ""}, std::nullopt, std::nullopt},
                   {}}});
  constexpr std::size_t kNoLimit = std::size_t{1} << 30;
  const auto page = tag_page(tags, kNoLimit);
  ASSERT_TRUE(page);
  EXPECT_EQ(tags_in(*page), tags);
  EXPECT_THAT(tags_in(*tag_page({}, kNoLimit)), IsEmpty());
  EXPECT_EQ(tag_page(tags, page->size() / 2), std::nullopt);
}

}  // namespace
}  // namespace dkr
