#include "source/containerd/messages.h"

#include <cstddef>
#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace dkr {
namespace {

// The numbers of the fields.
constexpr protozero::pbf_tag_type kImages = 1;  // of ListImagesResponse
constexpr protozero::pbf_tag_type kImageName = 1;
constexpr protozero::pbf_tag_type kImageTarget = 3;
constexpr protozero::pbf_tag_type kTargetMediaType = 1;
constexpr protozero::pbf_tag_type kTargetDigest = 2;
constexpr protozero::pbf_tag_type kNamespaces = 1;  // of ListNamespacesResponse
constexpr protozero::pbf_tag_type kNamespaceName = 1;
constexpr protozero::pbf_tag_type kReadDigest = 1;  // of ReadContentRequest
constexpr protozero::pbf_tag_type kReadData = 2;    // of ReadContentResponse

/// Calls `take` with the number and the bytes of each field that has a length: texts and messages.
/// The reader itself only asserts that a field has the type that is read, hence the check.
template <typename Take>
void for_each_field(std::string_view message, Take take) {
  try {
    protozero::pbf_reader reader(message.data(), message.size());
    while (reader.next()) {
      if (reader.wire_type() != protozero::pbf_wire_type::length_delimited) {
        reader.skip();
        continue;
      }
      const protozero::pbf_tag_type tag = reader.tag();
      const protozero::data_view bytes = reader.get_view();
      take(tag, std::string_view(bytes.data(), bytes.size()));
    }
  } catch (const protozero::exception& error) {
    throw malformed(fmt::format("not protobuf: {}", error.what()));
  }
}

/// The last one counts, as in all of protobuf.
std::string_view field(std::string_view message, protozero::pbf_tag_type wanted) {
  std::string_view found;
  for_each_field(message, [&](protozero::pbf_tag_type tag, std::string_view bytes) {
    if (tag == wanted) found = bytes;
  });
  return found;
}

ImageRecord image_in(std::string_view message) {
  ImageRecord image;
  for_each_field(message, [&](protozero::pbf_tag_type tag, std::string_view bytes) {
    if (tag == kImageName) image.name = bytes;
    if (tag != kImageTarget) return;
    for_each_field(bytes, [&](protozero::pbf_tag_type of_target, std::string_view text) {
      if (of_target == kTargetMediaType) image.media_type = text;
      if (of_target == kTargetDigest) image.digest = text;
    });
  });
  return image;
}

}  // namespace

void for_each_image(std::string_view message, const std::function<void(const ImageRecord&)>& take) {
  for_each_field(message, [&](protozero::pbf_tag_type tag, std::string_view bytes) {
    if (tag == kImages) take(image_in(bytes));
  });
}

std::vector<std::string> namespaces_in(std::string_view message) {
  std::vector<std::string> names;
  for_each_field(message, [&](protozero::pbf_tag_type tag, std::string_view bytes) {
    if (tag != kNamespaces) return;
    const std::string_view name = field(bytes, kNamespaceName);
    if (is_name_space(name)) names.emplace_back(name);
  });
  return names;
}

bool is_name_space(std::string_view text) {
  constexpr std::size_t kMaxBytes = 76;
  if (text.size() > kMaxBytes) return false;
  bool may_end = false;
  for (const char c : text) {
    const bool is_separator = c == '.' || c == '-' || c == '_';
    if (!is_alphanumeric(c) && !(is_separator && may_end)) return false;
    may_end = !is_separator;
  }
  return may_end;
}

std::string read_content_request(std::string_view digest) {
  std::string message;
  protozero::pbf_writer writer(message);
  writer.add_string(kReadDigest, digest.data(), digest.size());
  return message;
}

std::string_view content_in(std::string_view message) { return field(message, kReadData); }

}  // namespace dkr
