#include "source/layout/store.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "support/program.h"
#include "support/tar.h"

namespace dkr {
namespace {

constexpr const char* kLayoutText = R"({"imageLayoutVersion":"1.0.0"})";

std::string digest_text(const std::string& bytes) { return "sha256:" + sha256_hex(bytes); }

std::string path_of(const std::string& bytes) { return "blobs/sha256/" + sha256_hex(bytes); }

const std::string kImageConfig =
    R"({"os":"linux","architecture":"amd64","created":"2020-09-01T00:00:00Z","rootfs":{"diff_ids":[]}})";

std::string layout_manifest(const std::string& config) {
  return fmt::format(
      R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
      R"("config":{{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{}","size":{}}},)"
      R"("layers":[]}})",
      digest_text(config), config.size());
}

std::string index_of(const std::string& manifest, const std::string& annotations,
                     const std::string& kind = "manifest") {
  return fmt::format(
      R"({{"manifests":[{{"mediaType":"application/vnd.oci.image.{}.v1+json","digest":"{}",)"
      R"("size":{},"annotations":{{{}}}}}]}})",
      kind, digest_text(manifest), manifest.size(), annotations);
}

/// A run of dkr-ls with files of a layout at `layout/` and in `layout.tar`.
class LayoutStoreTest : public testing::Test {
 protected:
  void add(const std::string& path, const std::string& content) {
    program.files.files["layout/" + path] = content;
    tar += tar_entry_text(path, content);
  }
  void add_image(const std::string& annotations) {
    const std::string manifest = layout_manifest(kImageConfig);
    add("oci-layout", kLayoutText);
    add("index.json", index_of(manifest, annotations));
    add(path_of(manifest), manifest);
    add(path_of(kImageConfig), kImageConfig);
  }
  int list(const std::string& source, const std::string& format) {
    program.files.files["layout.tar"] = tar + tar_end();
    return program.run({"tags", "--source", source, "--format", format});
  }

  Program program;
  std::string tar;
};

TEST_F(LayoutStoreTest, ListsALayout) {
  add_image(R"("org.opencontainers.image.ref.name":"1.27")");
  EXPECT_EQ(list("oci:layout", "{{.Repository}} {{.Tag}} {{.ID}} {{.Created}} {{.Reference}}"), 0);
  EXPECT_EQ(program.out.content,
            fmt::format("<none> 1.27 {} 2020-09-01T00:00:00Z oci:layout:1.27\n",
                        sha256_hex(kImageConfig).substr(0, 12)));
}

TEST_F(LayoutStoreTest, ListsTheSameInAnArchive) {
  add_image(R"("io.containerd.image.name":"docker.io/library/nginx:1")");
  EXPECT_EQ(
      list("oci-archive:layout.tar", "{{.Repository}} {{.Tag}} {{.SizeBytes}} {{.Reference}}"), 0);
  EXPECT_EQ(program.out.content,
            fmt::format("nginx 1 {} oci-archive:layout.tar:@0\n", kImageConfig.size()));
}

TEST_F(LayoutStoreTest, TakesNamesOfBothListsOfDocker) {
  add_image(R"("io.containerd.image.name":"docker.io/library/nginx:1")");
  add("manifest.json",
      fmt::format(R"([{{"Config":"{}","RepoTags":["nginx:1","nginx:2"],"Layers":[]}}])",
                  path_of(kImageConfig)));
  EXPECT_EQ(list("oci-archive:layout.tar", "{{.Repository}} {{.Tag}} {{.Digest}}"), 0);
  const std::string both = program.out.content;
  program.out.content.clear();
  EXPECT_EQ(list("docker-archive:layout.tar", "{{.Repository}} {{.Tag}} {{.Digest}}"), 0);
  EXPECT_EQ(program.out.content, both);
  const std::string digest = digest_text(layout_manifest(kImageConfig));
  EXPECT_EQ(both, fmt::format("nginx 1 {0}\nnginx 2 {0}\n", digest));
}

