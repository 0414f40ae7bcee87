#include "source/oci/manifest.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "base/position_index.h"
#include "base/rfc3339.h"
#include "base/text.h"

namespace dkr {

const char* const kAcceptManifests =
    "application/vnd.oci.image.index.v1+json, "
    "application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.v1+prettyjws, "
    "application/vnd.docker.distribution.manifest.v1+json, "
    "application/vnd.oci.artifact.manifest.v1+json";

namespace {

constexpr std::string_view kImageConfigs[] = {"application/vnd.oci.image.config.v1+json",
                                              "application/vnd.docker.container.image.v1+json"};
/// Configs that are known to hold no date.
constexpr std::string_view kDatelessConfigs[] = {"application/vnd.oci.empty.v1+json",
                                                 "application/vnd.cncf.helm.config.v1+json",
                                                 "application/vnd.buildkit.cacheconfig.v0"};
/// The sizes in bytes of other configs that may hold a date: more than `{}`, and no more than a
/// store returns.
constexpr std::uint64_t kMinConfigBytes = 3;
constexpr std::uint64_t kMaxConfigBytes = std::uint64_t{8} << 20;
constexpr std::string_view kCreatedAnnotations[] = {"org.opencontainers.image.created",
                                                    "org.opencontainers.artifact.created"};
constexpr std::string_view kUnknownPlatform = "unknown";
/// How the media types of layers begin that stores do not hold, but refer to.
constexpr std::string_view kForeignLayers[] = {"application/vnd.docker.image.rootfs.foreign.",
                                               "application/vnd.oci.image.layer.nondistributable."};

enum class Kind { kIndex, kImage, kArtifact, kSchema1 };

std::optional<std::string_view> string_member(const json::Value& value, std::string_view key) {
  const auto member = value.find(key);
  return member ? member->string() : std::nullopt;
}

std::string lower_member(const json::Value& value, std::string_view key) {
  return to_lower(string_member(value, key).value_or(""));
}

/// Reads the members that platforms in indexes and image configs have in common.
Platform read_platform(const json::Value& value) {
  return {lower_member(value, "os"), lower_member(value, "architecture"),
          lower_member(value, "variant")};
}

/// The kind of manifest with this media type; absent for kUnknown.
std::optional<Kind> kind_of(MediaType type) {
  switch (type) {
    case MediaType::kUnknown:
      return std::nullopt;
    case MediaType::kOciIndex:
    case MediaType::kDockerList:
      return Kind::kIndex;
    case MediaType::kOciManifest:
    case MediaType::kDockerManifest:
      return Kind::kImage;
    case MediaType::kOciArtifact:
      return Kind::kArtifact;
    default:
      return Kind::kSchema1;
  }
}

/// `type` in lower case and without its parameters.
std::string essence_of(std::string_view type) {
  return to_lower(trim(type.substr(0, type.find(';'))));
}

/// The media type from the Content-Type or `mediaType`, which must not contradict each other.
MediaType media_type_of(const json::Value& root, std::string_view content_type) {
  const MediaType by_header = parse_media_type(content_type);
  const MediaType by_member =
      parse_media_type(essence_of(string_member(root, "mediaType").value_or("")));
  if (by_header == MediaType::kUnknown) return by_member;
  if (by_member != MediaType::kUnknown && by_member != by_header) {
    throw malformed("has a mediaType that contradicts its Content-Type");
  }
  return by_header;
}

/// Determined by the media type, or else by the members.
Kind kind_of(const json::Value& root, MediaType media_type, std::string_view content_type) {
  if (const auto kind = kind_of(media_type)) return *kind;
  if (root.find("manifests")) return Kind::kIndex;
  if (root.find("config")) return Kind::kImage;
  if (root.find("fsLayers")) return Kind::kSchema1;
  throw malformed(fmt::format("is of an unknown kind: {}", excerpt(content_type, 80)));
}

Digest read_digest(const json::Value& descriptor) {
  const auto digest = string_member(descriptor, "digest");
  if (!digest || !is_digest(*digest)) throw malformed("has an invalid digest");
  return Digest(*digest);
}

/// Whether `descriptor` is declared as a manifest, or not declared at all. According to the OCI
/// image spec, entries of other types are ignored (image-index.md).
bool is_manifest(const json::Value& descriptor) {
  const std::string type = essence_of(string_member(descriptor, "mediaType").value_or(""));
  return type.empty() || parse_media_type(type) != MediaType::kUnknown;
}

bool is_attestation(const json::Value& descriptor) {
  const auto annotations = descriptor.find("annotations");
  return annotations && annotations->find("vnd.docker.reference.type");
}

/// Collects the distinct blobs that a pull transfers.
class Transfer {
 public:
  Transfer() = default;
  Transfer(const Transfer&) = delete;  // index_ refers to blobs_
  Transfer& operator=(const Transfer&) = delete;

