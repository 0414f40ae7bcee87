// The whole program against a registry, in memory.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/text.h"
#include "support/golden.h"
#include "support/program.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The program's clock says 2020-09-20T00:00:00Z.
class RegistryProgram : public Program {
 public:
  void has(const std::string& path, HttpResponse response) {
    http.expect_sometime("http://localhost:5000/v2/" + path, std::move(response));
  }
  /// A tag of an image from `date`.
  void has_image(const std::string& repository, const std::string& tag, const std::string& date,
                 std::uint64_t bytes) {
    const std::string config = config_created(date);
    has(repository + "/manifests/" + tag, manifest_response(manifest_of(config, bytes)));
    has(repository + "/blobs/" + digest_of(config), ok(config));
  }
  int run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--source", "registry:localhost:5000", "--no-cache"});
    return Program::run(arguments);
  }
};

/// Two repositories, with what else a registry may hold: an index, an artifact, an old manifest.
void fill(RegistryProgram& program) {
  program.has("_catalog?n=1000", ok(R"({"repositories": ["nginx", "team/app"]})"));
  program.has("nginx/tags/list?n=1000", ok(R"({"tags": ["1.19", "latest", "schema1"]})"));
  program.has("team/app/tags/list?n=1000", ok(R"({"tags": ["chart", "multi"]})"));
  program.has_image("nginx", "latest", "2020-09-03T00:00:00Z", 133'000'000);
  program.has_image("nginx", "1.19", "2020-05-10T00:00:00Z", 69'200'000);
  program.has("nginx/manifests/schema1", manifest_response(R"({"fsLayers": []})", ""));
  program.has("team/app/manifests/chart",
              manifest_response(
                  R"({"config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": ")" +
                  some_digest('c') + R"(", "size": 100}, "layers": []})"));
  const std::string config = config_created("2020-09-19T23:00:00Z");
  const std::string manifest = manifest_of(config, 1'500'000);
  program.has("team/app/manifests/multi",
              manifest_response(index_of({{"unknown/unknown", some_digest('0')},
                                          {"linux/amd64", digest_of(manifest)}}),
                                kOciIndexType));
  program.has("team/app/manifests/" + digest_of(manifest), manifest_response(manifest));
  program.has("team/app/blobs/" + digest_of(config), ok(config));
}

TEST(RegistryTags, PrintsTheClassicTable) {
  RegistryProgram program;
  fill(program);
  EXPECT_EQ(program.run({"tags", "--sum", "--platform", "linux/amd64"}), kSuccess);
  EXPECT_TRUE(matches_golden("registry_tags_sum.txt", program.out.content));
  EXPECT_EQ(program.err.content, "");
}

TEST(RegistryRepos, PrintsTheCatalog) {
  RegistryProgram program;
  program.has("_catalog?n=1000", ok(R"({"repositories": ["nginx", "team/app"]})"));
  EXPECT_EQ(program.run({"repos"}), kSuccess);
  EXPECT_EQ(program.out.content, "REPOSITORY\nnginx\nteam/app\n");
  EXPECT_EQ(program.err.content, "");
}

TEST(RegistryTags, FiltersWhatIsListed) {
  RegistryProgram program;
  fill(program);
  EXPECT_EQ(program.run({"tags", "--minAge", "1", "--maxTags", "1", "--platform", "linux/amd64"}),
            kSuccess);
  EXPECT_EQ(program.out.content,
            "REPOSITORY   TAG       IMAGE ID       CREATED       SIZE\n"
            "nginx        latest    82a0aae7f401   2 weeks ago   133MB\n");
}

TEST(RegistryTags, HasARowAndAColumnForEachPlatform) {
  RegistryProgram program;
  fill(program);
  EXPECT_EQ(program.run({"tags", "--sum", "--platform", "all", "--digests"}), kSuccess);
  EXPECT_TRUE(matches_golden("registry_tags_all_platforms.txt", program.out.content));
  EXPECT_EQ(program.err.content, "");
}

/// All tags of a repository are asked for, also those that are not to be listed.
TEST(RegistryTags, ListsWhatMayGoWithoutHarmToWhatIsKept) {
  RegistryProgram program;
  const std::string config = config_created("2020-01-01T00:00:00Z");
  const std::string shared = manifest_of(config, 5);
  program.has("a/tags/list?n=1000", ok(R"({"tags": ["v1", "v2", "v3", "v4", "copy", "part"]})"));
  program.has_image("a", "v4", "2020-09-04T00:00:00Z", 5);
  program.has_image("a", "v3", "2020-09-03T00:00:00Z", 5);
  program.has_image("a", "v2", "2020-09-02T00:00:00Z", 5);
  program.has("a/blobs/" + digest_of(config), ok(config));
  for (const std::string tag : {"v1", "copy"}) {
    program.has("a/manifests/" + tag, manifest_response(shared));
  }
  program.has("a/manifests/part",
              manifest_response(index_of({{"linux/amd64", digest_of(shared)}}), kOciIndexType));
  EXPECT_EQ(program.run({"tags", "--repo=a", "--keep=1", "--tag=v*", "--exclude=v4",
                         "--format={{.Tag}}", "--platform=linux/amd64"}),
            kSuccess);
  EXPECT_EQ(program.out.content, "v2\n") << "v4 is left out, v3 the newest, v1 needed by others";
}

