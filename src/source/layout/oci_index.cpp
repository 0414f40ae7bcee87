#include "source/layout/oci_index.h"

#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "model/reference.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxBadEntries = 1000;
constexpr std::size_t kMaxNameBytes = 1024;
constexpr std::string_view kUnknownPlatformPart = "unknown";

std::string text_member(const json::Value& value, std::string_view key) {
  const auto member = value.find(key);
  return std::string(member ? member->string().value_or("") : "");
}

ImageName to_name(const Reference& reference) {
  return {std::string(reference.repository), std::string(reference.tag.value_or(""))};
}

/// Whether the entry describes an image, rather than what belongs to one.
bool is_attestation_entry(const json::Value& entry, const std::optional<json::Value>& annotations) {
  if (annotations && annotations->find("vnd.docker.reference.type")) return true;
  const auto platform = entry.find("platform");
  return platform && (text_member(*platform, "os") == kUnknownPlatformPart ||
                      text_member(*platform, "architecture") == kUnknownPlatformPart);
}

void add_fault(LayoutIndex& index, std::size_t position, std::string cause, ImageName name = {}) {
  if (index.faults.size() == kMaxBadEntries) {
    throw malformed(fmt::format("has over {} entries that cannot be read", kMaxBadEntries));
  }
  index.faults.push_back({position, std::move(cause), std::move(name)});
}

void add_entry(LayoutIndex& index, std::size_t position, const json::Value& value) {
  if (!value.is_object()) return add_fault(index, position, "is not an object");
  const std::string type = to_lower(text_member(value, "mediaType"));
  const MediaType media_type = parse_media_type(type);
  if (!type.empty() && media_type == MediaType::kUnknown) return;  // as the spec says
  const auto annotations = value.find("annotations");
  if (is_attestation_entry(value, annotations)) return;
  std::string reference;
  ImageName name;
  if (annotations) {
    reference = text_member(*annotations, "org.opencontainers.image.ref.name");
    if (reference.size() > kMaxNameBytes) reference.clear();
    name = annotated_name(text_member(*annotations, "io.containerd.image.name"), reference);
  }
  const std::string digest = text_member(value, "digest");
  if (!is_digest(digest)) {
    return add_fault(index, position, "has an invalid digest", std::move(name));
  }
  index.entries.push_back(
      {position, Digest(digest), media_type, std::move(name), std::move(reference)});
}

}  // namespace

void check_layout_version(const std::string& text) {
  const json::Document document(text);
  const std::string version = text_member(document.root(), "imageLayoutVersion");
  if (version.empty()) throw malformed("has no imageLayoutVersion");
  if (!version.starts_with("1.")) {
    throw Error(ErrorKind::kUnsupported,
                fmt::format("has the unknown version {}", excerpt(version, 80)));
  }
}

ImageName annotated_name(std::string_view containerd_name, std::string_view ref_name) {
  if (const auto full = parse_reference(containerd_name)) return to_name(*full);
  if (ref_name.empty()) return {};
  // A word may be either; skopeo and buildx write tags.
  if (!is_tag(ref_name)) {
    if (const auto full = parse_reference(ref_name)) return to_name(*full);
  }
  return {"", std::string(ref_name)};
}

LayoutIndex parse_layout_index(std::string_view text) {
  if (!trim(text).starts_with('{')) {
    json::diagnose(text);
    throw malformed("is not a JSON object");
  }
  const auto manifests = json::cut_field(trim(text), "manifests");
  if (!manifests) throw malformed("has no manifests");
  LayoutIndex index;
  std::size_t position = 0;
  json::for_each_element(
      *manifests, [&](const json::Value& value) { add_entry(index, position++, value); },
      [&](const Error& error) { add_fault(index, position++, error.what()); });
  return index;
}

}  // namespace dkr
