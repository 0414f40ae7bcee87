// The response to GET /images/json, from the body to the table that is printed.
#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "fuzz.h"
#include "output/listing.h"
#include "source/engine/image_list.h"

namespace dkr {
namespace {

void check(const Listing& listing) {
  constexpr Time kNow{std::chrono::seconds(1'600'000'000)};
  const std::string table = render_tags(listing, kNow, Total::kPrint);
  require_printable_lines(table);
  const auto lines = static_cast<std::size_t>(std::ranges::count(table, '\n'));
  if (lines != listing.rows.size() + 2) fail("a row is not one line", table);
  require_printable_lines(render_repositories(repositories(listing)));
  if (listing.failures.size() > 1) fail("more than one failure", listing.failures[1].message);
  for (const Row& row : listing.rows) {
    const auto& id = listing.image_of(row).id;
    if (!id || id->text().empty()) fail("an image without an id", table);
    if (!row.repository && !row.tag.empty()) fail("a tag without a repository", row.tag);
  }
}

}  // namespace
}  // namespace dkr

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    dkr::check(dkr::parse_engine_images(dkr::text_of(data, size), "engine"));
  } catch (const dkr::Error& error) {
    if (error.kind() != dkr::ErrorKind::kMalformed)
      dkr::fail("unexpected kind of error", error.what());
  }
  return 0;
}
