#include "model/media_type.h"

#include <gtest/gtest.h>

namespace dkr {
namespace {

TEST(MediaType, IsReadAsItIsWritten) {
  for (const MediaType type :
       {MediaType::kOciIndex, MediaType::kOciManifest, MediaType::kDockerList,
        MediaType::kDockerManifest, MediaType::kDockerSchema1, MediaType::kDockerSchema1Signed,
        MediaType::kOciArtifact}) {
    EXPECT_EQ(parse_media_type(to_string(type)), type) << to_string(type);
  }
  EXPECT_EQ(parse_media_type("application/json"), MediaType::kUnknown);
  EXPECT_EQ(parse_media_type(""), MediaType::kUnknown);
  EXPECT_EQ(to_string(MediaType::kUnknown), "");
}

TEST(MediaType, TellsIndexes) {
  EXPECT_TRUE(is_index(MediaType::kOciIndex));
  EXPECT_TRUE(is_index(MediaType::kDockerList));
  EXPECT_FALSE(is_index(MediaType::kOciManifest));
  EXPECT_FALSE(is_index(MediaType::kUnknown));
}

}  // namespace
}  // namespace dkr
