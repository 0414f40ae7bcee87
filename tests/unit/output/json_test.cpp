#include "output/json.h"

#include <string>

#include <gtest/gtest.h>

#include "sample_lines.h"
#include "support/golden.h"

namespace dkr {
namespace {

/// Scripts rely on the keys, their order and the types of their values.
TEST(AppendJson, WritesEveryFieldOfEveryLine) {
  SampleLines lines;
  std::string output;
  for (const Line& line : {lines.known(), lines.unknown(), lines.untagged()}) {
    append_json(output, tag_fields(), line);
    output += '\n';
  }
  lines.style.ids = Ids::kWhole;
  lines.style.digests = Digests::kShow;
  Line line = lines.untagged();
  line.digest = &lines.listing.digests[2];
  append_json(output, tag_fields(), line);
  output += '\n';
  append_json(output, repository_fields(), lines.known());
  output += '\n';
  EXPECT_TRUE(matches_golden("lines.json", output));
}

}  // namespace
}  // namespace dkr
