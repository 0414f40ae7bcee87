#include "source/oci/manifest.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::Property;
using testing::Throws;

const std::string kA = some_digest('a');
const std::string kB = some_digest('b');
const std::string kC = some_digest('c');

constexpr const char* kDockerImageType = "application/vnd.docker.distribution.manifest.v2+json";
constexpr const char* kDockerIndexType =
    "application/vnd.docker.distribution.manifest.list.v2+json";
constexpr const char* kOciConfigType = "application/vnd.oci.image.config.v1+json";

constexpr Time kDate = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22};

/// `text` with A, B and C in quotes as digests.
std::string with_digests(std::string text) {
  for (const auto& [name, digest] : {std::pair(R"("A")", kA), {R"("B")", kB}, {R"("C")", kC}}) {
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos;) {
      text.replace(at, 3, "\"" + digest + "\"");
    }
  }
  return text;
}

Manifest parse(const std::string& text, const std::string& type = "") {
  return parse_manifest(with_digests(text), type);
}

TEST(ParseManifest, ReadsAnImage) {
  const struct {
    std::string config_type;
    std::string type;
    Manifest::ConfigKind kind;
  } rows[] = {
      {kOciConfigType, kOciImageType, Manifest::ConfigKind::kImage},
      {"application/vnd.docker.container.image.v1+json", kDockerImageType,
       Manifest::ConfigKind::kImage},
      {"Application/VND.OCI.image.config.v1+JSON", kOciImageType, Manifest::ConfigKind::kImage},
      {"application/vnd.oci.image.config.v1+json; charset=utf-8", kOciImageType,
       Manifest::ConfigKind::kImage},
      {"application/vnd.oci.empty.v1+json", kOciImageType, Manifest::ConfigKind::kDateless},
      {"application/vnd.cncf.helm.config.v1+json", kOciImageType, Manifest::ConfigKind::kDateless},
      {"application/vnd.buildkit.cacheconfig.v0", kOciImageType, Manifest::ConfigKind::kDateless},
      {"", kOciImageType, Manifest::ConfigKind::kOther},
      {"application/octet-stream", kDockerImageType, Manifest::ConfigKind::kOther},
      {"text/html", kDockerImageType, Manifest::ConfigKind::kOther},
      {"application/vnd.wasm.config.v0+json", kOciImageType, Manifest::ConfigKind::kOther},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.config_type);
    const Manifest manifest = parse(R"({"schemaVersion": 2, "config": {"mediaType": ")" +
                                        row.config_type + R"(", "digest": "A", "size": 10},
        "layers": [{"digest": "B", "size": 200}, {"digest": "C", "size": 3000}]})",
                                    row.type);
    EXPECT_FALSE(manifest.entries);
    EXPECT_EQ(manifest.config_digest, Digest(kA));
    EXPECT_EQ(to_string(manifest.media_type), row.type);
    ASSERT_EQ(manifest.blobs.size(), 3U);
    EXPECT_EQ(manifest.blobs[0].digest, Digest(kA));
    EXPECT_EQ(manifest.blobs[2].digest, Digest(kC));
    EXPECT_EQ(manifest.blobs[2].size, 3000U);
    EXPECT_EQ(manifest.config_kind, row.kind);
    EXPECT_EQ(manifest.size, 3210);
    EXPECT_EQ(manifest.created, std::nullopt);
  }
}

TEST(ParseManifest, SeesFromItsSizeThatAConfigHoldsNoDate) {
  using Kind = Manifest::ConfigKind;
  const std::pair<int, Kind> rows[] = {{0, Kind::kDateless},
                                       {2, Kind::kDateless},
                                       {3, Kind::kOther},
                                       {8 << 20, Kind::kOther},
                                       {(8 << 20) + 1, Kind::kDateless}};
  for (const auto& [size, kind] : rows) {
    const std::string size_text = std::to_string(size);
    EXPECT_EQ(parse(R"({"config": {"digest": "A", "size": )" + size_text + R"(}, "layers": []})")
                  .config_kind,
              kind)
        << size;
    EXPECT_EQ(parse(R"({"config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                "digest": "A", "size": )" +
                    size_text + R"(}, "layers": []})")
                  .config_kind,
              Kind::kImage)
        << size;
  }
}

