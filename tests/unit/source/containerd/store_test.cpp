#include "source/containerd/store.h"

#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>

#include "support/containerd_content.h"
#include "support/fake_world.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kDigest = some_digest('1');

class ContainerdStoreTest : public testing::Test {
 protected:
  void open(std::optional<std::string> name_space = std::nullopt) {
    ContainerdOptions options{.socket = "/x.sock", .name_space = std::move(name_space)};
    store_ =
        std::make_unique<ContainerdStore>(std::move(options), fake_.http, fake_.files, fake_.log);
  }
  /// How many images there are.
  std::size_t images() { return wait(fake_.http, store_->images()).images.size(); }

  /// The message and the hint of the error with which images() ends.
  std::string failure() {
    try {
      (void)images();
    } catch (const Error& error) {
      return fmt::format("{}\n{}", error.what(), error.hint());
    }
    return "no error";
  }
  std::string failure_with(const std::variant<HttpResponse, Error>& answer) {
    open("k8s.io");
    fake_.http.expect_sometime(kContainerdImages, answer);
    return failure();
  }
  [[nodiscard]] std::string asked_namespace(std::size_t request) const {
    return header_of(fake_.http.requests().at(request), "containerd-namespace").value_or("none");
  }

  FakeWorld fake_;
  std::unique_ptr<ContainerdStore> store_;
};

TEST_F(ContainerdStoreTest, ReadsTheUsualNamespace) {
  for (const auto& [names, chosen] : std::vector<std::pair<std::string, std::string>>{
           {listed_namespaces({"default", "k8s.io", "moby"}), "k8s.io"},
           {listed_namespaces({"a", "default", "moby"}), "default"},
           {listed_namespaces({"moby"}), "moby"}}) {
    open();
    const std::size_t before = fake_.http.requests().size();
    fake_.http.expect(kContainerdNamespaces, grpc_response({names}));
    fake_.http.expect(kContainerdImages, grpc_response({listed_image("a:1", kDigest)}));
    EXPECT_EQ(images(), 1U);
    EXPECT_EQ(asked_namespace(before), "none");
    EXPECT_EQ(asked_namespace(before + 1), chosen);
    EXPECT_THAT(fake_.err.content,
                HasSubstr(" INFO containerd at /x.sock: namespace " + chosen + "\n"));
  }
}

TEST_F(ContainerdStoreTest, NeedsToBeToldOneOfSeveralOtherNamespaces) {
  open();
  fake_.http.expect(kContainerdNamespaces, grpc_response({listed_namespaces({"b", "a"})}));
  EXPECT_EQ(failure(),
            "containerd at /x.sock: which namespace? There is neither k8s.io nor default\n"
            "choose one with --namespace: b, a");
}

TEST_F(ContainerdStoreTest, HasNoImagesWithoutNamespaces) {
  open();
  fake_.http.expect(kContainerdNamespaces, grpc_response({""}));
  EXPECT_EQ(images(), 0U);
}

TEST_F(ContainerdStoreTest, AsksForNoNamespacesWhenOneIsGiven) {
  open("given");
  fake_.http.expect(kContainerdImages, grpc_response({listed_image("a:1", kDigest)}));
  EXPECT_EQ(images(), 1U);
  EXPECT_EQ(asked_namespace(0), "given");
}

TEST_F(ContainerdStoreTest, SaysThatThereIsNoSuchNamespace) {
  for (const auto& [names, hint] : std::vector<std::pair<std::string, std::string>>{
           {listed_namespaces({"a", "b"}), "there are: a, b"}, {"", "there are none at all"}}) {
    open("given");
    fake_.http.expect(kContainerdImages, grpc_response({""}));
    fake_.http.expect(kContainerdNamespaces, grpc_response({names}));
    EXPECT_EQ(failure(), "containerd at /x.sock: there is no namespace given\n" + hint);
  }
}

TEST_F(ContainerdStoreTest, SaysWhichNamespacesHaveImagesWhenItsOwnHasNone) {
  open("given");
  fake_.http.expect(kContainerdImages, grpc_response({}));
  fake_.http.expect(kContainerdNamespaces, grpc_response({listed_namespaces({"a", "given", "b"})}));
  fake_.http.expect(kContainerdImages, grpc_response({listed_image("a:1", kDigest)}));
  fake_.http.expect(kContainerdImages, grpc_response({""}));
  EXPECT_EQ(images(), 0U);
  EXPECT_THAT(fake_.err.content,
              HasSubstr(" WARNING containerd at /x.sock: namespace given has no images; "
                        "--namespace names one that has: a\n"));
}

