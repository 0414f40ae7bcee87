#include "model/docker_hub.h"

#include <gtest/gtest.h>

namespace dkr {
namespace {

TEST(DockerHub, IsKnownByItsTwoNames) {
  EXPECT_TRUE(is_docker_hub("docker.io"));
  EXPECT_TRUE(is_docker_hub("index.docker.io"));
  for (const char* name : {"", "hub.docker.com", "registry-1.docker.io", "docker.io.example.com"}) {
    EXPECT_FALSE(is_docker_hub(name)) << name;
  }
}

TEST(DockerHub, MayBeNamedBeforeARepository) {
  for (const char* name : {"team/app", "docker.io/team/app", "index.docker.io/team/app",
                           "registry-1.docker.io/team/app"}) {
    EXPECT_EQ(without_hub(name), "team/app") << name;
  }
  for (const char* name : {"", "docker.io", "docker.iox/app", "quay.io/docker.io/app"}) {
    EXPECT_EQ(without_hub(name), name);
  }
}

TEST(DockerHub, ShowsOfficialRepositoriesWithoutTheirNamespace) {
  EXPECT_EQ(familiar_path("library/nginx"), "nginx");
  EXPECT_EQ(familiar_path("team/app"), "team/app");
  EXPECT_EQ(familiar_path("library/a/b"), "library/a/b");
  EXPECT_EQ(full_path("nginx"), "library/nginx");
  EXPECT_EQ(full_path("team/app"), "team/app");
  EXPECT_EQ(full_path("library/nginx"), "library/nginx");
}

}  // namespace
}  // namespace dkr
