#include "base/json.h"

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace dkr::json {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Property;
using testing::StartsWith;
using testing::Throws;

auto is_malformed(const std::string& message_start) {
  return Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kMalformed),
                             Property(&Error::what, StartsWith(message_start))));
}

TEST(JsonDocument, RefusesWhatIsNotJsonAsAWhole) {
  for (const std::string& text : {std::string(),
                                  std::string(" \n"),
                                  std::string("{"),
                                  std::string("}"),
                                  std::string("{\"a\":1"),
                                  std::string("{\"a\":1,}"),
                                  std::string("{\"a\" 1}"),
                                  std::string("{a:1}"),
                                  std::string("{} {}"),
                                  std::string("{}x"),
                                  std::string("nul"),
                                  std::string("01"),
                                  std::string("'text'"),
                                  std::string("\"text"),
                                  std::string("\"two\nlines\""),
                                  std::string("\"\\q\""),
                                  std::string("\"\xff\""),
                                  std::string("\xef\xbb\xbf{}"),
                                  std::string("{}\0", 3),
                                  std::string("<html></html>"),
                                  std::string(100'000, '[')}) {
    SCOPED_TRACE(text.substr(0, 40));
    EXPECT_THAT([&] { Document{text}; }, is_malformed("not JSON: "));
  }
}

TEST(JsonDocument, RefusesSoManyValuesThatTheyTakeMuchMemory) {
  std::string numbers = "[0";
  for (std::size_t i = 2; i < Document::kMaxSeparators; ++i) numbers += ",0";
  EXPECT_NO_THROW(Document{numbers + "]"});
  EXPECT_THAT([&] { Document{numbers + ",0,0]"}; }, is_malformed("has too many values"));
  EXPECT_NO_THROW(Document{'"' + numbers + numbers + '"'});
}

TEST(JsonValue, GivesTheMemberOfAnObject) {
  const Document document(R"( {"name": "q\u00fc\n", "nothing": null, "inner": {"name": "x"}} )");
  const Value root = document.root();
  EXPECT_TRUE(root.is_object());
  EXPECT_EQ(root.find("name")->string(), "qü\n");
  EXPECT_EQ(root.find("inner")->find("name")->string(), "x");
  EXPECT_TRUE(root.find("nothing")->is_null());
  EXPECT_FALSE(root.find("Name").has_value());
  EXPECT_FALSE(root.find("").has_value());
}

TEST(JsonValue, HasNoMembersUnlessItIsAnObject) {
  for (const std::string text : {"[]", "[{\"a\":1}]", "\"a\"", "1", "null", "true"}) {
    SCOPED_TRACE(text);
    const Document document(text);
    EXPECT_FALSE(document.root().is_object());
    EXPECT_FALSE(document.root().find("a").has_value());
  }
}

TEST(JsonValue, FindsAFieldAsGoDoes) {
  const struct {
    std::string text;
    std::optional<std::int64_t> number;
  } rows[] = {
      {R"({"taskSize": 1})", 1},
      {R"({"TASKSIZE": 1})", 1},
      {R"({"tasksize": 1})", 1},
      {R"({"ta\u017fkSize": 1})", 1},
      {R"({"tas\u212a\u017fize": 1})", 1},
      {R"({"taskSize": 1, "TASKSIZE": 2})", 2},
      {R"({"TASKSIZE": 2, "taskSize": 1})", 1},
      {R"({"taskSize": 1, "taskSize": 2, "tasksize": null})", 2},
      {R"({"taskSiz": 1, "taskSizes": 1, "task Size": 1, "": 1, "t\u0101skSize": 1})",
       std::nullopt},
      {R"({"inner": {"taskSize": 1}})", std::nullopt},
      {R"([{"taskSize": 1}])", std::nullopt},
  };
  for (const auto& row : rows) {
    const Document document(row.text);
    const auto found = document.root().find_field("taskSize");
    EXPECT_EQ(found ? found->integer() : std::nullopt, row.number) << row.text;
  }
  EXPECT_TRUE(Document(R"({"Name": null})").root().find_field("name")->is_null());
}

TEST(JsonValue, FindsSeveralFieldsAtOnce) {
  const Document document(R"({"SIZE": 1, "Other": 2, "id": 3, "Size": 4, "ID": null})");
  const auto [size, id, none] =
      document.root().find_fields(std::array<std::string_view, 3>{"Size", "Id", "Sizes"});
  EXPECT_EQ(size->integer(), 4);
  EXPECT_EQ(id->integer(), 3);
  EXPECT_FALSE(none);
}

TEST(JsonValue, MergesTheMapsOfAFieldAsGoDoes) {
  const Document document(
      R"({"map": {"a": 1, "b": 2}, "other": {"x": 0}, "MAP": {"b": 3, "A": 4}, "Map": null})");
  std::vector<std::string> entries;
  for (const auto& [key, value] : document.root().map_field("Map")) {
    entries.push_back(std::string(key) + std::to_string(value.integer().value_or(-1)));
  }
  EXPECT_THAT(entries, ElementsAre("A4", "a1", "b3"));
  EXPECT_THAT(document.root().map_field("none"), IsEmpty());
  EXPECT_THAT(Document(R"({"map": [1]})").root().map_field("map"), IsEmpty());
}

TEST(JsonValue, IsAbsentAsATypeThatItDoesNotHave) {
  const struct {
    std::string text;
    bool is_string;
    bool is_integer;
    bool is_boolean;
  } rows[] = {
      {R"("text")", true, false, false}, {R"("1")", true, false, false},
      {"17", false, true, false},        {"1.0", false, false, false},
      {"1e2", false, false, false},      {"true", false, false, true},
      {"null", false, false, false},     {"[]", false, false, false},
      {"{}", false, false, false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const Document document(row.text);
    EXPECT_EQ(document.root().string().has_value(), row.is_string);
    EXPECT_EQ(document.root().integer().has_value(), row.is_integer);
    EXPECT_EQ(document.root().boolean().has_value(), row.is_boolean);
  }
}

TEST(JsonValue, ReadsWholeNumbersOf64Bits) {
  EXPECT_EQ(Document("-9223372036854775808").root().integer(),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(Document("9223372036854775807").root().integer(),
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Document("9223372036854775808").root().integer(), std::nullopt);
  EXPECT_EQ(Document("-0").root().integer(), 0);
}

TEST(JsonValue, ReadsBooleans) {
  EXPECT_EQ(Document("true").root().boolean(), true);
  EXPECT_EQ(Document("false").root().boolean(), false);
}

TEST(JsonValue, VisitsTheElementsOfAnArrayInOrder) {
  const Document document("[3, 1, 2]");
  std::vector<std::int64_t> numbers;
  EXPECT_TRUE(document.root().for_each(
      [&](const Value& element) { numbers.push_back(element.integer().value_or(-1)); }));
  EXPECT_THAT(numbers, ElementsAre(3, 1, 2));
}

TEST(JsonValue, VisitsNothingUnlessItIsAnArray) {
  for (const std::string text : {"{\"a\":1}", "null", "\"[]\"", "1"}) {
    SCOPED_TRACE(text);
    const Document document(text);
    EXPECT_FALSE(document.root().for_each([](const Value&) { ADD_FAILURE(); }));
  }
}

/// The strings in the list `text`, and words for what is no string.
std::vector<std::string> strings_in(const std::string& text) {
  std::vector<std::string> strings;
  for_each_element(
      text,
      [&](const Value& element) {
        strings.emplace_back(element.string().value_or("not a string"));
      },
      [&](const Error&) { strings.emplace_back("unreadable"); });
  return strings;
}

TEST(JsonForEachMember, VisitsTheMembersInOrder) {
  const Document document(R"({"b": 1, "a": "x", "": null, "b": 2})");
  std::vector<std::string> keys;
  EXPECT_TRUE(document.root().for_each_member([&](std::string_view key, const Value& value) {
    keys.push_back(std::string(key) + (value.string() ? "=" + std::string(*value.string()) : ""));
  }));
  EXPECT_THAT(keys, ElementsAre("b", "a=x", "", "b"));
}

TEST(JsonForEachMember, VisitsNothingOfWhatIsNoObject) {
  for (const std::string text : {"{}", "[]", "[{\"a\": 1}]", "null", "1", "\"a\""}) {
    const Document document(text);
    EXPECT_EQ(document.root().for_each_member(
                  [](std::string_view /*key*/, const Value& /*value*/) { ADD_FAILURE(); }),
              text == "{}")
        << text;
  }
}

TEST(JsonForEachElement, VisitsTheElementsOfAListInOrder) {
  EXPECT_THAT(strings_in(R"( [ "a" , {"b":["]"]}, "c\"]" ]
)"),
              ElementsAre("a", "not a string", "c\"]"));
}

TEST(JsonForEachElement, TakesNullForAnEmptyList) {
  EXPECT_THAT(strings_in("null"), IsEmpty());
  EXPECT_THAT(strings_in(" null\n"), IsEmpty());
  EXPECT_THAT(strings_in("[]"), IsEmpty());
  EXPECT_THAT(strings_in("[null]"), ElementsAre("not a string"));
}

TEST(JsonForEachElement, ReadsLongListsAndLongElements) {
  constexpr std::size_t kCount = 20'000;
  const std::string element = '"' + std::string(100, 'x') + '"';
  std::string text = "[" + element;
  for (std::size_t i = 1; i < kCount; ++i) text += "," + element;
  text += ",\"" + std::string(1'000'000, 'y') + "\"]";
  const auto strings = strings_in(text);
  ASSERT_EQ(strings.size(), kCount + 1);
  EXPECT_EQ(strings[kCount - 1], std::string(100, 'x'));
  EXPECT_EQ(strings[kCount], std::string(1'000'000, 'y'));
}

TEST(JsonForEachElement, RefusesWhatIsNoList) {
  for (const std::string& text :
       {std::string("{}"), std::string("{\"a\":[]}"), std::string("\"[]\""), std::string("1"),
        std::string("true"), std::string(2'000'000, 'x')}) {
    SCOPED_TRACE(text.substr(0, 40));
    EXPECT_THAT([&] { (void)strings_in(text); }, is_malformed("not a list"));
  }
}

TEST(JsonForEachElement, RefusesWhatIsNotJsonAsAWhole) {
  for (const std::string& text :
       {std::string("["), std::string("[\"a\""), std::string("[\"a\","), std::string("[\"a\",]"),
        std::string("[,\"a\"]"), std::string("[\"a\",,\"b\"]"), std::string("[\"a\" 1]"),
        std::string("[\"a]"), std::string("[\"a\"}"), std::string("[{\"a\":1]"),
        std::string("[{\"a\":[}]}]"), std::string("[\"a\"]]"), std::string("[\"a\"] []"),
        std::string("[\"a\"]x"), std::string("[]\0", 3), std::string("[1:2]"),
        std::string("[\"a\\\"]"), std::string("[\xef\xbb\xbf"), std::string(100'000, '[')}) {
    SCOPED_TRACE(text.substr(0, 40));
    EXPECT_THAT([&] { (void)strings_in(text); }, is_malformed("not JSON: "));
  }
}

TEST(JsonForEachElement, GoesOnAfterAnElementThatCannotBeRead) {
  EXPECT_THAT(strings_in(R"(["a", 18446744073709551616, "b"])"),
              ElementsAre("a", "unreadable", "b"));
  EXPECT_THAT(strings_in(R"([{"n": 1e400}, "\ud800", ["\udfff"], "a"])"),
              ElementsAre("unreadable", "unreadable", "unreadable", "a"));
  EXPECT_THAT(strings_in(R"([{"n": tru}, 01, nul, "a"])"),
              ElementsAre("unreadable", "unreadable", "unreadable", "a"));
  EXPECT_THAT(strings_in("[\"\xff\", \"a\nb\", {\"a\":}, \"\\q\", \"a\"]"),
              ElementsAre("unreadable", "unreadable", "unreadable", "unreadable", "a"));
  EXPECT_THAT(strings_in("[" + std::string(5000, '[') + std::string(5000, ']') + ", \"a\"]"),
              ElementsAre("unreadable", "a"));
}

TEST(JsonForEachElement, DoesNotParseAnElementOfOverAMebibyte) {
  const std::string longest = '"' + std::string(kMaxElementBytes - 2, 'x') + '"';
  EXPECT_THAT(
      strings_in("[" + longest + ", \"x" + longest.substr(1) + ",[" + longest + "], \"a\"]"),
      ElementsAre(longest.substr(1, longest.size() - 2), "unreadable", "unreadable", "a"));
}

TEST(JsonForEachElement, SaysWhyAnElementCannotBeRead) {
  for_each_element(
      "[1e400]", [](const Value&) { ADD_FAILURE(); },
      [](const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kMalformed);
        EXPECT_THAT(error.what(), StartsWith("not JSON: "));
      });
}

TEST(JsonForEachElement, VisitsTheElementsBeforeAFault) {
  std::vector<std::string> seen;
  EXPECT_THAT(
      [&] {
        for_each_element(R"(["a", "b" "c"])",
                         [&](const Value& element) { seen.emplace_back(*element.string()); },
                         [](const Error&) { ADD_FAILURE(); });
      },
      is_malformed("not JSON: "));
  EXPECT_THAT(seen, ElementsAre("a", "b"));
}

TEST(JsonForEachElement, PassesOnWhatItsVisitorsThrow) {
  const auto enough = [](const auto&) { throw Error(ErrorKind::kTooLarge, "enough"); };
  const auto fail = [](const auto&) { ADD_FAILURE(); };
  const auto is_passed_on = Throws<Error>(Property(&Error::kind, ErrorKind::kTooLarge));
  EXPECT_THAT([&] { for_each_element("[1]", enough, fail); }, is_passed_on);
  EXPECT_THAT([&] { for_each_element("[1e400]", fail, enough); }, is_passed_on);
}

TEST(JsonForEachString, GivesStringsAndTellsWhatIsNone) {
  std::vector<std::string> found;
  for_each_string(R"( ["a", null, "\u00fc\"", "ü", 1, ["x"], ""] )",
                  [&](std::optional<std::string_view> text) {
                    found.emplace_back(text.value_or("no string"));
                  });
  EXPECT_THAT(found, ElementsAre("a", "ü\"", "ü", "no string", "no string", ""));
  const auto ignore = [](const auto&) {};
  for (const std::string text : {"[\"a\"", "[\"\\q\"]", "[\"\xff\"]", "[tru]", "[1 2]"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT([&] { for_each_string(text, ignore); }, is_malformed("not JSON: "));
  }
}

}  // namespace
}  // namespace dkr::json
