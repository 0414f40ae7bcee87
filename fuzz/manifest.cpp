// A manifest, whose first line is its Content-Type; and an image config of the same bytes.
#include "source/oci/manifest.h"

#include <algorithm>

#include "base/digest.h"
#include "base/error.h"
#include "fuzz.h"

namespace dkr {
namespace {

void require_digest(const std::string& digest) {
  if (!is_digest(digest)) fail("no digest", digest);
}

void check_index(const std::vector<IndexEntry>& entries) {
  const auto ordered = by_suitability(entries, {"linux", "amd64", ""});
  if (ordered.size() != entries.size()) fail("an entry is lost", std::to_string(ordered.size()));
  for (const IndexEntry& entry : entries) {
    require_digest(entry.digest);
    const Platform& platform = entry.platform;
    if (platform.os == "unknown" || platform.architecture == "unknown") {
      fail("an attestation is chosen", to_string(platform));
    }
  }
}

void check_manifest(const std::string& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string body = text.substr(std::min(end + 1, text.size()));
  const Manifest manifest = parse_manifest(body, text.substr(0, end));
  if (manifest.entries) {
    check_index(*manifest.entries);
    if (manifest.config_digest || manifest.size) fail("an index that is an image", body);
    return;
  }
  if (manifest.config_digest.has_value() != manifest.size.has_value()) {
    fail("a config without a size", body);
  }
  if (manifest.config_digest) require_digest(*manifest.config_digest);
}

template <typename Check>
void expect_malformed(Check check) {
  try {
    check();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kMalformed) fail("another error", error.what());
  }
}

}  // namespace
}  // namespace dkr

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = dkr::text_of(data, size);
  dkr::expect_malformed([&] { dkr::check_manifest(text); });
  dkr::expect_malformed([&] { (void)dkr::parse_config_created(text); });
  return 0;
}
