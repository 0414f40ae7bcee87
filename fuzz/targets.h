// The fuzz targets, and what they share. Each is the file of its name, with its seeds in corpus/.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"

namespace dkr {

/// Each aborts if what the program makes of `text`, which may be any bytes, is wrong.
void fuzz_archive(const std::string& text);
void fuzz_command_line(const std::string& text);
void fuzz_containerd_messages(const std::string& text);
void fuzz_credentials(const std::string& text);
void fuzz_docker_config(const std::string& text);
void fuzz_engine_images(const std::string& text);
void fuzz_header(const std::string& text);
void fuzz_host(const std::string& text);
void fuzz_hub_tags(const std::string& text);
void fuzz_layout(const std::string& text);
void fuzz_manifest(const std::string& text);
void fuzz_program(const std::string& text);
void fuzz_reference(const std::string& text);
void fuzz_registry_address(const std::string& text);
void fuzz_rfc3339(const std::string& text);
void fuzz_sizes(const std::string& text);
void fuzz_template(const std::string& text);
void fuzz_treemap(const std::string& text);
void fuzz_usage(const std::string& text);

/// Reports a `violation`, with the text that caused it, and aborts.
[[noreturn]] inline void fail(std::string_view violation, std::string_view cause) {
  std::fprintf(stderr, "%s: %s\n", std::string(violation).c_str(), printable(cause).c_str());
  std::abort();
}

/// Fails unless `output` consists of complete lines without control characters.
inline void require_printable_lines(std::string_view output) {
  std::string_view rest = output;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) fail("a line does not end", output);
    if (!is_printable(rest.substr(0, end))) fail("output is not printable", output);
    rest.remove_prefix(end + 1);
  }
}

}  // namespace dkr
