#include "source/hub/json_text.h"

#include <string>

#include <gtest/gtest.h>

#include "base/json.h"

namespace dkr {
namespace {

TEST(JsonString, EscapesWhatMustBe) {
  EXPECT_EQ(json_string(""), R"("")");
  EXPECT_EQ(json_string("a/\u00e9 \x7f"), "\"a/\u00e9 \x7f\"");
  EXPECT_EQ(json_string("\"\\\n\x1f"), R"("\"\\\u000a\u001f")");
}

TEST(JsonString, IsReadBack) {
  std::string text;
  for (char c = 0; c < '\x7f'; ++c) text += c;
  const json::Document document(json_string(text));
  EXPECT_EQ(document.root().string(), text);
}

}  // namespace
}  // namespace dkr
