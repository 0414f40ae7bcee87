#include "base/json_cut.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"

namespace dkr::json {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using testing::ThrowsMessage;

std::vector<std::string> elements_of(std::string_view text) {
  std::vector<std::string> elements;
  Cutter array(text, '[');
  while (const auto element = array.next_element()) elements.emplace_back(*element);
  return elements;
}

TEST(JsonCutter, CutsAnArrayIntoElements) {
  EXPECT_THAT(elements_of(" [ 1 ,\t\"a,]\", {\"b\": [1, \"}\"]}\n,[[],{}], nul ] \r\n"),
              ElementsAre("1", "\"a,]\"", "{\"b\": [1, \"}\"]}", "[[],{}]", "nul"));
  EXPECT_THAT(elements_of("[]"), IsEmpty());
  EXPECT_THAT(elements_of(" [ ] "), IsEmpty());
}

TEST(JsonCutter, KnowsWhereAStringEnds) {
  EXPECT_THAT(elements_of(R"(["\"", "\\", "\\\"]", "", ["\\"]])"),
              ElementsAre(R"("\"")", R"("\\")", R"("\\\"]")", R"("")", R"(["\\"])"));
}

TEST(JsonCutter, RefusesWhatIsNotAListAsAWhole) {
  for (const std::string_view text :
       {"",      " ",         "{}",         "1",     "[",     "[1",          "[1,",
        "[1,]",  "[,1]",      "[1,,2]",     "[1 2]", "[1}",   "[1]]",        "[1]x",
        "[\"a]", "[\"a\\\"]", "[{\"a\":1]", "[[1]",  "[1:2]", "[\"a\"\"b\"]"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT([&] { (void)elements_of(text); }, ThrowsMessage<Error>(StartsWith("not JSON: ")));
  }
}

TEST(JsonCutField, GivesTheLastMemberThatGoReads) {
  constexpr std::string_view kText =
      R"( {"a" : [1, {"b": 2}], "b":"x" , "c": {"d": 3}, "B": 4, "e": tru, "\u0066F": 6} )";
  EXPECT_EQ(cut_field(kText, "a"), R"([1, {"b": 2}])");
  EXPECT_EQ(cut_field(kText, "b"), "4");
  EXPECT_EQ(cut_field(kText, "e"), "tru");
  EXPECT_EQ(cut_field(kText, "ff"), "6");
  EXPECT_EQ(cut_field(kText, "d"), std::nullopt);
  EXPECT_EQ(cut_field("{}", "a"), std::nullopt);
}

TEST(JsonFirstValue, LeavesOutWhatComesAfterIt) {
  EXPECT_EQ(first_value(R"( {"a": "}"} {"b": 1})"), R"({"a": "}"})");
  EXPECT_EQ(first_value("[1] x"), "[1]");
  EXPECT_EQ(first_value("null\n"), "null");
  EXPECT_EQ(first_value("}"), "}");
  EXPECT_EQ(first_value("{\"a\""), "{\"a\"");
  EXPECT_THAT([] { (void)first_value(" "); }, ThrowsMessage<Error>(StartsWith("not JSON: ")));
}

TEST(JsonCutField, RefusesWhatIsNotAnObjectAsAWhole) {
  for (const std::string_view text :
       {"", "[]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{\"a\"}",
        "{\"a\" 1}", "{a:1}", "{1:1}", "{:1}", "{\"a\":}", "{\"a\":1 \"b\":2}", "{\"a\":1]",
        "{\"a\":1}}", "{} {}"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT([&] { (void)cut_field(text, "a"); },
                ThrowsMessage<Error>(StartsWith("not JSON: ")));
  }
}

TEST(JsonCountSeparators, CountsThoseOutsideStrings) {
  EXPECT_EQ(count_separators(R"({"a,[{:": [1, "\",", {}]})"), 6U);
  EXPECT_EQ(count_separators("\"[,"), 0U);
  EXPECT_EQ(count_separators(""), 0U);
}

}  // namespace
}  // namespace dkr::json
