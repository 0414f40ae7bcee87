// Hashing for tables whose keys come from outside. An attacker who knew the function could choose
// keys that all collide, which would make the tables slow.
#pragma once

#include <cstddef>
#include <string_view>

namespace dkr {

/// SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF") with a key that is
/// different in each process.
struct KeyedHash {
  using is_transparent = void;  // so that tables of std::string find std::string_view
  std::size_t operator()(std::string_view text) const;  // not noexcept: libstdc++ then keeps hashes
};

}  // namespace dkr