TEST_F(ContainerdStoreTest, ReadsContentInItsNamespaceAndVerifiesIt) {
  open("given");
  const std::string config = config_created("2020-01-01T00:00:00Z");
  const std::string manifest = manifest_of(config, 5);
  const std::string digest = digest_of(manifest);
  fake_.http.expect(kContainerdImages, grpc_response({listed_image("a:1", digest)}));
  EXPECT_EQ(images(), 1U);
  const std::string half = pbf_field(2, manifest.substr(0, 9));
  const std::string rest = pbf_field(1, "") + pbf_field(2, manifest.substr(9));
  fake_.http.expect(kContainerdContent, grpc_response({half, rest}));
  const auto found = wait(fake_.http, store_->manifest("", Digest(digest)));
  EXPECT_EQ(found.value().config_digest, Digest(digest_of(config)));
  EXPECT_EQ(found.value().media_type, MediaType::kOciManifest) << "as the list of images says";
  EXPECT_EQ(asked_namespace(1), "given");
  EXPECT_EQ(fake_.http.requests()[1].body, grpc_frame(pbf_field(1, digest)));
  fake_.http.expect(kContainerdContent, content_response(config));
  EXPECT_EQ(wait(fake_.http, store_->blob("", Digest(digest_of(config)))), config);
  fake_.http.expect(kContainerdContent, content_response(config));
  EXPECT_THROW(wait(fake_.http, store_->blob("", Digest(kDigest))), Error);
  fake_.http.expect(kContainerdContent, content_response(manifest));
  EXPECT_THROW(wait(fake_.http, store_->manifest("", Digest(kDigest))), Error);
}

TEST_F(ContainerdStoreTest, LacksWhatIsNotFound) {
  open("given");
  const HttpResponse missing = grpc_refusal(grpc_status::kNotFound, "not found");
  fake_.http.expect(kContainerdContent, missing);
  EXPECT_FALSE(wait(fake_.http, store_->manifest("", Digest(kDigest))));
  fake_.http.expect(kContainerdContent, missing);
  EXPECT_THROW(wait(fake_.http, store_->blob("", Digest(kDigest))), Error);
  fake_.http.expect(kContainerdContent, grpc_refusal(13, "internal"));
  EXPECT_THROW(wait(fake_.http, store_->manifest("", Digest(kDigest))), Error);
}

TEST_F(ContainerdStoreTest, ExplainsErrors) {
  fake_.files.files["/run/k3s/containerd/containerd.sock"] = "";
  const std::string engine =
      "an engine, such as docker or podman, is asked with --host "
      "unix:///x.sock instead";
  const struct {
    std::variant<HttpResponse, Error> answer;
    std::string expected;
  } rows[] = {
      {Error(ErrorKind::kUnreachable, "cause"),
       "cannot connect: cause\nis it running? Name another socket with --source "
       "containerd:SOCKET; there is one at /run/k3s/containerd/containerd.sock"},
      {Error(ErrorKind::kForbidden, "permission denied"),
       "permission denied\ncontainerd answers to root alone: run dkr-ls as root"},
      {Error(ErrorKind::kMalformed, "cause"), "not containerd's answer: cause\n" + engine},
      {Error(ErrorKind::kDisconnected, "cause"), "not containerd's answer: cause\n" + engine},
      {Error(ErrorKind::kTimedOut, "cause"), std::string("cause\n") + kTimeoutHint},
      {grpc_refusal(grpc_status::kUnimplemented, "unknown service x"),
       "not containerd, though it speaks gRPC: unknown service x (gRPC status 12)\nis that the "
       "socket of CRI-O? Only containerd can be read"},
      {grpc_refusal(8, "too large"), "too large (gRPC status 8)\n"},
      {grpc_response({"\x0a"}),
       "not containerd's answer: not protobuf: end of buffer exception\n" + engine},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(failure_with(row.answer), "containerd at /x.sock: " + row.expected);
  }
}

TEST(FindContainerd, TakesTheFirstSocketThatExists) {
  FakeFiles files;
  try {
    (void)find_containerd(files);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "there is no containerd at /run/containerd/containerd.sock or "
                 "/run/k3s/containerd/containerd.sock");
  }
  files.files["/run/k3s/containerd/containerd.sock"] = "";
  EXPECT_EQ(find_containerd(files), "/run/k3s/containerd/containerd.sock");
  files.files["/run/containerd/containerd.sock"] = "";
  EXPECT_EQ(find_containerd(files), "/run/containerd/containerd.sock");
}

}  // namespace
}  // namespace dkr
