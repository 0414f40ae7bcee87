#include "output/template/parser.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "template_rows.h"

namespace dkr {
namespace {

struct Refused {
  std::string_view text;
  std::string message;
};

void expect_refused(std::span<const Refused> rows) {
  for (const auto& [text, message] : rows) {
    SCOPED_TRACE(text);
    EXPECT_EQ(parse_error(text), message);
  }
}

constexpr const char* kFunctionNames =
    "and, or, not, eq, ne, lt, le, gt, ge, len, index, slice, print, printf, println, json, split, "
    "join, title, lower, upper, pad, truncate";

TEST(ParseTemplate, NamesWhatThereIsInsteadOfUnknownNames) {
  const std::string fields = "; there are ID, Repository, Tag, Bytes, Digests, Unknown";
  const std::string functions = std::string("; there are ") + kFunctionNames;
  const Refused rows[] = {
      {"{{.Foo}}", "position 3: no field \"Foo\"" + fields},
      {"{{.id}}", "position 3: no field \"id\"" + fields},
      {"{{.VirtualSize}}", "position 3: no field \"VirtualSize\"" + fields},
      {"\u00e9 {{upper .Foo}}", "position 11: no field \"Foo\"" + fields},
      {"\u00e9\n\u00e9 {{upper .Foo}}", "line 2, position 11: no field \"Foo\"" + fields},
      {"{{foo .ID}}", "position 3: no function \"foo\"" + functions},
      {"{{.ID | html}}", "position 9: no function \"html\"" + functions},
      {"{{range .ID}}{{end}}", "position 3: no action \"range\"; there are if, else and end"},
      {"{{with .ID}}{{end}}", "position 3: no action \"with\"; there are if, else and end"},
      {"{{define \"x\"}}{{end}}", "position 3: no action \"define\"; there are if, else and end"},
      {"{{block \"x\" .}}{{end}}", "position 3: no action \"block\"; there are if, else and end"},
      {"{{template \"x\"}}", "position 3: no action \"template\"; there are if, else and end"},
      {"{{break}}", "position 3: no action \"break\"; there are if, else and end"},
  };
  expect_refused(rows);
}

TEST(ParseTemplate, RefusesWhatIsNoPartOfTheSubset) {
  const Refused rows[] = {
      {"{{$x := .ID}}", "position 3: there are no variables here"},
      {"{{print $}}", "position 9: there are no variables here"},
      {"{{.}}", "position 3: \".\" is only an argument of json: {{json .}}"},
      {"{{. |}}", "position 3: \".\" is only an argument of json: {{json .}}"},
      {"{{print .}}", "position 9: \".\" is only an argument of json: {{json .}}"},
      {"{{. | upper}}", "position 3: \".\" is only an argument of json: {{json .}}"},
      {"{{if .}}{{end}}", "position 6: \".\" is only an argument of json: {{json .}}"},
      {"{{.ID.Foo}}", "position 6: there are no fields of .ID"},
      {"{{(.ID).Foo}}", "position 8: there are no fields of values, such as \".Foo\""},
      {"{{1i}}", "position 3: \"1i\" is not a number, or too large"},
      {"{{nil}}", "position 3: nil is only an argument"},
  };
  expect_refused(rows);
}

TEST(ParseTemplate, ReportsWhereTheSyntaxIsWrong) {
  const Refused rows[] = {
      {"a {{.ID", "position 3: the action does not end with }}"},
      {"{{.ID}", "position 6: \"}\" must not follow a name"},
      {"{{}}", "position 3: an action needs a value"},
      {"{{if}}{{end}}", "position 5: if needs a value"},
      {"{{()}}", "position 4: a parenthesis needs a value"},
      {"{{(.ID}}", "position 7: a parenthesis is still open"},
      {"{{.ID)}}", "position 6: no parenthesis is open"},
      {"{{if .ID}}x", "position 1: the {{if}} has no {{end}}"},
      {"{{if .ID}}{{else}}{{else}}{{end}}", "position 19: a second {{else}}"},
      {"{{if .ID}}{{else}}{{else if .ID}}{{end}}", "position 19: a second {{else}}"},
      {"x{{end}}", "position 2: no if is open before {{end}}"},
      {"x{{else}}", "position 2: no if is open before {{else}}"},
      {"{{if .ID}}{{end .ID}}", "position 17: unexpected \".ID\""},
      {"{{\"x}}", "position 3: the text in quotes does not end with \" on its line"},
      {"{{`x}}", "position 3: the raw text does not end with `"},
      {"{{'x}}", "position 3: the character does not end with ' on its line"},
      {R"({{"\q"}})", R"(position 3: "\q" has an invalid escape)"},
      {R"({{"\400"}})", R"(position 3: "\400" has an invalid escape)"},
      {R"({{"\ud800"}})", R"(position 3: "\ud800" has an invalid escape)"},
      {"{{'ab'}}", "position 3: \"'ab'\" is not one character"},
      {"{{08}}", "position 3: \"08\" is not a number, or too large"},
      {"{{1_}}", "position 3: \"1_\" is not a number, or too large"},
      {"{{9223372036854775808}}",
       "position 3: \"9223372036854775808\" is not a number, or too large"},
      {"{{/* x", "position 1: the comment does not end with */}}"},
      {"{{/* x */ }}", "position 1: a comment is an action of its own: {{/* */}}"},
      {"{{\"x\" \"y\"}}", "position 3: \"x\" is no function and takes no argument"},
      {"{{.ID .Tag}}", "position 3: \".ID\" is no function and takes no argument"},
      {"{{\"x\" | .ID}}", "position 9: \".ID\" is no function to pipe into"},
      {"{{.ID || upper}}", "position 8: \"|\" where a value should be"},
      {"{{print(.ID)}}", "position 8: unexpected \"(\""},
      {"{{print .ID,.Tag}}", "position 12: unexpected \",\""},
      {"{{print if}}", "position 9: unexpected \"if\""},
      {"{{\x1b}}", "position 3: \"\\x1b\" where a value should be"},
  };
  expect_refused(rows);
}

TEST(ParseTemplate, ChecksArgumentsThatNoRowChanges) {
  const Refused rows[] = {
      {"{{lower}}", "position 3: lower takes 1 argument, not 0"},
      {"{{lower .ID .Tag}}", "position 3: lower takes 1 argument, not 2"},
      {"{{.ID | lower .Tag}}", "position 9: lower takes 1 argument, not 2"},
      {"{{eq .ID}}", "position 3: eq takes at least 2 arguments, not 1"},
      {"{{and}}", "position 3: and takes at least 1 argument, not 0"},
      {"{{slice .ID 1 2 3 4}}", "position 3: slice takes 1 to 4 arguments, not 5"},
      {"{{print lower}}", "position 9: lower takes 1 argument, not 0"},
      {"{{lower 5}}", "position 9: lower needs text, not an integer"},
      {"{{pad .ID \"1\" 2}}", "position 11: pad needs an integer, not text"},
      {"{{pad .ID 1.5 2}}", "position 11: pad needs an integer, not a number with a fraction"},
      {"{{truncate .ID (3.0)}}",
       "position 17: truncate needs an integer, not a number with a fraction"},
      {"{{join \"x\" \",\"}}", "position 8: join needs a list, not text"},
      {"{{index .ID 1.0}}", "position 13: index needs an integer, not a number with a fraction"},
      {"{{truncate .ID 3.0}}", ""},
      {"{{join nil \",\"}}", ""},
  };
  expect_refused(rows);
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

constexpr std::string_view kTooDeep = "nested more than 100 levels deep";

bool is_too_deep(std::string_view text) { return parse_error(text).ends_with(kTooDeep); }

TEST(ParseTemplate, BoundsParentheses) {
  const auto nested = [](std::size_t depth) {
    return "{{" + repeated("(", depth) + ".ID" + repeated(")", depth) + "}}";
  };
  EXPECT_EQ(parse_error(nested(100)), "");
  EXPECT_EQ(parse_error(nested(101)), "position 103: nested more than 100 levels deep");
  EXPECT_TRUE(is_too_deep(nested(10'000)));
  EXPECT_TRUE(is_too_deep("{{" + repeated("(", 10'000)));
}

TEST(ParseTemplate, BoundsBranchesAndPipelines) {
  const auto branches = [](std::size_t depth) {
    return repeated("{{if .ID}}", depth) + repeated("{{end}}", depth);
  };
  EXPECT_EQ(parse_error(branches(100)), "");
  EXPECT_TRUE(is_too_deep(branches(101)));
  EXPECT_EQ(parse_error("{{.ID" + repeated("|not", 99) + "}}"), "");
  EXPECT_TRUE(is_too_deep("{{.ID" + repeated("|not", 100) + "}}"));
  // One after the other is not nested.
  EXPECT_EQ(parse_error("{{if .ID}}" + repeated("{{else if .ID}}", 4'000) + "{{end}}"), "");
}

TEST(ParseTemplate, BoundsSize) {
  EXPECT_EQ(parse_error(std::string(Template::kMaxBytes, 'x')), "");
  EXPECT_EQ(parse_error(std::string(Template::kMaxBytes + 1, 'x')),
            "a template has at most 64 KiB");
  EXPECT_EQ(parse_error(repeated("{{.ID}}", 150'000)), "a template has at most 64 KiB");
}

}  // namespace
}  // namespace dkr
