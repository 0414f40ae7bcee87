#include "cli/command.h"

namespace dkr {

void log_count(std::string_view done, const std::vector<Image>& images, Log& log) {
  if (!log.keeps(LogLevel::kInfo)) return;  // counting costs more than saying it
  log.info("{}: {} images in {} rows", done, count_distinct(images), images.size());
}

}  // namespace dkr
