#include "source/oci/manifest.h"

#include <algorithm>
#include <cstddef>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "base/rfc3339.h"
#include "base/text.h"

namespace dkr {

const char* const kAcceptManifests =
    "application/vnd.oci.image.index.v1+json, "
    "application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.v1+prettyjws, "
    "application/vnd.docker.distribution.manifest.v1+json";

namespace {

constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";
constexpr std::string_view kDockerIndex =
    "application/vnd.docker.distribution.manifest.list.v2+json";
constexpr std::string_view kOciImage = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view kDockerImage = "application/vnd.docker.distribution.manifest.v2+json";
constexpr std::string_view kSchemaOne = "application/vnd.docker.distribution.manifest.v1";
constexpr std::string_view kOciConfig = "application/vnd.oci.image.config.v1+json";
constexpr std::string_view kDockerConfig = "application/vnd.docker.container.image.v1+json";
constexpr std::string_view kUnknown = "unknown";

enum class Kind { kIndex, kImage, kSchema1 };

Error malformed(std::string_view cause) { return {ErrorKind::kMalformed, std::string(cause)}; }

std::optional<std::string_view> string_member(const json::Value& value, std::string_view key) {
  const auto member = value.find(key);
  return member ? member->string() : std::nullopt;
}

std::string lower_member(const std::optional<json::Value>& value, std::string_view key) {
  return value ? to_lower(string_member(*value, key).value_or("")) : "";
}

/// The kind that a media type stands for; absent for general ones such as application/json.
std::optional<Kind> kind_of(std::string_view media_type) {
  if (media_type == kOciIndex || media_type == kDockerIndex) return Kind::kIndex;
  if (media_type == kOciImage || media_type == kDockerImage) return Kind::kImage;
  if (media_type.starts_with(kSchemaOne)) return Kind::kSchema1;
  return std::nullopt;
}

/// By Content-Type and by `mediaType`, which must not contradict each other, else by what is there.
Kind kind_of(const json::Value& root, std::string_view content_type) {
  const std::string type = to_lower(trim(content_type.substr(0, content_type.find(';'))));
  const std::string member = to_lower(string_member(root, "mediaType").value_or(""));
  const auto by_header = kind_of(type);
  const auto by_member = kind_of(member);
  if (by_header && by_member && type != member) {
    throw malformed("has a mediaType that contradicts its Content-Type");
  }
  if (by_header || by_member) return by_header ? *by_header : *by_member;
  if (root.find("manifests")) return Kind::kIndex;
  if (root.find("config")) return Kind::kImage;
  if (root.find("fsLayers")) return Kind::kSchema1;
  throw malformed(fmt::format("is of a kind that nobody knows: {}", excerpt(type, 80)));
}

std::string read_digest(const json::Value& descriptor) {
  const auto digest = string_member(descriptor, "digest");
  if (!digest || !is_digest(*digest)) throw malformed("has a digest that is none");
  return std::string(*digest);
}

bool is_attestation(const json::Value& descriptor) {
  const auto annotations = descriptor.find("annotations");
  return annotations && annotations->find("vnd.docker.reference.type");
}

Manifest read_index(const json::Value& root) {
  Manifest manifest;
  manifest.entries.emplace();
  const auto list = root.find("manifests");
  if (!list || list->is_null()) return manifest;
  const bool is_list = list->for_each([&](const json::Value& descriptor) {
    const auto platform = descriptor.find("platform");
    IndexEntry entry{read_digest(descriptor),
                     {lower_member(platform, "os"), lower_member(platform, "architecture"),
                      lower_member(platform, "variant")}};
    const bool is_unknown =
        entry.platform.os == kUnknown || entry.platform.architecture == kUnknown;
    if (!is_unknown && !is_attestation(descriptor)) manifest.entries->push_back(std::move(entry));
  });
  if (!is_list) throw malformed("has manifests that are no list");
  return manifest;
}

/// Sums up what a pull transfers: every blob once.
class Transfer {
 public:
  void add(const json::Value& descriptor) {
    const auto member = descriptor.find("size");
    const auto size = member ? member->integer() : std::nullopt;
    if (!size || *size < 0) throw malformed("has a size that is none");
    if (!counted_.insert(read_digest(descriptor)).second) return;
    if (__builtin_add_overflow(bytes_, static_cast<std::uint64_t>(*size), &bytes_)) {
      throw malformed("has sizes that no number can hold");
    }
  }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  std::unordered_set<std::string> counted_;
  std::uint64_t bytes_ = 0;
};

Manifest read_image(const json::Value& root) {
  Manifest manifest;
  Transfer transfer;
  const auto config = root.find("config");
  if (!config) throw malformed("has no config");
  transfer.add(*config);
  manifest.config_digest = read_digest(*config);
  const std::string type = lower_member(config, "mediaType");
  if (type == kOciConfig || type == kDockerConfig) {
    manifest.config_kind = Manifest::ConfigKind::kImage;
  }
  const auto layers = root.find("layers");
  if (!layers) throw malformed("has no layers");
  const bool is_list =
      layers->is_null() || layers->for_each([&](const json::Value& layer) { transfer.add(layer); });
  if (!is_list) throw malformed("has layers that are no list");
  manifest.size = transfer.bytes();
  if (const auto annotations = root.find("annotations")) {
    const auto created = string_member(*annotations, "org.opencontainers.image.created");
    manifest.created = known_time(parse_rfc3339(created.value_or("")));
  }
  return manifest;
}

/// The newest layer comes first, and says when it was made.
Manifest read_schema_one(const json::Value& root) {
  Manifest manifest;
  std::optional<std::string> newest;
  if (const auto history = root.find("history")) {
    (void)history->for_each([&](const json::Value& layer) {
      if (!newest) newest = string_member(layer, "v1Compatibility").value_or("");
    });
  }
  if (!newest || newest->empty()) return manifest;
  const json::Document document(*newest);
  const auto created = string_member(document.root(), "created");
  manifest.created = known_time(parse_rfc3339(created.value_or("")));
  return manifest;
}

}  // namespace

Manifest parse_manifest(std::string_view body, std::string_view content_type) {
  const json::Document document(body);
  const json::Value root = document.root();
  if (!root.is_object()) throw malformed("is not a JSON object");
  switch (kind_of(root, content_type)) {
    case Kind::kIndex:
      return read_index(root);
    case Kind::kImage:
      return read_image(root);
    default:
      return read_schema_one(root);
  }
}

std::optional<Time> parse_config_created(std::string_view body) {
  const json::Document document(body);
  if (!document.root().is_object()) throw malformed("is not a JSON object");
  const auto created = document.root().find("created");
  if (!created || created->is_null()) return std::nullopt;
  const auto text = created->string();
  if (text == "") return std::nullopt;
  const auto time = text ? parse_rfc3339(*text) : std::nullopt;
  if (!time) throw malformed("has a created that is no date");
  return known_time(time);
}

std::vector<IndexEntry> by_suitability(std::vector<IndexEntry> entries, const Platform& wanted) {
  std::ranges::stable_sort(entries, std::ranges::greater(), [&](const IndexEntry& entry) {
    return std::pair(suitability(wanted, entry.platform), !entry.platform.os.empty());
  });
  return entries;
}

}  // namespace dkr
