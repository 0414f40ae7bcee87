// The progress of reading sources.
#pragma once

#include <cstddef>

namespace dkr {

/// Shared by all sources that are read at the same time.
struct Progress {
  std::size_t repositories_done = 0;
  std::size_t repositories_known = 0;
  std::size_t tags_done = 0;
  std::size_t tags_known = 0;
  std::size_t failures = 0;
};

}  // namespace dkr
