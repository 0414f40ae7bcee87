#include "docker/endpoint.h"

#include <optional>
#include <string>

#include <gmock/gmock.h>

#include "base/error.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::Property;
using testing::StartsWith;
using testing::StrEq;
using testing::Throws;

TEST(ParseHost, ReadsSockets) {
  const struct {
    std::string host;
    std::string path;
  } rows[] = {
      {"", "/var/run/docker.sock"},
      {" \t\n", "/var/run/docker.sock"},
      {"unix://", "/var/run/docker.sock"},
      {"unix:///x", "/x"},
      {"  unix:///x\n", "/x"},
      {"unix:///run/user/1000/docker.sock", "/run/user/1000/docker.sock"},
      {"unix:///with a blank:and/colon.sock", "/with a blank:and/colon.sock"},
      {"unix://relative.sock", "relative.sock"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.host);
    const Endpoint endpoint = parse_host(row.host);
    EXPECT_EQ(endpoint.address, "unix://" + row.path);
    EXPECT_EQ(endpoint.unix_socket, row.path);
    EXPECT_EQ(endpoint.base_url, "http://localhost");
  }
}

TEST(ParseHost, ReadsHostsAndPorts) {
  const struct {
    std::string host;
    std::string host_and_port;
  } rows[] = {
      {"tcp://", "localhost:2375"},
      {"tcp://engine", "engine:2375"},
      {"engine", "engine:2375"},
      {"engine:1234", "engine:1234"},
      {" tcp://engine:1234 ", "engine:1234"},
      {"tcp://engine:1234/", "engine:1234"},
      {"tcp://engine/", "engine:2375"},
      {"tcp://:1234", "localhost:1234"},
      {":1234", "localhost:1234"},
      {"tcp://engine:1", "engine:1"},
      {"tcp://engine:65535", "engine:65535"},
      {"tcp://my_engine-1.example.com", "my_engine-1.example.com:2375"},
      {"tcp://192.0.2.1:2375", "192.0.2.1:2375"},
      {"tcp://[2001:db8::1]", "[2001:db8::1]:2375"},
      {"[2001:DB8::1]:1234", "[2001:DB8::1]:1234"},
      {"tcp://[::ffff:192.0.2.1]:1", "[::ffff:192.0.2.1]:1"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.host);
    const Endpoint endpoint = parse_host(row.host);
    EXPECT_EQ(endpoint.address, "tcp://" + row.host_and_port);
    EXPECT_EQ(endpoint.unix_socket, std::nullopt);
    EXPECT_EQ(endpoint.base_url, "http://" + row.host_and_port);
  }
}

TEST(ParseHost, ReadsPathsAsDockerDoes) {
  const struct {
    std::string path;
    std::string cleaned;
  } rows[] = {
      {"/api/endpoints/1/docker", "/api/endpoints/1/docker"},
      {"/api/", "/api"},
      {"//", ""},
      {"/a//b", "/a/b"},
      {"/a/./b/../c", "/a/c"},
      {"/a/..", ""},
      {"/../../a", "/a"},
      {"/%2e%2E/a", "/a"},
      {"/a%2Fb", "/a/b"},
      {"/a b", "/a%20b"},
      {"/a%20b", "/a%20b"},
      {"/%C3%A9\xc3\xa9", "/%C3%A9%C3%A9"},
      {"/a%0d%0ab", "/a%0D%0Ab"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.path);
    for (const std::string host : {"tcp://engine:1", "engine:1", "tcp://[::1]:1"}) {
      const Endpoint endpoint = parse_host(host + row.path);
      const std::string name = host.substr(host.find("//") == std::string::npos ? 0 : 6);
      EXPECT_EQ(endpoint.address, "tcp://" + name + row.cleaned);
      EXPECT_EQ(endpoint.base_url, "http://" + name + row.cleaned);
    }
  }
  EXPECT_EQ(parse_host("tcp://engine/docker").base_url, "http://engine:2375/docker");
}

TEST(ParseHost, TakesAnEmptyPortForTheDefaultOneAsDockerDoes) {
  EXPECT_EQ(parse_host("tcp://engine:").address, "tcp://engine:2375");
  EXPECT_EQ(parse_host("tcp://[::1]:").address, "tcp://[::1]:2375");
}

