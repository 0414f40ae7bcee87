// A page of Docker Hub's list of tags, and the same as a page of repositories.
#include <set>
#include <utility>
#include <vector>

#include "base/error.h"
#include "model/reference.h"
#include "source/hub/choice.h"
#include "source/hub/repository_pages.h"
#include "source/hub/tag_pages.h"
#include "source/oci/name.h"
#include "targets.h"

namespace dkr {
namespace {

/// The page that `text` is, as far as it can be read.
template <typename Pages>
void read(Pages& pages, const std::string& text) {
  try {
    (void)pages.add(text);
  } catch (const Error& error) {
    const bool is_expected =
        error.kind() == ErrorKind::kMalformed || error.kind() == ErrorKind::kTooLarge;
    if (!is_expected) fail("unexpected kind of error", error.what());
  }
}

void check(const HubTag& tag) {
  if (!is_tag(tag.name)) fail("an invalid tag", tag.name);
  for (const HubImage& image : tag.images) {
    if (image.digest && !is_digest(image.digest->text())) {
      fail("an invalid digest", image.digest->text());
    }
  }
  const HubImage* const chosen = choose_image(tag, {"linux", "amd64", ""});
  if (chosen != nullptr && tag.images.size() > 1 && is_attestation_platform(chosen->platform)) {
    fail("an attestation is chosen", tag.name);
  }
}

void check_tags(const std::string& text) {
  HubTagPages pages;
  read(pages, text);
  const std::vector<HubTag> tags = std::move(pages).take();
  std::set<std::string> names;
  for (const HubTag& tag : tags) {
    check(tag);
    if (!names.insert(tag.name).second) fail("a tag is listed twice", tag.name);
  }
  const std::string page = tag_page(tags, std::size_t{1} << 30).value();
  HubTagPages again;
  if (again.add(page) || again.fault() || std::move(again).take() != tags) {
    fail("a page is not read back", page);
  }
}

void check_repositories(const std::string& text) {
  HubRepositoryPages pages("team");
  read(pages, text);
  const std::vector<std::string> names = std::move(pages).take();
  for (const std::string& name : names) {
    if (!is_repository(name)) fail("an invalid repository", name);
  }
  const std::string page = repository_page(names);
  HubRepositoryPages again("other");
  if (again.add(page) || again.fault() || std::move(again).take() != names) {
    fail("a page is not read back", page);
  }
}

}  // namespace

void fuzz_hub_tags(const std::string& text) {
  check_tags(text);
  check_repositories(text);
}

}  // namespace dkr