TEST(ParseManifest, ReadsAnArtifact) {
  const std::string type = "application/vnd.oci.artifact.manifest.v1+json";
  const struct {
    std::string members;
    std::uint64_t size;
    std::optional<Time> created;
  } rows[] = {
      {R"("blobs": [{"digest": "B", "size": 200}, {"digest": "B", "size": 200}])", 200,
       std::nullopt},
      {R"("blobs": [], "annotations": {"org.opencontainers.artifact.created":
          "2026-11-22T00:00:00Z"})",
       0, kDate},
      {R"("blobs": null, "subject": {"digest": "C", "size": 5})", 0, std::nullopt},
      {R"("artifactType": "text/x")", 0, std::nullopt},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.members);
    for (const std::string& content_type : {type, std::string("application/json")}) {
      const Manifest manifest =
          parse("{\"mediaType\": \"" + type + "\", " + row.members + "}", content_type);
      EXPECT_EQ(manifest.media_type, MediaType::kOciArtifact);
      EXPECT_EQ(manifest.size, row.size);
      EXPECT_EQ(manifest.created, row.created);
      EXPECT_EQ(manifest.config_digest, std::nullopt);
      EXPECT_EQ(manifest.config_kind, Manifest::ConfigKind::kDateless);
      EXPECT_FALSE(manifest.entries);
      EXPECT_FALSE(manifest.is_schema_one());
    }
  }
}

TEST(ParseManifest, SumsUpWhatAPullTransfers) {
  const struct {
    const char* what;
    std::string layers;
    std::uint64_t size;
  } rows[] = {
      {"no layers", "[]", 10},
      {"null for none, as Go writes it", "null", 10},
      {"a layer twice", R"([{"digest": "B", "size": 5}, {"digest": "B", "size": 5}])", 15},
      {"a layer that is the config", R"([{"digest": "A", "size": 10}])", 10},
      {"an empty layer", R"([{"digest": "B", "size": 0}])", 10},
      {"a foreign layer",
       R"([{"digest": "B", "size": 7, "urls": ["https://h/l"], "mediaType":
          "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"}])",
       17},
      {"many petabytes",
       R"([{"digest": "B", "size": 9223372036854775792}, {"digest": "C", "size": 5}])",
       9223372036854775807U},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    EXPECT_EQ(
        parse(R"({"config": {"digest": "A", "size": 10}, "layers": )" + row.layers + "}").size,
        row.size);
  }
}

/// The blobs of a manifest, with A, B and C for their digests.
std::vector<std::pair<char, std::uint64_t>> lettered_blobs(const Manifest& manifest) {
  std::vector<std::pair<char, std::uint64_t>> result;
  for (const Blob& blob : manifest.blobs) {
    const std::string digest = blob.digest.text();
    result.emplace_back(digest == kA   ? 'A'
                        : digest == kB ? 'B'
                        : digest == kC ? 'C'
                                       : '?',
                        blob.size);
  }
  return result;
}

TEST(ParseManifest, KnowsEachBlobOnceAndThatStoresDoNotHoldForeignOnes) {
  const auto blobs = [](const std::string& type) {
    const Manifest manifest = parse(R"({"config": {"digest": "A", "size": 10}, "layers": [
        {"digest": "B", "size": 7, "mediaType": ")" +
                                    type + R"("},
        {"digest": "C", "size": 5}, {"digest": "A", "size": 10}, {"digest": "C", "size": 5}]})");
    EXPECT_EQ(manifest.size, 22U) << "which a pull transfers all the same";
    return lettered_blobs(manifest);
  };
  for (const std::string foreign :
       {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "Application/VND.docker.image.rootfs.foreign.diff.tar",
        "application/vnd.oci.image.layer.nondistributable.v1.tar",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"}) {
    EXPECT_THAT(blobs(foreign), ElementsAre(Pair('A', 10), Pair('B', 0), Pair('C', 5))) << foreign;
  }
  for (const std::string own : {"application/vnd.docker.image.rootfs.diff.tar.gzip",
                                "application/vnd.oci.image.layer.v1.tar+gzip", ""}) {
    EXPECT_THAT(blobs(own), ElementsAre(Pair('A', 10), Pair('B', 7), Pair('C', 5))) << own;
  }
}

