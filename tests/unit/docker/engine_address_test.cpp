#include "docker/engine_address.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/digest.h"
#include "base/error.h"
#include "support/fake_world.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Property;
using testing::StartsWith;
using testing::StrEq;
using testing::Throws;

/// A world with docker's configuration in /config, in which contexts can be made.
class EngineAddress : public testing::Test {
 public:
  EngineAddress() { set("DOCKER_CONFIG", "/config"); }

  void set(const std::string& variable, const std::string& value) {
    fake_.environment.variables[variable] = value;
  }
  void add_context(const std::string& name, const std::string& host) {
    fake_.files.files.insert_or_assign("/config/contexts/meta/" + sha256_hex(name) + "/meta.json",
                                       R"({"Endpoints":{"docker":{"Host":")" + host + "\"}}}");
  }
  void add_key_material(const std::string& name) {
    fake_.files.files.emplace("/config/contexts/tls/" + sha256_hex(name) + "/docker", "");
  }
  void set_current_context(const std::string& name) {
    fake_.files.files.insert_or_assign("/config/config.json",
                                       R"({"currentContext": ")" + name + "\"}");
  }
  void add_socket(const std::string& path) { fake_.files.files.emplace(path, ""); }

  Endpoint find(const EngineChoice& choice = {}) {
    return find_engine(choice, fake_.world, fake_.log);
  }
  Endpoint find_with_host(const std::string& host) {
    return find({.host = host, .context = std::nullopt});
  }
  Endpoint find_with_context(const std::string& context) {
    return find({.host = std::nullopt, .context = context});
  }

  FakeWorld fake_;
};

TEST_F(EngineAddress, IsNamedByTheFirstOfFiveThatIsSet) {
  const struct {
    std::string chosen_by;
    std::function<void(EngineAddress&, EngineChoice&)> set;
    std::string address;
  } sources[] = {
      {"context \"flag\" (--context)",
       [](EngineAddress&, EngineChoice& choice) { choice.context = "flag"; }, "tcp://flag:1"},
      {"--host", [](EngineAddress&, EngineChoice& choice) { choice.host = "tcp://host:1"; },
       "tcp://host:1"},
      {"DOCKER_HOST",
       [](EngineAddress& test, EngineChoice&) { test.set("DOCKER_HOST", "tcp://env-host:1"); },
       "tcp://env-host:1"},
      {"context \"env\" (DOCKER_CONTEXT)",
       [](EngineAddress& test, EngineChoice&) { test.set("DOCKER_CONTEXT", "env"); },
       "tcp://env:1"},
      {"context \"current\" (currentContext of config.json)",
       [](EngineAddress& test, EngineChoice&) { test.set_current_context("current"); },
       "tcp://current:1"},
      {"default", {}, "unix:///var/run/docker.sock"},
  };
  constexpr std::size_t kSettable = std::size(sources) - 1;
  for (const std::string name : {"flag", "env", "current"})
    add_context(name, "tcp://" + name + ":1");

  for (unsigned set_ones = 0; set_ones < 1U << kSettable; ++set_ones) {
    fake_.environment.variables = {{"DOCKER_CONFIG", "/config"}};
    fake_.files.files.erase("/config/config.json");
    EngineChoice choice;
    std::size_t first = kSettable;
    for (std::size_t i = kSettable; i-- > 0;) {
      if ((set_ones & (1U << i)) == 0) continue;
      sources[i].set(*this, choice);
      first = i;
    }
    const Endpoint endpoint = find(choice);
    EXPECT_EQ(endpoint.address, sources[first].address) << "set: " << set_ones;
    EXPECT_EQ(endpoint.chosen_by, sources[first].chosen_by) << "set: " << set_ones;
  }
}

TEST_F(EngineAddress, IsNotNamedByWhatIsEmpty) {
  set("DOCKER_HOST", "");
  set("DOCKER_CONTEXT", "");
  set_current_context("");
  EXPECT_EQ(find().chosen_by, "default");
  add_context("remote", "tcp://remote:1");
  set_current_context("remote");
  EXPECT_EQ(find().address, "tcp://remote:1");
}

TEST_F(EngineAddress, IsDockersDefaultForAnEmptyHost) {
  const Endpoint endpoint = find_with_host("");
  EXPECT_EQ(endpoint.address, "unix:///var/run/docker.sock");
  EXPECT_EQ(endpoint.chosen_by, "--host");
}

