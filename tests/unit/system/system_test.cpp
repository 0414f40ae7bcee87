#include "system/system.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

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

TEST(HomeInPasswd, IsThatOfTheUser) {
  const std::string passwd =
      "root:x:0:0:root:/root:/bin/bash\n"
      "# a comment\n"
      "short:x:7\n"
      "empty:x:8:8:::/bin/sh\n"
      "me:x:1000:1000:Me,,,:/home/me:/bin/sh\n"
      "again:x:1000:1000::/home/again:/bin/sh\n"
      "+::::::\n"
      "last:x:10:10::/home/last";
  EXPECT_EQ(home_in_passwd(passwd, 0), "/root");
  EXPECT_EQ(home_in_passwd(passwd, 1000), "/home/me");
  EXPECT_EQ(home_in_passwd(passwd, 10), "/home/last");
  for (const unsigned int id : {1U, 7U, 8U, 100U}) {
    EXPECT_EQ(home_in_passwd(passwd, id), std::nullopt) << id;
  }
  EXPECT_EQ(home_in_passwd("", 0), std::nullopt);
}

TEST(SystemEnvironmentTest, KnowsTheHomeAlsoWithoutItsVariable) {
  const SystemEnvironment environment;
  const std::string before = environment.get("HOME").value_or("");
  ::setenv("HOME", "/somewhere", 1);
  EXPECT_EQ(environment.home(), "/somewhere");
  for (const bool is_set : {true, false}) {
    is_set ? ::setenv("HOME", "", 1) : ::unsetenv("HOME");
    EXPECT_EQ(environment.home(),
              home_in_passwd(SystemFiles().read("/etc/passwd", 1 << 20).value(), ::getuid()));
  }
  ::setenv("HOME", before.c_str(), 1);
}

}  // namespace
}  // namespace dkr
