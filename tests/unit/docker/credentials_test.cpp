#include "docker/credentials.h"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"
#include "support/fake_world.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kLocal = "localhost:5000";
const std::string kHub = "docker.io";

/// What is found, in one word: `user:password`, `token=...` behind it where there is one, `none`.
std::string text_of(const std::optional<Credentials>& found) {
  if (!found) return "none";
  const std::string token = found->identity_token.empty() ? "" : "token=" + found->identity_token;
  return found->user + ":" + found->password + token;
}

/// A world whose docker configuration is in /c.
class CredentialsTest : public testing::Test {
 protected:
  CredentialsTest() { fake_.environment.variables["DOCKER_CONFIG"] = "/c"; }

  std::string find(const std::string& registry, const std::string& config) {
    fake_.files.files.insert_or_assign("/c/config.json", config);
    return text_of(find_credentials(registry, fake_.world, fake_.log));
  }

  FakeWorld fake_;
};

TEST_F(CredentialsTest, AreThoseOfDockersConfiguration) {
  const struct {
    const char* what;
    std::string entry;
    std::string found;
  } rows[] = {
      {"auth", R"({"auth": "bWU6c2VjcmV0"})", "me:secret"},
      {"auth in lines", R"({"auth": "bWU6\r\nc2Vj\ncmV0\n"})", "me:secret"},
      {"any case", R"({"AUTH": "bWU6c2VjcmV0", "IdentityToken": "t"})", "me:secrettoken=t"},
      {"the last one", R"({"auth": "eW91Og==", "Auth": "bWU6c2VjcmV0"})", "me:secret"},
      {"colon in the password", R"({"auth": "bWU6YTpi"})", "me:a:b"},
      {"no password", R"({"auth": "bWU6"})", "me:"},
      {"NULs behind the password, as old dockers write", R"({"auth": "bWU6cHcAAA=="})", "me:pw"},
      {"user and password", R"({"username": "me", "password": "secret"})", "me:secret"},
      {"auth before user and password",
       R"({"auth": "bWU6c2VjcmV0", "username": "you", "password": "x"})", "me:secret"},
      {"identity token", R"({"identitytoken": "refresh"})", ":token=refresh"},
      {"identity token and user", R"({"auth": "bWU6", "identitytoken": "refresh"})",
       "me:token=refresh"},
      {"empty", "{}", "none"},
      {"empty auth, as with a helper", R"({"auth": ""})", "none"},
      {"other types", R"({"auth": 7, "username": null, "identitytoken": []})", "none"},
      {"no object", "7", "none"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(find(kLocal, R"({"auths": {"localhost:5000": )" + row.entry + "}}"), row.found)
        << row.what;
  }
  EXPECT_THAT(fake_.err.content, Not(HasSubstr(" WARNING ")));
}

TEST_F(CredentialsTest, AreThoseOfThisRegistryAlone) {
  const struct {
    std::string key;
    bool is_it;
  } rows[] = {
      {"localhost:5000", true},
      {"http://localhost:5000", true},
      {"https://localhost:5000/v1/", true},
      {"https://localhost:5000/v2/", true},
      {"localhost:5000/app", true},
      {"LocalHost:5000", true},
      {"HTTPS://LOCALHOST:5000/v1/", true},
      {"https://user@localhost:5000/", true},
      {"user@localhost:5000", false},
      {"https://localhost:5000@example.com/", false},
      {"localhost", false},
      {"localhost:50000", false},
      {"localhost:500", false},
      {"evil-localhost:5000", false},
      {"https://localhost:5000.example.com/", false},
      {"docker.io", false},
      {"", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(find(kLocal, R"({"auths": {")" + row.key + R"(": {"auth": "bWU6c2VjcmV0"}}})"),
              row.is_it ? "me:secret" : "none")
        << row.key;
  }
}

TEST_F(CredentialsTest, PreferTheKeyThatDockerWritesToday) {
  EXPECT_EQ(find(kLocal, R"({"auths": {"https://localhost:5000/v1/": {"username": "old"},
                                       "localhost:5000": {"username": "new"}}})"),
            "new:");
}

