// Expected output in files, one text per file, compared byte by byte.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace dkr {

/// Whether `text` equals the content of golden/NAME. If DKR_UPDATE_GOLDEN is set in the
/// environment, it writes `text` to the file instead and fails, so that no test passes by writing
/// its own expectation.
inline testing::AssertionResult matches_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(DKR_TEST_DATA "/golden/") + name;
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
