#include "source/engine/engine.h"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"
#include "support/fake_world.h"
#include "support/listings.h"

namespace dkr {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Property;
using testing::StartsWith;
using testing::Throws;

constexpr const char* kImages = R"([{"Id":"sha256:1","RepoTags":["q:1"],"Created":1,"Size":1}])";
constexpr const char* kImagesUrl = "http://localhost/images/json";
constexpr const char* kPingUrl = "http://localhost/_ping";

HttpResponse ok(std::string body) { return {200, {}, std::move(body)}; }

HttpResponse json(int status, std::string body) {
  return {status, {{"content-type", "application/json"}}, std::move(body)};
}

/// Connects through the dialer of each request, and then fails.
class ConnectingHttp final : public HttpClient, public EventLoop {
 public:
  explicit ConnectingHttp(Error error) : error_(std::move(error)) {}
  Task<HttpResponse> send(HttpRequest request) override {
    request.peer.dialer->connect(-1);
    throw Error(error_);
    co_return HttpResponse();
  }
  Task<void> sleep(std::chrono::milliseconds /*duration*/) override { co_return; }
  void poll() override {}

 private:
  Error error_;
};

/// An engine at a socket, whose answers a test scripts in `fake_.http`.
class EngineTest : public testing::Test {
 protected:
  FlatListing list(seconds timeout = seconds(60)) {
    Engine engine(endpoint_, timeout, fake_.http, fake_.world, fake_.log);
    return flat(wait(fake_.http, engine.list({})));
  }
  std::string displayed_name(const std::string& repository) {
    return Engine(endpoint_, seconds(60), fake_.http, fake_.world, fake_.log)
        .displayed_name(repository);
  }
  /// The Error that list() throws.
  Error error() {
    try {
      (void)list();
    } catch (const Error& error) {
      return error;
    }
    throw std::logic_error("there was no Error");
  }
  /// The Error that comes of an engine whose answer never comes.
  Error error_of(ErrorKind kind, const std::string& cause, const std::string& hint = {}) {
    fake_.http.expect(endpoint_.base_url + "/images/json", Error(kind, cause, hint));
    return error();
  }
  /// The Error of a request that fails after it has had ssh connect.
  Error error_of_ssh(ErrorKind kind, const std::string& cause) {
    ConnectingHttp http(Error(kind, cause));
    World world{fake_.out,      fake_.masked_err,  http,       http, fake_.files,
                fake_.programs, fake_.environment, fake_.clock};
    Engine engine(endpoint_, seconds(60), http, world, fake_.log);
    try {
      (void)wait(http, engine.list({}));
    } catch (const Error& error) {
      return error;
    }
    throw std::logic_error("there was no Error");
  }
  void use_tls() {
    endpoint_ = parse_host("tcp://engine:2376");
    endpoint_.base_url = "https://engine:2376";
    EngineTls tls;
    tls.settings = std::make_shared<const TlsSettings>();
    tls.directory = "/certs";
    tls.ca_file = "/certs/ca.pem";
    tls.certificate_file = "/certs/cert.pem";
    tls.key_file = "/certs/key.pem";
    endpoint_.tls = std::move(tls);
  }
  /// The message that comes of this answer to the first request.
  std::string message_of(const HttpResponse& response) {
    fake_.http.expect(kImagesUrl, response);
    return error().what();
  }
  std::vector<std::string> urls() {
    std::vector<std::string> urls;
    for (const HttpRequest& request : fake_.http.requests()) urls.push_back(request.url);
    return urls;
  }

