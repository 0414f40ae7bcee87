#include "base/base64.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace dkr {
namespace {

struct Encoding {
  std::string bytes;
  std::string text;
};

// RFC 4648, section 10, and what the alphabet ends with.
const Encoding kRows[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xef\xff", "++//"},
    {std::string("\0\0\0", 3), "AAAA"},
    {std::string("a\0", 2), "YQA="},
};

TEST(Base64, Encodes) {
  for (const auto& [bytes, text] : kRows) EXPECT_EQ(base64_encode(bytes), text);
}

TEST(Base64, Decodes) {
  for (const auto& [bytes, text] : kRows) EXPECT_EQ(base64_decode(text), bytes) << text;
}

TEST(Base64, DecodesWhatItEncoded) {
  std::string bytes;
  for (int size = 0; size < 300; ++size) {
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    bytes += static_cast<char>(size);
  }
}

TEST(Base64, IsDecodedWhateverLinesItIsIn) {
  for (const std::string text :
       {"Zm9v\n", "Zm9v\r\n", "\nZm9v", "Zm\n9v", "Z\r\nm\r\n9\nv\r\n", "\r\rZm9v"}) {
    EXPECT_EQ(base64_decode(text), "foo") << testing::PrintToString(text);
  }
  EXPECT_EQ(base64_decode("Zg=\n=\n"), "f");
  EXPECT_EQ(base64_decode("\n"), "");
}

TEST(Base64, IsNothingElse) {
  const std::string rows[] = {
      "Z",     "Zg",       "Zg=",   "Zm9vYg",    "Zg===",     "====",
      "=",     "Zg==Zg==", "Z===",  "Z=g=",      "Zm8=Zm9v",  " Zg==",
      "Zg== ", "Zg==\t",   "Zm9v ", "Zm9vYm\nF", "Zm9v YmFy", "Z\ng",
      "Zm9-",  "Zm9_",     "Zm9*",  "Zm9v----",  "Zm9\xc3",   std::string("Zm9\0", 4)};
  for (const std::string& text : rows) {
    EXPECT_EQ(base64_decode(text), std::nullopt) << testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace dkr