TEST_F(CredentialsTest, OfDockerHubHaveTheirOwnKey) {
  for (const std::string key : {"https://index.docker.io/v1/", "index.docker.io", "docker.io",
                                "https://index.docker.io/v2/", "https://docker.io"}) {
    EXPECT_EQ(find(kHub, R"({"auths": {")" + key + R"(": {"username": "me"}}})"), "me:") << key;
  }
  EXPECT_EQ(find(kHub, R"({"auths": {"example.com": {"username": "me"}}})"), "none");
}

TEST_F(CredentialsTest, AreAbsentWithoutAConfiguration) {
  EXPECT_EQ(text_of(find_credentials(kLocal, fake_.world, fake_.log)), "none");
  for (const std::string config : {"", "{}", R"({"auths": {}})", R"({"auths": null})",
                                   R"({"auths": []})", R"({"credHelpers": []})"}) {
    EXPECT_EQ(find(kLocal, config), "none") << config;
  }
  EXPECT_THAT(fake_.err.content, Not(HasSubstr(" WARNING ")));
}

TEST_F(CredentialsTest, ThatCannotBeReadAreAWarningWhichQuotesNothing) {
  for (const std::string auth : {"c2VjcmV0", "s3cr3t", "c2Vj cmV0",
                                 "====", "c2VjcmV0Om=", " bWU6c2VjcmV0", "OnNlY3JldA=="}) {
    SCOPED_TRACE(auth);
    fake_.err.content.clear();
    EXPECT_EQ(find(kLocal, R"({"auths": {"localhost:5000": {"auth": ")" + auth + R"("}}})"),
              "none");
    EXPECT_THAT(
        fake_.err.content,
        AllOf(HasSubstr(" WARNING the entry of docker's config.json for localhost:5000: its "
                        "auth is not base64 of USER:PASSWORD; going on without"),
              Not(HasSubstr(auth)), Not(HasSubstr("secret"))));
  }
}

TEST_F(CredentialsTest, SayAtDebugWhetherThereAreAnyAndNeverWhich) {
  find(kLocal, R"({"auths": {"localhost:5000": {"auth": "bWU6c2VjcmV0"}}})");
  EXPECT_THAT(
      fake_.err.content,
      AllOf(HasSubstr(" DEBUG registry localhost:5000: found credentials in docker's config.json"),
            Not(HasSubstr("secret")), Not(HasSubstr("bWU6"))));
  fake_.err.content.clear();
  find(kLocal, "{}");
  EXPECT_THAT(fake_.err.content, HasSubstr(" DEBUG registry localhost:5000: no credentials in"));
}

TEST_F(CredentialsTest, ComeFromTheHelperThatIsNamed) {
  fake_.programs.results["docker-credential-a"] = {0, R"({"Username": "me", "Secret": "from a"})"};
  fake_.programs.results["docker-credential-b"] = {0, R"({"Username": "me", "Secret": "from b"})"};
  const struct {
    std::string config;
    std::string found;
  } rows[] = {
      {R"({"credsStore": "a"})", "me:from a"},
      {R"({"credsStore": "a", "auths": {"localhost:5000": {"auth": "bWU6c2VjcmV0"}}})",
       "me:from a"},
      {R"({"credsStore": "a", "credHelpers": {"localhost:5000": "b"}})", "me:from b"},
      {R"({"credsStore": "a", "credHelpers": {"example.com": "b"}})", "me:from a"},
      {R"({"credHelpers": {"example.com": "b"},
           "auths": {"localhost:5000": {"auth": "bWU6c2VjcmV0"}}})",
       "me:secret"},
      {R"({"CredsStore": "a"})", "me:from a"},
      {R"({"credHelpers": {"LOCALHOST:5000": "b"}})", "me:from b"},
      {R"({"credHelpers": {"x": "a"}, "CREDHELPERS": {"localhost:5000": "b"}})", "me:from b"},
      {R"({"credsStore": "a", "credHelpers": {"localhost:5000": ""}})", "none"},
      {R"({"credsStore": "a", "credHelpers": {"localhost:5000": ""},
           "auths": {"localhost:5000": {"auth": "bWU6c2VjcmV0"}}})",
       "me:secret"},
      {R"({"credsStore": ""})", "none"},
      {R"({"credsStore": 7})", "none"},
  };
  for (const auto& row : rows) EXPECT_EQ(find(kLocal, row.config), row.found) << row.config;
}

