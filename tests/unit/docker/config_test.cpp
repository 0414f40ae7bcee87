#include "docker/config.h"

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
using testing::IsEmpty;
using testing::Not;
using testing::Property;
using testing::StartsWith;
using testing::StrEq;
using testing::Throws;

constexpr std::size_t kMaxFileBytes = 4 * 1024 * 1024;

/// Where docker keeps what it knows of the context `name`.
std::string meta_path(const std::string& name) {
  return "/config/contexts/meta/" + sha256_hex(name) + "/meta.json";
}
std::string tls_path(const std::string& name) {
  return "/config/contexts/tls/" + sha256_hex(name) + "/docker";
}

/// A world whose docker configuration is in /config.
class DockerConfigTest : public testing::Test {
 protected:
  DockerConfigTest() { fake_.environment.variables["DOCKER_CONFIG"] = "/config"; }

  std::optional<std::string> current_context() {
    return DockerConfig(fake_.world, fake_.log).current_context();
  }
  DockerContext context(const std::string& name) {
    return DockerConfig(fake_.world, fake_.log).context(name);
  }

  FakeWorld fake_;
};

TEST_F(DockerConfigTest, GivesTheCurrentContext) {
  const struct {
    std::string text;
    std::optional<std::string> context;
  } rows[] = {
      {R"({"currentContext": "remote"})", "remote"},
      {R"({"auths": {}, "currentContext": "default", "psFormat": "table"})", "default"},
      {R"({"currentContext": ""})", std::nullopt},
      {R"({"currentcontext": "remote"})", "remote"},
      {R"({"CURRENTCONTEXT": "remote"})", "remote"},
      {R"({"currentContext": "one", "CurrentContext": "two"})", "two"},
      {R"({"auths": {"currentContext": "inner"}})", std::nullopt},
      {"{}", std::nullopt},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    fake_.files.files.insert_or_assign("/config/config.json", row.text);
    EXPECT_EQ(current_context(), row.context);
  }
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(DockerConfigTest, HasNoCurrentContextWhereNothingIsSaid) {
  for (const std::string text : {"", " \n", "null", R"({"currentContext": null})"}) {
    SCOPED_TRACE(text);
    fake_.files.files.insert_or_assign("/config/config.json", text);
    EXPECT_EQ(current_context(), std::nullopt);
    EXPECT_THAT(fake_.err.content, IsEmpty());
  }
}

TEST_F(DockerConfigTest, NeedsNoFile) {
  EXPECT_EQ(current_context(), std::nullopt);
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(DockerConfigTest, IsInTheHomeDirectoryUnlessTheEnvironmentSaysOtherwise) {
  const auto holding = [](const std::string& name) {
    return R"({"currentContext": ")" + name + "\"}";
  };
  fake_.files.files.emplace("/config/config.json", holding("from-docker-config"));
  fake_.files.files.emplace("/home/me/.docker/config.json", holding("from-home"));
  fake_.files.files.emplace("/.docker/config.json", holding("from-root"));
  fake_.environment.variables["HOME"] = "/home/me";
  EXPECT_EQ(current_context(), "from-docker-config");
  fake_.environment.variables["DOCKER_CONFIG"] = "";
  EXPECT_EQ(current_context(), "from-home");
  fake_.environment.variables.clear();
  fake_.environment.user_home = "/home/me";
  EXPECT_EQ(current_context(), "from-home");
  fake_.environment.user_home.reset();
  EXPECT_EQ(current_context(), "from-root");
}

TEST_F(DockerConfigTest, WarnsOfAFileThatCannotBeUsedAndGoesOnWithoutIt) {
  const struct {
    const char* what;
    std::variant<std::string, Error> file;
    std::string cause;
  } rows[] = {
      {"cut", R"({"currentContext": "rem)", "not JSON: "},
      {"list", "[]", "not a JSON object"},
      {"number", R"({"currentContext": 5})", "currentContext is not a string"},
      {"too large", Error(ErrorKind::kTooLarge, "over 4 bytes"), "over 4 bytes"},
      {"forbidden", Error(ErrorKind::kForbidden, "permission denied"), "permission denied"},
      {"directory", Error(ErrorKind::kMalformed, "is a directory"), "is a directory"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    fake_.err.content.clear();
    fake_.files.files.insert_or_assign("/config/config.json", row.file);
    EXPECT_EQ(current_context(), std::nullopt);
    EXPECT_THAT(fake_.err.content, AllOf(HasSubstr(" WARNING /config/config.json: " + row.cause),
                                         EndsWith(" is ignored\n")));
  }
}

TEST_F(DockerConfigTest, ReadsAFileOfFourMebibytesAndNoLargerOne) {
  std::string text = R"({"currentContext": "remote"})";
  text.append(kMaxFileBytes - text.size(), ' ');
  fake_.files.files.emplace("/config/config.json", text);
  EXPECT_EQ(current_context(), "remote");
  fake_.files.files.insert_or_assign("/config/config.json", text + " ");
  EXPECT_EQ(current_context(), std::nullopt);
  EXPECT_THAT(fake_.err.content, HasSubstr("too large; the file is ignored\n"));
}

TEST_F(DockerConfigTest, FindsAContextByTheDigestOfItsName) {
  fake_.files.files.emplace(
      "/config/contexts/meta/cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0/"
      "meta.json",
      R"({"Endpoints": {"docker": {"Host": "tcp://million"}}})");
  EXPECT_EQ(context(std::string(1'000'000, 'a')).host, "tcp://million");
}

TEST_F(DockerConfigTest, GivesWhereAContextPoints) {
  const struct {
    std::string text;
    std::string host;
    bool tls;
  } rows[] = {
      {R"({"Name":"s2","Metadata":{},"Endpoints":{"docker":{"Host":"unix:///s2.sock","SkipTLSVerify":false}}})",
       "unix:///s2.sock", false},
      {R"({"Endpoints":{"kubernetes":{"Host":"https://k8s"},"docker":{"Host":"tcp://h:1"}}})",
       "tcp://h:1", false},
      {R"({"Endpoints":{"docker":{"Host":"tcp://h:1","SkipTLSVerify":true}}})", "tcp://h:1", true},
      {R"({"ENDPOINTS":{"docker":{"host":"tcp://h:1","skiptlsverify":true}}})", "tcp://h:1", true},
      {R"({"Endpoints":{"docker":{"Host":""}}})", "", false},
      {R"({"Endpoints":{"docker":{"Host":null,"SkipTLSVerify":null}}})", "", false},
      {R"({"Endpoints":{"docker":{}}})", "", false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    fake_.files.files.insert_or_assign(meta_path("s2"), row.text);
    EXPECT_EQ(context("s2").host, row.host);
    EXPECT_EQ(context("s2").skips_tls_verify, row.tls);
  }
}

TEST_F(DockerConfigTest, SeesThatAContextHasKeyMaterial) {
  const std::string text = R"({"Endpoints":{"docker":{"Host":"tcp://h:2376"}}})";
  fake_.files.files.emplace(meta_path("with"), text);
  fake_.files.files.emplace(meta_path("without"), text);
  fake_.files.files.emplace(tls_path("with"), "");
  EXPECT_EQ(context("with").tls_directory, tls_path("with"));
  EXPECT_EQ(context("without").tls_directory, std::nullopt);
}

TEST_F(DockerConfigTest, SaysThatAContextDoesNotExist) {
  fake_.files.files.emplace(meta_path("other"), "{}");
  EXPECT_THAT([&] { (void)context("n"); },
              Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kConfiguration),
                                  Property(&Error::what, StrEq("context \"n\": context not found")),
                                  Property(&Error::hint, HasSubstr("docker context ls")))));
}

TEST_F(DockerConfigTest, SaysWhyAContextCannotBeUsed) {
  const struct {
    std::string text;
    std::string cause;
  } rows[] = {
      {"", "not JSON: "},
      {R"({"Endpoints":{"docker":{"Host":"tcp:)", "not JSON: "},
      {"[]", "names no docker endpoint"},
      {"{}", "names no docker endpoint"},
      {R"({"Endpoints":[]})", "names no docker endpoint"},
      {R"({"Endpoints":{"kubernetes":{}}})", "names no docker endpoint"},
      {R"({"Endpoints":{"Docker":{"Host":"tcp://h:1"}}})", "names no docker endpoint"},
      {R"({"Endpoints":{"docker":{"Host":5}}})", "the Host of its docker endpoint is not a string"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    fake_.files.files.insert_or_assign(meta_path("n"), row.text);
    EXPECT_THAT(
        [&] { (void)context("n"); },
        Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kConfiguration),
                            Property(&Error::what, StartsWith("context \"n\": " + meta_path("n") +
                                                              ": " + row.cause)),
                            Property(&Error::hint, HasSubstr("docker context")))));
  }
}

/// Otherwise the listing would be that of docker's default engine, which nobody asked for.
TEST_F(DockerConfigTest, CannotUseAContextWhoseDockerEndpointIsNoObject) {
  for (const std::string endpoint : {"5", "null", "[]", "\"tcp://h:1\""}) {
    SCOPED_TRACE(endpoint);
    fake_.files.files.insert_or_assign(meta_path("n"),
                                       R"({"Endpoints":{"docker":)" + endpoint + "}}");
    EXPECT_THAT([&] { (void)context("n"); },
                Throws<Error>(Property(&Error::kind, ErrorKind::kConfiguration)));
  }
}

TEST_F(DockerConfigTest, SaysWhyAContextCannotBeRead) {
  for (const ErrorKind kind :
       {ErrorKind::kForbidden, ErrorKind::kTooLarge, ErrorKind::kMalformed}) {
    fake_.files.files.insert_or_assign(meta_path("n"), Error(kind, "cause"));
    EXPECT_THAT(
        [&] { (void)context("n"); },
        Throws<Error>(
            AllOf(Property(&Error::kind, ErrorKind::kConfiguration),
                  Property(&Error::what, StrEq("context \"n\": " + meta_path("n") + ": cause")))));
  }
}

TEST_F(DockerConfigTest, KeepsCredentialsOutOfWhatItSaysOfAContext) {
  EXPECT_THAT([&] { (void)context("tcp://me:secret@host"); },
              Throws<Error>(Property(&Error::what, Not(HasSubstr("secret")))));
  fake_.files.files.emplace(meta_path("tcp://me:secret@host"), "{}");
  EXPECT_THAT([&] { (void)context("tcp://me:secret@host"); },
              Throws<Error>(Property(&Error::what, Not(HasSubstr("secret")))));
}

TEST_F(DockerConfigTest, GivesTheHeadersForEngines) {
  using Headers = std::vector<std::pair<std::string, std::string>>;
  const struct {
    std::string text;
    Headers headers;
  } rows[] = {
      {R"({"HttpHeaders": {"X-Meta": "a", "Authorization": "Basic x"}})",
       {{"Authorization", "Basic x"}, {"X-Meta", "a"}}},
      {R"({"httpheaders": {"A": "1"}, "HTTPHEADERS": {"B": "2"}})", {{"A", "1"}, {"B", "2"}}},
      {R"({"HttpHeaders": {"A": " b\tc ", "E": "", "U": "\u00e9"}})",
       {{"A", "b\tc"}, {"E", ""}, {"U", "\xc3\xa9"}}},
      {R"({"HttpHeaders": {"host": "h", "User-Agent": "u", "Content-Length": "5",
           "transfer-encoding": "chunked", "Trailer": "t"}})",
       {}},
      {R"({"HttpHeaders": null})", {}},
      {R"({"HttpHeaders": []})", {}},
      {"{}", {}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    fake_.files.files.insert_or_assign("/config/config.json", row.text);
    EXPECT_EQ(DockerConfig(fake_.world, fake_.log).http_headers(), row.headers);
  }
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(DockerConfigTest, TakesTheHeadersOfTheVariableInstead) {
  using Headers = std::vector<std::pair<std::string, std::string>>;
  const struct {
    std::string text;
    Headers headers;
  } rows[] = {
      {"X-B=1,X-C= two ", {{"X-B", "1"}, {"X-C", "two"}}},
      {" X-B =a=b", {{"X-B", "a=b"}}},
      {R"("X-B=a,""b""",X-C=)", {{"X-B", "a,\"b\""}, {"X-C", ""}}},
      {"X-B=1,x-b=2", {{"x-b", "2"}}},
      {"X-B=1\nX-C=2", {{"X-B", "1"}}},
      {"Host=h,User-Agent=u,X-B=1", {{"X-B", "1"}}},
  };
  fake_.files.files.insert_or_assign("/config/config.json", R"({"HttpHeaders": {"X-A": "0"}})");
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    fake_.environment.variables["DOCKER_CUSTOM_HEADERS"] = row.text;
    EXPECT_EQ(DockerConfig(fake_.world, fake_.log).http_headers(), row.headers);
  }
  for (const std::string text :
       {"X-B", "=1", "X-B=1,", "X B=1", "X-B=a\"b", "\"X-B=1", "\"X\"-B=1", "X-B=\x7f"}) {
    SCOPED_TRACE(text);
    fake_.environment.variables["DOCKER_CUSTOM_HEADERS"] = text;
    const DockerConfig config(fake_.world, fake_.log);
    EXPECT_THAT([&] { (void)config.http_headers(); },
                Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kConfiguration),
                                    Property(&Error::what, HasSubstr("DOCKER_CUSTOM_HEADERS: ")))));
  }
}

TEST_F(DockerConfigTest, ReadsTheFirstValueOfTheFileAsDockerDoes) {
  fake_.files.files.insert_or_assign("/config/config.json",
                                     R"({"currentContext": "far"} {"x": 1})");
  EXPECT_EQ(DockerConfig(fake_.world, fake_.log).current_context(), "far");
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(DockerConfigTest, RefusesHeadersThatAreNotValidAndShowsNoValue) {
  const struct {
    std::string header;
    std::string message;
  } rows[] = {
      {R"("X Meta": "secret")", "HttpHeaders: X Meta is not a valid name of a header"},
      {R"("": "secret")", "HttpHeaders:  is not a valid name of a header"},
      {R"("a:b": "secret")", "HttpHeaders: a:b is not a valid name of a header"},
      {R"("A": "secret\r\nB: c")", "HttpHeaders: A is not a valid header, for its value"},
      {R"("A": "secret\u0000")", "HttpHeaders: A is not a valid header, for its value"},
      {R"("A": "secret\u007f")", "HttpHeaders: A is not a valid header, for its value"},
  };
  for (const auto& row : rows) {
    fake_.files.files.insert_or_assign("/config/config.json",
                                       R"({"HttpHeaders": {)" + row.header + "}}");
    const DockerConfig config(fake_.world, fake_.log);
    EXPECT_THAT(
        [&] { (void)config.http_headers(); },
        Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kConfiguration),
                            Property(&Error::what, StrEq("/config/config.json: " + row.message)))));
  }
}

TEST_F(DockerConfigTest, WarnsOfAHeaderThatIsNotText) {
  fake_.files.files.insert_or_assign("/config/config.json", R"({"HttpHeaders": {"A": 5}})");
  EXPECT_THAT(DockerConfig(fake_.world, fake_.log).http_headers(), IsEmpty());
  EXPECT_THAT(fake_.err.content, HasSubstr("A of HttpHeaders is not a string; it is ignored\n"));
}

TEST_F(DockerConfigTest, NamesTheContextsThatDockerWouldMake) {
  for (const std::string name : {"remote", "a", "Az09_.+-", "-x", ".x", "$(touch PWN)", "a;b",
                                 "a b", "a'b", "\u00e9t\u00e9"}) {
    fake_.files.files.emplace(meta_path(name), R"({"Name": ")" + name + R"("})");
  }
  fake_.files.files.emplace(meta_path("evil"), R"({"Name": "e\u001b[31m\nvil"})");
  EXPECT_THAT(DockerConfig(fake_.world, fake_.log).context_names(),
              ElementsAre("Az09_.+-", "default", "remote"));
}

}  // namespace
}  // namespace dkr