TEST(ParseHost, RefusesWhatIsNoAddress) {
  for (const std::string host : {"http://engine",
                                 "https://engine:2376",
                                 "ftp://engine",
                                 "TCP://engine",
                                 "://engine",
                                 "tcp:/engine",
                                 "unix:/x",
                                 "/var/run/docker.sock",
                                 "tcp://engine:0",
                                 "tcp://engine:-1",
                                 "tcp://engine:+1",
                                 "tcp://engine:65536",
                                 "tcp://engine:99999999999999999999",
                                 "tcp://engine:port",
                                 "tcp://engine:12x",
                                 "tcp://engine: 12",
                                 "tcp://engine:1:2",
                                 "tcp://tcp://engine",
                                 "tcp:///path",
                                 "tcp://:1234/path",
                                 "tcp://engine:/path",
                                 "tcp://engine/%zz",
                                 "tcp://engine/%4",
                                 "tcp://engine/%",
                                 "tcp://en gine",
                                 "tcp://en\r\ngine",
                                 "tcp://engine\x1b[31m",
                                 "tcp://%65ngine",
                                 "tcp://h\xc3\xb6st",
                                 "tcp://[::1",
                                 "tcp://::1",
                                 "tcp://::1]",
                                 "tcp://[]",
                                 "tcp://[]:1",
                                 "tcp://[engine]",
                                 "tcp://[::1]engine:1"}) {
    SCOPED_TRACE(host);
    EXPECT_THAT(
        [&] { (void)parse_host(host); },
        Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kConfiguration),
                            Property(&Error::what, StrEq("invalid bind address format: " + host)),
                            Property(&Error::hint, StrEq("write unix:///PATH, tcp://HOST:PORT or "
                                                         "ssh://[USER@]HOST[:PORT]")))));
  }
  EXPECT_THROW((void)parse_host(std::string("tcp://engine\0", 13)), Error);
}

TEST(ParseHost, RefusesUsersQueriesAndFragments) {
  for (const std::string host :
       {"tcp://me@engine", "me:secret@engine:1", "tcp://engine?query", "tcp://engine#fragment",
        "tcp://engine/path?query", "tcp://engine/path#fragment"}) {
    SCOPED_TRACE(host);
    EXPECT_THAT([&] { (void)parse_host(host); },
                Throws<Error>(Property(&Error::kind, ErrorKind::kConfiguration)));
  }
}

TEST(ParseHost, LeavesSshToSsh) {
  const Endpoint endpoint = parse_host("  ssh://me@far:22 ");
  EXPECT_EQ(endpoint.address, "ssh://me@far:22");
  EXPECT_EQ(endpoint.base_url, "http://localhost");
  EXPECT_EQ(endpoint.unix_socket, std::nullopt);
  ASSERT_TRUE(endpoint.ssh);
  EXPECT_EQ(endpoint.ssh->host, "far");
  EXPECT_THAT([] { (void)parse_host("ssh://me:secret@far"); },
              Throws<Error>(AllOf(
                  Property(&Error::kind, ErrorKind::kConfiguration),
                  Property(&Error::what,
                           StrEq("ssh://***@far: a password in the address is not supported")))));
}

TEST(ParseHost, SaysOfOtherTransportsThatTheyAreNotSupported) {
  const struct {
    std::string host;
    std::string message;
  } rows[] = {
      {"fd://", "fd://: engines over fd are not supported yet"},
      {"npipe:////./pipe/docker_engine",
       "npipe:////./pipe/docker_engine: engines over npipe are not supported yet"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.host);
    EXPECT_THAT([&] { (void)parse_host(row.host); },
                Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kUnsupported),
                                    Property(&Error::what, StrEq(row.message)),
                                    Property(&Error::hint, StartsWith("name an engine at ")))));
  }
}

TEST(ParseHost, KeepsPasswordsOutOfItsMessages) {
  for (const std::string host : {"ssh://me:secret@engine", "tcp://me:secret@engine:2375",
                                 "https://me:secret@engine", "me:secret@engine"}) {
    SCOPED_TRACE(host);
    EXPECT_THAT([&] { (void)parse_host(host); },
                Throws<Error>(AllOf(Property(&Error::what, Not(HasSubstr("secret"))),
                                    Property(&Error::hint, Not(HasSubstr("secret"))))));
  }
}

}  // namespace
}  // namespace dkr
