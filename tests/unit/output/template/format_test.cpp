#include "output/template/format.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace dkr {
namespace {

TEST(ReadFormat, TellsTablesJsonAndTemplatesApartAsDockerDoes) {
  const struct {
    std::string_view value;
    FormatKind kind;
    std::string text;
  } rows[] = {
      {"", FormatKind::kTable, ""},
      {"table", FormatKind::kTable, ""},
      {"json", FormatKind::kJson, ""},
      {"table {{.ID}}", FormatKind::kTableTemplate, "{{.ID}}"},
      {"table{{.ID}}", FormatKind::kTableTemplate, "{{.ID}}"},
      {R"(table {{.ID}}\t{{.Tag}})", FormatKind::kTableTemplate, "{{.ID}}\t{{.Tag}}"},
      {"table ", FormatKind::kTableTemplate, ""},
      {" table", FormatKind::kTemplate, "table"},
      {"json ", FormatKind::kTemplate, "json"},
      {"jsn", FormatKind::kTemplate, "jsn"},
      {"  {{.ID}}  ", FormatKind::kTemplate, "{{.ID}}"},
      {" \t{{.ID}} \n", FormatKind::kTemplate, "\t{{.ID}} \n"},
      {" ", FormatKind::kTemplate, ""},
      {R"(\t{{.ID}}\n)", FormatKind::kTemplate, "\t{{.ID}}\n"},
      {R"(\\t{{"a\tb"}}\x\)", FormatKind::kTemplate, "\\\t{{\"a\tb\"}}\\x\\"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.value);
    const Format format = read_format(row.value);
    EXPECT_EQ(format.kind, row.kind);
    EXPECT_EQ(format.text, row.text);
  }
}

}  // namespace
}  // namespace dkr
