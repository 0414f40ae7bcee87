#include "system/system.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>

#include "support/temporary_directory.h"

namespace dkr {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class SystemFilesTest : public testing::Test {
 protected:
  TemporaryDirectory temporary_;
  fs::path directory_ = temporary_.path();
  SystemFiles files_;
};

TEST_F(SystemFilesTest, ListsTheNamesInADirectorySorted) {
  EXPECT_THAT(files_.list(directory_.string()), IsEmpty());
  for (const char* name : {"ca.crt", "b.cert", "B.key", ".hidden", "odd name\n"}) {
    std::ofstream(directory_ / name) << name;
  }
  fs::create_directory(directory_ / "deep");
  std::ofstream(directory_ / "deep/inner") << "";
  EXPECT_THAT(files_.list(directory_.string() + "/"),
              ElementsAre(".hidden", "B.key", "b.cert", "ca.crt", "deep", "odd name\n"));
}

TEST_F(SystemFilesTest, ListsNothingWhereThereIsNoDirectory) {
  std::ofstream(directory_ / "file") << "x";
  for (const std::string path : {"/missing", "/file", "/file/inner"}) {
    EXPECT_THAT(files_.list(directory_.string() + path), IsEmpty()) << path;
  }
  EXPECT_THAT(files_.list(""), IsEmpty());
}

}  // namespace
}  // namespace dkr