TEST_F(LayoutStoreTest, TakesANameOfOneImageOfAnIndexForThatImageAlone) {
  const std::string arm_config =
      R"({"os":"linux","architecture":"arm64","created":"2020-09-01T00:00:00Z","rootfs":{"diff_ids":[]}})";
  const std::string amd = layout_manifest(kImageConfig);
  const std::string arm = layout_manifest(arm_config);
  const auto entry = [](const std::string& manifest, const std::string& architecture) {
    return fmt::format(
        R"({{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{}","size":{},)"
        R"("platform":{{"os":"linux","architecture":"{}"}}}})",
        digest_text(manifest), manifest.size(), architecture);
  };
  const std::string index = fmt::format(
      R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{},{}]}})",
      entry(amd, "amd64"), entry(arm, "arm64"));
  add("oci-layout", kLayoutText);
  add("index.json",
      index_of(index, R"("io.containerd.image.name":"docker.io/library/app:1")", "index"));
  for (const std::string& blob : {amd, arm, index, kImageConfig, arm_config}) {
    add(path_of(blob), blob);
  }
  add("manifest.json",
      fmt::format(R"([{{"Config":"{}","RepoTags":["app:1-amd64","app:1"],"Layers":[]}},)"
                  R"({{"Config":"{}","RepoTags":["app:1-arm64"],"Layers":[]}}])",
                  path_of(kImageConfig), path_of(arm_config)));
  const auto listed = [&](const std::string& source) {
    program.out.content.clear();
    EXPECT_EQ(list(source, "{{.Tag}} {{.Digest}}"), 0);
    return program.out.content;
  };
  const std::string whole = fmt::format("1 {}\n", digest_text(index));
  const std::string of_amd = fmt::format("1-amd64 {}\n", digest_text(amd));
  const std::string of_arm = fmt::format("1-arm64 {}\n", digest_text(arm));
  EXPECT_EQ(listed("oci-archive:layout.tar"), whole + of_amd + of_arm);
  EXPECT_EQ(listed("docker-archive:layout.tar"), whole + of_amd + of_arm);
}

TEST_F(LayoutStoreTest, ListsWhatDockerSaves) {
  add(sha256_hex(kImageConfig) + ".json", kImageConfig);
  add("manifest.json", fmt::format(R"([{{"Config":"{}.json","RepoTags":null,"Layers":[]}}])",
                                   sha256_hex(kImageConfig)));
  EXPECT_EQ(list("docker-archive:layout.tar",
                 "{{.Repository}} {{.Tag}} {{.ID}} {{.Reference}} {{.Digests}}"),
            0);
  EXPECT_EQ(program.out.content, fmt::format("<none> <none> {} docker-archive:layout.tar:@0 []\n",
                                             sha256_hex(kImageConfig).substr(0, 12)));
}

TEST_F(LayoutStoreTest, ListsManyImages) {
  std::string entries;
  const std::string manifest = layout_manifest(kImageConfig);
  constexpr int kImages = 5000;
  for (int i = 0; i < kImages; ++i) {
    if (i > 0) entries += ',';
    entries += fmt::format(
        R"({{"digest":"{}","annotations":{{"org.opencontainers.image.ref.name":"v{}"}}}})",
        digest_text(manifest), i);
  }
  add("oci-layout", kLayoutText);
  add("index.json", R"({"manifests":[)" + entries + "]}");
  add(path_of(manifest), manifest);
  add(path_of(kImageConfig), kImageConfig);
  EXPECT_EQ(list("oci:layout", "{{.ID}}"), 0);
  EXPECT_EQ(program.out.content.size(), kImages * 13U);
}

TEST_F(LayoutStoreTest, KeepsTheRowOfAManifestThatIsWrong) {
  add_image(R"("org.opencontainers.image.ref.name":"1")");
  program.files.files["layout/" + path_of(layout_manifest(kImageConfig))] = "{}";
  EXPECT_EQ(list("oci:layout", "{{.Tag}} {{.Size}}"), 1);
  EXPECT_EQ(program.out.content, "1 N/A\n");
  EXPECT_EQ(program.first_error_line(),
            "Error: oci:layout: <none>:1: manifest: does not match digest " +
                digest_text(layout_manifest(kImageConfig)));
}

TEST_F(LayoutStoreTest, SaysWhichSourceFits) {
  add("manifest.json", "[]");
  EXPECT_EQ(list("oci-archive:layout.tar", "json"), 1);
  EXPECT_EQ(program.err.content,
            "Error: oci-archive:layout.tar: index.json is missing\n"
            "Hint: docker save or podman save wrote it: name it docker-archive:layout.tar\n");
}

}  // namespace
}  // namespace dkr
