#include "model/contents.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// The blobs of `manifest` as names and sizes.
std::vector<std::pair<std::string, std::uint64_t>> blobs_of(const Contents& contents,
                                                            const std::string& manifest) {
  std::vector<std::pair<std::string, std::uint64_t>> result;
  for (const std::uint32_t blob : contents.by_manifest.at(Digest(manifest))) {
    result.emplace_back(contents.blobs[blob].digest.text(), contents.blobs[blob].size);
  }
  return result;
}

Blob sized_blob(const std::string& name, std::uint64_t size) { return {Digest(name), size}; }

TEST(ContentsBuilder, StoresEachBlobOnce) {
  Contents contents;
  ContentsBuilder builder(contents);
  builder.add(Digest("m"), std::vector{sized_blob("x", 5), sized_blob("y", 7)});
  builder.add(Digest("n"), std::vector{sized_blob("z", 1), sized_blob("x", 5)});
  builder.add(Digest("none"), {});
  EXPECT_THAT(contents.blobs, SizeIs(3));
  EXPECT_THAT(blobs_of(contents, "m"), ElementsAre(std::pair("x", 5), std::pair("y", 7)));
  EXPECT_THAT(blobs_of(contents, "n"), ElementsAre(std::pair("z", 1), std::pair("x", 5)));
  EXPECT_THAT(blobs_of(contents, "none"), IsEmpty());
  EXPECT_THAT(contents.by_manifest, SizeIs(3));
}

TEST(ContentsBuilder, AddsAManifestOnce) {
  Contents contents;
  ContentsBuilder builder(contents);
  builder.add(Digest("m"), std::vector{sized_blob("x", 5)});
  builder.add(Digest("m"), std::vector{sized_blob("y", 7)});
  EXPECT_THAT(blobs_of(contents, "m"), ElementsAre(std::pair("x", 5)));
  EXPECT_THAT(contents.blobs, SizeIs(1));
}

/// A foreign layer that one manifest takes for an ordinary one counts, and a wrong size hides none.
TEST(ContentsBuilder, TakesTheBiggestOfTheSizesOfABlob) {
  Contents contents;
  ContentsBuilder builder(contents);
  builder.add(Digest("m"), std::vector{sized_blob("x", 5), sized_blob("y", 9)});
  builder.add(Digest("n"), std::vector{sized_blob("x", 7), sized_blob("y", 0)});
  EXPECT_THAT(blobs_of(contents, "m"), ElementsAre(std::pair("x", 7), std::pair("y", 9)));
}

TEST(ContentsBuilder, CopiesWhatAnotherOneHasOfAManifest) {
  Contents from;
  ContentsBuilder source(from);
  source.add(Digest("other"), std::vector{sized_blob("z", 1)});
  source.add(Digest("m"), std::vector{sized_blob("x", 5), sized_blob("y", 7)});
  source.add(Digest("empty"), {});
  Contents contents;
  ContentsBuilder builder(contents);
  builder.add(Digest("n"), std::vector{sized_blob("y", 8)});
  builder.add(Digest("known"), std::vector{sized_blob("y", 8)});
  for (const std::string name : {"m", "empty", "missing", "m"}) builder.copy(from, Digest(name));
  EXPECT_THAT(blobs_of(contents, "m"), ElementsAre(std::pair("x", 5), std::pair("y", 8)));
  EXPECT_THAT(blobs_of(contents, "empty"), IsEmpty());
  EXPECT_THAT(contents.by_manifest, SizeIs(4)) << "nothing of what is missing there";
  EXPECT_THAT(contents.blobs, SizeIs(2));
  source.add(Digest("known"), std::vector{sized_blob("z", 1)});
  builder.copy(from, Digest("known"));
  EXPECT_THAT(blobs_of(contents, "known"), ElementsAre(std::pair("y", 8)));
}

}  // namespace
}  // namespace dkr
