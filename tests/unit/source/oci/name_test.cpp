#include "source/oci/name.h"

#include <string>

#include <gtest/gtest.h>

namespace dkr {
namespace {

TEST(RepositoryName, TakesWhatCanBeARepository) {
  for (const std::string& path : {
           std::string("a"),
           std::string("team/app"),
           std::string("a/b/c/d"),
           std::string("Upper/Case"),
           std::string("a.b_c-d"),
           std::string("trailing-/_leading"),
           std::string(255, 'a'),
       }) {
    EXPECT_TRUE(is_repository(path)) << path;
  }
}

TEST(RepositoryName, TakesNothingThatStandsForSomethingElseInAUrl) {
  for (const std::string& path : {
           std::string(),
           std::string("/"),
           std::string("/a"),
           std::string("a/"),
           std::string("a//b"),
           std::string("."),
           std::string("a/../b"),
           std::string("a?b"),
           std::string("a#b"),
           std::string("a%2fb"),
           std::string("a b"),
           std::string("a\x1b[2J"),
           std::string("caf\xc3\xa9"),
           std::string("a\0b", 3),
           std::string(256, 'a'),
       }) {
    EXPECT_FALSE(is_repository(path)) << path;
  }
}

}  // namespace
}  // namespace dkr
