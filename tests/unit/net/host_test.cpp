#include "net/host.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace dkr {
namespace {

TEST(ParseHostPort, TakesHostAndPortApart) {
  const struct {
    std::string text;
    std::string host;
    std::optional<int> port;
  } rows[] = {
      {"registry.example.com", "registry.example.com", std::nullopt},
      {"registry:5000", "registry", 5000},
      {"registry:", "registry", std::nullopt},
      {":5000", "", 5000},
      {"[::1]", "[::1]", std::nullopt},
      {"[2001:db8::1]:443", "[2001:db8::1]", 443},
      {"[fe80::1%eth0]:5000", "[fe80::1%eth0]", 5000},
      {"h:1", "h", 1},
      {"h:65535", "h", 65535},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const auto address = parse_host_port(row.text);
    ASSERT_TRUE(address);
    EXPECT_EQ(address->host, row.host);
    EXPECT_EQ(address->port, row.port);
  }
}

TEST(ParseHostPort, RefusesWhatCouldChangeAUrl) {
  for (const std::string text :
       {"h:0",  "h:65536", "h:x",    "h:1x",      "h:+1",      "a/b",   "a@b",
        "a?b",  "a#b",     "a b",    "a\r\nb",    "::1",       "[]",    "[x]",
        "[::1", "[%lo]",   "[::1%]", "[::1%a/b]", "[::1%a%b]", "a:1:2", "%41"}) {
    EXPECT_FALSE(parse_host_port(text)) << text;
  }
}

TEST(IsLoopback, IsTrueForThisMachineAlone) {
  for (const std::string host : {"localhost", "127.0.0.1", "127.255.255.254", "[::1]"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const std::string host :
       {"engine", "localhost.example.com", "10.127.0.1", "1270.0.0.1", "[::2]", "[::1:1]",
        "127.example.com", "127.0.0.1.example.com", ""}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

}  // namespace
}  // namespace dkr
