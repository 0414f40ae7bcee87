// Prints the manual page of dkr-ls, for the build; a program of its own, so that dkr-ls need not
// carry it.
#include <iostream>

#include "cli/command_line.h"
#include "cli/man_page.h"

int main() {
  std::cout << dkr::man_page(dkr::CommandLine().definitions());
  return std::cout.flush() ? 0 : 1;
}
