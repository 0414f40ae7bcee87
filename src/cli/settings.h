// What the flags of a command line set. Each flag's entry in the table (flags.cpp) says where its
// value goes.
#pragma once

#include "base/log.h"
#include "cli/source_flags.h"
#include "model/filter.h"

namespace dkr {

struct Settings {
  bool help = false;
  bool version = false;
  LogLevel log_level = LogLevel::kWarning;
  SourceSettings source;
  Filter filter;
  bool sum = false;
};

}  // namespace dkr
