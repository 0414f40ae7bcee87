#include "net/header.h"

#include <cstddef>

#include "base/text.h"

namespace dkr {
namespace {

/// Reads the tokens, quoted strings and separators that header values consist of.
class HeaderScanner {
 public:
  explicit HeaderScanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  /// Skips the character `mark` if it is next; false otherwise.
  bool skip(char mark) {
    if (!rest_.starts_with(mark)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// Skips any of `characters` that are next; false when there are none.
  bool skip_all(std::string_view characters) {
    const std::size_t size = rest_.size();
    const std::size_t end = rest_.find_first_not_of(characters);
    rest_.remove_prefix(end == std::string_view::npos ? size : end);
    return rest_.size() < size;
  }
  /// The text up to the next of `marks`, or to the end.
  std::string_view until(std::string_view marks) {
    const std::string_view found = rest_.substr(0, rest_.find_first_of(marks));
    rest_.remove_prefix(found.size());
    return found;
  }
  /// A quoted string without quotes and escapes, or else a token.
  std::string value() {
    if (!skip('"')) return std::string(trim(until(",; \t")));
    std::string text;
    while (!rest_.empty() && !skip('"')) {
      if (skip('\\') && rest_.empty()) break;
      text += rest_.front();
      rest_.remove_prefix(1);
    }
    return text;
  }

 private:
  std::string_view rest_;
};

constexpr std::string_view kBlank = " \t";

/// Whether `next` is among `relations`, which are separated by blanks.
bool has_next(const std::string& relations) {
  HeaderScanner scanner(relations);
  while (!scanner.at_end()) {
    scanner.skip_all(kBlank);
    if (to_lower(scanner.until(kBlank)) == "next") return true;
  }
  return false;
}

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view value) {
  std::vector<Challenge> challenges;
  HeaderScanner scanner(value);
  while (true) {
    scanner.skip_all(" \t,;");
    if (scanner.at_end()) return challenges;
    const std::string word = to_lower(scanner.until(" \t,;=\""));
    const bool has_blanks = scanner.skip_all(kBlank);
    if (scanner.skip('=')) {
      scanner.skip_all("= \t");  // the padding of a token68, which is not used
      if (!challenges.empty() && !word.empty()) {
        challenges.back().parameters.try_emplace(word, scanner.value());
      } else {
        (void)scanner.value();
      }
    } else if (!word.empty()) {
      challenges.push_back({word, {}});
    } else if (!has_blanks) {
      (void)scanner.value();  // a stray quoted string
    }
  }
}

std::optional<std::string> next_link(std::string_view value) {
  HeaderScanner scanner(value);
  while (true) {
    scanner.skip_all(" \t,");
    if (scanner.at_end()) return std::nullopt;
    if (!scanner.skip('<')) {
      (void)scanner.value();  // not a link: skip to the next comma
      if (!scanner.skip(';')) scanner.skip_all(" \t");
      continue;
    }
    const std::string target(trim(scanner.until(">")));
    scanner.skip('>');
    bool is_next = false;
    while (true) {
      scanner.skip_all(kBlank);
      if (!scanner.skip(';')) break;
      scanner.skip_all(kBlank);
      const std::string name = to_lower(trim(scanner.until("=;,")));
      if (!scanner.skip('=')) continue;
      scanner.skip_all(kBlank);
      const std::string relations = scanner.value();
      if (name == "rel" && has_next(relations)) is_next = true;
    }
    if (is_next) return target;
    scanner.until(",");
  }
}

}  // namespace dkr
