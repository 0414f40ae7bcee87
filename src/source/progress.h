// How far the reading of a source has come.
#pragma once

#include <cstddef>

namespace dkr {

struct Progress {
  std::size_t repositories_done = 0;
  std::size_t repositories_known = 0;
  std::size_t tags_done = 0;
  std::size_t tags_known = 0;
  std::size_t failures = 0;
};

/// Whoever wants to know.
class ProgressObserver {
 public:
  virtual ~ProgressObserver() = default;
  virtual void update(const Progress& progress) = 0;
};

}  // namespace dkr
