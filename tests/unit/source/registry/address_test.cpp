#include "source/registry/address.h"

#include <string>

#include <gmock/gmock.h>

#include "base/error.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::Property;
using testing::StrEq;
using testing::Throws;

TEST(ParseRegistry, GivesNameAndAddress) {
  const struct {
    std::string text;
    std::string name;
    std::string base_url;
  } rows[] = {
      {"registry.example.com", "registry.example.com", "https://registry.example.com"},
      {"registry.example.com:5000", "registry.example.com:5000",
       "https://registry.example.com:5000"},
      {"Registry.Example.COM", "registry.example.com", "https://registry.example.com"},
      {"registry", "registry", "https://registry"},
      {"10.0.0.1:5000", "10.0.0.1:5000", "https://10.0.0.1:5000"},
      {"[2001:db8::1]:5000", "[2001:db8::1]:5000", "https://[2001:db8::1]:5000"},
      {"registry:443", "registry:443", "https://registry:443"},
      {"registry:", "registry", "https://registry"},
      {"registry/", "registry", "https://registry"},
      {"https://registry:5000/", "registry:5000", "https://registry:5000"},
  };
  for (const auto& row : rows) {
    const RegistryAddress address = parse_registry(row.text);
    EXPECT_EQ(address.name, row.name);
    EXPECT_EQ(address.base_url, row.base_url);
  }
}

TEST(ParseRegistry, SpeaksHttpWithThisMachineAndWhereItIsAskedTo) {
  const struct {
    std::string text;
    std::string base_url;
  } rows[] = {
      {"localhost", "http://localhost"},
      {"localhost:5000", "http://localhost:5000"},
      {"LOCALHOST:5000", "http://localhost:5000"},
      {"127.0.0.1:5000", "http://127.0.0.1:5000"},
      {"127.1.2.3", "http://127.1.2.3"},
      {"[::1]:5000", "http://[::1]:5000"},
      {"http://registry:5000", "http://registry:5000"},
      {"https://localhost:5000", "https://localhost:5000"},
      {"localhost.example.com", "https://localhost.example.com"},
      {"127.example.com", "https://127.example.com"},
      {"[::2]", "https://[::2]"},
      {"128.0.0.1", "https://128.0.0.1"},
  };
  for (const auto& row : rows) EXPECT_EQ(parse_registry(row.text).base_url, row.base_url);
}

TEST(ParseRegistry, KnowsDockerHub) {
  for (const std::string text : {"docker.io", "index.docker.io", "registry-1.docker.io",
                                 "Docker.IO", "https://docker.io", "docker.io/"}) {
    const RegistryAddress address = parse_registry(text);
    EXPECT_EQ(address.name, "docker.io") << text;
    EXPECT_EQ(address.base_url, "https://registry-1.docker.io") << text;
  }
  for (const std::string text :
       {"docker.io:5000", "my-docker.io", "docker.io.example.com", "hub.docker.io", "docker.com"}) {
    EXPECT_NE(parse_registry(text).name, "docker.io") << text;
  }
}

TEST(ParseRegistry, RefusesEverythingElse) {
  for (const std::string text : {"",
                                 "/",
                                 "//",
                                 ":5000",
                                 "http://",
                                 "https:///",
                                 "ftp://registry",
                                 "HTTP://registry",
                                 "http://https://registry",
                                 "registry:x",
                                 "registry:0",
                                 "registry:65536",
                                 "registry?x",
                                 "registry#x",
                                 "me@registry",
                                 "regis try",
                                 "registry\n",
                                 "a:1:2",
                                 "::1",
                                 "[::1",
                                 "[]"}) {
    EXPECT_THAT([&] { (void)parse_registry(text); },
                Throws<Error>(AllOf(
                    Property(&Error::kind, ErrorKind::kConfiguration),
                    Property(&Error::what, StrEq("expected registry:HOST[:PORT][/NAMESPACE]")))))
        << text;
  }
}

TEST(ParseRegistry, MayEndInANamespace) {
  const struct {
    std::string text;
    std::string base_url;
    std::string name_space;
  } rows[] = {
      {"r.example.com/team", "https://r.example.com", "team"},
      {"localhost:5000/team/tools/", "http://localhost:5000", "team/tools"},
      {"http://r.example.com/Team", "http://r.example.com", "Team"},
      {"r.example.com/v2team", "https://r.example.com", "v2team"},
      {"docker.io/bitnami", "https://registry-1.docker.io", "bitnami"},
      {"docker.io/Bitnami", "https://registry-1.docker.io", "bitnami"},
      {"r.example.com/", "https://r.example.com", ""},
  };
  for (const auto& row : rows) {
    const RegistryAddress address = parse_registry(row.text);
    EXPECT_EQ(address.base_url, row.base_url);
    EXPECT_EQ(address.name_space, row.name_space);
  }
}

TEST(ParseRegistry, ExplainsAPathThatIsNoNamespace) {
  const struct {
    std::string text;
    std::string message;
  } rows[] = {
      {"r:5000/v2", "v2 is the address of an API: write registry:r:5000"},
      {"http://R:5000/app:1",
       "app:1 names an image, not a namespace: write registry:http://R:5000 --repo app --tag 1"},
      {"r/v2/_catalog", "v2/_catalog is the address of an API: write registry:r"},
      {"r/team/app:1.0",
       "team/app:1.0 names an image, not a namespace: write registry:r --repo team/app --tag 1.0"},
      {"r/app@sha256:12",
       "app@sha256:12 names an image, not a namespace: write registry:r --repo app"},
      {"r//", "/ is not a namespace, such as team or team/tools"},
      {"r/a//b", "a//b is not a namespace, such as team or team/tools"},
      {"r/../a", "../a is not a namespace, such as team or team/tools"},
      {"r/a?b", "a?b is not a namespace, such as team or team/tools"},
      {"docker.io/bitnami/redis",
       "on Docker Hub, bitnami/redis is a repository, not a user or an organisation: write "
       "registry:docker.io --repo bitnami/redis"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT([&] { (void)parse_registry(row.text); },
                Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kConfiguration),
                                    Property(&Error::what, StrEq(row.message)))));
  }
}

TEST(ParseRegistry, KeepsAPasswordOutOfItsMessage) {
  EXPECT_THAT([] { (void)parse_registry("https://me:secret@registry"); },
              Throws<Error>(Property(&Error::what, Not(HasSubstr("secret")))));
  EXPECT_THAT([] { (void)parse_registry("me:secret@registry"); },
              Throws<Error>(Property(&Error::what, Not(HasSubstr("secret")))));
}

}  // namespace
}  // namespace dkr
