// The settings that flags change. Each entry in the table of flags (flags.cpp) says which one.
#pragma once

#include "base/log.h"
#include "model/filter.h"
#include "model/platform.h"
#include "source/kinds.h"

namespace dkr {

struct Settings {
  bool help = false;
  bool version = false;
  LogLevel log_level = LogLevel::kWarning;
  SourceSettings source;
  Platform platform = this_platform();
  Filter filter;
  bool sum = false;
};

}  // namespace dkr
