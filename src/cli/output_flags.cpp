#include "cli/output_flags.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/parse.h"
#include "cli/usage.h"
#include "cli/values.h"

namespace dkr {
namespace {

constexpr std::array<std::pair<std::string_view, SortBy>, 5> kSortNames{{
    {"created", SortBy::kCreated},
    {"id", SortBy::kId},
    {"repository", SortBy::kRepository},
    {"size", SortBy::kSize},
    {"tag", SortBy::kTag},
}};

SortKey read_sort_key(std::string_view text) {
  const bool is_descending = text.starts_with('-');
  if (is_descending) text.remove_prefix(1);
  const auto* const found =
      std::ranges::find(kSortNames, text, &std::pair<std::string_view, SortBy>::first);
  if (found == kSortNames.end()) {
    std::vector<std::string_view> names;
    names.reserve(kSortNames.size());
    for (const auto& [name, key] : kSortNames) names.push_back(name);
    throw InvalidValue(
        fmt::format("expected {}, with commas between several, and - before one for "
                    "descending order",
                    alternatives(names)));
  }
  return {found->second, is_descending};
}

/// The beginning of `text`, which may have several lines, for an error message.
std::string shortened(std::string_view text) {
  constexpr std::size_t kMaxBytes = 80;
  return printable(text.substr(0, kMaxBytes)) + (text.size() > kMaxBytes ? "..." : "");
}

/// Which text positions refer to, if it is not the whole value of --format.
std::string template_in(std::string_view value) {
  const std::string text = read_format(value).text;
  return text == value || text.empty() ? "" : fmt::format("in \"{}\": ", shortened(text));
}

}  // namespace

std::vector<SortKey> read_sort_keys(const std::string& text) {
  std::vector<SortKey> keys;
  std::string_view rest = text;
  while (true) {
    const std::size_t end = rest.find(',');
    keys.push_back(read_sort_key(rest.substr(0, end)));
    if (end == std::string_view::npos) return keys;
    rest.remove_prefix(end + 1);
  }
}

std::vector<Candidate> sort_candidates(std::string_view typed, World& /*world*/,
                                       const Command& command) {
  // What was typed stays: the keys before the last comma, and a minus.
  const std::size_t comma = typed.rfind(',');
  std::string before(typed.substr(0, comma == std::string_view::npos ? 0 : comma + 1));
  if (typed.substr(before.size()).starts_with('-')) before += '-';
  std::vector<Candidate> result;
  for (const std::string_view name : command.sort_keys) {
    result.push_back({before + std::string(name)});
  }
  return result;
}

std::vector<Candidate> format_candidates(std::string_view typed, World& /*world*/,
                                         const Command& command) {
  const std::size_t field = typed.rfind("{{.");
  if (field == std::string_view::npos) {
    return {{"json", "an object for each row"},
            {"table", "the table"},
            {"table {{.", "a table of these columns"},
            {"{{.", "a template"}};
  }
  constexpr std::size_t kOpening = 3;
  std::vector<Candidate> result;
  for (const Field& known : command.fields) {
    result.push_back(
        {std::string(typed.substr(0, field + kOpening)) + std::string(known.name) + "}}",
         std::string(known.header)});
  }
  return result;
}

OutputFormat output_format(const CommandLine& line, Session& session) {
  const std::string value = line.settings.format.value_or("");
  try {
    OutputFormat format(value, line.settings.quiet, line.command->fields, line.settings.digests);
    if (line.settings.sum && (!format.is_default() || format.is_quiet())) {
      throw usage_error(*line.command, "--sum needs a table: use it without --format and --quiet");
    }
    if (format.is_literal()) {
      session.log.warn("no {{{{ }}}} in the format: \"{}\" is printed as it is for each row",
                       value);
    }
    return format;
  } catch (const TemplateError& error) {
    throw usage_error(*line.command,
                      fmt::format("invalid argument \"{}\" for \"--format\" flag: {}{}",
                                  shortened(value), template_in(value), error.what()));
  }
}

}  // namespace dkr
