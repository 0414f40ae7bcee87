#include "docker/other_engines.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/digest.h"
#include "support/fake_world.h"

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class OtherEnginesTest : public testing::Test {
 protected:
  OtherEnginesTest() {
    fake_.environment.variables = {
        {"DOCKER_CONFIG", "/config"}, {"XDG_RUNTIME_DIR", "/run/user/7"}, {"HOME", "/home/me"}};
  }

  void add_socket(const std::string& path) { fake_.files.files.emplace(path, FakeFiles::kSocket); }
  void add_context(const std::string& name, const std::string& host) {
    const std::string text =
        R"({"Name":")" + name + R"(","Endpoints":{"docker":{"Host":")" + host + R"("}}})";
    fake_.files.files.emplace("/config/contexts/meta/" + sha256_hex(name) + "/meta.json", text);
  }
  std::vector<std::string> addresses(const std::string& except = "unix:///x") {
    std::vector<std::string> addresses;
    for (const OtherEngine& engine : other_engines(fake_.world, except)) {
      addresses.push_back(engine.address);
    }
    return addresses;
  }
  std::string advice(EngineNaming naming = EngineNaming::kFlags) {
    return advice_on(other_engines(fake_.world, "unix:///x"), naming);
  }

  FakeWorld fake_;
};

TEST_F(OtherEnginesTest, AreAllSocketsInUsualPlaces) {
  fake_.environment.variables.insert({{"COLIMA_HOME", "/colima"}, {"XDG_CONFIG_HOME", "/xdg"}});
  const std::vector<std::string> in_order{"/var/run/docker.sock",
                                          "/run/user/7/docker.sock",
                                          "/run/user/7/podman/podman.sock",
                                          "/home/me/.docker/desktop/docker.sock",
                                          "/home/me/.docker/run/docker.sock",
                                          "/colima/default/docker.sock",
                                          "/home/me/.colima/default/docker.sock",
                                          "/home/me/.colima/other/docker.sock",
                                          "/xdg/colima/default/docker.sock",
                                          "/home/me/.rd/docker.sock",
                                          "/home/me/.orbstack/run/docker.sock",
                                          "/run/podman/podman.sock"};
  EXPECT_THAT(addresses(), IsEmpty());
  std::vector<std::string> expected;
  for (const std::string& socket : in_order) {
    add_socket(socket);
    expected.push_back("unix://" + socket);
  }
  EXPECT_EQ(addresses(), expected);
}

TEST_F(OtherEnginesTest, AreNotTheOneThatDoesNotAnswer) {
  add_socket("/var/run/docker.sock");
  EXPECT_THAT(addresses("unix:///var/run/docker.sock"), IsEmpty());
  add_socket("/run/podman/podman.sock");
  EXPECT_THAT(addresses("unix:///var/run/docker.sock"),
              ElementsAre("unix:///run/podman/podman.sock"));
}

TEST_F(OtherEnginesTest, AreNamedOnceEvenIfTwoRulesLeadToThem) {
  fake_.environment.variables["COLIMA_HOME"] = "/home/me/.colima";
  add_socket("/home/me/.colima/default/docker.sock");
  EXPECT_THAT(addresses(), ElementsAre("unix:///home/me/.colima/default/docker.sock"));
}

TEST_F(OtherEnginesTest, MayBeInTheConfigurationFolderOfTheHome) {
  add_socket("/home/me/.config/colima/default/docker.sock");
  EXPECT_THAT(addresses(), ElementsAre("unix:///home/me/.config/colima/default/docker.sock"));
}

TEST_F(OtherEnginesTest, MayBeInTheHomeOfTheUserDatabase) {
  fake_.environment.variables.erase("HOME");
  fake_.environment.user_home = "/home/me";
  add_socket("/home/me/.docker/run/docker.sock");
  EXPECT_THAT(addresses(), ElementsAre("unix:///home/me/.docker/run/docker.sock"));
}

TEST_F(OtherEnginesTest, AreLookedForWithoutAnyEnvironment) {
  fake_.environment.variables.clear();
  add_socket("/docker.sock");
  add_socket("/.docker/run/docker.sock");
  EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(OtherEnginesTest, AreLookedForAtAllUsersWithoutARuntimeDirectory) {
  add_socket("/run/user/7/docker.sock");
  add_socket("/run/user/8/podman/podman.sock");
  EXPECT_THAT(addresses(), ElementsAre("unix:///run/user/7/docker.sock"));
  fake_.environment.variables.erase("XDG_RUNTIME_DIR");
  EXPECT_THAT(addresses(), ElementsAre("unix:///run/user/7/docker.sock",
                                       "unix:///run/user/8/podman/podman.sock"));
}

TEST_F(OtherEnginesTest, AreSocketsOnly) {
  fake_.files.files.emplace("/var/run/docker.sock", "a plain file");
  EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(OtherEnginesTest, AreQuotedForAShell) {
  fake_.environment.variables["HOME"] = "/home/it's me";
  add_socket("/home/it's me/.rd/docker.sock");
  EXPECT_EQ(advice(),
            "there is a socket at unix:///home/it's me/.rd/docker.sock: try --host "
            "'unix:///home/it'\\''s me/.rd/docker.sock'");
}

TEST_F(OtherEnginesTest, AreNamedAsSourcesWhereFlagsAreRefused) {
  add_socket("/run/user/7/docker.sock");
  EXPECT_EQ(advice(EngineNaming::kSource),
            "there is a socket at unix:///run/user/7/docker.sock: try "
            "docker:unix:///run/user/7/docker.sock");
  add_context("rootless", "unix:///run/user/7/docker.sock");
  EXPECT_EQ(advice(EngineNaming::kSource),
            "there is a socket at unix:///run/user/7/docker.sock: try docker:rootless");
}

TEST_F(OtherEnginesTest, AreReachedByTheContextWithTheirVeryAddress) {
  add_socket("/home/me/.colima/default/docker.sock");
  add_context("near-miss", "unix:///home/me/.colima/default/docker.sock2");
  fake_.files.files.emplace("/config/contexts/meta/broken/meta.json", "{");
  EXPECT_EQ(advice(),
            "there is a socket at unix:///home/me/.colima/default/docker.sock: try --host "
            "unix:///home/me/.colima/default/docker.sock");
  add_context("colima", "unix:///home/me/.colima/default/docker.sock");
  EXPECT_EQ(
      advice(),
      "there is a socket at unix:///home/me/.colima/default/docker.sock: try --context colima");
}

TEST_F(OtherEnginesTest, AreAllNamedInTheAdvice) {
  EXPECT_EQ(advice(), "");
  add_socket("/run/user/7/docker.sock");
  add_socket("/home/me/.colima/default/docker.sock");
  add_context("colima", "unix:///home/me/.colima/default/docker.sock");
  EXPECT_EQ(advice(),
            "there are sockets of other engines: try --host unix:///run/user/7/docker.sock or "
            "--context colima (unix:///home/me/.colima/default/docker.sock)");
  add_socket("/run/podman/podman.sock");
  EXPECT_EQ(advice(),
            "there are sockets of other engines: try --host unix:///run/user/7/docker.sock, "
            "--context colima (unix:///home/me/.colima/default/docker.sock) or --host "
            "unix:///run/podman/podman.sock");
}

}  // namespace
}  // namespace dkr
