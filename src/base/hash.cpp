#include "base/hash.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <sys/auxv.h>

namespace dkr {
namespace {

using Words = std::array<std::uint64_t, 2>;

/// 16 random bytes that the kernel gives every process (getauxval(3)).
Words process_key() {
  Words key{};
  // The kernel passes the address as a number.
  // NOLINTNEXTLINE(performance-no-int-to-ptr,cppcoreguidelines-pro-type-reinterpret-cast)
  const auto* const random = reinterpret_cast<const void*>(::getauxval(AT_RANDOM));
  if (random != nullptr) std::memcpy(key.data(), random, sizeof key);
  return key;
}

struct SipState {
  std::uint64_t a, b, c, d;

  void round() {
    a += b;
    c += d;
    b = std::rotl(b, 13) ^ a;
    d = std::rotl(d, 16) ^ c;
    a = std::rotl(a, 32);
    c += b;
    a += d;
    b = std::rotl(b, 17) ^ c;
    d = std::rotl(d, 21) ^ a;
    c = std::rotl(c, 32);
  }
  void absorb(std::uint64_t word) {
    d ^= word;
    round();
    a ^= word;
  }
};

}  // namespace

std::size_t KeyedHash::operator()(std::string_view text) const {
  static const Words key = process_key();
  // The initial values are the ASCII of "somepseudorandomlygeneratedbytes".
  SipState state{key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
                 key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573};
  std::uint64_t word = 0;
  const std::uint64_t length = text.size();
  for (; text.size() >= sizeof word; text.remove_prefix(sizeof word)) {
    std::memcpy(&word, text.data(), sizeof word);
    state.absorb(word);
  }
  word = 0;
  std::memcpy(&word, text.data(), text.size());
  state.absorb(word | length << 56U);
  state.c ^= 0xFF;
  state.round();
  state.round();
  state.round();
  return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace dkr
