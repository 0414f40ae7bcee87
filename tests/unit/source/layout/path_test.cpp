#include "source/layout/path.h"

#include <gtest/gtest.h>

namespace dkr {
namespace {

TEST(PlainPath, IsWithinTheArchive) {
  struct Case {
    const char* path;
    std::optional<std::string> plain;
  };
  for (const Case& c :
       {Case{"a", "a"}, Case{"a/b", "a/b"}, Case{"./a//b/", "a/b"}, Case{"a/../b", "b"},
        Case{"a/./b/..", "a"}, Case{"", std::nullopt}, Case{".", std::nullopt},
        Case{"a/..", std::nullopt}, Case{"..", std::nullopt}, Case{"../a", std::nullopt},
        Case{"a/../../b", std::nullopt}, Case{"/a", std::nullopt}}) {
    EXPECT_EQ(plain_path(c.path), c.plain) << c.path;
  }
}

TEST(LinkedPath, BeginsInTheFolderOfTheLink) {
  EXPECT_EQ(linked_path("a/layer.tar", "../b/layer.tar"), "b/layer.tar");
  EXPECT_EQ(linked_path("a/b", "c"), "a/c");
  EXPECT_EQ(linked_path("a", "b"), "b");
  EXPECT_EQ(linked_path("a", "../b"), std::nullopt);
  EXPECT_EQ(linked_path("a/b", "../../c"), std::nullopt);
  EXPECT_EQ(linked_path("a/b", "/c"), std::nullopt);
  EXPECT_EQ(linked_path("a/b", ""), "a");
}

}  // namespace
}  // namespace dkr
