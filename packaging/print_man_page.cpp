// Prints the man page of dkr-ls. A separate program that only the build uses, so that dkr-ls does
// not contain the page.
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