TEST_F(CredentialsTest, AreAskedForOnStandardInputByDockersKey) {
  fake_.programs.results["docker-credential-a"] = {0, R"({"Username": "me", "Secret": "s"})"};
  find(kLocal, R"({"credsStore": "a"})");
  find(kHub, R"({"credsStore": "a"})");
  find(kHub, R"({"credHelpers": {"docker.io": "a"}})");
  find(kHub, R"({"credHelpers": {"https://index.docker.io/v1/": "a"}})");
  ASSERT_EQ(fake_.programs.calls.size(), 4U);
  for (const auto& call : fake_.programs.calls) {
    EXPECT_THAT(call.command, ElementsAre("docker-credential-a", "get"));
  }
  EXPECT_EQ(fake_.programs.calls[0].input, "localhost:5000");
  for (const std::size_t i : {1U, 2U, 3U}) {
    EXPECT_EQ(fake_.programs.calls[i].input, "https://index.docker.io/v1/");
  }
}

TEST_F(CredentialsTest, OfAHelperHaveNamesInAnyCase) {
  fake_.programs.results["docker-credential-a"] = {0, R"({"username": "me", "SECRET": "s"})"};
  EXPECT_EQ(find(kLocal, R"({"credsStore": "a"})"), "me:s");
}

TEST_F(CredentialsTest, AreInAuthsIfTheHelperIsMissingOrFails) {
  const std::string auths = R"(, "auths": {"localhost:5000": {"auth": "bWU6c2VjcmV0"}}})";
  fake_.programs.results["docker-credential-fails"] = {1, "locked"};
  fake_.programs.results["docker-credential-babbles"] = {0, "secret"};
  for (const std::string config :
       {R"({"credsStore": "missing")", R"({"credsStore": "fails")", R"({"credsStore": "babbles")",
        R"({"credsStore": "x/y")", R"({"credHelpers": {"localhost:5000": "missing"})"}) {
    EXPECT_EQ(find(kLocal, config + auths), "me:secret") << config;
  }
  EXPECT_THAT(
      fake_.err.content,
      AllOf(HasSubstr(" INFO the helper docker-credential-fails of docker's config.json for "
                      "localhost:5000: ended with status 1; using its auths instead"),
            Not(HasSubstr(" WARNING ")), Not(HasSubstr("locked"))));
}

TEST_F(CredentialsTest, AreNotInAuthsIfTheHelperHasNone) {
  const std::string auths = R"(, "auths": {"localhost:5000": {"auth": "bWU6c2VjcmV0"}}})";
  fake_.programs.results["docker-credential-a"] = {1, "credentials not found in native keychain\n"};
  EXPECT_EQ(find(kLocal, R"({"credsStore": "a")" + auths), "none");
  fake_.programs.results["docker-credential-a"] = {0, "{}"};
  EXPECT_EQ(find(kLocal, R"({"credsStore": "a")" + auths), "none");
}

TEST_F(CredentialsTest, OfTheEnvironmentComeBeforeTheFile) {
  const auto set = [&](const std::string& text) {
    fake_.environment.variables["DOCKER_AUTH_CONFIG"] = text;
  };
  const std::string file = R"({"auths": {"localhost:5000": {"auth": "bWU6c2VjcmV0"}}})";
  set(R"({"auths": {"localhost:5000": {"auth": "eW91OnBhc3M="}}})");
  EXPECT_EQ(find(kLocal, file), "you:pass");
  EXPECT_EQ(find(kLocal, R"({"credsStore": "missing"})"), "you:pass");
  EXPECT_EQ(find(kHub, file), "none");
  set(R"({"Auths": {"https://index.docker.io/v1/": {"AUTH": "eW91OnBhc3M="}}})");
  EXPECT_EQ(find(kHub, file), "you:pass");
  for (const std::string text : {"", "{}", R"({"auths": null})", R"({"auths": {"other": {}}})"}) {
    set(text);
    EXPECT_EQ(find(kLocal, file), "me:secret") << text;
  }
  EXPECT_THAT(fake_.err.content, Not(HasSubstr(" WARNING ")));
}

TEST_F(CredentialsTest, OfTheEnvironmentThatCannotBeReadGiveWayToTheFile) {
  const struct {
    std::string text;
    std::string cause;
  } rows[] = {
      {"s3cret", "not JSON: "},
      {"[]", "not a JSON object"},
      {R"({"auths": {"localhost:5000": {"auth": "s3cret"}}})",
       "the entry of DOCKER_AUTH_CONFIG for localhost:5000: its auth is not base64"},
  };
  for (const auto& row : rows) {
    fake_.err.content.clear();
    fake_.environment.variables["DOCKER_AUTH_CONFIG"] = row.text;
    EXPECT_EQ(find(kLocal, R"({"auths": {"localhost:5000": {"auth": "bWU6c2VjcmV0"}}})"),
              "me:secret");
    EXPECT_THAT(fake_.err.content, AllOf(HasSubstr(" WARNING DOCKER_AUTH_CONFIG: " + row.cause),
                                         HasSubstr("; it is ignored\n"), Not(HasSubstr("s3cret"))));
  }
}

TEST_F(CredentialsTest, OfAHelperMayBeAnIdentityToken) {
  fake_.programs.results["docker-credential-a"] = {
      0, R"({"ServerURL": "x", "Username": "<token>", "Secret": "refresh"})"};
  EXPECT_EQ(find(kLocal, R"({"credsStore": "a"})"), ":token=refresh");
}

TEST_F(CredentialsTest, ThatAHelperDoesNotHaveAreAbsentWithoutAWarning) {
  const ProgramResult rows[] = {
      {1, "credentials not found in native keychain\n"},
      {0, R"({"Username": "", "Secret": ""})"},
      {0, "{}"},
  };
  for (const ProgramResult& result : rows) {
    fake_.programs.results["docker-credential-a"] = result;
    EXPECT_EQ(find(kLocal, R"({"credsStore": "a"})"), "none") << result.output;
  }
  EXPECT_THAT(fake_.err.content, Not(HasSubstr(" WARNING ")));
}

TEST_F(CredentialsTest, OfABrokenHelperAreAWarningWhichQuotesNothing) {
  const struct {
    ProgramResult result;
    std::string cause;
  } rows[] = {
      {{1, "the secret is locked away"}, "ended with status 1"},
      {{139, "secret"}, "ended with status 139"},
      {{0, "secret"}, "not JSON: "},
      {{0, ""}, "not JSON: "},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.cause);
    fake_.err.content.clear();
    fake_.programs.results["docker-credential-a"] = row.result;
    EXPECT_EQ(find(kLocal, R"({"credsStore": "a"})"), "none");
    EXPECT_THAT(fake_.err.content,
                AllOf(HasSubstr(" WARNING the helper docker-credential-a of docker's config.json "
                                "for localhost:5000: " +
                                row.cause),
                      Not(HasSubstr("secret"))));
  }
}

TEST_F(CredentialsTest, WarnOfAHelperThatCannotBeStarted) {
  EXPECT_EQ(find(kLocal, R"({"credsStore": "missing"})"), "none");
  EXPECT_THAT(fake_.err.content, HasSubstr("docker-credential-missing of docker's config.json for "
                                           "localhost:5000: no such file or directory; going on"));
}

TEST_F(CredentialsTest, StartNoProgramOutsideOfPath) {
  EXPECT_EQ(find(kLocal, R"({"credsStore": "x/../../tmp/evil"})"), "none");
  EXPECT_THAT(fake_.programs.calls, IsEmpty());
  EXPECT_THAT(fake_.err.content, HasSubstr("its name has a slash in it"));
}

TEST(CredentialsKey, TellsAllApart) {
  const std::string key = credentials_key({"me", "secret", ""});
  EXPECT_EQ(key, credentials_key({"me", "secret", ""}));
  EXPECT_NE(key, credentials_key({"me", "other", ""}));
  EXPECT_NE(key, credentials_key({"you", "secret", ""}));
  EXPECT_NE(key, credentials_key({"me", "secret", "token"}));
}

}  // namespace
}  // namespace dkr
