#include "source/registry/name.h"

#include <string>

#include <gtest/gtest.h>

namespace dkr {
namespace {

TEST(RegistryName, TakesWhatCanBeARepository) {
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

TEST(RegistryName, TakesNothingThatStandsForSomethingElseInAUrl) {
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

TEST(RegistryName, KnowsTheOfficialRepositoriesOfDockerHubAlone) {
  const struct {
    std::string host;
    std::string path;
    std::string displayed;
  } rows[] = {
      {"docker.io", "library/nginx", "nginx"},
      {"docker.io", "team/app", "team/app"},
      {"registry.example.com", "library/nginx", "library/nginx"},
      {"registry.example.com", "nginx", "nginx"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(displayed_name(row.path, parse_registry(row.host)), row.displayed) << row.path;
  }
  EXPECT_EQ(repository_path("nginx", parse_registry("docker.io")), "library/nginx");
  EXPECT_EQ(repository_path("team/app", parse_registry("docker.io")), "team/app");
  EXPECT_EQ(repository_path("nginx", parse_registry("registry.example.com")), "nginx");
}

}  // namespace
}  // namespace dkr
