// The response to GET /images/json, from the body to the table or JSON that is printed.
#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "output/listing.h"
#include "source/engine/image_list.h"
#include "support/fake_world.h"
#include "targets.h"

namespace dkr {
namespace {

/// Fails unless `output` has a printable line for each row, and `others` more.
void require_lines(const std::string& output, const Listing& listing, std::size_t others) {
  require_printable_lines(output);
  const auto lines = static_cast<std::size_t>(std::ranges::count(output, '\n'));
  if (lines != listing.rows.size() + others) fail("a row is not one line", output);
}

void check(const Listing& listing) {
  const FakeClock clock;
  const LineStyle style{
      .now = Time(std::chrono::seconds(1'600'000'000)), .clock = clock, .source = "docker"};
  const OutputFormat format("", false, names_of(tag_fields()));
  const std::string table =
      render_tags(listing, format, style, PlatformColumn::kHide, Total::kPrint);
  require_lines(table, listing, 2);
  require_lines(render_tags(listing, OutputFormat("json", false, names_of(tag_fields())), style),
                listing, 0);
  require_printable_lines(render_repositories(repositories(listing), format, style));
  if (listing.failures.size() > 1) fail("more than one failure", listing.failures[1].message);
  for (const Row& row : listing.rows) {
    const auto& id = listing.image_of(row).id;
    if (!id || id->text().empty()) fail("an image without an id", table);
    if (!row.repository && !row.tag.empty()) fail("a tag without a repository", row.tag);
  }
}

}  // namespace

void fuzz_engine_images(const std::string& text) {
  try {
    check(parse_engine_images(text, "engine", Detail::kAll));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kMalformed) fail("unexpected kind of error", error.what());
  }
}

}  // namespace dkr
