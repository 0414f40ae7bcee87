#include "model/index_content.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

struct IndexLists {
  std::vector<std::string> manifests;
  std::vector<std::string> attestations = {};
};
using NamedIndexes = std::map<std::string, IndexLists>;

IndexTable index_table(const NamedIndexes& indexes) {
  IndexTable table;
  for (const auto& [name, lists] : indexes) {
    IndexContent& content = table[Digest(name)];
    for (const std::string& manifest : lists.manifests) content.manifests.emplace_back(manifest);
    for (const std::string& other : lists.attestations) content.attestations.emplace_back(other);
  }
  return table;
}

std::vector<std::string> texts_of(const std::vector<Digest>& digests) {
  std::vector<std::string> texts;
  for (const Digest& digest : digests) texts.push_back(digest.text());
  return texts;
}

/// What a walk from `digest` visits, sorted, with `*` after indexes.
std::vector<std::string> visited(IndexWalk& walk, const std::string& digest) {
  std::vector<std::string> names;
  walk.from(Digest(digest), [&](const Digest& below, const IndexContent* index) {
    names.push_back(below.text() + (index != nullptr ? "*" : ""));
  });
  std::ranges::sort(names);
  return names;
}

TEST(IndexContent, KnowsWhatIsBelowAnIndex) {
  const struct {
    const char* what;
    NamedIndexes indexes;
    std::vector<std::string> images;  // below `i`
    std::vector<std::string> all;
  } rows[] = {
      {"no index", {{"n", {{"m1"}}}}, {"i"}, {"i"}},
      {"an index of nothing", {{"i", {}}}, {}, {"i*"}},
      {"images and attestations",
       {{"i", {{"m2", "m1"}, {"t1", "t2"}}}},
       {"m2", "m1"},
       {"i*", "m1", "m2", "t1", "t2"}},
      {"only attestations", {{"i", {{}, {"t"}}}}, {}, {"i*", "t"}},
      {"an image twice", {{"i", {{"m1", "m2", "m1"}, {"m2"}}}}, {"m1", "m2"}, {"i*", "m1", "m2"}},
      {"an index in an index takes its place",
       {{"i", {{"m1", "n", "m3"}, {"t1"}}}, {"n", {{"m2", "m1"}, {"t2"}}}},
       {"m1", "m2", "m3"},
       {"i*", "m1", "m2", "m3", "n*", "t1", "t2"}},
      {"an index among attestations has no images",
       {{"i", {{"m1"}, {"n"}}}, {"n", {{"m2"}, {"t"}}}},
       {"m1"},
       {"i*", "m1", "m2", "n*", "t"}},
      {"indexes that list each other",
       {{"i", {{"n", "m1"}}}, {"n", {{"m2", "i"}, {"i"}}}},
       {"m2", "m1"},
       {"i*", "m1", "m2", "n*"}},
      {"an index that lists itself", {{"i", {{"i"}, {"i"}}}}, {}, {"i*"}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    const IndexTable table = index_table(row.indexes);
    EXPECT_EQ(texts_of(images_below(table, Digest("i"))), row.images);
    IndexWalk walk(table);
    EXPECT_EQ(visited(walk, "i"), row.all);
    EXPECT_THAT(visited(walk, "i"), IsEmpty()) << "each once";
  }
}

TEST(IndexWalk, GoesOnWhereItHasNotBeen) {
  const IndexTable table =
      index_table({{"i", {{"n", "m1"}, {"t"}}}, {"n", {{"m2"}}}, {"o", {{"n", "m3"}, {"i"}}}});
  IndexWalk walk(table);
  EXPECT_THAT(visited(walk, "n"), ElementsAre("m2", "n*"));
  EXPECT_THAT(visited(walk, "o"), ElementsAre("i*", "m1", "m3", "o*", "t"));
  IndexWalk to_images(table, IndexWalk::To::kImages);
  EXPECT_THAT(visited(to_images, "o"), ElementsAre("m2", "m3", "n*", "o*"));
  EXPECT_THAT(visited(to_images, "i"), ElementsAre("i*", "m1"));
}

TEST(IndexesWithUnknown, AreThoseAboveIt) {
  const IndexTable table = index_table({{"top", {{"middle"}}},
                                        {"middle", {{"m1"}, {"low"}}},
                                        {"low", {{"gone"}, {"middle"}}},
                                        {"whole", {{"m1"}}},
                                        {"bare", {}}});
  const auto lacking = [&](const std::vector<std::string>& unknown) {
    std::vector<std::string> names;
    for (const Digest& digest : indexes_with_unknown(table, [&](const Digest& below) {
           return std::ranges::count(unknown, below.text()) == 0;
         })) {
      names.push_back(digest.text());
    }
    return names;
  };
  EXPECT_THAT(lacking({}), IsEmpty());
  EXPECT_THAT(lacking({"gone"}), UnorderedElementsAre("top", "middle", "low"));
  EXPECT_THAT(lacking({"bare"}), ElementsAre("bare"));
  EXPECT_THAT(lacking({"m1"}), UnorderedElementsAre("top", "middle", "low", "whole"));
}

TEST(CopyIndexes, CopiesAnIndexWithThoseBelowIt) {
  const NamedIndexes below = {
      {"i", {{"n", "m1"}, {"t"}}}, {"n", {{"m2", "gone"}}}, {"t", {{"m3", "i"}}}};
  NamedIndexes all = below;
  all["other"] = {{"n"}};
  IndexTable to;
  copy_indexes(index_table(all), Digest("m1"), to);
  EXPECT_EQ(to, IndexTable()) << "no index";
  copy_indexes(index_table(all), Digest("i"), to);
  EXPECT_EQ(to, index_table(below));
}

/// What is in a table is there with all indexes below it.
TEST(CopyIndexes, KeepsWhatIsThere) {
  IndexTable to = index_table({{"i", {{"m1"}}}, {"n", {{"m2"}}}});
  copy_indexes(index_table({{"i", {{"m9", "o"}}}, {"o", {}}}), Digest("i"), to);
  EXPECT_EQ(to, index_table({{"i", {{"m1"}}}, {"n", {{"m2"}}}}));
  copy_indexes(index_table({{"o", {{"n"}}}, {"n", {{"m9"}}}}), Digest("o"), to);
  EXPECT_EQ(to, index_table({{"i", {{"m1"}}}, {"n", {{"m2"}}}, {"o", {{"n"}}}}));
}

}  // namespace
}  // namespace dkr
