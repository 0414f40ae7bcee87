// The manual page, made from the flag definitions as help is; packaging prints it, dkr-ls does not.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace dkr {

/// dkr-ls(1) in the language of man(7). `root` is the program, with all commands and flags defined.
std::string man_page(const CLI::App& root);

}  // namespace dkr