TEST_F(EngineAddress, IsNotNamedByAnEmptyContextFlag) {
  set("DOCKER_HOST", "tcp://env-host:1");
  EXPECT_EQ(find_with_context("").address, "tcp://env-host:1");
}

TEST_F(EngineAddress, OfTheDefaultContextIsDockerHostOrTheSocket) {
  set_current_context("remote");
  add_context("remote", "tcp://remote:1");
  add_context("default", "tcp://not-this-one:1");
  EXPECT_EQ(find_with_context("default").address, "unix:///var/run/docker.sock");
  set("DOCKER_CONTEXT", "default");
  EXPECT_EQ(find().address, "unix:///var/run/docker.sock");
  set("DOCKER_HOST", "tcp://env-host:1");
  const Endpoint endpoint = find_with_context("default");
  EXPECT_EQ(endpoint.address, "tcp://env-host:1");
  EXPECT_EQ(endpoint.chosen_by, "DOCKER_HOST");
}

TEST_F(EngineAddress, OfTheDefaultContextAsTheCurrentOneIsTheSocket) {
  set_current_context("default");
  EXPECT_EQ(find().address, "unix:///var/run/docker.sock");
}

TEST_F(EngineAddress, OfAContextWithoutAHostIsTheSocket) {
  add_context("local", "");
  EXPECT_EQ(find_with_context("local").address, "unix:///var/run/docker.sock");
}

TEST_F(EngineAddress, IsAnErrorWhenTheContextDoesNotExist) {
  const auto is_missing = [](const std::string& name) {
    return Throws<Error>(
        AllOf(Property(&Error::kind, ErrorKind::kConfiguration),
              Property(&Error::what, StrEq("context \"" + name + "\": context not found"))));
  };
  set_current_context("gone1");
  EXPECT_THAT([&] { find(); }, is_missing("gone1"));
  set("DOCKER_CONTEXT", "gone2");
  EXPECT_THAT([&] { find(); }, is_missing("gone2"));
  set("DOCKER_HOST", "tcp://engine");
  EXPECT_NO_THROW(find());
  EXPECT_THAT([&] { find_with_context("gone3"); }, is_missing("gone3"));
}

TEST_F(EngineAddress, IsAnErrorThatSaysWhereABadOneComesFrom) {
  const auto is_invalid = [](const std::string& origin) {
    return Throws<Error>(AllOf(
        Property(&Error::kind, ErrorKind::kConfiguration),
        Property(&Error::what, StrEq(origin + ": invalid bind address format: http://engine")),
        Property(&Error::hint, StartsWith("write "))));
  };
  EXPECT_THAT([&] { find_with_host("http://engine"); }, is_invalid("--host"));
  add_context("bad", "http://engine");
  EXPECT_THAT([&] { find_with_context("bad"); }, is_invalid("context \"bad\" (--context)"));
  set("DOCKER_HOST", "http://engine");
  EXPECT_THAT([&] { find(); }, is_invalid("DOCKER_HOST"));
}

TEST_F(EngineAddress, IsFoundInSpiteOfABrokenConfigFile) {
  fake_.files.files.emplace("/config/config.json", "{");
  EXPECT_EQ(find().address, "unix:///var/run/docker.sock");
  EXPECT_THAT(fake_.err.content, HasSubstr(" WARNING /config/config.json: not JSON"));
}

TEST_F(EngineAddress, IsLoggedWithItsOrigin) {
  set("DOCKER_HOST", "engine:1");
  (void)find();
  EXPECT_THAT(fake_.err.content, EndsWith(" DEBUG engine tcp://engine:1: chosen by DOCKER_HOST\n"));
}

