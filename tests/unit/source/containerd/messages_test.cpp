#include "source/containerd/messages.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"
#include "support/containerd_content.h"

namespace dkr {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

std::vector<std::string> listed(const std::string& message) {
  std::vector<std::string> result;
  for_each_image(message, [&](const ImageRecord& image) {
    result.push_back(fmt::format("{}|{}|{}", image.name, image.media_type, image.digest));
  });
  return result;
}

/// A field that is a number.
const std::string kNumber = "\x18\x07";  // number 3

TEST(ContainerdMessages, ListImages) {
  const std::string labels = pbf_field(2, pbf_field(1, "key") + pbf_field(2, "value"));
  const std::string created = pbf_field(7, "\x08\x01");
  const std::string target = pbf_field(1, "type") + pbf_field(2, "digest") + kNumber;
  EXPECT_THAT(
      listed(listed_image("a:1", "d", "t") +
             pbf_field(1, labels + pbf_field(1, "b:1") + pbf_field(3, target) + created) +
             pbf_field(1, "") + pbf_field(9, "unknown") + pbf_field(1, pbf_field(1, "no target"))),
      ElementsAre("a:1|t|d", "b:1|type|digest", "||", "no target||"));
  EXPECT_THAT(listed(""), ElementsAre());
}

TEST(ContainerdMessages, SkipFieldsOfAnotherTypeThanExpected) {
  const std::string name_is_number = "\x08\x07";
  EXPECT_THAT(listed(pbf_field(1, name_is_number + kNumber)), ElementsAre("||"));
  EXPECT_THAT(listed(name_is_number), ElementsAre());
  EXPECT_EQ(content_in(std::string("\x10\x05", 2) + pbf_field(2, "data")), "data");
}

TEST(ContainerdMessages, MustBeProtobuf) {
  for (const std::string& message : std::vector<std::string>{
           "\x0a",  // no length
           "\x0a\x05"
           "abc",                                               // cut off
           std::string("\x00\x01", 2),                          // number 0
           "\x0b",                                              // a group
           "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",  // a length that is no number
           pbf_field(1, "\x0a\x63"),                            // within an image
           pbf_field(1, pbf_field(3, "\x12\x10"))}) {           // within its target
    try {
      (void)listed(message);
      ADD_FAILURE() << fmt::format("{:?}", message);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kMalformed);
      EXPECT_THAT(error.what(), StartsWith("not protobuf: "));
    }
  }
}

TEST(ContainerdMessages, ListNamespacesThatAreSafeToName) {
  EXPECT_THAT(namespaces_in(listed_namespaces({"k8s.io", "a\nb", "", "default"})),
              ElementsAre("k8s.io", "default"));
}

TEST(ContainerdMessages, AskForContentByItsDigest) {
  EXPECT_EQ(read_content_request("sha256:abc"), pbf_field(1, "sha256:abc"));
}

TEST(NameSpace, IsWhatContainerdAccepts) {
  for (const std::string& text :
       std::vector<std::string>{"k8s.io", "default", "a", "A-b_c.d", "0", std::string(76, 'a')}) {
    EXPECT_TRUE(is_name_space(text)) << text;
  }
  for (const std::string& text : std::vector<std::string>{"", ".", "a.", "-a", "a--b", "a/b", "a b",
                                                          "\xc3\xa4", std::string(77, 'a')}) {
    EXPECT_FALSE(is_name_space(text)) << text;
  }
}

}  // namespace
}  // namespace dkr
