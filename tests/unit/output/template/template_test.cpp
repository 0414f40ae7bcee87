#include "output/template/template.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "template_rows.h"

namespace dkr {
namespace {

struct Printed {
  std::string_view text;
  std::string expected;
};

void expect_printed(std::span<const Printed> rows) {
  for (const auto& [text, expected] : rows) {
    SCOPED_TRACE(text);
    EXPECT_EQ(executed(text), expected);
  }
}

// Unless a comment says otherwise, docker 28 prints the same for fields that are text.
TEST(Template, PrintsTextFieldsAndLiterals) {
  const Printed rows[] = {
      {"", ""},
      {"plain } text", "plain } text"},
      {"{{.ID}}", "c0ffee123456"},
      {"{{ .Repository }}:{{\t.Tag\n}}", "team/app:1.4"},
      {"{{.Bytes}} {{.Digests}}|{{.Unknown}}|", "1234567 [sha256:aa sha256:bb]||"},
      {R"({{"a\tb"}} {{`c\t`}} {{"\x41\101\u00e9"}})", "a\tb c\\t AA\u00e9"},
      {R"({{"\\\""}}{{'a'}} {{'\''}})", "\\\"97 39"},
      {"{{1}} {{-1}} {{+1}} {{0x1F}} {{0b11}} {{0o17}} {{017}} {{1_000}}",
       "1 -1 1 31 3 15 15 1000"},
      {"{{1.5}} {{.5}} {{1e3}} {{100000.0}} {{1e6}} {{1e-5}} {{0x1p4}}",
       "1.5 0.5 1000 100000 1e+06 1e-05 16"},
      {"{{true}} {{false}}", "true false"},
      {"{{json .}}{{. | json}}", R"({"ID":"c0ffee123456"}{"ID":"c0ffee123456"})"},
  };
  expect_printed(rows);
}

TEST(Template, PassesEachCommandOfAPipelineToTheNext) {
  const Printed rows[] = {
      {"{{.Repository | upper}}", "TEAM/APP"},
      {"{{.Repository|upper|lower|title}}", "Team/App"},
      {R"({{.Tag | printf "%s %q" "x"}})", R"(x "1.4")"},
      {R"({{"/" | split .Repository | json}})", R"(["team","app"])"},
      {R"({{(print .ID "-" (upper "x")) | lower}})", "c0ffee123456-x"},
      {"{{((.ID))}}", "c0ffee123456"},
      {"{{.ID |}}", "c0ffee123456"},
  };
  expect_printed(rows);
}

TEST(Template, TrimsSpaceAroundActionsAndDropsComments) {
  const Printed rows[] = {
      {"a {{- .Tag -}} \n b", "a1.4b"},
      {"a {{.Tag -}} b", "a 1.4b"},
      {"a {{- .Tag}} b", "a1.4 b"},
      {"a {{-3}} {{- 3}} b", "a -33 b"},
      {"a{{/* x */}}b", "ab"},
      {"a {{- /* x */ -}} b", "ab"},
      {" \n{{- if .Tag -}} t {{- end}}", "t"},
  };
  expect_printed(rows);
}

TEST(Template, PrintsTheFirstBranchThatIsTrue) {
  const Printed rows[] = {
      {"{{if .Tag}}yes{{else}}no{{end}}", "yes"},
      {"{{if .Unknown}}yes{{else}}no{{end}}", "no"},
      {R"({{if eq .Tag "2"}}a{{else if eq .Tag "1.4"}}b{{else if .ID}}c{{else}}d{{end}})", "b"},
      {R"({{if eq .Tag "2"}}a{{else if eq .Tag "3"}}b{{else}}d{{end}})", "d"},
      {R"({{if eq .Tag "2"}}a{{end}})", ""},
      {"{{if .ID}}{{if .Tag}}x{{end}}y{{end}}", "xy"},
      {R"({{if ""}}a{{end}}{{if 0}}b{{end}}{{if 0.0}}c{{end}}{{if false}}d{{end}})", ""},
      {R"({{if split "" ""}}e{{end}}{{if split "" ","}}f{{end}}{{if 1}}g{{end}})", "fg"},
  };
  expect_printed(rows);
}

TEST(Template, AndAndOrEvaluateNoMoreThanTheyNeed) {
  const Printed rows[] = {
      {R"({{and .ID "" 5}}|{{and .ID 5}})", "|5"},
      {R"({{or "" 0 .Tag}} {{or "" 0}})", "1.4 0"},
      {R"({{or .ID (index .ID 99)}})", "c0ffee123456"},
      {R"({{and "" (index .ID 99)}})", ""},
      {R"({{or "" (index .ID 99)}})", "error: position 10: index: 99 is out of range"},
      {R"({{.ID | and "x"}} {{or "" nil}})", "c0ffee123456 <no value>"},
  };
  expect_printed(rows);
}

