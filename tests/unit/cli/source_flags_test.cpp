// What --source and its companions mean, seen from outside.
#include "cli/source_flags.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "support/program.h"
#include "support/registry_content.h"
#include "support/temporary_directory.h"

namespace dkr {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Source, NamesARegistry) {
  const struct {
    std::string value;
    std::string base_url;
  } rows[] = {
      {"registry:localhost:5000", "http://localhost:5000"},
      {"registry:registry.example.com", "https://registry.example.com"},
      {"registry:http://registry.example.com:5000/", "http://registry.example.com:5000"},
      {"registry:https://localhost:5000", "https://localhost:5000"},
      {"registry:[::1]:5000", "http://[::1]:5000"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.value);
    Program program;
    program.http.expect(row.base_url + "/v2/_catalog?n=1000", ok(R"({"repositories": ["a"]})"));
    EXPECT_EQ(program.run({"repos", "--no-cache", "--source", row.value}), kSuccess)
        << program.err.content;
    EXPECT_EQ(program.out.content, "REPOSITORY\na\n");
    EXPECT_EQ(program.err.content, "");
  }
}

TEST(Source, IsTheEngineByDefaultAndOnDemand) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"repos"},
        {"repos", "--source", "docker"},
        {"repos", "--source", "registry:localhost:5000", "--source", "docker"}}) {
    Program program;
    program.engine_has("[]");
    EXPECT_EQ(program.run(arguments), kSuccess) << program.err.content;
  }
}

TEST(Source, MustBeOneThatIsKnown) {
  for (const std::string value : {"",
                                  "registry",
                                  "registry:",
                                  "registry:a/b:1",
                                  "registry:ftp://a",
                                  "registry:a:x",
                                  "Docker",
                                  "docker:",
                                  "docker:ftp://a",
                                  "docker:tcp://a:x",
                                  "podman",
                                  "oci-dir:/x",
                                  "registry:me:secret@host",
                                  "oci:",
                                  "oci:-",
                                  "oci-archive:",
                                  "docker-archive:",
                                  "containerd:",
                                  "containerd:x",
                                  "containerds"}) {
    Program program;
    EXPECT_EQ(program.run({"tags", "--source", value}), kBadUsage) << value;
    EXPECT_THAT(program.first_error_line(), StartsWith("Error: invalid argument ")) << value;
    EXPECT_THAT(program.first_error_line(), HasSubstr("for \"--source\" flag: "));
    EXPECT_THAT(program.err.content, HasSubstr("\nUsage:\n  dkr-ls tags [flags]\n"));
  }
}

TEST(Source, SaysWhatIsExpected) {
  const std::string expected =
      "expected docker, docker:CONTEXT, docker:HOST, registry:HOST[:PORT][/NAMESPACE], containerd, "
      "containerd:SOCKET, oci:DIR, oci-archive:FILE or docker-archive:FILE";
  const std::string socket =
      "expected containerd:SOCKET, SOCKET an absolute path of at most 107 bytes";
  for (const auto& [value, message] : std::vector<std::pair<std::string, std::string>>{
           {"podman", expected},
           {"docker:", expected},
           {"docker:ftp://a", "invalid bind address format: ftp://a"},
           {"registry:", "expected registry:HOST[:PORT][/NAMESPACE]"},
           {"containerd:", socket},
           {"containerd:run/x.sock", socket},
           {"registry:a/v2", "v2 is the address of an API: write registry:a"}}) {
    Program program;
    EXPECT_EQ(program.run({"tags", "--source", value}), kBadUsage);
    EXPECT_EQ(program.first_error_line(),
              "Error: invalid argument \"" + value + "\" for \"--source\" flag: " + message);
  }
}