TEST(ParseManifest, KnowsTheBlobsOfAnArtifactAndNoneOfSchemaOne) {
  EXPECT_THAT(lettered_blobs(parse(R"({"blobs": [{"digest": "B", "size": 5}]})",
                                   "application/vnd.oci.artifact.manifest.v1+json")),
              ElementsAre(Pair('B', 5)));
  EXPECT_THAT(lettered_blobs(parse(R"({"fsLayers": [{"blobSum": "A"}]})")), IsEmpty());
}

/// As BuildKit caches have them.
TEST(ParseManifest, KnowsTheEntriesOfAnIndexThatAreNoManifests) {
  const std::string layer = R"("mediaType": "application/vnd.oci.image.layer.v1.tar+gzip")";
  const Manifest manifest = parse(R"({"manifests": [
      {"digest": "A", "size": 10, )" + layer +
                                      R"(},
      {"digest": "B", "size": 20, "mediaType": "application/vnd.oci.image.manifest.v1+json"},
      {"digest": "C", "size": 30, "mediaType": "application/vnd.buildkit.cacheconfig.v0"},
      {"digest": "A", "size": 10, )" + layer +
                                      "}]}",
                                  kOciIndexType);
  EXPECT_THAT(lettered_blobs(manifest), ElementsAre(Pair('A', 10), Pair('C', 30)));
  ASSERT_TRUE(manifest.entries);
  ASSERT_EQ(manifest.entries->size(), 1U);
  EXPECT_EQ(manifest.entries->front().digest, Digest(kB));
  EXPECT_EQ(manifest.size, std::nullopt);
  for (const std::string invalid :
       {R"("size": 5)", R"("digest": "x", "size": 5)", R"("digest": 7, "size": 5)",
        R"("digest": "B")", R"("digest": "B", "size": -1)", R"("digest": "B", "size": "5")",
        R"("digest": "B", "size": 1.5)"}) {
    EXPECT_THAT(lettered_blobs(parse("{\"manifests\": [{" + invalid + ", " + layer +
                                         R"(}, {"digest": "C", "size": 1, )" + layer + "}]}",
                                     kOciIndexType)),
                ElementsAre(Pair('C', 1)))
        << invalid;
  }
}

TEST(ParseManifest, TakesTheDateFromTheAnnotations) {
  const struct {
    std::string annotations;
    std::optional<Time> created;
  } rows[] = {
      {R"({"org.opencontainers.image.created": "2026-11-22T00:00:00Z"})", kDate},
      {R"({"org.opencontainers.image.created": "yesterday"})", std::nullopt},
      {R"({"org.opencontainers.image.created": "0001-01-01T00:00:00Z"})", std::nullopt},
      {R"({"org.opencontainers.image.created": 5})", std::nullopt},
      {R"({"org.opencontainers.image.title": "x"})", std::nullopt},
      {"{}", std::nullopt},
      {"null", std::nullopt},
      {"[]", std::nullopt},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.annotations);
    EXPECT_EQ(parse(R"({"config": {"digest": "A", "size": 1}, "layers": [], "annotations": )" +
                    row.annotations + "}")
                  .created,
              row.created);
  }
}

TEST(ParseManifest, ReadsAnIndex) {
  for (const std::string type : {kOciIndexType, kDockerIndexType}) {
    const auto entries = parse(R"({"schemaVersion": 2, "manifests": [
      {"digest": "B", "size": 1, "platform": {"os": "linux", "architecture": "arm", "variant": "v7"}},
      {"digest": "A", "size": 1, "platform": {"os": "Windows", "architecture": "AMD64",
       "os.version": "10.0.17763.1"}},
      {"digest": "C", "size": 1}]})",
                               type)
                             .entries;
    ASSERT_TRUE(entries);
    ASSERT_EQ(entries->size(), 3U);
    EXPECT_EQ((*entries)[0].digest, Digest(kB));
    EXPECT_EQ((*entries)[0].platform, (Platform{"linux", "arm", "v7"}));
    EXPECT_EQ((*entries)[1].platform, (Platform{"windows", "amd64", ""}));
    EXPECT_EQ((*entries)[2].digest, Digest(kC));
    EXPECT_EQ((*entries)[2].platform, Platform{});
  }
}