  FakeWorld fake_;
  Endpoint endpoint_{.address = "unix:///x.sock",
                     .unix_socket = "/x.sock",
                     .base_url = "http://localhost",
                     .chosen_by = "DOCKER_HOST"};
};

TEST_F(EngineTest, IsAskedOnceThroughItsSocket) {
  fake_.http.expect(kImagesUrl, ok(kImages));
  const FlatListing listing = list(seconds(7));
  ASSERT_EQ(listing.rows.size(), 1U);
  EXPECT_EQ(listing.rows[0].repository, "q");
  EXPECT_TRUE(fake_.http.done());
  ASSERT_EQ(fake_.http.requests().size(), 1U);
  const HttpRequest& request = fake_.http.requests()[0];
  EXPECT_EQ(request.peer.unix_socket, "/x.sock");
  EXPECT_EQ(request.peer.proxy, "");
  EXPECT_EQ(request.peer.stall_timeout, seconds(7));
}

TEST_F(EngineTest, IsAskedDirectlyOnThisMachineAndThroughAProxyElsewhere) {
  fake_.environment.variables = {{"HTTP_PROXY", "http://proxy:3128"},
                                 {"HTTPS_PROXY", "http://other:3128"},
                                 {"NO_PROXY", ".example.org:2375"}};
  const struct {
    std::string host;
    std::string proxy;
  } rows[] = {
      {"unix:///x", ""},
      {"tcp://localhost:2375", ""},
      {"tcp://127.0.0.1:2375", ""},
      {"tcp://[::1]:2375", ""},
      {"tcp://engine.example.com:2375", "http://proxy:3128"},
      {"tcp://192.0.2.1:2375", "http://proxy:3128"},
      {"tcp://engine.example.org/path", ""},
      {"tcp://engine.example.org:2376", "http://proxy:3128"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.host);
    endpoint_ = parse_host(row.host);
    fake_.http.expect(endpoint_.base_url + "/images/json", ok("[]"));
    (void)list();
    const HttpRequest& request = fake_.http.requests().back();
    EXPECT_EQ(request.peer.proxy, row.proxy);
    EXPECT_EQ(request.peer.tls, nullptr);
    EXPECT_EQ(request.peer.unix_socket, endpoint_.unix_socket);
  }
}

TEST_F(EngineTest, TrustsTheUsualCertificatesOfAProxyOverTls) {
  fake_.environment.variables = {{"HTTP_PROXY", "https://proxy"}, {"SSL_CERT_FILE", "/ca.pem"}};
  endpoint_ = parse_host("tcp://engine");
  fake_.http.expect("http://engine:2375/images/json", ok("[]"));
  (void)list();
  const HttpRequest& request = fake_.http.requests().back();
  EXPECT_EQ(request.peer.proxy, "https://proxy:443");
  ASSERT_NE(request.peer.tls, nullptr);
  EXPECT_EQ(request.peer.tls->ca_file, "/ca.pem");
}

TEST_F(EngineTest, GetsTheHeadersOfItsEndpointWithEachRequest) {
  endpoint_.headers = {{"X-A", "b"}};
  fake_.http.expect(kImagesUrl, json(404, "{}"));
  fake_.http.expect(kPingUrl, ok(""));
  (void)error();
  ASSERT_EQ(fake_.http.requests().size(), 2U);
  for (const HttpRequest& request : fake_.http.requests()) {
    EXPECT_THAT(request.headers, ElementsAre(std::pair<std::string, std::string>("X-A", "b")));
  }
}

TEST_F(EngineTest, NamesItsAddressInTheFailuresOfAListing) {
  fake_.http.expect(kImagesUrl, ok("[{}]"));
  const FlatListing listing = list();
  ASSERT_EQ(listing.failures.size(), 1U);
  EXPECT_EQ(listing.failures[0].message, "unix:///x.sock: image list: entry 1 has no Id");
}

TEST_F(EngineTest, IsAskedForContainersWhenUsedImagesAreLeftOut) {
  constexpr const char* kManifests = "http://localhost/images/json?manifests=1";
  constexpr const char* kContainers = "http://localhost/containers/json?all=1";
  const std::string child = "sha256:" + std::string(64, 'c');
  const std::string images =
      R"([{"Id":"sha256:1","RepoTags":["q:1","q:2"],"Created":1,"Size":1},)"
      R"({"Id":"sha256:2","RepoTags":["r:1"],"Created":1,"Size":1},)"
      R"({"Id":"sha256:3","RepoTags":["s:1"],"Created":1,"Size":1,"Manifests":[{"ID":")" +
      child + R"("}]}])";
  Query query;
  query.filter.unused = true;
  const auto in_use = [&](const std::string& containers) {
    fake_.http.expect(kManifests, ok(images));
    fake_.http.expect(kContainers, ok(containers));
    Engine engine(endpoint_, seconds(60), fake_.http, fake_.world, fake_.log);
    const Listing listing = wait(fake_.http, engine.list(query));
    std::string tags;
    for (const Row& row : listing.rows) {
      if (listing.image_of(row).is_in_use) tags += listing.repository_of(row);
    }
    return tags;
  };
  EXPECT_EQ(in_use("[]"), "");
  EXPECT_EQ(in_use(R"([{"ImageID":"sha256:1"}])"), "qq");
  EXPECT_EQ(in_use(R"([{"ImageID":"sha256:9"},{"ImageID":")" + child + R"("}])"), "s");
  EXPECT_EQ(in_use(R"([{"ImageID":"","ImageManifestDescriptor":{"digest":"sha256:2"}}])"), "r");
  for (const char* const unreadable : {"{}", "[{}]", "[7]", R"([{"ImageID":1}])", "[{]"}) {
    EXPECT_THAT(
        [&] { (void)in_use(unreadable); },
        Throws<Error>(Property(&Error::what, StartsWith("unix:///x.sock: container list: "))));
  }
}

