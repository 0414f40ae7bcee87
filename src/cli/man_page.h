// The man page. packaging/dkr-ls.1.in is a template with the hand-written sections; the tables of
// commands and flags fill in the rest. Only the build prints it; dkr-ls itself does not.
#pragma once

#include <string>
#include <string_view>

namespace dkr {

/// `page_template` with `@COMMANDS@` and the other placeholders filled in: dkr-ls(1) as man(7)
/// source. Throws std::invalid_argument when the template lacks a placeholder.
std::string man_page(std::string page_template);

/// `text` escaped so that roff prints it literally.
std::string roff_escaped(std::string_view text);

}  // namespace dkr
