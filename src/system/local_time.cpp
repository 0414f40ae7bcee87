// Local time, by the rules of Go's package time (zoneinfo_unix.go).
#include <array>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <string>

#include "base/error.h"
#include "system/system.h"

namespace dkr {
namespace {

constexpr std::array kZoneFolders = {"/usr/share/zoneinfo/", "/usr/share/lib/zoneinfo/",
                                     "/usr/lib/locale/TZ/", "/etc/zoneinfo/"};

/// Whether there is a description of a time zone at `path`, rather than something else.
bool is_zone(const std::string& path) {
  constexpr std::size_t kMaxBytes = 10 << 20;  // as in Go
  try {
    return SystemFiles().read(path, kMaxBytes).value_or("").starts_with("TZif");
  } catch (const Error&) {
    return false;
  }
}

/// The file that describes the user's time zone; empty: UTC.
std::string time_zone_file() {
  const char* const variable = std::getenv("TZ");
  if (variable == nullptr) return "/etc/localtime";
  std::string name = variable;
  if (name.starts_with(':')) name.erase(0, 1);
  if (name.empty() || name == "UTC") return "";
  if (name.starts_with('/')) return is_zone(name) ? name : "";
  for (const char* const folder : kZoneFolders) {
    if (is_zone(folder + name)) return folder + name;
  }
  return "";
}

/// Has the C library use that file. Without it, TZ could also be a rule.
bool set_time_zone() {
  const std::string file = time_zone_file();
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread
  ::setenv("TZ", file.empty() ? "UTC" : (":" + file).c_str(), 1);
  ::tzset();
  return true;
}

}  // namespace

UtcOffset SystemClock::utc_offset(Time time) const {
  static const bool is_set = set_time_zone();
  (void)is_set;
  const std::time_t moment = time.time_since_epoch().count();
  std::tm local{};
  if (::localtime_r(&moment, &local) == nullptr) return {};  // beyond the years that it knows
  if (*local.tm_zone == '\0') return {};                     // the file does not describe a zone
  return {std::chrono::seconds(local.tm_gmtoff), local.tm_zone};
}

}  // namespace dkr
