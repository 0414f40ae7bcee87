// The manual page: a template with the sections that are written by hand, packaging/dkr-ls.1.in,
// into which the tables of commands and flags are put. Packaging prints it, dkr-ls does not.
#pragma once

#include <string>
#include <string_view>

namespace dkr {

/// `page_template` with the tables' parts in place of `@COMMANDS@` and so on: dkr-ls(1) in the
/// language of man(7). Throws std::invalid_argument when the template lacks one of the places.
std::string man_page(std::string page_template);

/// `text` as roff prints it literally.
std::string roff_escaped(std::string_view text);

}  // namespace dkr
