#include "source/registry/name_pages.h"

#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/error.h"
#include "model/reference.h"

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using testing::ThrowsMessage;

/// A page whose list has `count` elements, which are `format` with their numbers.
std::string page_of(int count, std::string_view format) {
  std::string body;
  for (int i = 0; i < count; ++i)
    body += (i == 0 ? "" : ",") + fmt::format(fmt::runtime(format), i);
  return R"({"tags": [)" + body + "]}";
}

TEST(NamePages, KeepsEachNameOnceInTheOrderOfThePages) {
  NamePages pages("tags", is_tag);
  pages.add(R"({"name": "x", "tags": ["b", "a", null, "b"]})");
  pages.add(R"({"tags": null})");
  pages.add(R"({"tags": ["c", "a", "c"], "more": []})");
  EXPECT_THAT(std::move(pages).take(), ElementsAre("b", "a", "c"));
}

TEST(NamePages, AreLimitedInAllTogether) {
  const std::string page = R"({"tags": [")" + std::string(kMaxListBytes / 2, 'x') + R"("]})";
  NamePages pages("tags", is_tag);
  pages.add(page);
  EXPECT_EQ(pages.bytes_left(), kMaxListBytes - page.size());
  EXPECT_THAT([&] { pages.add(page); }, ThrowsMessage<Error>("the list is over 64 MiB"));
  pages.count_bytes(pages.bytes_left());
  EXPECT_THAT([&] { pages.count_bytes(1); }, ThrowsMessage<Error>("the list is over 64 MiB"));
}

TEST(NamePages, TakesMemoryForDifferentNamesOnly) {
  NamePages pages("tags", is_tag);
  for (int i = 0; i < 3; ++i) pages.add(page_of(10'000, R"("a")"));
  EXPECT_THAT(std::move(pages).take(), SizeIs(1));
}

TEST(NamePages, AreRefusedWhenOverAThousandNamesAreInvalid) {
  NamePages pages("tags", is_tag);
  pages.add(page_of(1000, R"("-{}")"));
  pages.add(page_of(1000, R"("-{}")"));
  EXPECT_THAT([&] { pages.add(R"({"tags": ["ok", "!"]})"); },
              ThrowsMessage<Error>("has over 1000 invalid names in tags"));
  EXPECT_THAT(std::move(pages).take(), SizeIs(1001));
}

TEST(NamePages, KeepsAThousandDigestsAndAllTags) {
  NamePages pages("tags", is_tag);
  pages.add(page_of(5000, R"("sha256:{}")"));
  pages.add(page_of(5000, R"("v{}")"));
  EXPECT_THAT(std::move(pages).take(), SizeIs(6000));
}

TEST(NamePages, AreListsOfNames) {
  for (const std::string body : {"", "<html>", "[]", "{}", R"({"tags": "a"})", R"({"tags": [1]})",
                                 R"({"tags": ["a"})", R"({"tags": [["a"]]})"}) {
    NamePages pages("tags", is_tag);
    EXPECT_THROW(pages.add(body), Error) << body;
  }
}

}  // namespace
}  // namespace dkr
