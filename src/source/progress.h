// How far the reading of sources has come.
#pragma once

#include <cstddef>

namespace dkr {

/// Sources that are read at the same time count in the same one.
struct Progress {
  std::size_t repositories_done = 0;
  std::size_t repositories_known = 0;
  std::size_t tags_done = 0;
  std::size_t tags_known = 0;
  std::size_t failures = 0;
};

}  // namespace dkr
