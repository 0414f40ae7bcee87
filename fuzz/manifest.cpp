// A manifest, preceded by a line with its Content-Type; and an image config from the same bytes.
#include "source/oci/manifest.h"

#include <algorithm>

#include "base/digest.h"
#include "base/error.h"
#include "targets.h"

namespace dkr {
namespace {

void check_digest(const Digest& digest) {
  if (!is_digest(digest.text())) fail("an invalid digest", digest.text());
}

void check_index(const std::vector<Descriptor>& entries) {
  const auto ordered = by_platform_match(entries, {"linux", "amd64", ""});
  if (ordered.size() != entries.size()) fail("an entry is lost", std::to_string(ordered.size()));
  for (const Descriptor& entry : entries) {
    check_digest(entry.digest);
    const Platform& platform = entry.platform;
    if (platform.os == "unknown" || platform.architecture == "unknown") {
      fail("an attestation is among the entries", to_string(platform));
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
  if (manifest.config_digest) check_digest(*manifest.config_digest);
  for (const Blob& blob : manifest.blobs) check_digest(blob.digest);
}

template <typename Check>
void expect_malformed(Check check) {
  try {
    check();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kMalformed) fail("unexpected kind of error", error.what());
  }
}

}  // namespace

void fuzz_manifest(const std::string& text) {
  expect_malformed([&] { check_manifest(text); });
  using ConfigKind = Manifest::ConfigKind;
  expect_malformed([&] { (void)parse_config(text, ConfigKind::kImage); });
  expect_malformed([&] { (void)parse_config(text, ConfigKind::kOther); });
}

}  // namespace dkr
