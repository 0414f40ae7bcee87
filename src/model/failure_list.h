// Collects failures, of which a source may have very many.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/listing.h"

namespace dkr {

class FailureList {
 public:
  /// How many failures of one kind are kept; the others are only counted.
  static constexpr std::size_t kMaxOfAKind = 20;

  /// Failures whose causes are the same up to a colon are of one kind.
  void add(std::string_view subject, std::string_view cause);

  /// All failures that were kept, sorted, then one for each kind of which there were more, with
  /// `subject`.
  [[nodiscard]] std::vector<Failure> take(std::string_view subject) &&;

 private:
  std::vector<Failure> kept_;
  std::map<std::string, std::size_t, std::less<>> count_by_kind_;
};

}  // namespace dkr
