#include "net/proxy.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "base/masked_output.h"
#include "support/fake_world.h"

namespace dkr {
namespace {

TEST(FindProxy, IsThatOfTheEnvironment) {
  const struct {
    const char* what;
    std::map<std::string, std::string> variables;
    std::string url;
    std::string proxy;
  } rows[] = {
      {"none", {}, "https://registry", ""},
      {"https", {{"HTTPS_PROXY", "http://p:1"}}, "https://registry", "http://p:1"},
      {"http", {{"HTTP_PROXY", "http://p:1"}}, "http://registry", "http://p:1"},
      {"not of the other scheme", {{"HTTP_PROXY", "http://p:1"}}, "https://registry", ""},
      {"nor the other way round", {{"HTTPS_PROXY", "http://p:1"}}, "http://registry", ""},
      {"not of all", {{"ALL_PROXY", "p"}, {"all_proxy", "p"}}, "http://registry", ""},
      {"lower case", {{"https_proxy", "http://p:1"}}, "https://registry", "http://p:1"},
      {"upper case first",
       {{"http_proxy", "low"}, {"HTTP_PROXY", "up"}},
       "http://registry",
       "http://up:80"},
      {"empty is as good as absent",
       {{"http_proxy", "low"}, {"HTTP_PROXY", ""}},
       "http://registry",
       "http://low:80"},
      {"exception in lower case",
       {{"http_proxy", "p"}, {"no_proxy", "registry"}},
       "http://registry",
       ""},
      {"exceptions in upper case first",
       {{"http_proxy", "p"}, {"no_proxy", "registry"}, {"NO_PROXY", "other"}},
       "http://registry",
       "http://p:80"},
  };
  for (const auto& row : rows) {
    FakeEnvironment environment;
    environment.variables = row.variables;
    EXPECT_EQ(find_proxy(row.url, environment), row.proxy) << row.what;
  }
}

TEST(FindProxy, IsWhatGoReadsInTheVariable) {
  const struct {
    std::string variable;
    std::string proxy;
  } rows[] = {
      {"proxy", "http://proxy:80"},
      {"proxy:", "http://proxy:80"},
      {"proxy:3128", "http://proxy:3128"},
      {"proxy:3128/", "http://proxy:3128"},
      {"http://proxy", "http://proxy:80"},
      {"HTTP://proxy/path?query", "http://proxy:80"},
      {"https://proxy", "https://proxy:443"},
      {"https://proxy:3128", "https://proxy:3128"},
      {"socks5://proxy", "socks5h://proxy:1080"},
      {"socks5h://proxy:1", "socks5h://proxy:1"},
      {"me:secret@proxy", "http://me:secret@proxy:80"},
      {"http://me:s%40cret@proxy:1", "http://me:s%40cret@proxy:1"},
      {"http://[2001:db8::1]", "http://[2001:db8::1]:80"},
      {"[2001:db8::1]:3128", "http://[2001:db8::1]:3128"},
      {"http://me:secret@[2001:db8::1]", "http://me:secret@[2001:db8::1]:80"},
  };
  for (const auto& row : rows) {
    FakeEnvironment environment;
    environment.variables = {{"HTTP_PROXY", row.variable}};
    EXPECT_EQ(find_proxy("http://registry", environment), row.proxy) << row.variable;
  }
}

TEST(HideProxyPasswords, HidesThemInEachFormThatAProxyGets) {
  FakeEnvironment environment;
  environment.variables = {{"HTTP_PROXY", "http://me:s%40cret@proxy:1"},
                           {"https_proxy", "other:hunter2000@proxy"},
                           {"HTTPS_PROXY", "http://proxy"}};
  FakeOutput next;
  MaskedOutput output(next);
  hide_proxy_passwords(environment, output);
  output.write("s%40cret s@cret bWU6c0BjcmV0 hunter2000 b3RoZXI6aHVudGVyMjAwMA== me other");
  EXPECT_EQ(next.content, "*** *** *** *** *** me other");
}

TEST(FindProxy, IsNoneForThisMachine) {
  FakeEnvironment environment;
  environment.variables = {{"HTTP_PROXY", "http://p:1"}, {"HTTPS_PROXY", "http://p:1"}};
  for (const std::string url :
       {"http://localhost:5000/v2/", "https://localhost/", "http://127.0.0.1", "http://127.9.9.9:1",
        "http://[::1]:5000/", "http://LOCALHOST/", "http://[::ffff:127.0.0.1]/"}) {
    EXPECT_EQ(find_proxy(url, environment), "") << url;
  }
  for (const std::string url : {"http://localhost.example.com/", "http://10.0.0.1/",
                                "http://127.0.0.1.example.com", "http://[::2]/"}) {
    EXPECT_EQ(find_proxy(url, environment), "http://p:1") << url;
  }
}

/// The rules of golang.org/x/net/http/httpproxy.
TEST(FindProxy, IsNoneForWhatNoProxyListsAsGoReadsIt) {
  const struct {
    std::string no_proxy;
    std::string url;
    bool is_direct;
  } rows[] = {
      {"example.com", "http://example.com", true},
      {"example.com", "http://a.example.com", true},
      {"example.com", "http://a.b.example.com:8080", true},
      {"example.com", "http://badexample.com", false},
      {"example.com", "http://example.com.evil.org", false},
      {"EXAMPLE.com", "http://Example.COM", true},
      {".example.com", "http://example.com", false},
      {".example.com", "http://a.example.com", true},
      {"*.example.com", "http://example.com", false},
      {"*.example.com", "http://a.example.com", true},
      {"*.example.com", "http://a.b.example.com", true},
      {"a*.example.com", "http://ab.example.com", false},
      {"example.com:80", "http://example.com", true},
      {"example.com:443", "https://example.com/x", true},
      {"example.com:5000", "http://example.com", false},
      {"example.com:5000", "http://a.example.com:5000", true},
      {"example.com:", "http://example.com:5000", true},
      {".example.com:5000", "http://a.example.com:5000", true},
      {".example.com:5000", "http://a.example.com:5001", false},
      {"*.example.com:5000", "http://a.example.com:5000", true},
      {"*", "http://example.com", true},
      {"other, * ", "http://192.0.2.1:1", true},
      {"*:80", "http://example.com", false},
      {"a,,b, example.com ,c", "http://example.com", true},
      {"other example.com", "http://example.com", false},
      {":80", "http://example.com", false},
      {"", "http://example.com", false},
      {"192.0.2.1", "http://192.0.2.1:5000", true},
      {"192.0.2.1", "http://192.0.2.10", false},
      {"192.0.2.1:5000", "http://192.0.2.1:5000", true},
      {"192.0.2.1:5000", "http://192.0.2.1:5001", false},
      {"::ffff:192.0.2.1", "http://192.0.2.1", true},
      {"192.0.2.01", "http://192.0.2.1", false},
      {"2.1", "http://192.0.2.1", false},
      {"192.0.2.1.", "http://192.0.2.1", false},
      {"2001:db8::1", "http://[2001:DB8:0::1]:5000", true},
      {"[2001:db8::1]:5000", "http://[2001:db8::1]:5000", true},
      {"[2001:db8::1]:5000", "http://[2001:db8::1]:5001", false},
      {"[2001:db8::1]", "http://[2001:db8::1]", false},
      {"10.0.0.0/8", "http://10.255.0.1:5000", true},
      {"10.0.0.0/8", "http://11.0.0.1", false},
      {"10.1.2.3/8", "http://10.255.0.1", true},
      {"192.0.2.128/25", "http://192.0.2.127", false},
      {"192.0.2.128/25", "http://192.0.2.129", true},
      {"192.0.2.1/32", "http://192.0.2.1", true},
      {"192.0.2.1/32", "http://192.0.2.2", false},
      {"0.0.0.0/0", "http://192.0.2.1", true},
      {"0.0.0.0/0", "http://[2001:db8::1]", false},
      {"::/0", "http://192.0.2.1", false},
      {"2001:db8::/32", "http://[2001:db8:1::1]", true},
      {"2001:db8::/32", "http://[2001:db9::1]", false},
      {"10.0.0.0/33", "http://10.0.0.0", false},
      {"10.0.0.0/", "http://10.0.0.0", false},
      {"10.0.0.0/8", "http://10.example.com", false},
      {"10.0.0.0/8:80", "http://10.0.0.1", false},
  };
  for (const auto& row : rows) {
    FakeEnvironment environment;
    environment.variables = {
        {"HTTP_PROXY", "p:1"}, {"HTTPS_PROXY", "p:1"}, {"NO_PROXY", row.no_proxy}};
    EXPECT_EQ(find_proxy(row.url, environment), row.is_direct ? "" : "http://p:1")
        << row.no_proxy << " " << row.url;
  }
}

}  // namespace
}  // namespace dkr
