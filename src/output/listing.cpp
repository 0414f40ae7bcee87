#include "output/listing.h"

#include <string_view>

#include "output/human.h"
#include "output/table.h"

namespace dkr {
namespace {

/// What docker shows of an id: 12 characters after the first colon.
std::string_view short_id(std::string_view id) {
  constexpr std::size_t kLength = 12;
  if (const std::size_t colon = id.find(':'); colon != std::string_view::npos) {
    id.remove_prefix(colon + 1);
  }
  return id.substr(0, kLength);
}

}  // namespace

std::string render_tags(const std::vector<Image>& images, Time now, Total total) {
  constexpr int kImageDigits = 3;
  constexpr int kTotalDigits = 4;
  Table table({"REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"});
  for (const Image& image : images) {
    table.add_row(
        {image.displayed_repository(), image.displayed_tag(),
         image.id ? short_id(*image.id) : kUnknown, human_age(image.created, now),
         image.size ? human_size(static_cast<double>(*image.size), kImageDigits) : kUnknown});
  }
  if (total == Total::kPrint) {
    table.add_row({"TOTAL", "", "", "", human_size(total_size(images), kTotalDigits)});
  }
  return table.render();
}

std::string render_repositories(const std::vector<std::string>& names) {
  Table table({"REPOSITORY"});
  for (const std::string& name : names) table.add_row({name});
  return table.render();
}

}  // namespace dkr
