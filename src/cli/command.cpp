#include "cli/command.h"

namespace dkr {

void log_count(std::string_view done, const Listing& listing, Log& log) {
  if (!log.keeps(LogLevel::kInfo)) return;  // counting costs more than saying it
  log.info("{}: {} images in {} rows", done, count_distinct(listing), listing.rows.size());
}

}  // namespace dkr