  void add(const json::Value& descriptor) {
    const auto size = read_size(descriptor);
    if (!size) throw malformed("has an invalid size");
    const bool is_new = insert({read_digest(descriptor), is_foreign(descriptor) ? 0 : *size});
    if (!is_new) return;
    bytes_ += *size;
    if (bytes_ > kMaxBytes) throw malformed("has sizes whose sum exceeds 63 bits");
  }
  /// Ignores a descriptor without a valid digest or size.
  void add_if_valid(const json::Value& descriptor) {
    const auto digest = string_member(descriptor, "digest");
    const auto size = read_size(descriptor);
    if (digest && is_digest(*digest) && size) (void)insert({Digest(*digest), *size});
  }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::vector<Blob> blobs() && { return std::move(blobs_); }

 private:
  static constexpr std::uint64_t kMaxBytes = std::numeric_limits<std::int64_t>::max();

  static std::optional<std::uint64_t> read_size(const json::Value& descriptor) {
    const auto member = descriptor.find("size");
    const auto size = member ? member->integer() : std::nullopt;
    return size && *size >= 0 ? std::optional<std::uint64_t>(*size) : std::nullopt;
  }
  static bool is_foreign(const json::Value& descriptor) {
    const std::string type = lower_member(descriptor, "mediaType");
    return std::ranges::any_of(kForeignLayers,
                               [&](std::string_view start) { return type.starts_with(start); });
  }
  /// Whether there was none with this digest. Of several sizes, the biggest counts.
  bool insert(Blob blob) {
    const std::uint64_t size = blob.size;
    blobs_.push_back(std::move(blob));
    const auto position = static_cast<std::uint32_t>(blobs_.size() - 1);
    const std::uint32_t known = index_.insert(position);
    if (known == position) return true;
    blobs_.pop_back();
    blobs_[known].size = std::max(blobs_[known].size, size);
    return false;
  }

  struct DigestAt {
    const std::vector<Blob>& blobs;
    const Digest& operator()(std::uint32_t position) const { return blobs[position].digest; }
  };

