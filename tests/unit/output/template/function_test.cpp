#include "output/template/function.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "template_rows.h"

namespace dkr {
namespace {

struct Result {
  std::string_view text;
  std::string expected;
};

void expect_results(std::span<const Result> rows) {
  for (const auto& [text, expected] : rows) {
    SCOPED_TRACE(text);
    EXPECT_EQ(executed(text), expected);
  }
}

TEST(TemplateFunction, Compare) {
  const Result rows[] = {
      {R"({{eq .Tag "1.4"}} {{ne .Tag "1.4"}} {{eq .Tag "x" "1.4"}})", "true false true"},
      {"{{eq 1 1}} {{eq 1.0 1.0}} {{eq true true}} {{eq nil nil}} {{eq .ID nil}}",
       "true true true true false"},
      {R"({{lt 1 2}} {{le 2 2}} {{gt 2 1}} {{ge 1 2}} {{lt "a" "b"}} {{gt "b" "b"}} {{lt 1.5 2.5}})",
       "true true true false true false true"},
      {"{{gt .Bytes 1000}} {{ge .Bytes 1234567}}", "true true"},
      {"{{not .ID}} {{not 0}}", "false true"},
      {"{{eq 1 1.0}}",
       "error: position 3: eq: cannot compare an integer with a number with a fraction"},
      {"{{lt true false}}",
       "error: position 3: lt: cannot compare true or false with true or false"},
      {"{{eq .Digests .Digests}}", "error: position 3: eq: cannot compare a list with a list"},
  };
  expect_results(rows);
}

TEST(TemplateFunction, TakePartsOfTextAndLists) {
  const Result rows[] = {
      {R"({{len .ID}} {{len "é"}} {{len .Digests}})", "12 2 2"},
      {R"({{index .Digests 1}} {{index .Digests 1 0}} {{index "abc" 1}} {{index .ID}})",
       "sha256:bb 115 98 c0ffee123456"},
      {R"({{index "abc" 3}})", "error: position 3: index: 3 is out of range"},
      {R"({{index "abc" -1}})", "error: position 3: index: -1 is out of range"},
      {R"({{index 5 0}})", "error: position 3: index: needs text or a list, not an integer"},
      {R"({{slice .ID 0 4}} {{slice .ID 9}} {{slice .ID}} {{slice "abc" 3}}|)",
       "c0ff 456 c0ffee123456 |"},
      {"{{slice .Digests 1}} {{slice .Digests 0 1}} {{slice .Digests 0 1 2}}",
       "[sha256:bb] [sha256:aa] [sha256:aa]"},
      {R"({{slice "abc" 4}})", "error: position 3: slice: 4 is out of range"},
      {R"({{slice "abc" 2 1}})", "error: position 3: slice: 2 comes after 1"},
      {R"({{slice "abc" 0 1 2}})", "error: position 3: slice: takes two indexes of a text"},
      {"{{slice .Digests 0 2 1}}", "error: position 3: slice: 2 comes after 1"},
  };
  expect_results(rows);
}

TEST(TemplateFunction, ThoseOfDocker) {
  const Result rows[] = {
      {R"({{title "hello wORLD foo-bar_baz a.b 1x don't"}})",
       "Hello WORLD Foo-Bar_baz A.B 1x Don'T"},
      {R"({{lower "ABC"}} {{upper "abc"}})", "abc ABC"},
      {R"({{split "a,b,c" ","}} {{split "a\u00e9" ""}} {{split "" ","}} {{split "" ""}})",
       "[a b c] [a é] [] []"},
      {R"({{join .Digests ", "}} {{join (split "a/b" "/") "-"}})", "sha256:aa, sha256:bb a-b"},
      {R"({{pad .Tag 2 3}}|{{pad "" 2 3}}|{{pad .Tag 1.0 0}}|)", "  1.4   || 1.4|"},
      {"{{pad .Tag -1 0}}", "error: position 3: pad: -1 is negative"},
      {R"({{truncate .ID 4}} {{truncate .Tag 4}} {{truncate .ID 0}}|)", "c0ff 1.4 |"},
      {"{{truncate .ID -1}}", "error: position 3: truncate: -1 is negative"},
  };
  expect_results(rows);
}

TEST(TemplateFunction, JsonIsThatOfGoWithoutHtmlEscapesAndWithoutControlCharacters) {
  const Result rows[] = {
      {R"({{json "<a>&"}} {{json .Bytes}} {{json true}} {{json nil}} {{json .Digests}})",
       R"("<a>&" 1234567 true null ["sha256:aa","sha256:bb"])"},
      {"{{json 1.5}} {{json 1.0}} {{json 1e20}} {{json 1e21}} {{json 1e-6}} {{json 1e-7}}",
       "1.5 1 100000000000000000000 1e+21 0.000001 1e-7"},
      {R"({{json "\u2028\u2029\x00\x01\b\f\n\r\t\x7f\\\"\xffé"}})",
       R"("\u2028\u2029\u0000\u0001\b\f\n\r\t\u007f\\\"\ufffdé")"},
  };
  expect_results(rows);
}

TEST(TemplateFunction, PrintAsGoDoes) {
  const Result rows[] = {
      {"{{print .ID .Tag}}", "c0ffee1234561.4"},
      {R"({{print 1 2 "a" 3 4 "b" "c" true false}})", "1 2a3 4bctrue false"},
      {"{{print}}|{{print nil}} {{print 1.5 nil .Digests}}",
       "|<nil> 1.5 <nil> [sha256:aa sha256:bb]"},
      {R"({{println .ID .Tag}}{{println}}{{println 1 "a" nil}})",
       "c0ffee123456 1.4\n\n1 a <nil>\n"},
  };
  expect_results(rows);
}

}  // namespace
}  // namespace dkr
