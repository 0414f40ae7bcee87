#include "output/usage.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"

namespace dkr {
namespace {

/// Of which much is known, nothing, and not what is unique.
UsageReport sample_usage() {
  UsageReport report;
  report.repositories = {
      {"team/app", {12, 34, 187'123'456, 100'000'000}},
      {"<q>\x1b&", {1, 1, std::nullopt, std::nullopt}},
      {"<none>", {2, 1, 999, std::nullopt}},
  };
  report.total = {15, 36, 187'124'455, 0};
  return report;
}

std::string usage_in(std::string_view format, bool quiet = false,
                     const UsageReport& report = sample_usage()) {
  return render_usage(report, OutputFormat(format, quiet, names_of(usage_fields())));
}

TEST(RenderUsage, PrintsATableWithTheTotalLast) {
  const std::string table =
      "REPOSITORY   TAGS      IMAGES    SIZE      SHARED    UNIQUE\n"
      "team/app     12        34        187.1MB   87.12MB   100MB\n"
      "<q>\\x1b&     1         1         N/A       N/A       N/A\n"
      "<none>       2         1         999B      N/A       N/A\n"
      "TOTAL        15        36        187.1MB   187.1MB   0B\n";
  EXPECT_EQ(usage_in(""), table);
  EXPECT_EQ(usage_in("table"), table);
}

TEST(RenderUsage, PrintsATotalOfNothing) {
  UsageReport nothing;
  nothing.total = {0, 0, 0, 0};
  EXPECT_EQ(usage_in("", false, nothing),
            "REPOSITORY   TAGS      IMAGES    SIZE      SHARED    UNIQUE\n"
            "TOTAL        0         0         0B        0B        0B\n");
  EXPECT_EQ(usage_in("", true, nothing), "");
}

TEST(RenderUsage, PrintsNamesAloneIfQuiet) {
  EXPECT_EQ(usage_in("", true), "team/app\n<q>\\x1b&\n<none>\n");
  EXPECT_EQ(usage_in("table", true), "team/app\n<q>\\x1b&\n<none>\n");
  EXPECT_EQ(usage_in("json", true), usage_in("json"));
}

/// Scripts rely on the keys, their order and the types of their values.
TEST(RenderUsage, PrintsJsonWithEveryKey) {
  EXPECT_EQ(usage_in("json"),
            R"({"Images":34,"Repository":"team/app","Shared":"87.12MB","Size":"187.1MB",)"
            R"("Tags":12,"Unique":"100MB","SharedBytes":87123456,"SizeBytes":187123456,)"
            R"("UniqueBytes":100000000})"
            "\n"
            R"({"Images":1,"Repository":"\u003cq\u003e\u001b\u0026","Shared":"N/A","Size":"N/A",)"
            R"("Tags":1,"Unique":"N/A","SharedBytes":null,"SizeBytes":null,"UniqueBytes":null})"
            "\n"
            R"({"Images":1,"Repository":"\u003cnone\u003e","Shared":"N/A","Size":"999B",)"
            R"("Tags":2,"Unique":"N/A","SharedBytes":null,"SizeBytes":999,"UniqueBytes":null})"
            "\n"
            R"({"Images":36,"Repository":null,"Shared":"187.1MB","Size":"187.1MB",)"
            R"("Tags":15,"Unique":"0B","SharedBytes":187124455,"SizeBytes":187124455,)"
            R"("UniqueBytes":0})"
            "\n");
}

TEST(RenderUsage, ExecutesATemplateForEachRowAndTheTotal) {
  EXPECT_EQ(usage_in("{{.Repository}} {{.Tags}} {{.Unique}} "
                     "{{if .SizeBytes}}{{.SizeBytes}}{{else}}?{{end}}"),
            "team/app 12 100MB 187123456\n"
            "<q>\\x1b& 1 N/A ?\n"
            "<none> 2 N/A 999\n"
            "TOTAL 15 0B 187124455\n");
  EXPECT_EQ(usage_in(R"(table {{.Tags}}\t{{.UniqueBytes}}\t{{.SharedBytes}})"),
            "TAGS      UNIQUE BYTES   SHARED BYTES\n"
            "12        100000000      87123456\n"
            "1                        \n"
            "2                        \n"
            "15        0              187124455\n");
}

TEST(RenderUsage, NamesTheRowThatATemplateFailsOn) {
  const auto fails = [](const std::string& condition) {
    return [condition] { (void)usage_in("{{if " + condition + "}}{{index .Tags 0}}{{end}}"); };
  };
  EXPECT_THAT(fails("eq .Tags 12"),
              testing::ThrowsMessage<Error>(testing::StartsWith("--format: team/app: position ")));
  EXPECT_THAT(fails("eq .Tags 15"),
              testing::ThrowsMessage<Error>(testing::StartsWith("--format: TOTAL: position ")));
}

TEST(RenderUsage, HasTheBiggestNumbers) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  UsageReport report;
  report.total = {1, 1, kMost, kMost};
  EXPECT_EQ(usage_in("{{.SizeBytes}} {{.Size}}", false, report), "9223372036854775807 9.223EB\n");
}

TEST(UsageFields, AreSortedByNameThoseOfBytesLast) {
  std::vector<std::string> names;
  for (const FieldName& field : names_of(usage_fields())) names.emplace_back(field.name);
  EXPECT_THAT(names, testing::ElementsAre("Images", "Repository", "Shared", "Size", "Tags",
                                          "Unique", "SharedBytes", "SizeBytes", "UniqueBytes"));
}

}  // namespace
}  // namespace dkr