TEST(ParseManifest, LeavesAttestationsOutOfAnIndex) {
  for (const std::string attestation :
       {R"("platform": {"os": "unknown", "architecture": "unknown"})",
        R"("platform": {"os": "unknown", "architecture": "amd64"})",
        R"("platform": {"os": "linux", "architecture": "amd64"},
           "annotations": {"vnd.docker.reference.type": "attestation-manifest"})"}) {
    SCOPED_TRACE(attestation);
    const auto entries = parse(R"({"manifests": [{"digest": "A", )" + attestation + R"(},
      {"digest": "B", "platform": {"os": "linux", "architecture": "amd64"},
       "annotations": {"org.opencontainers.image.title": "x"}}]})")
                             .entries;
    ASSERT_TRUE(entries);
    ASSERT_EQ(entries->size(), 1U);
    EXPECT_EQ(entries->front().digest, Digest(kB));
  }
}

/// The descriptor alone says what an entry is.
TEST(ParseManifest, LeavesWhatIsNoManifestOutOfAnIndex) {
  for (const std::string type :
       {"application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.buildkit.cacheconfig.v0",
        "application/vnd.docker.image.rootfs.diff.tar.gzip", "application/octet-stream",
        "application/vnd.oci.image.config.v1+json"}) {
    SCOPED_TRACE(type);
    const auto entries = parse(R"({"manifests": [{"mediaType": ")" + type + R"(", "digest": "A"},
      {"mediaType": ")" + type +
                               R"("}, {"digest": "B"}]})")
                             .entries;
    ASSERT_TRUE(entries);
    ASSERT_EQ(entries->size(), 1U);
    EXPECT_EQ(entries->front().digest, Digest(kB));
  }
  for (const std::string type : {kOciImageType, kOciIndexType, kDockerImageType, kDockerIndexType,
                                 "application/vnd.oci.artifact.manifest.v1+json",
                                 "application/vnd.docker.distribution.manifest.v1+prettyjws",
                                 "Application/VND.OCI.image.manifest.v1+json; charset=utf-8", ""}) {
    EXPECT_EQ(parse(R"({"manifests": [{"mediaType": ")" + type + R"(", "digest": "A"}]})")
                  .entries->size(),
              1U)
        << type;
  }
}

TEST(ParseManifest, ReadsAnEmptyIndex) {
  for (const std::string list : {R"({"manifests": []})", R"({"manifests": null})", "{}"}) {
    const auto entries = parse(list, kOciIndexType).entries;
    ASSERT_TRUE(entries) << list;
    EXPECT_TRUE(entries->empty()) << list;
  }
}

TEST(ParseManifest, ReadsTheDateOfSchemaOne) {
  const struct {
    const char* what;
    std::string text;
    std::optional<Time> created;
  } rows[] = {
      {"newest layer first",
       R"({"fsLayers": [], "history": [
          {"v1Compatibility": "{\"id\":\"x\",\"created\":\"2026-11-22T00:00:00.5Z\"}"},
          {"v1Compatibility": "{\"created\":\"2020-01-01T00:00:00Z\"}"}]})",
       kDate},
      {"no history", R"({"fsLayers": []})", std::nullopt},
      {"empty history", R"({"fsLayers": [], "history": []})", std::nullopt},
      {"null history", R"({"fsLayers": [], "history": null})", std::nullopt},
      {"no text", R"({"fsLayers": [], "history": [{"v1Compatibility": 5}]})", std::nullopt},
      {"no date", R"({"fsLayers": [], "history": [{"v1Compatibility": "{}"}]})", std::nullopt},
      {"zero date",
       R"({"fsLayers": [], "history": [{"v1Compatibility": "{\"created\":\"0001-01-01T00:00:00Z\"}"}]})",
       std::nullopt},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    for (const std::string type : {"application/vnd.docker.distribution.manifest.v1+prettyjws",
                                   "application/vnd.docker.distribution.manifest.v1+json", ""}) {
      const Manifest manifest = parse(row.text, type);
      EXPECT_EQ(manifest.created, row.created);
      EXPECT_FALSE(manifest.entries);
      EXPECT_EQ(manifest.config_digest, std::nullopt);
      EXPECT_EQ(manifest.size, std::nullopt);
    }
  }
}

