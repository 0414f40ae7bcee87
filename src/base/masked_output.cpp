#include "base/masked_output.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace dkr {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::string_view kCut = "...";  // as excerpt() appends it
constexpr std::size_t kKeyBytes = 4;

/// The first four bytes of `text`, which must have as many.
std::uint32_t start_of(std::string_view text) {
  std::uint32_t key = 0;
  std::memcpy(&key, text.data(), kKeyBytes);
  return key;
}

bool stands_alone(std::string_view text, std::size_t position, std::size_t length) {
  const std::size_t end = position + length;
  return (position == 0 || !is_alphanumeric(text[position - 1])) &&
         (end == text.size() || !is_alphanumeric(text[end]));
}

}  // namespace

void MaskedOutput::hide(std::string_view secret) {
  add(to_lower(secret));
  add(to_lower(trim(secret)));  // as excerpt() leaves it
  if (!is_printable(secret)) add(to_lower(printable(secret)));
}

void MaskedOutput::add(std::string lower) {
  if (lower.empty()) return;
  auto& list = lower.size() < kKeyBytes ? short_secrets_ : secrets_[start_of(lower)];
  if (std::ranges::find(list, lower) == list.end()) list.push_back(std::move(lower));
}

/// The length of the longest secret at `position` of `lower`, a text in lower case; 0: none.
std::size_t MaskedOutput::secret_at(std::string_view lower, std::size_t position) const {
  const std::string_view rest = lower.substr(position);
  std::size_t longest = 0;
  for (const std::string& secret : short_secrets_) {
    if (rest.starts_with(secret) && stands_alone(lower, position, secret.size())) {
      longest = std::max(longest, secret.size());
    }
  }
  if (rest.size() < kKeyBytes) return longest;
  const auto found = secrets_.find(start_of(rest));
  if (found == secrets_.end()) return longest;
  for (const std::string& secret : found->second) {
    const auto difference = std::ranges::mismatch(secret, rest).in1;
    const auto common = static_cast<std::size_t>(difference - secret.begin());
    if (difference == secret.end() || rest.substr(common).starts_with(kCut)) {
      longest = std::max(longest, common);
    }
  }
  return longest;
}

std::string MaskedOutput::masked(std::string_view text) const {
  if (secrets_.empty() && short_secrets_.empty()) return std::string(text);
  const std::string lower = to_lower(text);
  std::string result;
  std::size_t end = 0;  // of the secrets that begin before i
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t length = secret_at(lower, i);
    if (length > 0 && i >= end) result += kMask;
    end = std::max(end, i + length);
    if (i >= end) result += text[i];
  }
  return result;
}

}  // namespace dkr
