#include "support/golden.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace dkr {

testing::AssertionResult matches_golden(const std::string& name, const std::string& text) {
  const std::string path = DKR_GOLDEN + name;
  if (std::getenv("DKR_UPDATE_GOLDEN") != nullptr) {
    std::ofstream file(path, std::ios::binary);
    file << text << std::flush;
    return testing::AssertionFailure()
           << (file ? "wrote " : "cannot write ") << path
           << "; review the changes, then run again without DKR_UPDATE_GOLDEN";
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return testing::AssertionFailure() << "cannot read " << path;
  const std::string expected(std::istreambuf_iterator<char>(file), {});
  if (text == expected) return testing::AssertionSuccess();
  return testing::AssertionFailure() << path << " contains\n"
                                     << testing::PrintToString(expected) << "\nbut the output is\n"
                                     << testing::PrintToString(text);
}

}  // namespace dkr
