// Prints the manual page of dkr-ls, for the build; a program of its own, so that dkr-ls need not
// carry it.
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "cli/man_page.h"

int main() {
  std::ifstream file(DKR_MAN_PAGE_TEMPLATE);
  const std::string page_template(std::istreambuf_iterator<char>(file), {});
  std::cout << dkr::man_page(page_template);
  return std::cout.flush() ? 0 : 1;
}
