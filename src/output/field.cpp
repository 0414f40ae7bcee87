#include "output/field.h"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/rfc3339.h"
#include "output/human.h"

namespace dkr {
namespace {

constexpr int kSizeDigits = 3;        // of docker's Size
constexpr int kSharedSizeDigits = 4;  // of its SharedSize and UniqueSize

const Image& image_of(const Line& line) { return line.listing.image_of(line.row); }

/// The bytes of the image that no other one shares; absent when unknown.
std::optional<std::int64_t> unique_bytes(const Image& image) {
  if (!image.size || *image.size == -1 || image.shared_size == -1) return std::nullopt;
  std::int64_t unique = 0;
  if (__builtin_sub_overflow(*image.size, image.shared_size, &unique)) return std::nullopt;
  return unique;
}

std::optional<std::int64_t> known(std::int64_t number) {
  return number == -1 ? std::nullopt : std::optional(number);
}

template <typename T>
FieldValue value_or_unknown(std::optional<T> value) {
  return value ? FieldValue(std::move(*value)) : FieldValue();
}

std::string size_text(std::optional<std::int64_t> bytes, int digits) {
  return bytes ? human_size(static_cast<double>(*bytes), digits) : kNotAvailable;
}

std::string_view containers(const Line& line, std::string& buffer) {
  const auto count = known(image_of(line).containers);
  return buffer = count ? std::to_string(*count) : kNotAvailable;
}

std::string_view created_at(const Line& line, std::string& buffer) {
  const auto created = image_of(line).created;
  if (!created) return "";
  return buffer = format_go_time(*created, line.style.clock.utc_offset(*created));
}

std::string_view created_since(const Line& line, std::string& buffer) {
  const auto created = image_of(line).created;
  if (!created) return "";
  return buffer = human_age(created, line.style.now);
}

/// docker prints `<none>` for digests that are not shown, but nothing for a row that is there only
/// because of a digest.
std::string_view digest(const Line& line, std::string& buffer) {
  if (line.digest != nullptr) return buffer = line.digest->text();
  const bool has_name = line.row.repository.has_value();
  const bool hides = line.style.digests == Digests::kHide;
  return hides && has_name && line.row.tag.empty() ? "" : kNone;
}

std::string_view id(const Line& line, std::string& buffer) {
  const auto& id = image_of(line).id;
  if (!id) return kNotAvailable;
  return buffer = line.style.ids == Ids::kShort ? id->short_text() : id->text();
}

std::string_view repository(const Line& line, std::string& /*buffer*/) {
  return line.listing.repository_of(line.row);
}

std::string_view shared_size(const Line& line, std::string& buffer) {
  return buffer = size_text(known(image_of(line).shared_size), kSharedSizeDigits);
}

std::string_view size(const Line& line, std::string& buffer) {
  return buffer = size_text(image_of(line).size, kSizeDigits);
}

std::string_view tag(const Line& line, std::string& /*buffer*/) {
  return Listing::tag_of(line.row);
}

std::string_view unique_size_text(const Line& line, std::string& buffer) {
  return buffer = size_text(unique_bytes(image_of(line)), kSharedSizeDigits);
}

FieldValue created(const Line& line) {
  const auto created = image_of(line).created;
  return value_or_unknown(created ? format_rfc3339(*created) : std::nullopt);
}

FieldValue digests(const Line& line) {
  std::vector<std::string> texts;
  for (const Digest& digest : line.listing.digests_of(line.row)) texts.push_back(digest.text());
  return texts;
}

FieldValue full_id(const Line& line) {
  const auto& id = image_of(line).id;
  return id ? FieldValue(id->text()) : FieldValue();
}

FieldValue media_type(const Line& line) {
  const std::string_view text = to_string(line.row.media_type);
  return text.empty() ? FieldValue() : FieldValue(std::string(text));
}

FieldValue platform(const Line& line) {
  const auto& platform = image_of(line).platform;
  return platform ? FieldValue(to_string(line.listing.platforms[*platform])) : FieldValue();
}

/// What other tools call the image: by its tag, by its digest, or, if it has no name, by its id.
FieldValue reference(const Line& line) {
  if (line.row.reference != 0) return line.listing.references[line.row.reference];
  if (!line.row.repository) return full_id(line);
  const std::string name =
      line.listing.reference_prefix + std::string(line.listing.repository_of(line.row));
  if (!line.row.tag.empty()) return name + ":" + line.row.tag;
  const auto digests = line.listing.digests_of(line.row);
  if (line.digest == nullptr && digests.empty()) return full_id(line);
  return name + "@" + (line.digest != nullptr ? *line.digest : digests.front()).text();
}

FieldValue shared_size_bytes(const Line& line) {
  return value_or_unknown(known(image_of(line).shared_size));
}

FieldValue size_bytes(const Line& line) { return value_or_unknown(image_of(line).size); }

FieldValue source(const Line& line) { return line.style.source; }

FieldValue unique_size_bytes(const Line& line) {
  return value_or_unknown(unique_bytes(image_of(line)));
}

constexpr std::array<Field<Line>, 20> kTagFields{{
    {"Containers", "CONTAINERS", containers},
    {"CreatedAt", "CREATED AT", created_at},
    {"CreatedSince", "CREATED", created_since, nullptr, kNotAvailable},
    {"Digest", "DIGEST", digest},
    {"ID", "IMAGE ID", id},
    {"Repository", "REPOSITORY", repository},
    {"SharedSize", "SHARED SIZE", shared_size},
    {"Size", "SIZE", size},
    {"Tag", "TAG", tag},
    {"UniqueSize", "UNIQUE SIZE", unique_size_text},
    {"Created", "CREATED UTC", nullptr, created},
    {"Digests", "DIGESTS", nullptr, digests},
    {"FullID", "FULL ID", nullptr, full_id},
    {"MediaType", "MEDIA TYPE", nullptr, media_type},
    {"Platform", "PLATFORM", nullptr, platform, kNotAvailable},
    {"Reference", "REFERENCE", nullptr, reference},
    {"SharedSizeBytes", "SHARED SIZE BYTES", nullptr, shared_size_bytes},
    {"SizeBytes", "SIZE BYTES", nullptr, size_bytes},
    {"Source", "SOURCE", nullptr, source},
    {"UniqueSizeBytes", "UNIQUE SIZE BYTES", nullptr, unique_size_bytes},
}};

constexpr std::array<Field<Line>, 1> kRepositoryFields{{{"Repository", "REPOSITORY", repository}}};

}  // namespace

std::span<const Field<Line>> tag_fields() { return kTagFields; }
std::span<const Field<Line>> repository_fields() { return kRepositoryFields; }

std::string text_of(const FieldValue& value) {
  struct ToText {
    std::string operator()(std::monostate /*unknown*/) const { return ""; }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(const std::vector<std::string>& texts) const {
      return fmt::format("[{}]", fmt::join(texts, " "));
    }
  };
  return std::visit(ToText(), value);
}

}  // namespace dkr
