// Expected output in files, one text per file, compared byte by byte.
#pragma once

#include <string>

#include <gtest/gtest.h>

namespace dkr {

/// Whether `text` equals the content of golden/NAME. If DKR_UPDATE_GOLDEN is set in the
/// environment, it writes `text` to the file instead and fails, so that no test passes by writing
/// its own expectation.
testing::AssertionResult matches_golden(const std::string& name, const std::string& text);

}  // namespace dkr
