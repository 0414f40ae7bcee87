// `--source containerd`, the whole program, in memory.
#include <string>

#include <gmock/gmock.h>

#include "support/containerd_content.h"
#include "support/program.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using ::testing::HasSubstr;

TEST(Containerd, IsListedAtItsUsualSocket) {
  Program program;
  const std::string config = config_created("2020-09-18T00:00:00Z");
  const std::string manifest = manifest_of(config, 5);
  const std::string digest = digest_of(manifest);
  program.files.files["/run/containerd/containerd.sock"] = "";
  program.http.expect(kContainerdNamespaces, grpc_response({listed_namespaces({"k8s.io"})}));
  const std::string images = listed_image("docker.io/library/nginx:1", digest) +
                             listed_image("ghcr.io/team/app:2", digest) +
                             listed_image(digest_of(config), digest);
  program.http.expect(kContainerdImages, grpc_response({images}));
  program.http.expect(kContainerdContent, content_response(manifest));
  program.http.expect(kContainerdContent, content_response(config));
  EXPECT_EQ(program.run({"tags", "--source", "containerd", "--timeout", "5", "--format",
                         "{{.Reference}} {{.CreatedSince}}"}),
            kSuccess)
      << program.err.content;
  EXPECT_EQ(program.out.content, "ghcr.io/team/app:2 2 days ago\nnginx:1 2 days ago\n");
  EXPECT_EQ(program.err.content, "");
  EXPECT_EQ(program.http.requests()[0].peer.unix_socket, "/run/containerd/containerd.sock");
  EXPECT_EQ(program.http.requests()[3].peer.stall_timeout, std::chrono::seconds(5));
}

TEST(Containerd, MayListenAnywhere) {
  Program program;
  program.http.expect(kContainerdImages, grpc_response({listed_image("a:1", some_digest('1'))}));
  EXPECT_EQ(program.run({"repos", "--source", "containerd:/my.sock", "--namespace", "x"}),
            kSuccess);
  EXPECT_EQ(program.out.content, "REPOSITORY\na\n");
  EXPECT_EQ(program.http.requests()[0].peer.unix_socket, "/my.sock");
}

TEST(Containerd, MayBeNowhere) {
  Program program;
  EXPECT_EQ(program.run({"tags", "--source", "containerd"}), kFailure);
  EXPECT_THAT(program.first_error_line(), HasSubstr("there is no containerd at /run/containerd/"));
}

TEST(Containerd, HasNoContainersHere) {
  Program program;
  program.files.files["/run/containerd/containerd.sock"] = "";
  EXPECT_EQ(program.run({"tags", "--source", "containerd", "--unused"}), kBadUsage);
}

}  // namespace
}  // namespace dkr
