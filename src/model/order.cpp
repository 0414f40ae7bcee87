#include "model/order.h"

#include <algorithm>
#include <tuple>

namespace dkr {

void sort_newest_first(Listing& listing) {
  std::ranges::sort(listing.rows, [&](const Row& a, const Row& b) {
    const auto& created_a = listing.image_of(a).created;
    const auto& created_b = listing.image_of(b).created;
    if (created_a != created_b) return created_a > created_b;  // an absent date is less
    const std::string_view repository_a = listing.repository_of(a);
    const std::string_view repository_b = listing.repository_of(b);
    return std::tie(repository_a, a.tag) < std::tie(repository_b, b.tag);
  });
}

}  // namespace dkr
