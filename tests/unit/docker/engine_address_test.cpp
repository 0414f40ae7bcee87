#include "docker/engine_address.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/digest.h"
#include "base/error.h"
#include "support/fake_world.h"
#include "support/test_certificate.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
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
  void add_context(const std::string& name, const std::string& host,
                   const std::string& skip_verify = "false") {
    fake_.files.files.insert_or_assign(
        "/config/contexts/meta/" + sha256_hex(name) + "/meta.json",
        fmt::format(
            R"({{"Name":"{}","Endpoints":{{"docker":{{"Host":"{}","SkipTLSVerify":{}}}}}}})", name,
            host, skip_verify));
  }
  void add_key_material(const std::string& name) {
    fake_.files.files.emplace("/config/contexts/tls/" + sha256_hex(name) + "/docker", "");
  }
  void set_current_context(const std::string& name) {
    fake_.files.files.insert_or_assign("/config/config.json",
                                       R"({"currentContext": ")" + name + "\"}");
  }

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

TEST_F(EngineAddress, SpeaksTlsWhereDockerWould) {
  add_context("tls", "tcp://tls:2376");
  add_key_material("tls");
  add_context("skip", "tcp://skip:2376", "true");
  fake_.files.files.emplace("/config/ca.pem", test_certificate().certificate);
  constexpr auto kRequired = ServerVerification::kRequired;
  constexpr auto kSkipped = ServerVerification::kSkipped;
  const struct {
    std::string what;
    std::optional<std::string> host;
    std::optional<std::string> context;
    std::map<std::string, std::string> variables;
    std::string address;
    ServerVerification verification;
  } rows[] = {
      {"verified",
       {},
       {},
       {{"DOCKER_HOST", "tcp://h:1"}, {"DOCKER_TLS_VERIFY", "1"}},
       "h:1",
       kRequired},
      {"any value",
       {},
       {},
       {{"DOCKER_HOST", "tcp://h:1"}, {"DOCKER_TLS_VERIFY", "0"}},
       "h:1",
       kRequired},
      {"not verified",
       {},
       {},
       {{"DOCKER_HOST", "tcp://h:1"}, {"DOCKER_TLS", "1"}},
       "h:1",
       kSkipped},
      {"both", "h:1", {}, {{"DOCKER_TLS_VERIFY", "1"}, {"DOCKER_TLS", "1"}}, "h:1", kRequired},
      {"default host", {}, {}, {{"DOCKER_TLS_VERIFY", "1"}}, "localhost:2376", kRequired},
      {"empty flag",
       "",
       {},
       {{"DOCKER_HOST", "h:1"}, {"DOCKER_TLS_VERIFY", "1"}},
       "localhost:2376",
       kRequired},
      {"flag", "h:1", {}, {{"DOCKER_TLS_VERIFY", "1"}}, "h:1", kRequired},
      {"default port", "tcp://h", {}, {{"DOCKER_TLS_VERIFY", "1"}}, "h:2375", kRequired},
      {"default context", {}, "default", {{"DOCKER_TLS", "1"}}, "localhost:2376", kSkipped},
      {"key material", {}, "tls", {}, "tls:2376", kRequired},
      {"of DOCKER_CONTEXT", {}, {}, {{"DOCKER_CONTEXT", "tls"}}, "tls:2376", kRequired},
      {"SkipTLSVerify alone", {}, "skip", {}, "skip:2376", kSkipped},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    fake_.environment.variables = row.variables;
    set("DOCKER_CONFIG", "/config");
    const Endpoint endpoint = find({row.host, row.context});
    EXPECT_EQ(endpoint.address, "tcp://" + row.address);
    EXPECT_EQ(endpoint.base_url, "https://" + row.address);
    ASSERT_TRUE(endpoint.tls);
    EXPECT_EQ(endpoint.tls->settings->verification, row.verification);
  }
}

TEST_F(EngineAddress, TakesCertificatesFromTheirDirectoryOrTheConfiguration) {
  const TestCertificate& test = test_certificate();
  const std::string of_context = "/config/contexts/tls/" + sha256_hex("tls") + "/docker";
  for (const std::string& directory : {std::string("/config"), std::string("/certs"), of_context}) {
    fake_.files.files.insert_or_assign(directory + "/ca.pem", test.certificate);
  }
  add_context("tls", "tcp://h:1");
  add_key_material("tls");
  set("DOCKER_TLS_VERIFY", "1");
  EXPECT_EQ(find_with_host("h:1").tls->ca_file, "/config/ca.pem");
  set("DOCKER_CERT_PATH", "/certs");
  EXPECT_EQ(find_with_host("h:1").tls->ca_file, "/certs/ca.pem");
  EXPECT_EQ(find_with_context("tls").tls->ca_file, of_context + "/ca.pem");
}

TEST_F(EngineAddress, NamesTheContextWhoseFilesAreWrong) {
  add_context("tls", "tcp://h:1");
  add_key_material("tls");
  const std::string file = "/config/contexts/tls/" + sha256_hex("tls") + "/docker/ca.pem";
  fake_.files.files.insert_or_assign(file, "x");
  EXPECT_THAT(
      [&] { find_with_context("tls"); },
      Throws<Error>(AllOf(Property(&Error::what, StrEq("context \"tls\": " + file +
                                                       ": contains no certificate in PEM format")),
                          Property(&Error::hint, Not(HasSubstr("DOCKER_CERT_PATH"))))));
}

TEST_F(EngineAddress, IsSaidToBeNamedByTheSource) {
  add_context("far", "tcp://far:1");
  const Endpoint by_host = find({.host = "tcp://h", .context = {}, .named_by = "--source"});
  EXPECT_EQ(by_host.chosen_by, "--source");
  EXPECT_EQ(by_host.naming, EngineNaming::kSource);
  EXPECT_EQ(find({.host = {}, .context = "far", .named_by = "the argument"}).chosen_by,
            "context \"far\" (the argument)");
  EXPECT_EQ(find_with_host("tcp://h").naming, EngineNaming::kFlags);
}

TEST_F(EngineAddress, NeedsNoTlsForSocketsNorForContextsThatBringNone) {
  add_context("plain", "tcp://plain:1");
  add_context("socket", "unix:///x");
  add_key_material("socket");
  set("DOCKER_TLS_VERIFY", "1");
  EXPECT_FALSE(find_with_host("unix:///x").tls);
  EXPECT_EQ(find_with_context("plain").base_url, "http://plain:1");
  EXPECT_FALSE(find_with_host("ssh://far").tls);
  EXPECT_FALSE(find_with_context("socket").tls);
  set("DOCKER_TLS_VERIFY", "");
  set("DOCKER_HOST", "tcp://h:1");
  EXPECT_EQ(find().address, "tcp://h:1");
}

TEST_F(EngineAddress, ComesWithTheHeadersOfTheConfiguration) {
  fake_.files.files.insert_or_assign("/config/config.json", R"({"HttpHeaders": {"X-A": "b"}})");
  EXPECT_THAT(find().headers, ElementsAre(std::pair<std::string, std::string>("X-A", "b")));
  fake_.files.files.insert_or_assign("/config/config.json", R"({"HttpHeaders": {"X A": "b"}})");
  EXPECT_THAT([&] { find(); }, Throws<Error>(Property(&Error::kind, ErrorKind::kConfiguration)));
}

}  // namespace
}  // namespace dkr
