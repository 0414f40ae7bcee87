#include "source/hub/tag_pages.h"

#include <chrono>
#include <cstddef>
#include <optional>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "base/text.h"
#include "base/time.h"
#include "model/reference.h"
#include "source/hub/json_text.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxImages = 256;  // so that a few bytes cannot give any number of rows

std::optional<Digest> digest_in(const json::Value& entry) {
  const std::string_view text = hub_text(entry, "digest");
  return is_digest(text) ? std::optional<Digest>(text) : std::nullopt;
}

/// Absent for what no image can have. An unknown size is 0 there.
std::optional<std::uint64_t> size_in(const json::Value& entry, std::string_view key) {
  constexpr std::int64_t kMaxSize = std::int64_t{1} << 50;
  const auto member = entry.find(key);
  const auto size = member ? member->integer() : std::nullopt;
  if (!size || *size <= 0 || *size > kMaxSize) return std::nullopt;
  return static_cast<std::uint64_t>(*size);
}

/// Absent in year 1, which stands for an unknown date, and where RFC 3339 has none.
std::optional<Time> time_in(const json::Value& entry, std::string_view key) {
  using std::chrono::sys_days, std::chrono::year;
  constexpr Time kFirst = sys_days{year{2} / 1 / 1};
  constexpr Time kEnd = sys_days{year{10000} / 1 / 1};
  const auto time = parse_rfc3339(hub_text(entry, key));
  return time && *time >= kFirst && *time < kEnd ? time : std::nullopt;
}

Platform platform_in(const json::Value& image) {
  return {to_lower(hub_text(image, "os")), to_lower(hub_text(image, "architecture")),
          to_lower(hub_text(image, "variant"))};
}

std::vector<HubImage> images_in(const json::Value& entry) {
  std::vector<HubImage> images;
  const auto list = entry.find("images");
  if (!list) return images;
  (void)list->for_each([&](const json::Value& image) {
    if (images.size() == kMaxImages) {
      throw malformed(fmt::format("has over {} images", kMaxImages));
    }
    images.push_back({digest_in(image), platform_in(image), size_in(image, "size"),
                      time_in(image, "last_pushed")});
  });
  images.shrink_to_fit();
  return images;
}

HubTag tag_in(const json::Value& entry) {
  HubTag tag;
  tag.name = hub_text(entry, "name");
  if (!is_tag(tag.name)) throw malformed("has an invalid name: " + excerpt(tag.name, 80));
  tag.digest = digest_in(entry);
  tag.media_type = parse_media_type(to_lower(hub_text(entry, "media_type")));
  tag.size = size_in(entry, "full_size");
  tag.pushed = time_in(entry, "tag_last_pushed");
  if (!tag.pushed) tag.pushed = time_in(entry, "last_updated");
  tag.images = images_in(entry);
  // Tags of old tell the digest of their image alone.
  if (!tag.digest && tag.images.size() == 1 && !is_index(tag.media_type)) {
    tag.digest = tag.images.front().digest;
  }
  return tag;
}

/// About how much memory the tag takes.
std::size_t bytes_of(const HubTag& tag) {
  constexpr std::size_t kIndexBytes = 22;
  std::size_t bytes = sizeof(HubTag) + tag.name.size() + kIndexBytes;
  for (const HubImage& image : tag.images) {
    const Platform& platform = image.platform;
    bytes += sizeof(HubImage) + platform.os.size() + platform.architecture.size() +
             platform.variant.size();
  }
  return bytes;
}

/// Writes an object, without members that are unknown.
class ObjectText {
 public:
  void add(std::string_view key, std::string_view value) {
    if (!value.empty()) add_json(key, json_string(value));
  }
  void add(std::string_view key, const std::optional<Digest>& digest) {
    if (digest) add(key, digest->text());
  }
  void add(std::string_view key, std::optional<std::uint64_t> number) {
    if (number) add_json(key, fmt::to_string(*number));
  }
  void add(std::string_view key, std::optional<Time> time) {
    if (time) add(key, format_rfc3339(*time).value_or(""));
  }
  void add_json(std::string_view key, std::string_view value) {
    text_ += fmt::format("{}{}:{}", text_.empty() ? "{" : ",", json_string(key), value);
  }
  [[nodiscard]] std::string take() && { return text_.empty() ? "{}" : std::move(text_) + "}"; }

 private:
  std::string text_;
};

std::string text_of(const HubImage& image) {
  ObjectText text;
  text.add("os", image.platform.os);
  text.add("architecture", image.platform.architecture);
  text.add("variant", image.platform.variant);
  text.add("digest", image.digest);
  text.add("size", image.size);
  text.add("last_pushed", image.pushed);
  return std::move(text).take();
}

std::string text_of(const HubTag& tag) {
  ObjectText text;
  text.add("name", tag.name);
  text.add("digest", tag.digest);
  text.add("media_type", to_string(tag.media_type));
  text.add("full_size", tag.size);
  text.add("tag_last_pushed", tag.pushed);
  std::string images;
  for (const HubImage& image : tag.images) {
    if (!images.empty()) images += ',';
    images += text_of(image);
  }
  text.add_json("images", "[" + images + "]");
  return std::move(text).take();
}

}  // namespace

void HubTagPages::add_entry(const json::Value& entry) {
  tags_.push_back(tag_in(entry));
  const auto position = static_cast<std::uint32_t>(tags_.size() - 1);
  if (index_.insert(position) != position) return tags_.pop_back();
  count_bytes(bytes_of(tags_.back()));
}

std::optional<std::string> tag_page(std::span<const HubTag> tags, std::size_t max_bytes) {
  std::string page = R"({"results":[)";
  for (const HubTag& tag : tags) {
    if (&tag != tags.data()) page += ',';
    page += text_of(tag);
    if (page.size() > max_bytes) return std::nullopt;
  }
  return page += "]}";
}

}  // namespace dkr
