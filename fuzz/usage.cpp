// What repositories take, of any listing. The input is a text, with a line for each part of it:
//
//   i 0 12 3    the index 0 lists the manifests 1 and 2, and the attestation 3
//   m 1 ab      the manifest or index 1 needs the blobs a and b
//   t q: 0 1    a tag of the repository q, called ":", points to 0, and its row shows the image 1
//   u q: 0 1    the same, but the tag is not listed
//
// Each name is one byte, which also gives the size of a blob.
#include "model/usage.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "model/contents.h"
#include "output/usage.h"
#include "targets.h"

namespace dkr {
namespace {

std::uint64_t bytes_of(char name) {
  return ~std::uint64_t{0} >> (static_cast<std::uint8_t>(name) % 64);
}

Digest digest_of(char name) { return Digest(std::string(1, name)); }

std::vector<Digest> digests_of(const std::string& names) {
  std::vector<Digest> digests;
  for (const char name : names) digests.push_back(digest_of(name));
  return digests;
}

struct Measured {
  Listing listing;
  std::vector<Row> listed;
};

/// A registry's rows have a digest, and those of an engine an id.
Row read_row(std::istream& words, ListingBuilder& builder) {
  std::string name;
  std::string target;
  std::string shown;
  words >> name >> target >> shown;
  name.resize(2, 'x');
  target.resize(1, 'x');
  shown.resize(1, target[0]);
  Image image;
  image.id = image.digest = digest_of(shown[0]);
  if (shown[0] != '?') image.size = static_cast<std::int64_t>(bytes_of(shown[0]));
  image.shared_size = static_cast<std::int64_t>(bytes_of(target[0]));
  Row row;
  row.image = builder.image(std::move(image));
  row.repository = builder.repository(name.substr(0, 1));
  row.tag = name[1];
  builder.digest(row, digest_of(target[0]));
  return row;
}

void read_text(const std::string& text, Measured& measured) {
  Listing& listing = measured.listing;
  ListingBuilder builder(listing);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    char kind = 0;
    words >> kind;
    if (kind == 't' || kind == 'u') {
      const Row row = read_row(words, builder);
      listing.rows.push_back(row);
      if (kind == 't') measured.listed.push_back(row);
      continue;
    }
    char name = 0;
    std::string first;
    std::string second;
    words >> name >> first >> second;
    if (kind == 'i') {
      listing.indexes[digest_of(name)] = {digests_of(first), digests_of(second)};
    } else if (kind == 'm') {
      std::vector<Blob> blobs;
      for (const char blob : std::set<char>(first.begin(), first.end())) {
        blobs.push_back({digest_of(blob), bytes_of(blob)});
      }
      builder.contents().add(digest_of(name), blobs);
    }
  }
}

void check_usage(const Usage& usage, const std::string& text) {
  if (usage.unique && !usage.size) fail("something unique of unknown size", text);
  if (usage.unique > usage.size) fail("more is unique than there is", text);
}

/// Checks what holds whatever the listing has.
void check_report(const UsageReport& report, const std::string& text) {
  std::size_t tags = 0;
  std::size_t images = 0;
  for (const auto& [repository, usage] : report.repositories) {
    check_usage(usage, text);
    if (usage.tags == 0) fail("a repository without tags", text);
    tags += usage.tags;
    images += usage.images;
  }
  check_usage(report.total, text);
  if (tags != report.total.tags) fail("the total has not all tags", text);
  if (report.total.images > images) fail("the total has more images", text);
  if (report.unsized_tags > tags) fail("there are not so many tags", text);
  require_printable_lines(render_usage(report, OutputFormat("", false, names_of(usage_fields()))));
}

/// Checks what holds of the blobs of registries besides.
void check_total(const UsageReport& report, const Measured& measured, const std::string& text) {
  const Usage& total = report.total;
  std::uint64_t size = 0;
  std::uint64_t unique = 0;
  for (const auto& [repository, usage] : report.repositories) {
    if (usage.size > total.size) fail("the total is less than a part", text);
    size = saturating_sum(size, usage.size.value_or(0));
    unique = saturating_sum(unique, usage.unique.value_or(0));
  }
  if (total.size > size) fail("the total is more than the sum", text);
  if (unique > total.unique.value_or(0)) fail("what is unique in the total is less", text);
  const bool are_all = measured.listed.size() == measured.listing.rows.size();
  if (are_all && total.unique != total.size) fail("something stays of all", text);
}

void check_usage(const std::string& text) {
  Measured measured;
  read_text(text, measured);
  const auto& [listing, listed] = measured;
  for (const UsageOf of : {UsageOf::kAllPlatforms, UsageOf::kOnePlatform}) {
    UsageReport report = measure_usage(listing, listed, of);
    sort_usage(report, {});
    check_report(report, text);
    check_total(report, measured, text);
  }
  check_report(measure_engine_usage(listing, listed), text);
}

}  // namespace

void fuzz_usage(const std::string& text) { check_usage(text); }

}  // namespace dkr