  std::uint64_t bytes_ = 0;
  std::vector<Blob> blobs_;
  PositionIndex<DigestAt> index_{DigestAt{blobs_}};
};

Manifest read_index(const json::Value& root) {
  Manifest manifest;
  manifest.entries.emplace();
  const auto list = root.find("manifests");
  if (!list || list->is_null()) return manifest;
  Transfer others;
  const bool is_list = list->for_each([&](const json::Value& descriptor) {
    if (!is_manifest(descriptor)) return others.add_if_valid(descriptor);
    const auto platform = descriptor.find("platform");
    Descriptor entry{
        read_digest(descriptor), platform ? read_platform(*platform) : Platform{},
        parse_media_type(essence_of(string_member(descriptor, "mediaType").value_or("")))};
    const bool is_unknown =
        entry.platform.os == kUnknownPlatform || entry.platform.architecture == kUnknownPlatform;
    if (is_unknown || is_attestation(descriptor)) {
      manifest.attestations.push_back(std::move(entry));
    } else {
      manifest.entries->push_back(std::move(entry));
    }
  });
  if (!is_list) throw malformed("has manifests that are not a list");
  manifest.blobs = std::move(others).blobs();
  return manifest;
}

Manifest::ConfigKind config_kind(const json::Value& descriptor, std::uint64_t size) {
  const std::string type = essence_of(string_member(descriptor, "mediaType").value_or(""));
  const auto is_among = [&](const auto& types) {
    return std::ranges::find(types, type) != std::end(types);
  };
  if (is_among(kImageConfigs)) return Manifest::ConfigKind::kImage;
  const bool may_hold_date =
      !is_among(kDatelessConfigs) && size >= kMinConfigBytes && size <= kMaxConfigBytes;
  return may_hold_date ? Manifest::ConfigKind::kOther : Manifest::ConfigKind::kDateless;
}

std::optional<Time> annotated_date(const json::Value& root) {
  const auto annotations = root.find("annotations");
  if (!annotations) return std::nullopt;
  for (const std::string_view key : kCreatedAnnotations) {
    const auto created = string_member(*annotations, key);
    if (const auto time = known_time(parse_rfc3339(created.value_or("")))) return time;
  }
  return std::nullopt;
}

/// Adds each descriptor in the list `key` of `root` to `transfer`.
void add_all(const json::Value& root, const std::string& key, Transfer& transfer) {
  const auto list = root.find(key);
  if (!list) throw malformed("has no " + key);
  const bool is_list = list->is_null() || list->for_each([&](const json::Value& descriptor) {
    transfer.add(descriptor);
  });
  if (!is_list) throw malformed(fmt::format("has {} that are not a list", key));
}

Manifest read_image(const json::Value& root) {
  Manifest manifest;
  Transfer transfer;
  const auto config = root.find("config");
  if (!config) throw malformed("has no config");
  transfer.add(*config);
  manifest.config_digest = read_digest(*config);
  manifest.config_kind = config_kind(*config, transfer.bytes());
  add_all(root, "layers", transfer);
  manifest.size = transfer.bytes();
  manifest.blobs = std::move(transfer).blobs();
  manifest.created = annotated_date(root);
  return manifest;
}

/// An artifact manifest has blobs instead of a config and layers.
Manifest read_artifact(const json::Value& root) {
  Manifest manifest;
  Transfer transfer;
  if (root.find("blobs")) add_all(root, "blobs", transfer);
  manifest.size = transfer.bytes();
  manifest.blobs = std::move(transfer).blobs();
  manifest.created = annotated_date(root);
  return manifest;
}

/// The date of creation in `config`; absent when it is missing or Go's zero time. Throws Error
/// kMalformed when it is not a date.
std::optional<Time> read_created(const json::Value& config) {
  const auto created = config.find("created");
  if (!created || created->is_null()) return std::nullopt;
  const auto text = created->string();
  if (text == "") return std::nullopt;
  const auto time = text ? parse_rfc3339(*text) : std::nullopt;
  if (!time) throw malformed("has an invalid date of creation");
  return known_time(time);
}

/// The first entry of the history is the newest layer, whose date is that of the image.
Manifest read_schema_one(const json::Value& root) {
  Manifest manifest;
  std::optional<std::string> newest;
  if (const auto history = root.find("history")) {
    (void)history->for_each([&](const json::Value& layer) {
      if (!newest) newest = string_member(layer, "v1Compatibility").value_or("");
    });
  }
  if (!newest || newest->empty()) return manifest;
  try {
    const json::Document document(*newest);
    manifest.created = read_created(document.root());
  } catch (const Error& error) {
    manifest.date_fault = fmt::format("history: {}", error.what());
  }
  return manifest;
}

}  // namespace

Manifest parse_manifest(const std::string& body, std::string_view content_type) {
  const json::Document document(body);
  const json::Value root = document.root();
  if (!root.is_object()) throw malformed("is not a JSON object");
  const std::string type = essence_of(content_type);
  const MediaType media_type = media_type_of(root, type);
  Manifest manifest;
  switch (kind_of(root, media_type, type)) {
    case Kind::kIndex:
      manifest = read_index(root);
      break;
    case Kind::kImage:
      manifest = read_image(root);
      break;
    case Kind::kArtifact:
      manifest = read_artifact(root);
      break;
    default:
      manifest = read_schema_one(root);
  }
  manifest.media_type = media_type;
  return manifest;
}

void require_digest(std::string_view body, const Digest& digest) {
  const std::string text = digest.text();
  if (!matches_digest(body, text)) throw malformed(fmt::format("does not match digest {}", text));
}

ImageConfig parse_config(const std::string& body, Manifest::ConfigKind kind) {
  std::optional<json::Document> document;
  try {
    document.emplace(body);
    if (!document->root().is_object()) throw malformed("is not a JSON object");
  } catch (const Error&) {
    if (kind == Manifest::ConfigKind::kImage) throw;
    return {};
  }
  const json::Value root = document->root();
  ImageConfig config;
  Platform platform = read_platform(root);
  if (!platform.os.empty() && !platform.architecture.empty()) config.platform = std::move(platform);
  const auto created = root.find("created");
  // In anything but an image config, a number may mean something else.
  if (kind == Manifest::ConfigKind::kImage || (created && created->string())) {
    config.created = read_created(root);
  }
  return config;
}

std::vector<Descriptor> by_platform_match(std::vector<Descriptor> entries, const Platform& wanted) {
  std::ranges::stable_sort(entries, std::ranges::greater(), [&](const Descriptor& entry) {
    return std::pair(platform_match(wanted, entry.platform), !entry.platform.os.empty());
  });
  return entries;
}

}  // namespace dkr
