// Lines for the tests of output.
#pragma once

#include <chrono>
#include <cstddef>

#include "model/listing.h"
#include "output/field.h"
#include "support/fake_world.h"
#include "support/registry_content.h"

namespace dkr {

/// A listing with a row of which everything is known, one of which nothing is, and one that has a
/// digest instead of a tag, and an odd name. Local time is Helsinki's.
struct SampleLines {
  SampleLines() {
    clock.offset = {std::chrono::hours(3), "EEST"};
    listing.reference_prefix = "reg.example.com/";
    ListingBuilder builder(listing);
    Image image;
    image.id.emplace(some_digest('a'));
    image.digest.emplace(some_digest('c'));
    image.created = clock.now() - std::chrono::days(17);
    image.size = 187'123'456;
    image.containers = 2;
    image.shared_size = 100'000'000;
    image.platform = builder.platform({"linux", "arm64", "v8"});
    const std::uint32_t position = builder.image(std::move(image));

    listing.rows.resize(3);
    Row& known_row = listing.rows[0];
    known_row.repository = builder.repository("team/app");
    known_row.tag = "1.4";
    known_row.image = position;
    known_row.media_type = MediaType::kOciIndex;
    builder.digest(known_row, Digest(some_digest('b')));
    builder.digest(known_row, Digest(some_digest('c')));

    listing.rows[1].image = builder.image({});

    Row& untagged_row = listing.rows[2];
    untagged_row.repository = builder.repository("<q>\"\\\x1b\xff\u2028&");
    untagged_row.image = position;
    builder.digest(untagged_row, Digest(some_digest('d')));
  }

  [[nodiscard]] Line line(std::size_t row) const { return {listing, listing.rows[row], style}; }
  [[nodiscard]] Line known() const { return line(0); }
  [[nodiscard]] Line unknown() const { return line(1); }
  [[nodiscard]] Line untagged() const { return line(2); }

  Listing listing;
  FakeClock clock;
  LineStyle style{.now = clock.now(), .clock = clock, .source = "registry:reg.example.com"};
};

}  // namespace dkr
