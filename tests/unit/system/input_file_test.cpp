#include <array>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/temporary_directory.h"
#include "system/system.h"

namespace dkr {
namespace {

/// The path of a new file with ten digits in it.
std::string write_digits(const TemporaryDirectory& directory) {
  const std::string path = directory.path() / "file";
  std::ofstream(path) << "0123456789";
  return path;
}

std::string read_rest(InputFile& file) {
  std::string content;
  std::array<char, 3> buffer{};
  while (const std::size_t count = file.read(buffer)) content.append(buffer.data(), count);
  return content;
}

ErrorKind kind_of_failure(const std::string& path) {
  try {
    (void)SystemFiles().open(path);
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind::kUsage;
}

TEST(InputFile, IsReadPieceByPiece) {
  const TemporaryDirectory directory;
  const auto file = SystemFiles().open(write_digits(directory));
  std::array<char, 4> buffer{};
  EXPECT_EQ(file->read(buffer), 4U);
  EXPECT_EQ(file->skip(2), 2U);
  EXPECT_EQ(read_rest(*file), "6789");
  EXPECT_EQ(file->read(buffer), 0U);
}

TEST(InputFile, IsNotSkippedBeyondItsEnd) {
  const TemporaryDirectory directory;
  const auto file = SystemFiles().open(write_digits(directory));
  EXPECT_EQ(file->skip(1000), 10U);
  EXPECT_EQ(file->skip(1), 0U);
  EXPECT_EQ(read_rest(*file), "");
}

TEST(InputFile, CannotBeSkippedUnlessItIsAFile) {
  EXPECT_EQ(SystemFiles().open("/dev/zero")->skip(10), 0U);
}

TEST(InputFile, SaysWhyItCannotBeOpened) {
  EXPECT_EQ(kind_of_failure("/nonexistent/file"), ErrorKind::kUnreachable);
  EXPECT_EQ(kind_of_failure("/dev/null/file"), ErrorKind::kUnreachable);
  EXPECT_EQ(kind_of_failure("/"), ErrorKind::kMalformed);
}

}  // namespace
}  // namespace dkr
