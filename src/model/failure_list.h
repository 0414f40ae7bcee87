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
  /// How many failures of one kind are kept, and how many in all, apart from the first one of each
  /// kind; the others are only counted.
  static constexpr std::size_t kMaxOfAKind = 20;
  static constexpr std::size_t kMaxKept = 100;

  /// Failures whose causes begin with the same part that could not be read, if they name one, and
  /// the same words up to a colon are of one kind.
  void add(std::string_view subject, std::string_view cause);

  /// All failures that were kept, sorted, then one for each kind of which there were more, with
  /// `subject`.
  [[nodiscard]] std::vector<Failure> take(std::string_view subject) &&;

 private:
  std::vector<Failure> kept_;
  struct Count {
    std::size_t all = 0;
    std::size_t kept = 0;
  };
  std::map<std::string, Count, std::less<>> count_by_kind_;
};

}  // namespace dkr
