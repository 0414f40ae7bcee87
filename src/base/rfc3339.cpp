#include "base/rfc3339.h"

#include <chrono>
#include <cstddef>

namespace dkr {
namespace {

/// Parses text from its beginning. After the first mismatch, at_end() stays false.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  /// The number in the next `count` digits.
  int digits(std::size_t count) {
    const std::string_view digits = rest_.substr(0, count);
    const bool found = count_digits() >= count;
    ok_ = ok_ && found;
    if (!ok_) return 0;
    int number = 0;
    for (const char digit : digits) number = number * 10 + (digit - '0');
    rest_.remove_prefix(count);
    return number;
  }

  /// The next character if it is one of `accepted`, else NUL.
  char any_of(std::string_view accepted) {
    if (rest_.empty() || accepted.find(rest_.front()) == std::string_view::npos) return '\0';
    const char found = rest_.front();
    rest_.remove_prefix(1);
    return found;
  }
  void require(std::string_view accepted) { ok_ = ok_ && any_of(accepted) != '\0'; }

  void skip_digits() {
    const std::size_t count = count_digits();
    ok_ = ok_ && count > 0;
    rest_.remove_prefix(count);
  }

  [[nodiscard]] bool at_end() const { return ok_ && rest_.empty(); }

 private:
  [[nodiscard]] std::size_t count_digits() const {
    const std::size_t end = rest_.find_first_not_of("0123456789");
    return end == std::string_view::npos ? rest_.size() : end;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

std::optional<Time> parse_rfc3339(std::string_view text) {
  using std::chrono::day, std::chrono::month, std::chrono::year, std::chrono::year_month_day;
  using std::chrono::hours, std::chrono::minutes, std::chrono::seconds, std::chrono::sys_days;
  Scanner scanner(text);
  const year year_read{scanner.digits(4)};
  scanner.require("-");
  const month month_read{static_cast<unsigned>(scanner.digits(2))};
  scanner.require("-");
  const day day_read{static_cast<unsigned>(scanner.digits(2))};
  scanner.require("Tt ");
  const int hour = scanner.digits(2);
  scanner.require(":");
  const int minute = scanner.digits(2);
  scanner.require(":");
  const int second = scanner.digits(2);
  if (scanner.any_of(".") != '\0') scanner.skip_digits();
  minutes offset{0};
  if (const char sign = scanner.any_of("+-"); sign != '\0') {
    const int offset_hours = scanner.digits(2);
    scanner.require(":");
    const int offset_minutes = scanner.digits(2);
    if (offset_hours > 23 || offset_minutes > 59) return std::nullopt;
    offset = hours(offset_hours) + minutes(offset_minutes);
    if (sign == '-') offset = -offset;
  } else {
    scanner.require("Zz");
  }
  const year_month_day date{year_read, month_read, day_read};
  const bool is_time = hour <= 23 && minute <= 59 && second <= 60;  // 60: a leap second
  if (!scanner.at_end() || !date.ok() || !is_time) return std::nullopt;
  return sys_days(date) + hours(hour) + minutes(minute) + seconds(second) - offset;
}

}  // namespace dkr
