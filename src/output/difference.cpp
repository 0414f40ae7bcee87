#include "output/difference.h"

#include <array>
#include <optional>
#include <string_view>

#include "base/digest.h"
#include "model/listing.h"
#include "output/lines.h"

namespace dkr {
namespace {

FieldValue whole(const std::optional<Digest>& digest) {
  return digest ? FieldValue(digest->text()) : FieldValue();
}

std::string_view shortened(const std::optional<Digest>& digest, std::string& buffer) {
  if (!digest) return kNone;
  return buffer = digest->short_text();
}

FieldValue digest_a(const Difference& line) { return whole(line.digest_a); }
FieldValue digest_b(const Difference& line) { return whole(line.digest_b); }

std::string_view short_digest_a(const Difference& line, std::string& buffer) {
  return shortened(line.digest_a, buffer);
}

std::string_view short_digest_b(const Difference& line, std::string& buffer) {
  return shortened(line.digest_b, buffer);
}

std::string_view difference_repository(const Difference& line, std::string& /*buffer*/) {
  return line.repository;
}

std::string_view difference_tag(const Difference& line, std::string& /*buffer*/) {
  return line.tag;
}

std::string_view difference_status(const Difference& line, std::string& /*buffer*/) {
  return to_string(line.status);
}

std::string_view name_and_tag(const Difference& line, std::string& buffer) {
  return buffer = line.repository + ":" + line.tag;
}

constexpr std::array<Field<Difference>, 5> kFields{{
    {"DigestA", "DIGEST A", nullptr, digest_a},
    {"DigestB", "DIGEST B", nullptr, digest_b},
    {"Repository", "REPOSITORY", difference_repository},
    {"Status", "STATUS", difference_status},
    {"Tag", "TAG", difference_tag},
}};

// What only the table and --quiet show.
constexpr Field<Difference> kShortDigestA{"", "A", short_digest_a};
constexpr Field<Difference> kShortDigestB{"", "B", short_digest_b};
constexpr Field<Difference> kName{"", "", name_and_tag};

View<Difference> difference_view() {
  constexpr std::array<std::string_view, 3> kColumns = {"Status", "Repository", "Tag"};
  View<Difference> view = view_of<Difference>(kFields, kColumns, "");
  view.columns.insert(view.columns.end(), {&kShortDigestA, &kShortDigestB});
  view.quiet = &kName;
  return view;
}

}  // namespace

std::span<const Field<Difference>> difference_fields() { return kFields; }

std::string render_differences(const std::vector<Difference>& differences,
                               const OutputFormat& format) {
  const auto visit_all = [&](const auto& visit) {
    for (const Difference& difference : differences) visit(difference);
  };
  const auto name_of = [](const Difference& line) { return line.repository + ":" + line.tag; };
  return render_lines(difference_view(), format, visit_all, name_of);
}

}  // namespace dkr