/// Whatever names an engine elsewhere.
TEST(Source, MayBeAnEngineByItsAddressOrContext) {
  const std::string context =
      std::string("/home/me/.docker/contexts/meta/") + sha256_hex("far") + "/meta.json";
  for (const auto& [source, url] : std::vector<std::pair<std::string, std::string>>{
           {"docker:tcp://near:1234", "http://near:1234/images/json"},
           {"docker:far", "http://far:4321/images/json"}}) {
    Program program;
    program.environment.variables = {{"HOME", "/home/me"}, {"DOCKER_HOST", "tcp://other"}};
    program.files.files[context] =
        R"({"Name": "far", "Endpoints": {"docker": {"Host": "tcp://far:4321"}}})";
    program.http.expect(url, HttpResponse{200, {}, "[]"});
    EXPECT_EQ(program.run({"repos", "--source", source}), kSuccess) << program.err.content;
  }
}

TEST(Source, NamesAnUnknownContextOrAnUnsupportedAddressWhenItIsOpened) {
  for (const auto& [source, message] : std::vector<std::pair<std::string, std::string>>{
           {"docker:far", "far"},
           {"docker:npipe://far", "engines over npipe are not supported yet"}}) {
    Program program;
    EXPECT_EQ(program.run({"repos", "--source", source}), kFailure);
    EXPECT_THAT(program.first_error_line(), HasSubstr(message));
  }
}

TEST(Source, OfAnotherEngineConflictsWithWhatNamesAnEngine) {
  Program program;
  EXPECT_EQ(program.run({"tags", "--source", "docker:far", "-H", "unix:///x"}), kBadUsage);
  EXPECT_EQ(program.first_error_line(),
            "Error: conflicting options: --host and --context name an engine, --source another "
            "one");
}

TEST(Source, KeepsAPasswordOutOfItsMessages) {
  Program program;
  EXPECT_EQ(program.run({"tags", "--source", "registry:https://me:secret@host"}), kBadUsage);
  EXPECT_THAT(program.err.content, Not(HasSubstr("secret")));
}

TEST(Source, OfARegistryConflictsWithWhatNamesAnEngine) {
  for (const std::vector<std::string>& engine :
       {std::vector<std::string>{"--host", "tcp://10.0.0.1"},
        {"-H", "unix:///x"},
        {"--context", "remote"}}) {
    Program program;
    std::vector<std::string> arguments{"tags", "--source", "registry:localhost:5000"};
    arguments.insert(arguments.end(), engine.begin(), engine.end());
    EXPECT_EQ(program.run(arguments), kBadUsage);
    EXPECT_EQ(program.first_error_line(),
              "Error: conflicting options: --host and --context name an engine, --source a "
              "registry");
    EXPECT_THAT(program.err.content, HasSubstr("\nUsage:\n  dkr-ls tags [flags]\n"));
  }
}

TEST(Source, OfContainerdConflictsWithWhatNamesAnEngine) {
  for (const auto& [source, help] : std::vector<std::pair<std::string, std::string>>{
           {"containerd", "containerd's own store"},
           {"containerd:/x", "containerd at another socket"}}) {
    Program program;
    EXPECT_EQ(program.run({"tags", "--source", source, "-H", "unix:///x"}), kBadUsage);
    EXPECT_EQ(program.first_error_line(),
              "Error: conflicting options: --host and --context name an engine, --source " + help);
  }
}

TEST(Namespace, IsForContainerd) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"tags", "--namespace", "k8s.io"},
           {"tags", "--namespace", "k8s.io", "--source", "registry:a"},
           {"diff", "docker", "registry:a", "--namespace", "k8s.io"}}) {
    Program program;
    EXPECT_EQ(program.run(arguments), kBadUsage);
    EXPECT_EQ(program.first_error_line(),
              "Error: --namespace is for containerd, as --source containerd");
  }
}

TEST(Namespace, MustBeAName) {
  for (const std::string& value : std::vector<std::string>{"", "a b", "a/b", ".a", "a.", "a..b",
                                                           "a\n", std::string(77, 'a')}) {
    Program program;
    EXPECT_EQ(program.run({"tags", "--source", "containerd", "--namespace", value}), kBadUsage);
    EXPECT_THAT(program.err.content, HasSubstr("for \"--namespace\" flag: expected letters"));
  }
}