TEST_F(EngineTest, IsAskedForSharedSizesAndForTheTotalIfTheRoomThatImagesTakeIsWanted) {
  const std::string base = "http://localhost";
  const struct {
    bool unused;
    Platforms platforms;
    std::vector<std::string> paths;
  } rows[] = {
      {false, Platforms::kOne, {"/images/json?shared-size=1", "/_ping", "/system/df?type=image"}},
      {false,
       Platforms::kAll,
       {"/images/json?manifests=1&shared-size=1", "/_ping", "/system/df?type=image"}},
      {true,
       Platforms::kOne,
       {"/images/json?manifests=1&shared-size=1", "/containers/json?all=1", "/_ping"}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.paths[0]);
    Query query;
    query.content = Content::kBlobs;
    query.filter.unused = row.unused;
    query.platforms = row.platforms;
    for (const std::string& path : row.paths) {
      const bool is_total = path.starts_with("/system");
      fake_.http.expect(base + path, ok(is_total ? R"({"LayersSize": 7})" : "[]"));
    }
    Engine engine(endpoint_, seconds(60), fake_.http, fake_.world, fake_.log);
    const auto total = wait(fake_.http, engine.list(query)).total_size;
    EXPECT_EQ(total, row.unused ? std::nullopt : std::optional<std::uint64_t>(7));
    EXPECT_TRUE(fake_.http.done());
  }
}

TEST_F(EngineTest, SaysThatItsTotalCannotBeRead) {
  Query query;
  query.content = Content::kBlobs;
  const auto list_with = [&](HttpResponse total) {
    fake_.http.expect("http://localhost/images/json?shared-size=1", ok("[]"));
    fake_.http.expect("http://localhost/_ping", ok("OK"));
    fake_.http.expect("http://localhost/system/df?type=image", std::move(total));
    Engine engine(endpoint_, seconds(60), fake_.http, fake_.world, fake_.log);
    const Listing listing = wait(fake_.http, engine.list(query));
    return listing.failures.size() == 1 ? listing.failures[0].message : "";
  };
  EXPECT_THAT(list_with(ok("[]")), HasSubstr("unix:///x.sock: disk usage: is not a JSON"));
  EXPECT_THAT(list_with(json(500, R"({"message":"no disk"})")),
              HasSubstr("error response from daemon: no disk"));
}

