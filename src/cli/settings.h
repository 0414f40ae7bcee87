// The settings that flags change. Each entry in the table of flags (flags.cpp) says which one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "model/difference.h"
#include "model/filter.h"
#include "model/platform.h"
#include "output/field.h"
#include "source/kinds.h"

namespace dkr {

struct Settings {
  bool help = false;
  bool version = false;
  LogLevel log_level = LogLevel::kWarning;
  SourceSettings source;
  bool is_source_given = false;      ///< by --source
  std::optional<Platform> platform;  ///< absent: this machine's
  Platforms platforms = Platforms::kOne;
  Filter filter;
  std::vector<Renaming> renamings;
  bool sum = false;
  std::optional<std::string> format;  ///< the value of --format
  bool quiet = false;
  Ids ids = Ids::kShort;
  Digests digests = Digests::kHide;
  std::optional<std::string> sort;  ///< the value of --sort
};

}  // namespace dkr