TEST(RegistryTags, AsksOnlyForTheRepositoriesThatAreNamed) {
  RegistryProgram program;
  program.has("a/tags/list?n=1000", ok(R"({"tags": ["1"]})"));
  program.has("team/b/tags/list?n=1000", ok(R"({"tags": ["1"]})"));
  program.has_image("a", "1", "2020-09-03T00:00:00Z", 5);
  program.has_image("team/b", "1", "2020-09-04T00:00:00Z", 5);
  EXPECT_EQ(program.run({"tags", "--repo", "a", "--repo=team/b"}), kSuccess);
  EXPECT_THAT(program.out.content, HasSubstr("\na            1         "));
}

TEST(RegistryTags, ListsWhatCouldBeReadAndReportsTheRest) {
  RegistryProgram program;
  program.has("_catalog?n=1000", ok(R"({"repositories": ["a", "b"]})"));
  program.has("a/tags/list?n=1000", ok(R"({"tags": ["1", "2"]})"));
  program.has("b/tags/list?n=1000", status(500, "oh\x1b[2Jno"));
  program.has_image("a", "1", "2020-09-03T00:00:00Z", 5);
  program.has("a/manifests/2",
              status(403, R"({"errors": [{"code": "DENIED", "message": "\u001b[31mno"}]})"));
  EXPECT_EQ(program.run({"tags"}), kFailure);
  EXPECT_THAT(program.out.content, HasSubstr("\na            1         "));
  EXPECT_EQ(program.err.content,
            "Error: localhost:5000/a:2: HTTP status 403, DENIED: \\x1b[31mno\n"
            "Error: localhost:5000/b: tag list: HTTP status 500\n");
}

TEST(RegistryTags, SaysWhatToDoWhereNobodyListens) {
  RegistryProgram program;
  program.http.expect("http://localhost:5000/v2/_catalog?n=1000",
                      Error(ErrorKind::kUnreachable, "connection refused"));
  EXPECT_EQ(program.run({"tags"}), kFailure);
  EXPECT_EQ(program.out.content, "");
  EXPECT_EQ(program.err.content,
            "Error: cannot connect to the registry at localhost:5000: connection refused\n"
            "Hint: it was looked for at http://localhost:5000; is that the right address?\n");
}

TEST(RegistryTags, SaysHowToLogIn) {
  RegistryProgram program;
  program.has("_catalog?n=1000", HttpResponse{401, {{"www-authenticate", "Basic realm=x"}}, ""});
  EXPECT_EQ(program.run({"tags"}), kFailure);
  EXPECT_EQ(program.err.content,
            "Error: localhost:5000: credentials are needed: the registry gives no catalog: HTTP "
            "status 401\n"
            "Hint: docker login localhost:5000; or name the repositories with --repo NAME\n");
}

TEST(RegistryTags, ShowsNoSecretAtAnyLevel) {
  RegistryProgram program;
  program.environment.variables["DOCKER_CONFIG"] = "/c";
  program.files.files["/c/config.json"] = R"({"credsStore": "vault"})";
  program.programs.results["docker-credential-vault"] = {
      0, R"({"Username": "me", "Secret": "s3cret"})"};
  program.has("", HttpResponse{401, {{"www-authenticate", "Bearer realm=\"/t\",service=s"}}, ""});
  program.http.expect_sometime(
      "http://localhost:5000/t?scope=repository%3Aa%3Apull&service=s&account=me",
      ok(R"({"token": "t0ken"})"));
  program.has("a/tags/list?n=1000", ok(R"({"tags": ["1"]})"));
  const std::string config = config_created("2020-09-03T00:00:00Z");
  program.has("a/manifests/1", manifest_response(manifest_of(config, 5)));
  program.has("a/blobs/" + digest_of(config),
              HttpResponse{307, {{"location", "https://cdn.example.com/x?sig=c4pability"}}, ""});
  program.http.expect_sometime("https://cdn.example.com:443/x?sig=c4pability", ok(config));
  EXPECT_EQ(program.run({"tags", "--repo", "a", "--log-level", "TRACE"}), kSuccess);
  EXPECT_THAT(program.err.content, HasSubstr(" DEBUG GET http://localhost:5000/v2/a/manifests/1"));
  EXPECT_THAT(program.err.content, HasSubstr("cdn.example.com"));
  for (const std::string secret : {"s3cret", "t0ken", "c4pability", "bWU6czNjcmV0"}) {
    EXPECT_THAT(program.err.content, Not(HasSubstr(secret)));
    EXPECT_THAT(program.out.content, Not(HasSubstr(secret)));
  }
}

/// Whatever of an answer reaches a message or the log.
TEST(RegistryTags, ShowsNoSecretThatTheRegistryRepeats) {
  const std::string secret = "S3cret-Word";
  const auto redirect = [](const std::string& to) {
    return HttpResponse{307, {{"location", to}}, ""};
  };
  const auto list = [](const std::string& body, const std::string& link = "") {
    HttpResponse response = ok(body);
    if (!link.empty()) response.headers.emplace_back("link", "<" + link + ">; rel=next");
    return response;
  };
  const struct {
    const char* what;
    HttpResponse response;
    std::string path = "a/tags/list?n=1000";
  } rows[] = {
      {"error", status(403, R"({"errors": [{"code": "X", "message": "S\u0033cret-Word"}]})")},
      {"cut error", status(403, R"({"errors": [{"code": "X", "message": ")" +
                                    std::string(190, 'x') + secret + "\"}]}")},
      {"encoded error",
       status(403, R"({"errors": [{"code": "X", "message": "bWU6UzNjcmV0LVdvcmQ="}]})")},
      {"wait", HttpResponse{403, {{"retry-after", secret}}, ""}},
      {"tag", list(R"({"tags": ["S3cret-Word!"]})")},
      {"next page", list(R"({"tags": []})", "/v2/a/tags/list/" + secret)},
      {"address of the next page", list(R"({"tags": []})", "https://" + secret + "/v2/x")},
      {"host of a redirect", redirect("https://" + secret + ".example.com/")},
      {"path of a redirect", redirect("/v2/" + secret)},
      {"scope", HttpResponse{401,
                             {{"www-authenticate",
                               R"(Bearer realm="https://auth/t",scope=")" + secret + "\""}},
                             ""}},
      {"service",
       HttpResponse{401,
                    {{"www-authenticate",
                      R"(Bearer realm="https://auth/S3cret-Word",service="S3cret-Word")"}},
                    ""}},
      {"type of a manifest", HttpResponse{200, {{"content-type", secret}}, "{}"}, "a/manifests/1"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    /// Answers 404 to what is not in the row.
    class Registry final : public HttpClient {
     public:
      Registry(std::string url, HttpResponse response)
          : url_(std::move(url)), response_(std::move(response)) {}
      Task<HttpResponse> send(HttpRequest request) override {
        if (request.url == url_) co_return response_;
        if (request.url.ends_with("/a/tags/list?n=1000")) co_return ok(R"({"tags": ["1"]})");
        co_return status(404);
      }

     private:
      std::string url_;
      HttpResponse response_;
    };
    FakeWorld fake;
    Registry registry("http://localhost:5000/v2/" + row.path, row.response);
    World world{fake.out,   fake.masked_err, registry,         fake.http,
                fake.files, fake.programs,   fake.environment, fake.clock};
    fake.environment.variables["DOCKER_CONFIG"] = "/c";
    fake.files.files["/c/config.json"] =
        R"({"auths": {"localhost:5000": {"username": "me", "password": "S3cret-Word"}}})";
    (void)dkr::run({"tags", "--repo", "a", "--source", "registry:localhost:5000", "--log-level",
                    "TRACE", "--no-cache"},
                   world);
    EXPECT_THAT(fake.err.content, HasSubstr("Error: "));
    for (const std::string text : {"s3cret", "s3cr", "bwu6uznjcmv0"}) {
      EXPECT_THAT(to_lower(fake.err.content), Not(HasSubstr(text)));
    }
  }
}

TEST(RegistryTags, WarnsThatItWaits) {
  RegistryProgram program;
  program.has("_catalog?n=1000", HttpResponse{429, {{"retry-after", "3"}}, ""});
  program.has("_catalog?n=1000", ok(R"({"repositories": []})"));
  EXPECT_EQ(program.run({"tags"}), kSuccess);
  EXPECT_THAT(program.err.content, HasSubstr(" WARNING localhost:5000: HTTP status 429, too many "
                                             "requests; waiting 3.0 s before asking again\n"));
  EXPECT_EQ(program.clock.passed, std::chrono::seconds(3));
}

TEST(RegistryTags, ShowsItsProgressOnATerminalAndTakesItAway) {
  RegistryProgram program;
  program.err.columns = 80;
  program.environment.variables["TERM"] = "xterm";
  program.has("a/tags/list?n=1000", HttpResponse{429, {{"retry-after", "3"}}, ""});
  program.has("a/tags/list?n=1000", ok(R"({"tags": ["gone"]})"));
  program.has("a/manifests/gone", status(404));
  EXPECT_EQ(program.run({"tags", "--repo", "a", "--log-level", "OFF"}), kSuccess);
  EXPECT_EQ(program.err.content, "\r\x1b[K0 of 1 repositories, 0 of 0 tags\r\x1b[K");
}

}  // namespace
}  // namespace dkr
