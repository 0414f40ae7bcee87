#include "source/layout/oci_index.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace dkr {
namespace {

const std::string kDigestA = "sha256:" + std::string(64, 'a');

std::string message_of(const std::string& index) {
  try {
    (void)parse_layout_index(index);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

LayoutIndex parse(const std::string& entries) {
  return parse_layout_index(R"({"schemaVersion":2,"manifests":[)" + entries + "]}");
}

std::string entry(const std::string& more) {
  return fmt::format(R"({{"digest":"{}","size":1{}}})", kDigestA, more);
}

TEST(AnnotatedName, PrefersFullReferences) {
  struct Case {
    const char* containerd;
    const char* ref;
    ImageName name;
  };
  for (const Case& c : {
           Case{"docker.io/library/nginx:1.27", "x", {"nginx", "1.27"}},
           Case{"ghcr.io/team/app:1", "", {"ghcr.io/team/app", "1"}},
           Case{"", "ghcr.io/team/app:1", {"ghcr.io/team/app", "1"}},
           Case{"", "1.27", {"", "1.27"}},
           Case{"", "nginx", {"", "nginx"}},
           Case{"", "team/app", {"team/app", ""}},
           Case{"", "1.0+build", {"", "1.0+build"}},
           Case{"NOT VALID", "1", {"", "1"}},
           Case{"", "", {"", ""}},
       }) {
    EXPECT_EQ(annotated_name(c.containerd, c.ref), c.name) << c.containerd << " " << c.ref;
  }
}

TEST(LayoutVersion, IsOne) {
  EXPECT_NO_THROW(check_layout_version(R"({"imageLayoutVersion":"1.0.0"})"));
  EXPECT_NO_THROW(check_layout_version(R"({"imageLayoutVersion":"1.1.0"})"));
  for (const char* text :
       {"", "{", "{}", "[]", R"({"imageLayoutVersion":1})", R"({"imageLayoutVersion":"2.0.0"})"}) {
    EXPECT_THROW(check_layout_version(text), Error) << text;
  }
}

TEST(LayoutIndex, ListsImagesOnly) {
  const LayoutIndex index =
      parse(entry(R"(,"mediaType":"application/xml")") + "," +
            entry(R"(,"platform":{"os":"unknown","architecture":"unknown"})") + "," +
            entry(R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest"})") + "," +
            entry(R"(,"mediaType":"application/vnd.oci.image.index.v1+json")") + "," +
            entry(R"(,"annotations":{"org.opencontainers.image.ref.name":"v1"})"));
  ASSERT_EQ(index.entries.size(), 2U);
  EXPECT_EQ(index.entries[0].position, 3U);
  EXPECT_EQ(index.entries[0].media_type, MediaType::kOciIndex);
  EXPECT_EQ(index.entries[1].reference, "v1");
  EXPECT_EQ(index.entries[1].name, (ImageName{"", "v1"}));
  EXPECT_TRUE(index.faults.empty());
}

TEST(LayoutIndex, TellsWhichEntriesCannotBeRead) {
  const LayoutIndex index = parse(
      "7," + entry("") + R"(,{"digest":"x","annotations":{"io.containerd.image.name":"a:1"}})");
  ASSERT_EQ(index.faults.size(), 2U);
  EXPECT_EQ(index.faults[0].position, 0U);
  EXPECT_EQ(index.faults[1].name, (ImageName{"a", "1"}));
  EXPECT_EQ(index.entries.size(), 1U);
}

TEST(LayoutIndex, IsAnObjectWithManifests) {
  EXPECT_EQ(message_of("[]"), "is not a JSON object");
  EXPECT_EQ(message_of("{}"), "has no manifests");
  EXPECT_EQ(message_of(R"({"manifests":7})"), "not a list");
  EXPECT_EQ(message_of(R"({"manifests":null})"), "");
  std::string many = "7";
  for (int i = 0; i < 1000; ++i) many += ",7";
  EXPECT_EQ(message_of(R"({"manifests":[)" + many + "]}"),
            "has over 1000 entries that cannot be read");
}

}  // namespace
}  // namespace dkr
