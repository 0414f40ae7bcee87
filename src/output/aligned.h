// Aligns text at its tabs, as docker does with Go's text/tabwriter.
#pragma once

#include <string>
#include <string_view>

namespace dkr {

/// `text`, complete lines of cells with a tab after each but the last, with blanks in place of the
/// tabs. A column is as wide as the longest of its cells in consecutive lines that have it, plus
/// three characters, and at least ten.
std::string aligned(std::string_view text);

}  // namespace dkr
