#include "base/rfc3339.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

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

/// A date and time of day in the proleptic Gregorian calendar. std::chrono knows fewer years than
/// untrusted dates may have.
struct Civil {
  std::int64_t year;
  int month;
  int day;
  int hour;
  int minute;
  int second;
};

/// `seconds` since 1970-01-01T00:00:00. The algorithm counts in eras of 400 years from 1 March of
/// the year 0, so that leap days are last.
Civil civil_of(std::int64_t seconds) {
  constexpr std::int64_t kDay = 86'400;
  constexpr std::int64_t kEraDays = 146'097;
  constexpr std::int64_t kEpochDays = 719'468;  // from 0000-03-01 to 1970-01-01
  std::int64_t days = seconds / kDay;
  std::int64_t rest = seconds % kDay;
  if (rest < 0) {
    rest += kDay;
    --days;
  }
  days += kEpochDays;
  const std::int64_t era = (days >= 0 ? days : days - kEraDays + 1) / kEraDays;
  const std::int64_t day_of_era = days - era * kEraDays;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;  // 0: March
  const std::int64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const std::int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0),
          static_cast<int>(month),
          static_cast<int>(day),
          static_cast<int>(rest / 3600),
          static_cast<int>(rest % 3600 / 60),
          static_cast<int>(rest % 60)};
}

/// Appends `number`, which is not negative, with at least `width` digits.
void append_digits(std::string& text, std::int64_t number, std::size_t width) {
  const fmt::format_int digits(number);
  if (digits.size() < width) text.append(width - digits.size(), '0');
  text.append(digits.data(), digits.size());
}

/// Appends `2026-06-09T10:18:00`, with `separator` in place of the T.
void append_date_time(std::string& text, const Civil& civil, char separator) {
  if (civil.year < 0) text += '-';
  append_digits(text, std::abs(civil.year), 4);
  for (const auto& [mark, number] : {std::pair('-', civil.month),
                                     {'-', civil.day},
                                     {separator, civil.hour},
                                     {':', civil.minute},
                                     {':', civil.second}}) {
    text += mark;
    append_digits(text, number, 2);
  }
}

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

std::optional<std::string> format_rfc3339(Time time) {
  constexpr std::int64_t kLastYear = 9999;
  const Civil civil = civil_of(time.time_since_epoch().count());
  if (civil.year < 0 || civil.year > kLastYear) return std::nullopt;
  std::string text;
  append_date_time(text, civil, 'T');
  return text += 'Z';
}

std::string format_go_time(Time time, const UtcOffset& offset) {
  std::int64_t local = time.time_since_epoch().count();
  const UtcOffset utc;
  const bool is_far = __builtin_add_overflow(local, offset.east.count(), &local);
  const UtcOffset& used = is_far ? utc : offset;
  if (is_far) local = time.time_since_epoch().count();
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  const std::int64_t east = std::abs(used.east.count());
  std::string text;
  append_date_time(text, civil_of(local), ' ');
  text += used.east.count() < 0 ? " -" : " +";
  append_digits(text, east / kHour, 2);
  append_digits(text, east % kHour / kMinute, 2);
  return text.append(1, ' ').append(used.name);
}

}  // namespace dkr