TEST(ParseManifest, KnowsThatSchemaOneHasADateItCannotRead) {
  const std::pair<std::string, std::string> rows[] = {
      {"{", "history: not JSON: "},
      {R"({\"created\": \"yesterday\"})", "history: has an invalid date of creation"},
      {R"({\"created\": 5})", "history: has an invalid date of creation"},
      {R"({\"created\": \"\"})", ""},
  };
  for (const auto& [compatibility, fault] : rows) {
    SCOPED_TRACE(compatibility);
    const Manifest manifest =
        parse(R"({"fsLayers": [], "history": [{"v1Compatibility": ")" + compatibility + "\"}]}");
    EXPECT_EQ(manifest.created, std::nullopt);
    EXPECT_TRUE(manifest.is_schema_one());
    EXPECT_THAT(manifest.date_fault, testing::StartsWith(fault));
    EXPECT_EQ(manifest.date_fault.empty(), fault.empty());
  }
}

TEST(ParseManifest, KnowsTheKindByContentTypeElseByMediaTypeElseByWhatIsThere) {
  const std::string image = R"("config": {"digest": "A", "size": 1}, "layers": []})";
  const struct {
    std::string text;
    std::string type;
    bool is_index;
  } rows[] = {
      {"{" + image, kOciImageType, false},
      {"{" + image, std::string(kOciImageType) + "; charset=utf-8", false},
      {"{" + image, " Application/Vnd.OCI.Image.Manifest.V1+json ;x", false},
      {"{" + image, "application/json", false},
      {"{" + image, "", false},
      {R"({"mediaType": "application/vnd.oci.image.manifest.v1+json", )" + image, "", false},
      {R"({"mediaType": "application/vnd.oci.image.manifest.v1+json", )" + image, "text/plain",
       false},
      {R"({"mediaType": "", )" + image, kDockerImageType, false},
      {R"({"mediaType": null, )" + image, kDockerImageType, false},
      {R"({"mediaType": "application/vnd.oci.image.index.v1+json"})", "", true},
      {R"({"manifests": []})", "application/octet-stream", true},
      {R"({"manifests": []})", std::string(kDockerIndexType) + ";charset=utf-8", true},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.type + " " + row.text);
    EXPECT_EQ(parse(row.text, row.type).entries.has_value(), row.is_index);
  }
}

