// Keeps passwords and tokens out of what the program prints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/world.h"

namespace dkr {

/// Standard error: all messages and the log pass through here, so this is the one place that hides
/// secrets, whoever repeats them. Replaces each by `***`, in upper or lower case, also where
/// excerpt() has cut it after four bytes or more, and where printable() has escaped it. A secret of
/// fewer than four bytes is only hidden where it stands alone, since it could be part of any word.
class MaskedOutput final : public OutputStream {
 public:
  /// `next` must outlive this object.
  explicit MaskedOutput(OutputStream& next) : next_(next) {}

  /// Hides `secret` from now on.
  void hide(std::string_view secret);

  void write(std::string_view text) override { next_.write(masked(text)); }
  [[nodiscard]] std::optional<std::size_t> terminal_columns() const override {
    return next_.terminal_columns();
  }

 private:
  [[nodiscard]] std::string masked(std::string_view text) const;
  [[nodiscard]] std::size_t secret_at(std::string_view lower, std::size_t position) const;
  void add(std::string lower);

  OutputStream& next_;
  /// In lower case, by their first four bytes. There may be a token for each of many repositories.
  std::unordered_map<std::uint32_t, std::vector<std::string>> secrets_;
  std::vector<std::string> short_secrets_;
};

}  // namespace dkr