TEST_F(EngineTest, IsAskedInItsOwnVersionWhenItRefusesTheBarePath) {
  for (const int status : {400, 403, 404, 405}) {
    SCOPED_TRACE(status);
    fake_.http.expect(kImagesUrl, json(status, R"({"message":"page not found"})"));
    fake_.http.expect(kPingUrl, {200, {{"server", "x"}, {"api-version", "1.41"}}, "OK"});
    fake_.http.expect("http://localhost/v1.41/images/json", ok(kImages));
    EXPECT_EQ(list().rows.size(), 1U);
    for (const HttpRequest& request : fake_.http.requests()) {
      EXPECT_EQ(request.peer.unix_socket, "/x.sock");
    }
  }
  EXPECT_TRUE(fake_.http.done());
  EXPECT_THAT(fake_.err.content,
              HasSubstr(" DEBUG engine unix:///x.sock: newest API version 1.41\n"));
}

TEST_F(EngineTest, IsNotAskedAgainWhenItFailsOtherwise) {
  for (const int status : {201, 204, 301, 401, 407, 408, 429, 500, 502, 503}) {
    SCOPED_TRACE(status);
    EXPECT_THAT(message_of({status, {}, ""}),
                EndsWith("(HTTP status " + std::to_string(status) + ")"));
  }
  EXPECT_TRUE(fake_.http.done());
}

TEST_F(EngineTest, GivesItsFirstRefusalWhenItTellsNoUsableVersion) {
  using Headers = std::vector<std::pair<std::string, std::string>>;
  const Headers pings[] = {{},
                           {{"api-version", ""}},
                           {{"api-version", "latest"}},
                           {{"api-version", "1.41/../../containers"}},
                           {{"api-version", "1.41\r\nX: y"}},
                           {{"api-version", "1.41?all=1"}},
                           {{"api-version", "-1.41"}},
                           {{"api-version", "11111111.41"}}};
  for (const Headers& headers : pings) {
    SCOPED_TRACE(testing::PrintToString(headers));
    fake_.http.expect(kImagesUrl, json(404, R"({"message":"page not found"})"));
    fake_.http.expect(kPingUrl, {200, headers, "OK"});
    EXPECT_STREQ(error().what(),
                 "unix:///x.sock: error response from daemon: page not found (HTTP status 404)");
  }
  EXPECT_TRUE(fake_.http.done());
}

TEST_F(EngineTest, GivesTheRefusalOfTheVersionedPath) {
  fake_.http.expect(kImagesUrl, json(400, R"({"message":"first"})"));
  fake_.http.expect(kPingUrl, {200, {{"api-version", "1.54"}}, "OK"});
  fake_.http.expect("http://localhost/v1.54/images/json", json(404, R"({"message":"second"})"));
  EXPECT_STREQ(error().what(),
               "unix:///x.sock: error response from daemon: second (HTTP status 404)");
  EXPECT_TRUE(fake_.http.done());
}

TEST_F(EngineTest, PassesOnWhatTheEngineSaysOfItsError) {
  const std::string podman = R"({"cause":"no such file","message":"no storage","response":500})";
  const struct {
    std::string type;
    std::string body;
    std::string said;
  } rows[] = {
      {"application/json", R"({"message":"out of cheese"})", "out of cheese"},
      {"application/json", R"({"message":"two\nlines"})", "two"},
      {"application/json", podman, "no storage"},
      {"application/json", R"({"message":""})", "no message"},
      {"application/json", R"({"message":17})", "no message"},
      {"application/json", R"({"message":null})", "no message"},
      {"application/json", R"({"error":"x"})", "no message"},
      {"application/json", R"(["x"])", "no message"},
      {"application/json", R"({"message":"cut)", "no message"},
      {"text/plain", "out of cheese\n", "out of cheese"},
      {"text/plain; charset=utf-8", " first \r\nsecond", "first"},
      {"text/plain", "", "no message"},
      {"text/plain", R"({"message":"JSON after all"})", "JSON after all"},
      {"text/html", "<html><h1>Oops</h1></html>", "no message"},
      {"application/octet-stream", std::string("\0\xff\x1b[31m", 7), "no message"},
      {"text/plain", std::string(1'000'000, 'x'), std::string(300, 'x') + "..."},
      {"application/json", "{\"message\":\"" + std::string(1'000'000, 'x') + "\"}",
       std::string(300, 'x') + "..."},
      {"text/plain", std::string(2'000'000, 'x'), "no message"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.body.substr(0, 60));
    EXPECT_EQ(message_of({500, {{"content-type", row.type}}, row.body}),
              "unix:///x.sock: error response from daemon: " + row.said + " (HTTP status 500)");
  }
}