TEST(ParseManifest, RefusesWhatIsDamaged) {
  const struct {
    std::string text;
    std::string type;
    std::string cause;
  } rows[] = {
      {"", kOciImageType, "not JSON: "},
      {"<html>", "text/html", "not JSON: "},
      {R"({"config": {"digest": "A", "si)", kOciImageType, "not JSON: "},
      {"[]", kOciImageType, "is not a JSON object"},
      {"null", kOciImageType, "is not a JSON object"},
      {"{}", "", "is of an unknown kind"},
      {"{}", "text/html", "is of an unknown kind: text/html"},
      {R"({"mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []})",
       kOciImageType, "has a mediaType that contradicts its Content-Type"},
      {R"({"mediaType": "application/vnd.oci.image.manifest.v1+json", "manifests": []})",
       kOciIndexType, "has a mediaType that contradicts its Content-Type"},
      {"{}", kOciImageType, "has no config"},
      {R"({"config": {"digest": "A", "size": 1}})", kOciImageType, "has no layers"},
      {R"({"config": {"digest": "A", "size": 1}, "layers": {}})", "",
       "has layers that are not a list"},
      {R"({"config": {"digest": "A", "size": 1}, "layers": [7]})", "", "has an invalid size"},
      {R"({"config": {"digest": "A", "size": 1}, "layers": [{"digest": "B"}]})", "",
       "has an invalid size"},
      {R"({"config": {"digest": "A", "size": -1}, "layers": []})", "", "has an invalid size"},
      {R"({"config": {"digest": "A", "size": 1.5}, "layers": []})", "", "has an invalid size"},
      {R"({"config": {"digest": "A", "size": "1"}, "layers": []})", "", "has an invalid size"},
      {R"({"config": {"digest": "A", "size": 18446744073709551616}, "layers": []})", "",
       "not JSON: "},
      {R"({"config": {"digest": "A", "size": 9223372036854775808}, "layers": []})", "",
       "has an invalid size"},
      {R"({"config": {"digest": "A", "size": 9223372036854775807},
           "layers": [{"digest": "B", "size": 1}]})",
       "", "has sizes whose sum exceeds 63 bits"},
      {R"({"config": {"size": 1}, "layers": []})", "", "has an invalid digest"},
      {R"({"config": {"digest": 7, "size": 1}, "layers": []})", "", "has an invalid digest"},
      {R"({"config": {"digest": "sha256:abc", "size": 1}, "layers": []})", "",
       "has an invalid digest"},
      {R"({"config": {"digest": "sha256:../../x", "size": 1}, "layers": []})", "",
       "has an invalid digest"},
      {R"({"config": null, "layers": []})", "", "has an invalid size"},
      {R"({"config": {"digest": "A", "size": 1}, "layers": [{"digest": "x", "size": 1}]})", "",
       "has an invalid digest"},
      {R"({"manifests": {}})", "", "has manifests that are not a list"},
      {R"({"manifests": [null]})", "", "has an invalid digest"},
      {R"({"manifests": [{"platform": {}}]})", "", "has an invalid digest"},
      {R"({"manifests": [{"digest": "../blobs/x"}]})", "", "has an invalid digest"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.type + " " + row.text);
    EXPECT_THAT([&] { (void)parse(row.text, row.type); },
                Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kMalformed),
                                    Property(&Error::what, HasSubstr(row.cause)))));
  }
}

TEST(ParseManifest, QuotesNoMoreThanAnExcerptOfATypeThatNobodyKnows) {
  EXPECT_THAT([&] { (void)parse("{}", std::string(5000, 'x')); },
              Throws<Error>(Property(&Error::what, HasSubstr(std::string(80, 'x') + "..."))));
}

TEST(AcceptManifests, OffersEveryKindThatIsRead) {
  for (const std::string type : {kOciImageType, kOciIndexType, kDockerImageType, kDockerIndexType,
                                 "application/vnd.docker.distribution.manifest.v1+prettyjws",
                                 "application/vnd.docker.distribution.manifest.v1+json",
                                 "application/vnd.oci.artifact.manifest.v1+json"}) {
    EXPECT_THAT(std::string(kAcceptManifests), HasSubstr(type));
  }
}

ImageConfig parse_image_config(const std::string& text) {
  return parse_config(text, Manifest::ConfigKind::kImage);
}

