// What the flags of a command line set. Each flag's entry in the table (flags.cpp) says where its
// value goes.
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
