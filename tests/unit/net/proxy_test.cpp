#include "net/proxy.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "support/fake_world.h"

namespace dkr {
namespace {

TEST(FindProxy, IsThatOfTheEnvironment) {
  const struct {
    const char* what;
    std::map<std::string, std::string> variables;
    std::string url;
    std::string proxy;
    std::string exceptions;
  } rows[] = {
      {"none", {}, "https://registry", "", ""},
      {"https", {{"HTTPS_PROXY", "http://p:1"}}, "https://registry", "http://p:1", ""},
      {"http", {{"HTTP_PROXY", "http://p:1"}}, "http://registry", "http://p:1", ""},
      {"not of the other scheme", {{"HTTP_PROXY", "http://p:1"}}, "https://registry", "", ""},
      {"nor the other way round", {{"HTTPS_PROXY", "http://p:1"}}, "http://registry", "", ""},
      {"lower case", {{"https_proxy", "p:1"}}, "https://registry", "p:1", ""},
      {"upper case first",
       {{"https_proxy", "low"}, {"HTTPS_PROXY", "up"}, {"no_proxy", "a"}, {"NO_PROXY", "b"}},
       "https://registry",
       "up",
       "b"},
      {"empty is as good as absent",
       {{"https_proxy", "low"}, {"HTTPS_PROXY", ""}},
       "https://registry",
       "low",
       ""},
      {"exceptions",
       {{"HTTPS_PROXY", "p"}, {"no_proxy", "example.com,10.0.0.0/8"}},
       "https://registry",
       "p",
       "example.com,10.0.0.0/8"},
  };
  for (const auto& row : rows) {
    FakeEnvironment environment;
    environment.variables = row.variables;
    const Proxy proxy = find_proxy(row.url, environment);
    EXPECT_EQ(proxy.url, row.proxy) << row.what;
    EXPECT_EQ(proxy.exceptions, row.exceptions) << row.what;
  }
}

TEST(FindProxy, IsNoneForThisMachine) {
  FakeEnvironment environment;
  environment.variables = {{"HTTP_PROXY", "http://p:1"}, {"HTTPS_PROXY", "http://p:1"}};
  for (const std::string url :
       {"http://localhost:5000/v2/", "https://localhost/", "http://127.0.0.1", "http://127.9.9.9:1",
        "http://[::1]:5000/", "http://LOCALHOST/"}) {
    EXPECT_EQ(find_proxy(url, environment).url, "") << url;
  }
  for (const std::string url : {"http://localhost.example.com/", "http://10.0.0.1/"}) {
    EXPECT_EQ(find_proxy(url, environment).url, "http://p:1") << url;
  }
}

}  // namespace
}  // namespace dkr