TEST_F(EngineAddress, IsAnErrorWhereDockerWouldUseTls) {
  add_context("tls", "tcp://tls:2376");
  add_key_material("tls");
  const struct {
    std::string what;
    std::optional<std::string> host;
    std::optional<std::string> context;
    std::map<std::string, std::string> variables;
    std::string address;
  } rows[] = {
      {"verified", {}, {}, {{"DOCKER_HOST", "tcp://h:1"}, {"DOCKER_TLS_VERIFY", "1"}}, "tcp://h:1"},
      {"any value",
       {},
       {},
       {{"DOCKER_HOST", "tcp://h:1"}, {"DOCKER_TLS_VERIFY", "0"}},
       "tcp://h:1"},
      {"not verified", {}, {}, {{"DOCKER_HOST", "tcp://h:1"}, {"DOCKER_TLS", "1"}}, "tcp://h:1"},
      {"default host", {}, {}, {{"DOCKER_TLS_VERIFY", "1"}}, "tcp://localhost:2376"},
      {"flag", "h:1", {}, {{"DOCKER_TLS_VERIFY", "1"}}, "tcp://h:1"},
      {"default context", {}, "default", {{"DOCKER_TLS", "1"}}, "tcp://localhost:2376"},
      {"key material", {}, "tls", {}, "tcp://tls:2376"},
      {"key material of DOCKER_CONTEXT", {}, {}, {{"DOCKER_CONTEXT", "tls"}}, "tcp://tls:2376"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    fake_.environment.variables = row.variables;
    set("DOCKER_CONFIG", "/config");
    EXPECT_THAT(
        [&] {
          find({row.host, row.context});
        },
        Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kUnsupported),
                            Property(&Error::what, StrEq(row.address + ": engines over TLS are not "
                                                                       "supported yet")))));
  }
}

TEST_F(EngineAddress, NeedsNoTlsForSocketsNorForContextsThatBringNone) {
  add_context("plain", "tcp://plain:1");
  add_context("socket", "unix:///x");
  add_key_material("socket");
  set("DOCKER_TLS_VERIFY", "1");
  EXPECT_EQ(find_with_host("unix:///x").address, "unix:///x");
  EXPECT_EQ(find_with_context("plain").address, "tcp://plain:1");
  EXPECT_EQ(find_with_context("socket").address, "unix:///x");
  set("DOCKER_TLS_VERIFY", "");
  set("DOCKER_HOST", "tcp://h:1");
  EXPECT_EQ(find().address, "tcp://h:1");
}

TEST_F(EngineAddress, OfAnotherEngineIsThatOfASocketInAUsualPlace) {
  const std::vector<std::string> in_order{"/var/run/docker.sock",
                                          "/run/user/7/docker.sock",
                                          "/run/user/7/podman/podman.sock",
                                          "/home/me/.docker/desktop/docker.sock",
                                          "/home/me/.docker/run/docker.sock",
                                          "/run/podman/podman.sock"};
  set("XDG_RUNTIME_DIR", "/run/user/7");
  set("HOME", "/home/me");
  EXPECT_EQ(other_engine(fake_.world, "unix:///x"), std::nullopt);
  for (auto socket = in_order.rbegin(); socket != in_order.rend(); ++socket) {
    add_socket(*socket);
    EXPECT_EQ(other_engine(fake_.world, "unix:///x"), "unix://" + *socket);
  }
}

TEST_F(EngineAddress, OfAnotherEngineIsNotTheOneThatDoesNotAnswer) {
  add_socket("/var/run/docker.sock");
  EXPECT_EQ(other_engine(fake_.world, "unix:///var/run/docker.sock"), std::nullopt);
  add_socket("/run/podman/podman.sock");
  EXPECT_EQ(other_engine(fake_.world, "unix:///var/run/docker.sock"),
            "unix:///run/podman/podman.sock");
}

TEST_F(EngineAddress, OfAnotherEngineMayBeInTheHomeOfTheUserDatabase) {
  fake_.environment.user_home = "/home/me";
  add_socket("/home/me/.docker/run/docker.sock");
  EXPECT_EQ(other_engine(fake_.world, "unix:///x"), "unix:///home/me/.docker/run/docker.sock");
}

TEST_F(EngineAddress, ComesWithTheHeadersOfTheConfiguration) {
  fake_.files.files.insert_or_assign("/config/config.json", R"({"HttpHeaders": {"X-A": "b"}})");
  EXPECT_THAT(find().headers, ElementsAre(std::pair<std::string, std::string>("X-A", "b")));
  fake_.files.files.insert_or_assign("/config/config.json", R"({"HttpHeaders": {"X A": "b"}})");
  EXPECT_THAT([&] { find(); }, Throws<Error>(Property(&Error::kind, ErrorKind::kConfiguration)));
}

TEST_F(EngineAddress, OfAnotherEngineIsLookedForWithoutAnyEnvironment) {
  fake_.environment.variables.clear();
  add_socket("/docker.sock");
  add_socket("/.docker/run/docker.sock");
  EXPECT_EQ(other_engine(fake_.world, "unix:///x"), std::nullopt);
}

}  // namespace
}  // namespace dkr