TEST_F(EngineTest, PassesOnTextOfNoParticularType) {
  EXPECT_EQ(message_of({500, {}, "out of cheese"}),
            "unix:///x.sock: error response from daemon: out of cheese (HTTP status 500)");
}

TEST_F(EngineTest, CallsAnErrorOfItsOwnARefusal) {
  fake_.http.expect(kImagesUrl, json(500, "{}"));
  const Error refusal = error();
  EXPECT_EQ(refusal.kind(), ErrorKind::kRefused);
  EXPECT_THAT(refusal.hint(), HasSubstr("--log-level DEBUG"));
}

TEST_F(EngineTest, SaysWhyThereIsNoAnswer) {
  const struct {
    ErrorKind kind;
    std::string message;
    std::string hint;
  } rows[] = {
      {ErrorKind::kUnreachable,
       "Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?",
       "cause; the address was chosen by DOCKER_HOST; name another one with --host or --context"},
      {ErrorKind::kForbidden,
       "permission denied while trying to connect to the Docker daemon socket at unix:///x.sock: "
       "cause",
       "become a member of the group that owns the socket, usually docker, or run as root"},
      {ErrorKind::kTimedOut, "unix:///x.sock: cause",
       "--timeout SECONDS changes how long to wait, 0 waits forever"},
      {ErrorKind::kMalformed, "unix:///x.sock: cause",
       "is that the address of a container engine?"},
      {ErrorKind::kDisconnected, "unix:///x.sock: the answer broke off: cause",
       "try again; or is that not the address of a container engine?"},
      {ErrorKind::kTooLarge, "unix:///x.sock: cause",
       "is that the address of a container engine? No list is that long"},
      {ErrorKind::kUnsupported, "unix:///x.sock: cause", "hint"},
      {ErrorKind::kRefused, "unix:///x.sock: cause", "hint"},
      {ErrorKind::kConfiguration, "unix:///x.sock: cause", "hint"},
      {ErrorKind::kUsage, "unix:///x.sock: cause", "hint"},
      {ErrorKind::kOutput, "unix:///x.sock: cause", "hint"},
      {ErrorKind::kReaderGone, "unix:///x.sock: cause", "hint"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.message);
    const Error error = error_of(row.kind, "cause", "hint");
    EXPECT_EQ(error.kind(), row.kind);
    EXPECT_EQ(error.what(), row.message);
    EXPECT_EQ(error.hint(), row.hint);
  }
}

TEST_F(EngineTest, SpeaksOfNoSocketGroupWhenAConnectionToAHostIsForbidden) {
  endpoint_ = parse_host("tcp://engine");
  EXPECT_EQ(error_of(ErrorKind::kForbidden, "operation not permitted").hint(),
            "this machine's rules forbid the connection: a firewall or a sandbox");
}

TEST_F(EngineTest, PointsToASocketThatDoesExistWhenItsOwnDoesNot) {
  fake_.files.files.emplace("/run/podman/podman.sock", FakeFiles::kSocket);
  EXPECT_EQ(
      error_of(ErrorKind::kUnreachable, "no such file or directory").hint(),
      "no such file or directory; the address was chosen by DOCKER_HOST; there is a socket at "
      "unix:///run/podman/podman.sock: try --host unix:///run/podman/podman.sock");
}

TEST_F(EngineTest, AdvisesNoFlagsWhereTheyAreRefused) {
  endpoint_.naming = EngineNaming::kSource;
  EXPECT_THAT(error_of(ErrorKind::kUnreachable, "cause").hint(),
              EndsWith("; name another one as docker:CONTEXT or docker:HOST"));
}

