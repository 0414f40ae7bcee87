#include "output/field.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>

#include <gmock/gmock.h>

#include "sample_lines.h"

namespace dkr {
namespace {

using testing::ElementsAre;

std::string text(std::string_view field, const Line& line) {
  return text_of(*find_field(tag_fields(), field), line);
}

TEST(TagFields, HaveNamesHeadersAndTexts) {
  const SampleLines lines;
  const std::string id = some_digest('a');
  const std::string index = some_digest('b');
  const std::string child = some_digest('c');
  const struct {
    std::string name;
    std::string header;
    std::string known;
    std::string unknown;
  } rows[] = {
      {"Containers", "CONTAINERS", "2", "N/A"},
      {"CreatedAt", "CREATED AT", "2020-09-03 03:00:00 +0300 EEST", ""},
      {"CreatedSince", "CREATED", "2 weeks ago", ""},
      {"Digest", "DIGEST", "<none>", "<none>"},
      {"ID", "IMAGE ID", "aaaaaaaaaaaa", "N/A"},
      {"Repository", "REPOSITORY", "team/app", "<none>"},
      {"SharedSize", "SHARED SIZE", "100MB", "N/A"},
      {"Size", "SIZE", "187MB", "N/A"},
      {"Tag", "TAG", "1.4", "<none>"},
      {"UniqueSize", "UNIQUE SIZE", "87.12MB", "N/A"},
      {"Created", "CREATED UTC", "2020-09-03T00:00:00Z", ""},
      {"Digests", "DIGESTS", "[" + index + " " + child + "]", "[]"},
      {"FullID", "FULL ID", id, ""},
      {"MediaType", "MEDIA TYPE", kOciIndexType, ""},
      {"Platform", "PLATFORM", "linux/arm64/v8", ""},
      {"Reference", "REFERENCE", "reg.example.com/team/app:1.4", ""},
      {"SharedSizeBytes", "SHARED SIZE BYTES", "100000000", ""},
      {"SizeBytes", "SIZE BYTES", "187123456", ""},
      {"Source", "SOURCE", "registry:reg.example.com", "registry:reg.example.com"},
      {"UniqueSizeBytes", "UNIQUE SIZE BYTES", "87123456", ""},
  };
  ASSERT_EQ(tag_fields().size(), std::size(rows));
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    SCOPED_TRACE(rows[i].name);
    const Field<Line>& field = tag_fields()[i];
    EXPECT_EQ(field.name, rows[i].name);
    EXPECT_EQ(find_field(tag_fields(), rows[i].name), &field);
    EXPECT_EQ(field.header, rows[i].header);
    EXPECT_EQ(text_of(field, lines.known()), rows[i].known);
    EXPECT_EQ(text_of(field, lines.unknown()), rows[i].unknown);
    EXPECT_NE(field.text == nullptr, field.value == nullptr);
  }
}

TEST(RepositoryFields, AreOne) {
  ASSERT_EQ(repository_fields().size(), 1U);
  EXPECT_EQ(text_of(repository_fields()[0], SampleLines().known()), "team/app");
}

TEST(FindField, KnowsFieldsByTheirExactNames) {
  for (const std::string name : {"", "id", "Id", "VirtualSize", "Repository "}) {
    EXPECT_EQ(find_field(tag_fields(), name), nullptr) << name;
  }
}

TEST(FieldId, IsWholeOnDemand) {
  SampleLines lines;
  lines.style.ids = Ids::kWhole;
  EXPECT_EQ(text("ID", lines.known()), some_digest('a'));
  EXPECT_EQ(text("ID", lines.unknown()), "N/A");
}

/// As in docker, a row that is there for its digest alone has another text where none are shown.
TEST(FieldDigest, IsThatOfTheLine) {
  SampleLines lines;
  EXPECT_EQ(text("Digest", lines.known()), "<none>");
  EXPECT_EQ(text("Digest", lines.untagged()), "");
  lines.style.digests = Digests::kShow;
  EXPECT_EQ(text("Digest", lines.untagged()), "<none>");
  Line line = lines.known();
  line.digest = &lines.listing.digests[1];
  EXPECT_EQ(text("Digest", line), some_digest('c'));
}

TEST(FieldReference, NamesAnImageByItsTagElseItsDigestElseItsId) {
  SampleLines lines;
  lines.listing.reference_prefix = "";
  EXPECT_EQ(text("Reference", lines.known()), "team/app:1.4");
  lines.listing.rows[0].tag = "";
  EXPECT_EQ(text("Reference", lines.known()), "team/app@" + some_digest('b'));
  Line line = lines.known();
  line.digest = &lines.listing.digests[1];
  EXPECT_EQ(text("Reference", line), "team/app@" + some_digest('c'));
  lines.listing.rows[0].digest_count = 0;
  EXPECT_EQ(text("Reference", lines.known()), some_digest('a'));
  lines.listing.rows[0].repository = std::nullopt;
  EXPECT_EQ(text("Reference", line), some_digest('a'));
}

TEST(FieldSizes, AreUnknownWhereTheEngineSaysSoOrTheyDoNotFit) {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  const struct {
    std::optional<std::int64_t> size;
    std::int64_t shared;
    std::string unique_size;
    std::string unique_bytes;
  } rows[] = {
      {5'000, 0, "5kB", "5000"}, {5'000, 5'000, "0B", "0"},    {5'000, -1, "N/A", ""},
      {-1, 0, "N/A", ""},        {std::nullopt, 0, "N/A", ""}, {kMin, 1, "N/A", ""},
  };
  for (const auto& row : rows) {
    SampleLines lines;
    lines.listing.images[0].size = row.size;
    lines.listing.images[0].shared_size = row.shared;
    SCOPED_TRACE(row.unique_size);
    EXPECT_EQ(text("UniqueSize", lines.known()), row.unique_size);
    EXPECT_EQ(text("UniqueSizeBytes", lines.known()), row.unique_bytes);
  }
}

TEST(FieldCreated, IsUnknownBeyondTheYearsOfRfc3339) {
  SampleLines lines;
  lines.listing.images[0].created = Time(std::chrono::seconds(253'402'300'800));
  EXPECT_EQ(text("CreatedAt", lines.known()), "10000-01-01 03:00:00 +0300 EEST");
  EXPECT_EQ(text("Created", lines.known()), "");
}

}  // namespace
}  // namespace dkr
