#include "base/log.h"

#include <array>
#include <chrono>
#include <utility>

#include <fmt/chrono.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include "base/error.h"
#include "base/text.h"

namespace dkr {
namespace {

constexpr std::array<std::pair<std::string_view, LogLevel>, 9> kLevels{{
    {"TRACE", spdlog::level::trace},
    {"DEBUG", spdlog::level::debug},
    {"INFO", spdlog::level::info},
    {"WARNING", spdlog::level::warn},
    {"ERROR", spdlog::level::err},
    {"CRITICAL", spdlog::level::critical},
    {"OFF", spdlog::level::off},
    {"WARN", spdlog::level::warn},
    {"FATAL", spdlog::level::critical},
}};

std::string_view name_of(LogLevel level) {
  for (const auto& [name, value] : kLevels) {
    if (value == level) return name;
  }
  return "UNKNOWN";
}

/// The program has one thread, hence the mutex that is none.
class StreamSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit StreamSink(OutputStream& err) : err_(err) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const auto time = std::chrono::time_point_cast<std::chrono::milliseconds>(message.time);
    const auto milliseconds = time.time_since_epoch().count() % 1000;
    const std::string text =
        printable(std::string_view(message.payload.data(), message.payload.size()));
    try {
      err_.write(fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03} {} {}\n",
                             fmt::gmtime(std::chrono::system_clock::to_time_t(message.time)),
                             milliseconds, name_of(message.level), text));
    } catch (const Error&) {
      // Nobody can be told that standard error is gone, and the listing does not depend on it.
    }
  }
  void flush_() override {}

  OutputStream& err_;
};

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view name) {
  const std::string wanted = to_lower(name);
  for (const auto& [known, level] : kLevels) {
    if (to_lower(known) == wanted) return level;
  }
  return std::nullopt;
}

std::unique_ptr<Log> make_log(OutputStream& err, LogLevel level) {
  auto log = std::make_unique<Log>("dkr-ls", std::make_shared<StreamSink>(err));
  log->set_level(level);
  return log;
}

}  // namespace dkr