TEST_F(EngineTest, SpeaksTlsWithTheSettingsOfItsAddress) {
  use_tls();
  fake_.http.expect("https://engine:2376/images/json", ok("[]"));
  (void)list();
  EXPECT_EQ(fake_.http.requests().back().peer.tls, endpoint_.tls->settings);
}

TEST_F(EngineTest, SaysWhatFailsInTls) {
  use_tls();
  const struct {
    ErrorKind kind;
    std::string cause;
    std::string message;
    std::string hint;
  } rows[] = {
      {ErrorKind::kUntrusted, "SSL certificate problem: unable to get local issuer certificate",
       "tcp://engine:2376: no trusted connection: SSL certificate problem: unable to get local "
       "issuer certificate",
       "/certs/ca.pem has not signed the engine's certificate"},
      {ErrorKind::kUntrusted, "SSL: no alternative certificate subject name matches",
       "tcp://engine:2376: no trusted connection: SSL: no alternative certificate subject name "
       "matches",
       "is that the name, or the address, in the engine's certificate?"},
      {ErrorKind::kUntrusted, "SSL certificate problem: certificate has expired",
       "tcp://engine:2376: no trusted connection: SSL certificate problem: certificate has expired",
       "is the clock of this machine right?"},
      {ErrorKind::kUntrusted, "routines::tlsv13 alert certificate required, errno 0",
       "tcp://engine:2376: refuses the TLS connection: certificate required",
       "is /certs/cert.pem a certificate that the engine's CA has signed?"},
      {ErrorKind::kDisconnected, "cause",
       "tcp://engine:2376: the engine closed the connection before it answered: cause",
       "it does that when it does not accept the client's certificate, /certs/cert.pem: has the "
       "engine's CA signed it?"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.cause);
    const Error error = error_of(row.kind, row.cause);
    EXPECT_EQ(error.what(), row.message);
    EXPECT_EQ(error.hint(), row.hint);
  }
  endpoint_.tls->certificate_expiry = fake_.clock.now() - seconds(1);
  for (const auto& [kind, cause] :
       {std::pair(ErrorKind::kUntrusted, "x alert certificate expired, errno 0"),
        std::pair(ErrorKind::kDisconnected, "cause")}) {
    EXPECT_EQ(error_of(kind, cause).hint(), "/certs/cert.pem has expired, at 2020-09-19T23:59:59Z");
  }
  endpoint_.tls->certificate_expiry = {};
  endpoint_.tls->certificate_file.clear();
  EXPECT_EQ(error_of(ErrorKind::kDisconnected, "cause").hint(),
            "it may do that when it wants a client's certificate: put cert.pem and key.pem into "
            "/certs");
  EXPECT_EQ(error_of(ErrorKind::kUntrusted, "x alert bad certificate, errno 0").hint(),
            "if it demands a client certificate, put cert.pem and key.pem into /certs");
  endpoint_.tls->ca_file.clear();
  EXPECT_EQ(
      error_of(ErrorKind::kUntrusted, "self-signed certificate").hint(),
      "this machine has no CA certificates: install ca-certificates, or name a file of them in "
      "SSL_CERT_FILE");
}

TEST_F(EngineTest, SaysThatAnEngineSpeaksTls) {
  fake_.http.expect(kImagesUrl, {400, {}, "Client sent an HTTP request to an HTTPS server."});
  fake_.http.expect(kPingUrl, HttpResponse{400, {}, ""});
  EXPECT_THAT(error().hint(), HasSubstr("DOCKER_TLS_VERIFY=1"));
}

TEST_F(EngineTest, IsAskedThroughSsh) {
  endpoint_ = parse_host("ssh://me@far");
  fake_.environment.variables = {{"HTTP_PROXY", "http://proxy:3128"}};
  fake_.programs.has_terminal = true;
  fake_.http.expect(kImagesUrl, ok("[]"));
  (void)list(seconds(7));
  const HttpRequest& request = fake_.http.requests().back();
  ASSERT_NE(request.peer.dialer, nullptr);
  EXPECT_EQ(request.peer.dialer->name(), "ssh://me@far");
  EXPECT_EQ(request.peer.proxy, "");
  EXPECT_TRUE(fake_.programs.calls.empty());  // the dialer is only asked for a connection if needed
  EXPECT_EQ(request.peer.stall_timeout, seconds(7 + 150));  // the user may be asked
}

