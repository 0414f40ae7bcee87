// The files of a layout, listed by the whole program, from a directory and from archives. The input
// is a text with a section for each file: a line `=== PATH`, then the content. The path `blob`
// stands for the one that the digest of the content gives; `@3` is the hexadecimal digest of the
// third section, which must come later.
#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "cli/run.h"
#include "support/fake_world.h"
#include "support/tar.h"
#include "targets.h"

namespace dkr {
namespace {

using Sections = std::vector<std::pair<std::string, std::string>>;  // paths and contents

Sections parse_sections(std::string_view text) {
  constexpr std::string_view kBegin = "=== ";
  constexpr std::size_t kMaxSections = 64;
  Sections sections;
  while (text.starts_with(kBegin) && sections.size() < kMaxSections) {
    text.remove_prefix(kBegin.size());
    const std::size_t line_end = std::min(text.find('\n'), text.size());
    const std::string path(text.substr(0, line_end));
    text.remove_prefix(std::min(line_end + 1, text.size()));
    const std::size_t end = text.find("\n=== ");
    sections.emplace_back(path, text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return sections;
}

/// `content` with digests in place of references to sections after the one at `position`.
std::string with_digests(std::string_view content, std::size_t position,
                         const std::vector<std::string>& digests) {
  std::string result;
  while (true) {
    const std::size_t at = std::min(content.find('@'), content.size());
    result += content.substr(0, at);
    if (at == content.size()) return result;
    content.remove_prefix(at + 1);
    std::size_t number = 0;
    const auto parsed = std::from_chars(content.data(), content.data() + content.size(), number);
    const bool is_later = number > position + 1 && number <= digests.size();
    if (!is_later) {
      result += '@';
      continue;
    }
    content.remove_prefix(static_cast<std::size_t>(parsed.ptr - content.data()));
    result += digests[number - 1];
  }
}

void list(FakeWorld& world, const std::string& command, const std::string& source) {
  world.out.content.clear();
  world.err.content.clear();
  const int status = run({command, "--source", source, "--platform", "linux/amd64"}, world.world);
  if (status != 0 && status != 1) fail("unexpected status", world.err.content);
  require_printable_lines(world.out.content);
  require_printable_lines(world.err.content);
}

void check(Sections sections) {
  std::vector<std::string> digests(sections.size());
  FakeWorld world;
  std::string tar;
  for (std::size_t i = sections.size(); i-- > 0;) {
    auto& [path, content] = sections[i];
    content = with_digests(content, i, digests);
    digests[i] = sha256_hex(content);
    if (path == "blob") path = "blobs/sha256/" + digests[i];
    path = with_digests(path, 0, digests);
    world.files.files["layout/" + path] = content;
    tar += tar_entry_text(path, content);
  }
  world.files.files["tar"] = tar + tar_end();
  for (const char* const source : {"oci:layout", "oci-archive:tar", "docker-archive:tar"}) {
    list(world, "tags", source);
    list(world, "du", source);
  }
}

}  // namespace

void fuzz_layout(const std::string& text) { check(parse_sections(text)); }

}  // namespace dkr
