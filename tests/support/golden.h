// Expected output in files: one whole text each, compared byte for byte.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace dkr {

/// Whether `text` is what golden/NAME holds. With DKR_UPDATE_GOLDEN in the environment it writes
/// `text` there instead, and fails, so that no test passes by having written its own expectation.
inline testing::AssertionResult matches_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(DKR_TEST_DATA "/golden/") + name;
  if (std::getenv("DKR_UPDATE_GOLDEN") != nullptr) {
    std::ofstream file(path, std::ios::binary);
    file << text << std::flush;
    return testing::AssertionFailure()
           << (file ? "wrote " : "cannot write ") << path
           << "; read what has changed, then run again without DKR_UPDATE_GOLDEN";
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return testing::AssertionFailure() << "cannot read " << path;
  const std::string expected(std::istreambuf_iterator<char>(file), {});
  if (text == expected) return testing::AssertionSuccess();
  return testing::AssertionFailure() << path << " holds\n"
                                     << testing::PrintToString(expected) << "\nbut the output is\n"
                                     << testing::PrintToString(text);
}

}  // namespace dkr