TEST_F(EngineTest, WaitsForNobodyWithoutATerminal) {
  endpoint_ = parse_host("ssh://far");
  fake_.http.expect(kImagesUrl, ok("[]"));
  (void)list(seconds(7));
  EXPECT_EQ(fake_.http.requests().back().peer.stall_timeout, seconds(7));
}

TEST_F(EngineTest, SaysWhatSshSays) {
  endpoint_ = parse_host("ssh://me@far:22");
  const struct {
    std::string errors;
    std::optional<int> status;
    std::string message;
    std::string hint;
  } rows[] = {
      {"banner\r\n\r\nssh: connect to host far port 22: Connection refused\r\n", 255,
       "ssh: connect to host far port 22: Connection refused", "does `ssh -p 22 me@far` work?"},
      {"me@far: Permission denied (publickey).\n", 255, "me@far: Permission denied (publickey).",
       "does `ssh -p 22 me@far` log in? It needs a key that the host accepts, in the agent or "
       "named "
       "by IdentityFile in ~/.ssh/config"},
      {"Host key verification failed.", 255, "Host key verification failed.",
       "run `ssh -p 22 me@far` once, and accept the host's key there if it is the right one"},
      {"bash: line 1: docker: command not found", 127, "bash: line 1: docker: command not found",
       "docker's client must be on the PATH of `ssh -p 22 me@far docker version`"},
      {"Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?", 1,
       "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?",
       "ssh works, but the engine there does not: try `ssh -p 22 me@far docker version`"},
      {"docker: 'dial-stdio' is not a docker command.", 1,
       "docker: 'dial-stdio' is not a docker command.",
       "the docker client there must be of version 18.09 or newer"},
      {"", 255, "ssh ended with status 255 and said nothing", "does `ssh -p 22 me@far` work?"},
      {"ssh: connect to host far port 22: Connection refused",
       {},
       "ssh: connect to host far port 22: Connection refused",
       "does `ssh -p 22 me@far` work?"},
      {"a warning, and still there",
       {},
       "the answer broke off: cause",
       "try again; or is that not the address of a container engine?"},
      {"Warning: Permanently added 'far' to the list of known hosts.\r\n", 0,
       "the answer broke off: cause",
       "try again; or is that not the address of a container engine?"},
      {"banner\nssh: connect to host jump port 22: Connection refused\n"
       "Connection closed by UNKNOWN port 65535\n",
       255,
       "ssh: connect to host jump port 22: Connection refused; Connection closed by UNKNOWN port "
       "65535",
       "does `ssh -p 22 me@far` work?"},
      {"me@jump: Permission denied (publickey).\n"
       "kex_exchange_identification: Connection closed by remote host\n"
       "Connection closed by UNKNOWN port 65535\n",
       255, "me@jump: Permission denied (publickey); Connection closed by UNKNOWN port 65535",
       "does `ssh -p 22 me@far` log in? It needs a key that the host accepts, in the agent or "
       "named by IdentityFile in ~/.ssh/config"},
      {"kex_exchange_identification: Connection closed by remote host\n"
       "Connection closed by 192.0.2.1 port 22",
       255, "Connection closed by 192.0.2.1 port 22", "does `ssh -p 22 me@far` work?"},
      {"Host key verification failed.\nsomething else", 255, "something else",
       "run `ssh -p 22 me@far` once, and accept the host's key there if it is the right one"},
      {"@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n"
       "Host key verification failed.",
       255, "Host key verification failed.",
       "the host's key has changed: find out why, since somebody else may answer; if it is right, "
       "remove the old one with `ssh-keygen -R far`"},
      {"@       WARNING: REVOKED HOST KEY DETECTED!               @\n"
       "Host key verification failed.",
       255, "Host key verification failed.",
       "the host's key has been revoked: find out why, and have the host use another one"},
      {"unable to resolve docker endpoint: context \"nix\": context not found: open /x: no such "
       "file or directory",
       1,
       "unable to resolve docker endpoint: context \"nix\": context not found: open /x: no such "
       "file or directory",
       "ssh works, but docker's client there names no engine: try `ssh -p 22 me@far docker "
       "version`"},
      {"no such identity: /key: No such file or directory\nssh: no route", 255, "ssh: no route",
       "does `ssh -p 22 me@far` work?"},
      {"docker: unknown command: docker system dial-stdio\n\nUsage:  docker system\n\n"
       "Run 'docker system --help' for more information",
       1, "docker: unknown command: docker system dial-stdio",
       "the docker client there must be of version 18.09 or newer"},
      {"Usage:\tdocker system COMMAND\n\nCommands:\n  prune       Remove unused data\n\n"
       "Run 'docker system COMMAND --help' for more information on a command.",
       1, "Run 'docker system COMMAND --help' for more information on a command.",
       "the docker client there must be of version 18.09 or newer"},
      {"docker: 'system' is not a docker command.\nSee 'docker --help'", 1,
       "docker: 'system' is not a docker command.",
       "the docker client there must be of version 18.09 or newer"},
      {"", 0, "the answer broke off: cause",
       "try again; or is that not the address of a container engine?"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.message);
    fake_.programs.background["ssh"] = {row.errors, row.status};
    const Error error = error_of_ssh(ErrorKind::kDisconnected, "cause");
    EXPECT_EQ(error.what(), "ssh://me@far:22: " + row.message);
    EXPECT_EQ(error.hint(), row.hint);
  }
  EXPECT_EQ(std::string(error_of_ssh(ErrorKind::kTimedOut, "cause").what()),
            "ssh://me@far:22: cause");
  fake_.programs.background.clear();
  EXPECT_EQ(std::string(error_of_ssh(ErrorKind::kDisconnected, "cause").what()),
            "ssh://me@far:22: cannot run ssh: no such file or directory");
  EXPECT_THAT(error_of_ssh(ErrorKind::kDisconnected, "cause").hint(), HasSubstr("install it"));
  for (const std::string cause : {"permission denied", "too many open files"}) {
    fake_.programs.start_failure = cause;
    const Error error = error_of_ssh(ErrorKind::kDisconnected, "cause");
    EXPECT_EQ(error.what(), "ssh://me@far:22: cannot run ssh: " + cause);
    EXPECT_THAT(error.hint(), Not(HasSubstr("install it")));
  }
}

