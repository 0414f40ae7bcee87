#include "base/masked_output.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/fake_world.h"

namespace dkr {
namespace {

std::string masked(const std::vector<std::string>& secrets, const std::string& text) {
  FakeOutput next;
  MaskedOutput output(next);
  for (const std::string& secret : secrets) output.hide(secret);
  output.write(text);
  return next.content;
}

TEST(MaskedOutput, HidesSecrets) {
  const struct {
    std::vector<std::string> secrets;
    std::string text;
    std::string shown;
  } rows[] = {
      {{}, "pass", "pass"},
      {{""}, "pass", "pass"},
      {{"S3cret"}, "S3cret", "***"},
      {{" S3cret "}, "was S3cret", "was ***"},
      {{"S3cret"}, "is xS3cretS3crety: s3creT", "is x******y: ***"},
      {{"S3cret"}, "S3cre", "S3cre"},
      {{"abcd", "abcdef"}, "abcdefg abcde", "***g ***e"},
      {{"abcde", "cdefg"}, "xabcdefgx", "x***x"},
      {{"token-1", "token-2"}, "token-2, token-3", "***, token-3"},
      {{"p\xc3\xa4ss"}, "p\xc3\xa4ss", "***"},
      {{"line\nline"}, R"(x line\x0aline)", "x ***"},
      {{"aaaa"}, "aaaaa", "***"},
  };
  for (const auto& row : rows) EXPECT_EQ(masked(row.secrets, row.text), row.shown) << row.text;
}

/// As the start of what a server repeats, in an excerpt.
TEST(MaskedOutput, HidesWhatIsLeftOfASecretThatWasCut) {
  for (std::size_t length = 0; length < 10; ++length) {
    const std::string text = excerpt("xxxx" + std::string("secret-word"), 4 + length);
    const std::string expected =
        length < 4 ? "xxxx" + std::string("secret-word").substr(0, length) + "..." : "xxxx***...";
    EXPECT_EQ(masked({"secret-word"}, text), expected);
  }
}

/// Otherwise hardly a word would be left.
TEST(MaskedOutput, HidesAShortSecretWhereItStandsAlone) {
  EXPECT_EQ(masked({"a"}, "a pass at: a, aa:a/A"), "*** pass at: ***, aa:***/***");
  EXPECT_EQ(masked({"pw"}, "pw"), "***");
  EXPECT_EQ(masked({"pw"}, "pwd spw"), "pwd spw");
}

TEST(MaskedOutput, IsAsWideAsTheOther) {
  FakeOutput next;
  next.columns = 80;
  EXPECT_EQ(MaskedOutput(next).terminal_columns(), 80U);
}

}  // namespace
}  // namespace dkr