TEST(Template, TakesAnUnknownValueForEmpty) {
  const Printed rows[] = {
      // docker has none
      {R"({{eq .Unknown ""}} {{eq .Unknown .Unknown}} {{ne .Unknown 5}} {{eq .Unknown nil}})",
       "false false true true"},
      {"{{lt .Unknown 5}}",
       "error: position 3: lt: cannot compare an unknown value with an integer"},
      {R"({{printf "%d|%5s|%q|%.2f|%v" .Unknown .Unknown .Unknown .Unknown .Unknown}})",
       R"(|     |""||)"},
      {R"({{json .Unknown}} {{len .Unknown}} {{upper .Unknown}}{{join .Unknown ","}}|)",
       "null 0 |"},
      {"{{print .Unknown}}{{not .Unknown}}", "true"},
      {R"({{split .Unknown "," | len}}{{slice .Unknown}})", "1"},
  };
  expect_printed(rows);
}

TEST(Template, ReportsWhatOnlyARowShows) {
  const Printed rows[] = {
      {R"({{index (split .Repository "/") 5}})", "error: position 3: index: 5 is out of range"},
      {"{{.ID}}\n{{truncate .ID .Bytes}} {{truncate .ID .Tag}}",
       "error: line 2, position 27: truncate: needs an integer, not text"},
      {"{{eq .Bytes .Tag}}", "error: position 3: eq: cannot compare an integer with text"},
      {"{{lower .Bytes}}", "error: position 3: lower: needs text, not an integer"},
  };
  expect_printed(rows);
}

TEST(Template, BoundsTheTextOfARow) {
  const std::string too_long = "the text for one row exceeds 1 MiB";
  for (
      const std::string_view text : {
          R"({{printf "%9999999d" 1}})",
          R"({{printf "%.9999999d" 1}})",
          R"({{printf "%.9999999f" 1.5}})",
          R"({{printf "%*s" 999999 "x" | printf "%[1]s%[1]s"}})",
          "{{pad .ID 9223372036854775807 9223372036854775807}}",
          "{{pad .ID 700000 0}}{{pad .ID 700000 0}}",
          R"({{if pad .ID 700000 0}}{{end}}{{if pad .ID 700000 0}}{{end}}{{.ID}})",
          R"({{join (split (pad .ID 20000 0) " ") (pad "" 9 9 | print "0123456789012345678901234567890123456789012345678901234567890123456789")}})",
          R"({{len (split (pad .ID 100000 0) "")}})",
      }) {
    SCOPED_TRACE(text);
    EXPECT_NE(executed(text).find(too_long), std::string::npos) << executed(text).substr(0, 100);
  }
  EXPECT_EQ(executed(R"({{printf "%1000000000d" 1}})"), "%!(NOVERB)%!(EXTRA int=1)");
  EXPECT_EQ(executed(R"({{len (printf "%900000s" .ID)}})"), "900000");
  std::string many;
  for (int i = 0; i < 1500; ++i) many += "{{if pad .ID 1000 0}}{{end}}";
  EXPECT_NE(executed(many).find(too_long), std::string::npos);
}

TEST(Template, KnowsWhatItReads) {
  const Template reading(R"({{if .Tag}}{{upper (.ID)}}{{end}})", kTestFields);
  EXPECT_TRUE(reading.reads(0));
  EXPECT_FALSE(reading.reads(1));
  EXPECT_TRUE(reading.reads(2));
  EXPECT_FALSE(reading.is_literal());

  EXPECT_FALSE(Template("{{json .}}", kTestFields).reads(0));

  EXPECT_TRUE(Template("json x }}", kTestFields).is_literal());
  EXPECT_FALSE(Template("{{/* x */}}", kTestFields).is_literal());
}

TEST(Template, HeaderHasTheHeadersOfFields) {
  const std::string_view headers[] = {"IMAGE ID", "REPOSITORY", "TAG", "BYTES", "DIGESTS", "?"};
  const Printed rows[] = {
      {"{{.ID}}\t{{.Repository | lower}}", "IMAGE ID\tREPOSITORY"},
      {R"({{json .Tag}} {{split .Tag "A"}} {{join .Digests ","}} {{truncate .ID 2}} {{title .ID}})",
       "TAG TAG DIGESTS IMAGE ID IMAGE ID"},
      {R"({{index (split .Tag "A") 0}} {{len .Tag}} {{printf "%5s" .Tag}} {{pad .Tag 1 1}}|)",
       "84 3   TAG  TAG |"},
      {R"({{if eq .Tag "1.4"}}a{{else}}b{{end}})", "b"},
      // An error ends it.
      {"{{.ID}} x {{json (len .ID)}} y", "IMAGE ID x "},
      {"{{.ID}} {{json .}} y", "IMAGE ID "},
      {"{{.ID}} {{slice .ID 50}} y", "IMAGE ID "},
  };
  for (const auto& [text, expected] : rows) {
    SCOPED_TRACE(text);
    EXPECT_EQ(Template(text, kTestFields).execute_header(headers), expected);
  }
}

TEST(Template, CanBeCopied) {
  const Template original("{{.ID}}", kTestFields);
  const Template copy = original;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_EQ(copy.execute(TestRow()), original.execute(TestRow()));
}

}  // namespace
}  // namespace dkr