TEST(Source, OfARegistryDoesNotCareForTheEngineOfTheEnvironment) {
  Program program;
  program.environment.variables = {{"DOCKER_HOST", "ssh://elsewhere"}, {"DOCKER_CONTEXT", "x"}};
  program.http.expect("http://localhost:5000/v2/_catalog?n=1000", ok(R"({"repositories": []})"));
  EXPECT_EQ(program.run({"repos", "--source", "registry:localhost:5000"}), kSuccess);
}

TEST(Timeout, IsThatOfEveryRequestToARegistry) {
  Program program;
  program.http.expect("http://localhost:5000/v2/_catalog?n=1000", ok(R"({"repositories": []})"));
  EXPECT_EQ(program.run({"repos", "--source", "registry:localhost:5000", "--timeout", "0"}),
            kSuccess);
  EXPECT_EQ(program.http.requests()[0].peer.stall_timeout, std::chrono::seconds(0));
}

/// What `--platform` of these arguments chooses of an index of two platforms.
std::string chosen(const std::vector<std::string>& flags) {
  const std::string amd64 = config_created("2020-09-18T00:00:00Z");
  const std::string arm = config_created("2020-09-17T00:00:00Z");
  const std::string base = "http://localhost:5000/v2/a/";
  const std::string index = index_of({{"linux/amd64", digest_of(manifest_of(amd64, 1))},
                                      {"linux/arm", digest_of(manifest_of(arm, 1))}});
  Program program;
  program.http.expect(base + "tags/list?n=1000", ok(R"({"tags": ["1"]})"));
  program.http.expect(base + "manifests/1", manifest_response(index, kOciIndexType));
  const bool is_arm = !flags.empty() && flags.back().find("arm") != std::string::npos;
  const std::string& config = is_arm ? arm : amd64;
  const std::string manifest = manifest_of(config, 1);
  program.http.expect(base + "manifests/" + digest_of(manifest), manifest_response(manifest));
  program.http.expect(base + "blobs/" + digest_of(config), ok(config));
  std::vector<std::string> arguments{"tags", "--source", "registry:localhost:5000", "--repo", "a"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  EXPECT_EQ(program.run(arguments), kSuccess) << program.err.content;
  return program.out.content.find("2 days ago") != std::string::npos ? "amd64" : "arm";
}

TEST(PlatformFlag, ChoosesAmongThePlatformsOfATag) {
  EXPECT_EQ(chosen({"--platform", "linux/amd64"}), "amd64");
  EXPECT_EQ(chosen({"--platform=linux/arm/v7"}), "arm");
  EXPECT_EQ(chosen({"--platform", "linux/s390x"}), "amd64") << "the first one";
}

TEST(PlatformFlag, MustBeAPlatform) {
  for (const std::string value : {"", "linux", "linux/", "linux/arm/v7/x", "amd64 "}) {
    Program program;
    EXPECT_EQ(program.run({"tags", "--platform", value}), kBadUsage) << value;
    EXPECT_THAT(program.first_error_line(),
                HasSubstr("for \"--platform\" flag: expected os/arch[/variant]"));
  }
}

TEST(Source, RefusesFlagsThatItDoesNotUse) {
  for (const std::vector<std::string>& flag : std::vector<std::vector<std::string>>{
           {"--jobs", "1"}, {"--no-cache"}, {"--max-stale", "10"}, {"--exact"}}) {
    for (const std::string source : {"docker", "docker:tcp://far:1", "containerd"}) {
      Program program;
      std::vector<std::string> arguments{"tags", "--source", source};
      arguments.insert(arguments.end(), flag.begin(), flag.end());
      EXPECT_EQ(program.run(arguments), kBadUsage);
      EXPECT_EQ(program.first_error_line(),
                "Error: " + flag[0] + " is for registries, such as --source registry:HOST");
    }
  }
  Program program;
  EXPECT_EQ(program.run({"diff", "docker", "docker:x", "--exact"}), kBadUsage);
  EXPECT_EQ(program.first_error_line(),
            "Error: --exact is for registries, such as --source registry:HOST");
}

TEST(Du, NeedsManifestsOfDockerHub) {
  Program program;
  EXPECT_EQ(program.run({"du", "--repo", "a", "--source", "registry:docker.io"}), kBadUsage);
  EXPECT_THAT(program.first_error_line(), StartsWith("Error: du needs --exact here: "));
}

TEST(MaxStale, NeedsTheCache) {
  Program program;
  EXPECT_EQ(program.run({"tags", "--source", "registry:a", "--max-stale=1", "--no-cache"}),
            kBadUsage);
  EXPECT_EQ(program.first_error_line(),
            "Error: conflicting options: --max-stale needs the cache, --no-cache ignores it");
}

TEST(Jobs, IsANumberFromOneToAThousand) {
  for (const std::string value : {"0", "1001", "-1", "x", "", "1.5"}) {
    Program program;
    EXPECT_EQ(program.run({"tags", "--jobs", value}), kBadUsage) << value;
    EXPECT_THAT(program.first_error_line(), HasSubstr("for \"--jobs\" flag: ")) << value;
  }
}

TEST(Jobs, BoundsTheRequestsInFlight) {
  const struct {
    std::vector<std::string> flags;
    int most;
  } rows[] = {{{}, 16}, {{"--jobs", "1"}, 1}, {{"--jobs=7"}, 7}, {{"--jobs", "1000"}, 40}};
  for (const auto& row : rows) {
    Program program;
    std::string names;
    for (int i = 0; i < 40; ++i) {
      const std::string name = "r" + std::to_string(i);
      names += (i == 0 ? "\"" : ",\"") + name + "\"";
      program.http.expect_sometime("http://localhost:5000/v2/" + name + "/tags/list?n=1000",
                                   ok(R"({"tags": null})"));
    }
    program.http.expect("http://localhost:5000/v2/_catalog?n=1000",
                        ok(R"({"repositories": [)" + names + "]}"));
    std::vector<std::string> arguments{"tags", "--source", "registry:localhost:5000"};
    arguments.insert(arguments.end(), row.flags.begin(), row.flags.end());
    EXPECT_EQ(program.run(arguments), kSuccess) << program.err.content;
    EXPECT_EQ(program.http.most_in_flight(), row.most);
  }
}

TEST(Cache, WarnsThatItHasNoPlace) {
  const auto run = [](const std::vector<std::string>& flags) {
    Program program;
    program.environment.user_home = "/home/me";  // docker's files are there, but no cache
    program.http.expect("http://localhost:5000/v2/_catalog?n=1000", ok(R"({"repositories": []})"));
    std::vector<std::string> arguments{"tags", "--source", "registry:localhost:5000"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    EXPECT_EQ(program.run(arguments), kSuccess);
    return program.err.content;
  };
  EXPECT_THAT(run({}), HasSubstr(" WARNING cache: neither XDG_CACHE_HOME nor HOME names a "
                                 "directory; going on without it\n"));
  EXPECT_EQ(run({"--no-cache"}), "");
}

TEST(NoCache, LeavesTheCacheAlone) {
  const TemporaryDirectory temporary;
  const std::filesystem::path directory = temporary.path() / "cache";
  const std::string config = config_created("2020-01-01T00:00:00Z");
  const std::string manifest = manifest_of(config, 1);
  const auto run = [&](std::vector<std::string> flags) {
    Program program;
    program.environment.variables["XDG_CACHE_HOME"] = directory.string();
    const std::string base = "http://localhost:5000/v2/a/";
    program.http.expect(base + "tags/list?n=1000", ok(R"({"tags": ["1"]})"));
    program.http.expect(base + "manifests/1", manifest_response(manifest));
    program.http.expect(base + "blobs/" + digest_of(config), ok(config));
    flags.insert(flags.end(), {"tags", "--repo", "a", "--source", "registry:localhost:5000"});
    EXPECT_EQ(program.run(flags), kSuccess) << program.err.content;
    return header_of(program.http.requests()[1], "If-None-Match").has_value();
  };
  EXPECT_FALSE(run({"--no-cache"}));
  EXPECT_FALSE(std::filesystem::exists(directory));
  EXPECT_FALSE(run({}));
  EXPECT_TRUE(std::filesystem::exists(directory / "dkr-ls/registries-1.sqlite"));
  EXPECT_FALSE(run({"--no-cache"}));
}

}  // namespace
}  // namespace dkr
