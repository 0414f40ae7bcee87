#include "output/difference.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/digest.h"

namespace dkr {
namespace {

std::vector<Difference> sample() {
  const Digest one("sha256:" + std::string(64, '1'));
  const Digest two("sha256:" + std::string(64, '2'));
  using enum DifferenceStatus;
  return {{kDiffers, "team/app", "1.0", one, two},
          {kOnlyA, "team/app", "2.0", one, std::nullopt},
          {kOnlyB,
           "od\x1b"
           "d",
           "x", std::nullopt, two}};
}

std::string rendered(const std::string& format, bool quiet = false) {
  return render_differences(sample(), OutputFormat(format, quiet, names_of(difference_fields())));
}

TEST(RenderDifferences, PrintsATableOfShortDigests) {
  EXPECT_EQ(rendered(""),
            "STATUS    REPOSITORY   TAG       A              B\n"
            "differs   team/app     1.0       111111111111   222222222222\n"
            "only-a    team/app     2.0       111111111111   <none>\n"
            "only-b    od\\x1bd      x         <none>         222222222222\n");
}

TEST(RenderDifferences, PrintsTheHeaderAloneWhereNothingDiffers) {
  const auto empty = [](const std::string& format, bool quiet) {
    return render_differences({}, OutputFormat(format, quiet, names_of(difference_fields())));
  };
  EXPECT_EQ(empty("", false), "STATUS    REPOSITORY   TAG       A         B\n");
  EXPECT_EQ(empty("", true), "");
  EXPECT_EQ(empty("json", false), "");
  EXPECT_EQ(empty("{{.Tag}}", false), "");
}

TEST(RenderDifferences, PrintsWholeDigestsAsJson) {
  const std::string one(64, '1');
  const std::string two(64, '2');
  EXPECT_EQ(rendered("json"),
            R"({"DigestA":"sha256:)" + one + R"(","DigestB":"sha256:)" + two +
                R"(","Repository":"team/app","Status":"differs","Tag":"1.0"})" + "\n" +
                R"({"DigestA":"sha256:)" + one +
                R"(","DigestB":null,"Repository":"team/app","Status":"only-a","Tag":"2.0"})" +
                "\n" + R"({"DigestA":null,"DigestB":"sha256:)" + two +
                R"(","Repository":"od\u001bd","Status":"only-b","Tag":"x"})" + "\n");
}

TEST(RenderDifferences, PrintsNamesAndTemplates) {
  EXPECT_EQ(rendered("", true), "team/app:1.0\nteam/app:2.0\nod\\x1bd:x\n");
  EXPECT_EQ(rendered("{{.Status}} {{if .DigestB}}{{slice .DigestB 7 9}}{{else}}-{{end}}"),
            "differs 22\nonly-a -\nonly-b 22\n");
  EXPECT_EQ(rendered("table {{.Tag}}\t{{.DigestA}}").substr(0, 19), "TAG       DIGEST A\n");
}

}  // namespace
}  // namespace dkr
