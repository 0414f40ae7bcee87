#include "cli/output_flags.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/parse.h"
#include "cli/usage.h"
#include "cli/values.h"

namespace dkr {
namespace {

constexpr std::array<std::pair<std::string_view, SortBy>, 10> kSortNames{{
    {"created", SortBy::kCreated},
    {"id", SortBy::kId},
    {"images", SortBy::kImages},
    {"repository", SortBy::kRepository},
    {"shared", SortBy::kShared},
    {"size", SortBy::kSize},
    {"status", SortBy::kStatus},
    {"tag", SortBy::kTag},
    {"tags", SortBy::kTags},
    {"unique", SortBy::kUnique},
}};

/// Absent if `command` cannot sort by it.
std::optional<SortKey> read_sort_key(std::string_view text, const Command& command) {
  const bool is_descending = text.starts_with('-');
  if (is_descending) text.remove_prefix(1);
  const auto* const found =
      std::ranges::find(kSortNames, text, &std::pair<std::string_view, SortBy>::first);
  if (found == kSortNames.end() || std::ranges::count(command.sort_keys, text) == 0) {
    return std::nullopt;
  }
  return SortKey{found->second, is_descending};
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
    std::vector<Candidate> formats = {{"json", "an object for each row"},
                                      {"table", "the table"},
                                      {"table {{.", "a table of these columns"},
                                      {"{{.", "a template"}};
    for (const Candidate& format : command.formats) formats.push_back(format);
    return formats;
  }
  constexpr std::size_t kOpening = 3;
  std::vector<Candidate> result;
  for (const FieldName& known : command.fields) {
    result.push_back(
        {std::string(typed.substr(0, field + kOpening)) + std::string(known.name) + "}}",
         std::string(known.header)});
  }
  return result;
}

OutputFormat output_format(const CommandLine& line, Session& session) {
  std::string value = line.settings.format.value_or("");
  if (std::ranges::count(line.command->formats, value, &Candidate::text) > 0) value.clear();
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

std::vector<SortKey> sort_keys(const CommandLine& line) {
  std::vector<SortKey> keys;
  if (!line.settings.sort) return keys;
  const std::string& value = *line.settings.sort;
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find(',', begin), value.size());
    const auto key = read_sort_key(value.substr(begin, end - begin), *line.command);
    if (!key) {
      throw usage_error(
          *line.command,
          fmt::format("invalid argument \"{}\" for \"--sort\" flag: expected {}, with commas "
                      "between several, and - before one for descending order",
                      shortened(value), alternatives(line.command->sort_keys)));
    }
    keys.push_back(*key);
    begin = end + 1;
  }
  return keys;
}

}  // namespace dkr