TEST(ParseConfig, ExpectsNothingOfAConfigThatIsNotDeclaredAsThatOfAnImage) {
  const std::pair<std::string, std::optional<Time>> rows[] = {
      {R"({"created": "2026-11-22T00:00:00Z"})", kDate},
      {R"({"created": 1763769600})", std::nullopt},
      {R"({"created": {}})", std::nullopt},
      {R"({"created": ""})", std::nullopt},
      {"{}", std::nullopt},
      {"[]", std::nullopt},
      {"\x1f\x8b\xff", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [text, created] : rows) {
    EXPECT_EQ(parse_config(text, Manifest::ConfigKind::kOther).created, created) << text;
  }
  EXPECT_THAT(
      [] { (void)parse_config(R"({"created": "yesterday"})", Manifest::ConfigKind::kOther); },
      Throws<Error>(Property(&Error::what, HasSubstr("has an invalid date of creation"))));
}

TEST(ParseConfig, GivesTheDateOfAConfig) {
  const struct {
    std::string text;
    std::optional<Time> created;
  } rows[] = {
      {R"({"created": "2026-11-22T00:00:00Z", "os": "linux"})", kDate},
      {R"({"created": "2026-11-22T01:00:00.123456789+01:00"})", kDate},
      {R"({"created": "1970-01-01T00:00:00Z"})", Time{}},
      {R"({"created": "0001-01-01T00:00:00Z"})", std::nullopt},
      {R"({"created": "0001-01-01T00:00:00.000000000Z"})", std::nullopt},
      {R"({"created": ""})", std::nullopt},
      {R"({"created": null})", std::nullopt},
      {R"({"config": {"created": "2026-11-22T00:00:00Z"}})", std::nullopt},
      {"{}", std::nullopt},
  };
  for (const auto& row : rows)
    EXPECT_EQ(parse_image_config(row.text).created, row.created) << row.text;
}

TEST(ParseConfig, ReadsThePlatform) {
  EXPECT_EQ(
      parse_image_config(R"({"os": "Linux", "architecture": "arm", "variant": "v7"})").platform,
      (Platform{"linux", "arm", "v7"}));
  EXPECT_EQ(parse_image_config(R"({"os": "linux"})").platform, std::nullopt);
  EXPECT_EQ(parse_image_config(R"({"architecture": "arm64"})").platform, std::nullopt);
  EXPECT_EQ(parse_image_config(R"({"os": 7, "architecture": null})").platform, std::nullopt);
}

TEST(ParseConfig, RefusesWhatIsDamaged) {
  const struct {
    std::string text;
    std::string cause;
  } rows[] = {
      {"", "not JSON: "},
      {R"({"created": "2026)", "not JSON: "},
      {"[]", "is not a JSON object"},
      {R"({"created": 1763769600})", "has an invalid date of creation"},
      {R"({"created": "yesterday"})", "has an invalid date of creation"},
      {R"({"created": "2026-02-30T00:00:00Z"})", "has an invalid date of creation"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT([&] { (void)parse_image_config(row.text); },
                Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kMalformed),
                                    Property(&Error::what, HasSubstr(row.cause)))))
        << row.text;
  }
}

/// The digests of an index with these platforms, each named by its place, in the order of trial.
std::string order(const std::vector<Platform>& platforms, const Platform& wanted) {
  std::vector<Descriptor> entries;
  for (const Platform& platform : platforms) {
    entries.push_back({Digest(std::to_string(entries.size())), platform});
  }
  std::string result;
  for (const Descriptor& entry : by_platform_match(entries, wanted)) result += entry.digest.text();
  return result;
}

TEST(ByPlatformMatch, TriesTheWantedPlatformFirstThenOthersThenNone) {
  const Platform amd64{"linux", "amd64", ""};
  const Platform arm64{"linux", "arm64", ""};
  const Platform arm64_v8{"linux", "arm64", "v8"};
  const Platform arm_v6{"linux", "arm", "v6"};
  const Platform arm_v7{"linux", "arm", "v7"};
  const Platform windows{"windows", "amd64", ""};
  const Platform none{};
  const struct {
    const char* what;
    std::vector<Platform> platforms;
    Platform wanted;
    std::string order;
  } rows[] = {
      {"nothing", {}, amd64, ""},
      {"wanted last", {none, windows, arm64, amd64}, amd64, "3120"},
      {"not there", {none, windows, arm64}, amd64, "120"},
      {"wanted twice", {amd64, arm64, amd64}, amd64, "021"},
      {"variant that goes without saying", {amd64, arm64_v8}, arm64, "10"},
      {"nearest older variant", {arm_v6, amd64, arm_v7}, {"linux", "arm", "v8"}, "201"},
      {"no newer variant", {arm_v7, arm_v6}, arm_v6, "10"},
      {"another system", {windows, amd64}, windows, "01"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(order(row.platforms, row.wanted), row.order) << row.what;
  }
}

}  // namespace
}  // namespace dkr