TEST_F(EngineTest, SaysThatAnAnswerIsNoImageList) {
  fake_.http.expect(kImagesUrl, ok("<html></html>"));
  const Error html = error();
  EXPECT_EQ(html.kind(), ErrorKind::kMalformed);
  EXPECT_THAT(html.what(), StartsWith("unix:///x.sock: image list: not JSON: "));
  fake_.http.expect(kImagesUrl, ok(R"({"images":[]})"));
  EXPECT_STREQ(error().what(), "unix:///x.sock: image list: not a list");
}

TEST_F(EngineTest, SaysWhyItsVersionCannotBeAskedFor) {
  fake_.http.expect(kImagesUrl, json(404, "{}"));
  fake_.http.expect(kPingUrl, Error(ErrorKind::kTimedOut, "no progress for 60 seconds"));
  const Error error = this->error();
  EXPECT_EQ(error.kind(), ErrorKind::kTimedOut);
  EXPECT_STREQ(error.what(), "unix:///x.sock: no progress for 60 seconds");
}

TEST_F(EngineTest, ShowsRepositoriesByTheirFamiliarNames) {
  for (const std::string name : {"nginx", "library/nginx", "docker.io/library/nginx"}) {
    EXPECT_EQ(displayed_name(name), "nginx");
  }
  for (const std::string name :
       {"localhost:5000/nginx", "ghcr.io/team/app", "<none>", "", "Nginx", "library/nginx:1"}) {
    EXPECT_EQ(displayed_name(name), name);
  }
}

}  // namespace
}  // namespace dkr
