// Command lines, one word per line: how they are parsed, and what completion offers for them.
#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/completion.h"
#include "cli/parse.h"
#include "support/fake_world.h"
#include "targets.h"

namespace dkr {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

void check_parsing(const std::vector<std::string>& words, const std::string& text) {
  const CommandLine line = parse(words);
  if (line.command != &program() && std::ranges::count(words, line.command->name) == 0) {
    fail("a command that the words do not name", text);
  }
  if (line.arguments.size() > line.command->max_arguments) fail("too many arguments", text);
  for (const std::string& argument : line.arguments) {
    if (std::ranges::count(words, argument) == 0)
      fail("an argument that is not among the words", argument);
  }
  if (line.command->kind == CommandKind::kHidden) return;
  // After `--` nothing is a flag, so this is one argument too many.
  std::vector<std::string> more = words;
  more.emplace_back("--");
  more.insert(more.end(), line.command->max_arguments + 1, "--help");
  try {
    (void)parse(more);
  } catch (const Error&) {
    return;
  }
  fail("a flag after --", text);
}

void check_completion(const std::vector<std::string>& words) {
  FakeWorld fake;
  std::string lines = complete(words, fake.world);
  std::ranges::replace(lines, '\t', ' ');
  require_printable_lines(lines);
  if (!fake.err.content.empty()) fail("completion writes to standard error", fake.err.content);
}

}  // namespace

void fuzz_command_line(const std::string& text) {
  const std::vector<std::string> words = words_of(text);
  try {
    check_parsing(words, text);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUsage) fail("unexpected kind of error", error.what());
    if (error.hint().empty()) fail("a usage error without usage", error.what());
  }
  check_completion(words);
}

}  // namespace dkr
