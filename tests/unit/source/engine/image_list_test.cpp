#include "source/engine/image_list.h"

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/error.h"
#include "base/text.h"
#include "support/listings.h"

namespace dkr {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Property;
using testing::SizeIs;
using testing::StartsWith;
using testing::Throws;
using testing::ThrowsMessage;

const std::string kDigest =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

FlatListing parse(const std::string& body) { return flat(parse_engine_images(body, "unix:///x")); }

/// A summary with these names; each argument is JSON.
std::string summary(const std::string& tags, const std::string& digests) {
  return fmt::format(
      R"({{"Id":"sha256:1","RepoTags":{},"RepoDigests":{},"Created":1600000000,"Size":5}})", tags,
      digests);
}

std::vector<std::string> rows(const std::string& tags, const std::string& digests) {
  const FlatListing listing = parse("[" + summary(tags, digests) + "]");
  EXPECT_THAT(listing.failures, IsEmpty());
  return names_of(listing.rows);
}

TEST(EngineImages, AreReadFromTheAnswersOfEveryApiVersion) {
  const std::string descriptor =
      R"({"mediaType":"application/vnd.oci.image.index.v1+json","digest":"sha256:2","size":9})";
  const std::string manifests =
      R"([{"ID":"sha256:3","Available":true,"Kind":"image","Descriptor":)" + descriptor +
      R"(,"Size":{"Content":1,"Total":2},"ImageData":)" +
      R"({"Platform":{"os":"linux"},"Containers":[]}}])";
  const std::string at_digest = "[\"q@" + kDigest + "\"]";
  // The members besides Id, Created, Size and Labels, of an image that is listed as `q:1`.
  const struct {
    const char* version;
    std::string members;
  } shapes[] = {
      {"1.24", R"("ParentId":"","RepoTags":["q:1"],"RepoDigests":null,"VirtualSize":133)"},
      {"1.25 to 1.41, built",
       R"("ParentId":"sha256:2","RepoTags":["q:1"],"RepoDigests":null,"VirtualSize":133,)"
       R"("SharedSize":-1,"Containers":-1)"},
      {"1.25 to 1.41, pulled", R"("ParentId":"","RepoTags":["q:1"],"RepoDigests":)" + at_digest +
                                   R"(,"VirtualSize":133,"SharedSize":-1,"Containers":-1)"},
      {"1.25 to 1.42, tag only",
       R"("ParentId":"","RepoTags":["q:1"],"RepoDigests":["<none>@<none>"],"VirtualSize":133,)"
       R"("SharedSize":-1,"Containers":-1)"},
      {"1.43, no placeholders",
       R"("ParentId":"","RepoTags":["q:1"],"RepoDigests":[],"VirtualSize":133,)"
       R"("SharedSize":-1,"Containers":-1)"},
      {"1.44 to 1.46, no VirtualSize",
       R"("ParentId":"","RepoTags":["q:1"],"RepoDigests":[],"SharedSize":-1,"Containers":-1)"},
      {"1.47, manifests", R"("ParentId":"","RepoTags":["q:1"],"RepoDigests":)" + at_digest +
                              R"(,"SharedSize":-1,"Containers":-1,"Manifests":)" + manifests},
      {"1.48 to 1.50, containerd store",
       R"("ParentId":"","RepoTags":["q:1"],"RepoDigests":)" + at_digest +
           R"(,"SharedSize":-1,"Containers":-1,"Descriptor":)" + descriptor},
      {"1.51 to 1.54, containers counted",
       R"("ParentId":"","RepoTags":["q:1"],"RepoDigests":[],"SharedSize":-1,"Containers":3,)"
       R"("Descriptor":null)"},
      {"podman",
       R"("ParentId":"","RepoTags":["docker.io/library/q:1"],"RepoDigests":[],"VirtualSize":133,)"
       R"("SharedSize":0,"Containers":0,"Names":["docker.io/library/q:1"],"History":["x"])"},
  };
  for (const auto& shape : shapes) {
    for (const std::string labels : {"null", "{}", R"({"maintainer":"\"me\" [x]"})"}) {
      SCOPED_TRACE(shape.version);
      const FlatListing listing = parse(
          fmt::format(R"([{{"Created":1600000000,"Id":"sha256:7e4d","Labels":{},{},"Size":133}}])"
                      "\n",
                      labels, shape.members));
      EXPECT_THAT(listing.failures, IsEmpty());
      ASSERT_THAT(names_of(listing.rows), ElementsAre("q:1"));
      EXPECT_EQ(listing.rows[0].id, "sha256:7e4d");
      EXPECT_EQ(listing.rows[0].created, Time(seconds(1'600'000'000)));
      EXPECT_EQ(listing.rows[0].size, 133U);
    }
  }
}

TEST(EngineImages, AreNoneForAnEmptyListAndForNull) {
  for (const std::string body : {"[]", "null", " [ ] ", "null\n", "[]\n"}) {
    SCOPED_TRACE(body);
    EXPECT_THAT(parse(body).rows, IsEmpty());
    EXPECT_THAT(parse(body).failures, IsEmpty());
  }
}

TEST(EngineImages, WithoutANameAreOneRow) {
  const std::vector<std::string> dangling{"<none>:<none>"};
  EXPECT_EQ(rows("null", "null"), dangling);
  EXPECT_EQ(rows("[]", "[]"), dangling);
  EXPECT_EQ(rows("null", "[]"), dangling);
  EXPECT_EQ(rows(R"(["<none>:<none>"])", R"(["<none>@<none>"])"), dangling);
  const FlatListing absent = parse(R"([{"Id":"sha256:1","Created":1,"Size":5}])");
  ASSERT_EQ(names_of(absent.rows), dangling);
  EXPECT_EQ(absent.rows[0].repository, std::nullopt);
  EXPECT_EQ(absent.rows[0].tag, std::nullopt);
}

TEST(EngineImages, GiveNoRowForPlaceholdersThatStandAlone) {
  EXPECT_THAT(rows(R"(["<none>:<none>"])", "[]"), IsEmpty());
  EXPECT_THAT(rows(R"(["<none>:<none>"])", "null"), IsEmpty());
  EXPECT_THAT(rows("[]", R"(["<none>@<none>"])"), IsEmpty());
  EXPECT_THAT(rows(R"(["<none>:<none>","<none>:<none>"])", R"(["<none>@<none>"])"), IsEmpty());
  EXPECT_THAT(rows("[]", "[\"" + kDigest + "\"]"), IsEmpty());
}

TEST(EngineImages, HaveARowForEachTagGroupedByRepositoryInOrderOfAppearance) {
  EXPECT_THAT(rows(R"(["b:2","a:1","b:1","docker.io/library/a:2","host:5000/x/y:t"])", "[]"),
              ElementsAre("b:2", "b:1", "a:1", "a:2", "host:5000/x/y:t"));
  EXPECT_THAT(rows(R"(["q:1","q:1"])", "[]"), ElementsAre("q:1", "q:1"));
}

TEST(EngineImages, HaveARowWithoutATagForARepositoryThatOnlyDigestsName) {
  const std::string at = "@" + kDigest + "\"";
  EXPECT_THAT(rows("[]", "[\"q" + at + "]"), ElementsAre("q:<none>"));
  EXPECT_THAT(rows(R"(["<none>:<none>"])", "[\"q" + at + "]"), ElementsAre("q:<none>"));
  EXPECT_THAT(rows(R"(["<none>:<none>"])", "[\"<none>@<none>\",\"q" + at + "]"),
              ElementsAre("q:<none>"));
  EXPECT_THAT(rows("null", "[\"q" + at + ",\"docker.io/library/q" + at + "]"),
              ElementsAre("q:<none>"));
  EXPECT_THAT(rows(R"(["a:1"])", "[\"b" + at + ",\"a" + at + ",\"c" + at + "]"),
              ElementsAre("a:1", "b:<none>", "c:<none>"));
  EXPECT_THAT(rows(R"(["a:1"])", "[\"<none>@<none>\"]"), ElementsAre("a:1"));
}

TEST(EngineImages, ShareIdDateAndSizeAmongTheirRows) {
  const FlatListing listing =
      parse("[" + summary(R"(["a:1","b:2"])", "[\"c@" + kDigest + "\"]") + "]");
  ASSERT_THAT(names_of(listing.rows), ElementsAre("a:1", "b:2", "c:<none>"));
  for (const Entry& image : listing.rows) {
    EXPECT_EQ(image.id, "sha256:1");
    EXPECT_EQ(image.created, Time(seconds(1'600'000'000)));
    EXPECT_EQ(image.size, 5U);
  }
}

TEST(EngineImages, GiveNoRowForNamesThatAreNoReferences) {
  EXPECT_THAT(
      rows(R"(["Q:1","q:1","q:","no-tag",":1","","http://x/q:1"])", R"(["q@sha256:short"])"),
      ElementsAre("q:1"));
  EXPECT_THAT(rows(R"(["Q:1"])", "[]"), IsEmpty());
  EXPECT_THAT(rows("[]", R"(["no-digest","q:1"])"), IsEmpty());
}

TEST(EngineImages, KeepTheOrderOfTheAnswer) {
  const FlatListing listing = parse(R"([{"Id":"1","RepoTags":["old:1"],"Created":1,"Size":1},)"
                                    R"({"Id":"2","Created":3,"Size":1},)"
                                    R"({"Id":"3","RepoTags":["new:1"],"Created":2,"Size":1}])");
  EXPECT_THAT(names_of(listing.rows), ElementsAre("old:1", "<none>:<none>", "new:1"));
}

TEST(EngineImages, HaveNoDateWhenItIsThatOfTheYearOne) {
  const struct {
    std::string created;
    std::optional<Time> time;
  } rows[] = {
      {"-62135596800", std::nullopt},
      {"-62135596799", Time(seconds(-62'135'596'799))},
      {"0", Time(seconds(0))},
      {"-1", Time(seconds(-1))},
      {"9223372036854775807", Time(seconds(INT64_MAX))},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.created);
    const FlatListing listing = parse(R"([{"Id":"1","Size":1,"Created":)" + row.created + "}]");
    ASSERT_EQ(listing.rows.size(), 1U);
    EXPECT_EQ(listing.rows[0].created, row.time);
  }
}

TEST(EngineImages, AreOfAnySizeThatFits) {
  const FlatListing listing = parse(
      R"([{"Id":"1","Created":1,"Size":0},{"Id":"2","Created":1,"Size":9223372036854775807}])");
  ASSERT_EQ(listing.rows.size(), 2U);
  EXPECT_EQ(listing.rows[0].size, 0U);
  EXPECT_EQ(listing.rows[1].size, 9'223'372'036'854'775'807U);
}

TEST(EngineImages, MayHaveANegativeSize) {
  const FlatListing listing = parse(R"([{"Id":"1","Created":1,"Size":-1},
                                        {"Id":"2","Created":1,"Size":-9223372036854775808}])");
  ASSERT_EQ(listing.rows.size(), 2U);
  EXPECT_EQ(listing.rows[0].size, -1);
  EXPECT_EQ(listing.rows[1].size, std::numeric_limits<std::int64_t>::min());
  EXPECT_THAT(listing.failures, IsEmpty());
}

TEST(EngineImages, HaveNamesInAnyCaseAsGoReadsThem) {
  const FlatListing listing = parse(
      R"([{"id":"1","CREATED":5,"size":7,"repotags":["q:1"],"REPODIGESTS":null},
          {"Id":"2","Created":1,"Size":1,"size":2,"RepoTags":["a:1"],"RepoTag\u017f":["b:1"]}])");
  EXPECT_THAT(names_of(listing.rows), ElementsAre("q:1", "b:1"));
  ASSERT_EQ(listing.rows.size(), 2U);
  EXPECT_EQ(listing.rows[0].size, 7);
  EXPECT_EQ(listing.rows[0].created, Time(std::chrono::seconds(5)));
  EXPECT_EQ(listing.rows[1].size, 2);
  EXPECT_THAT(listing.failures, IsEmpty());
}

/// What parsing `entry` between two good ones tells; expects that both are listed.
std::string failure_of(const std::string& entry) {
  const FlatListing listing = parse(fmt::format("[{},{},{}]", summary(R"(["before:1"])", "[]"),
                                                entry, summary(R"(["after:1"])", "[]")));
  EXPECT_THAT(names_of(listing.rows), ElementsAre("before:1", "after:1"));
  if (listing.failures.size() != 1) return fmt::format("{} failures", listing.failures.size());
  return listing.failures[0].message;
}

TEST(EngineImages, ThatAreNotAsTheApiSaysAreLeftOutAndTold) {
  const struct {
    std::string entry;
    std::string cause;
  } rows[] = {
      {R"("text")", "is not an object"},
      {"17", "is not an object"},
      {"null", "is not an object"},
      {"[]", "is not an object"},
      {"{}", "has no Id"},
      {R"({"Id":5,"Created":1,"Size":1})", "Id is not a name"},
      {R"({"Id":null,"Created":1,"Size":1})", "Id is not a name"},
      {R"({"Id":"","Created":1,"Size":1})", "Id is not a name"},
      {R"({"Id":")" + std::string(201, 'x') + R"(","Created":1,"Size":1})", "Id is too long"},
      {R"({"Id":"1","Size":1})", "has no Created"},
      {R"({"Id":"1","Created":"yesterday","Size":1})", "Created is not a whole number"},
      {R"({"Id":"1","Created":null,"Size":1})", "Created is not a whole number"},
      {R"({"Id":"1","Created":1.5,"Size":1})", "Created is not a whole number"},
      {R"({"Id":"1","Created":1})", "has no Size"},
      {R"({"Id":"1","Created":1,"Size":"1MB"})", "Size is not a whole number"},
      {R"({"Id":"1","Created":1,"Size":9223372036854775808})", "Size is not a whole number"},
      {R"({"Id":"1","Created":1,"Size":1,"RepoTags":"q:1"})", "RepoTags is not a list"},
      {R"({"Id":"1","Created":1,"Size":1,"RepoTags":{"q":1}})", "RepoTags is not a list"},
      {R"({"Id":"1","Created":1,"Size":1,"RepoTags":["q:1",1]})",
       "RepoTags holds something other than strings"},
      {R"({"Id":"1","Created":1,"Size":1,"RepoTags":[null]})",
       "RepoTags holds something other than strings"},
      {R"({"Id":"1","Created":1,"Size":1,"RepoDigests":true})", "RepoDigests is not a list"},
      {R"({"Id":"1","Created":1,"Size":1,"RepoTags":["q:1"],"RepoDigests":[[]]})",
       "RepoDigests holds something other than strings"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.entry);
    EXPECT_EQ(failure_of(row.entry), "unix:///x: image list: entry 2 " + row.cause);
  }
}

TEST(EngineImages, WithControlCharactersInTheirNamesAreLeftOutAndToldPrintably) {
  const struct {
    std::string name;   // as JSON
    std::string shown;  // its first line; what() ends at a NUL
  } rows[] = {
      {R"(\u001b[31mred:1)", "\\x1b[31mred:1"},
      {R"(two\nlines:1)", "two"},
      {R"(q:\r1)", "q:"},
      {R"(\u009b2J:1)", "\\xc2\\x9b2J:1"},
      {R"(q\u0000:1)", "q"},
      {R"(q\u007f:1)", "q\\x7f:1"},
      {R"(\u202eq:1)", "\\xe2\\x80\\xaeq:1"},
      {R"(q\u2028:1)", "q\\xe2\\x80\\xa8:1"},
  };
  for (const auto& row : rows) {
    for (const std::string key : {"RepoTags", "RepoDigests"}) {
      SCOPED_TRACE(row.name);
      const std::string failure = failure_of(
          fmt::format(R"({{"Id":"1","Created":1,"Size":1,"{}":["q:1","{}"]}})", key, row.name));
      EXPECT_EQ(printable(failure),
                fmt::format("unix:///x: image list: entry 2 {} holds control characters: {}", key,
                            row.shown));
    }
  }
}

TEST(EngineImages, ThatAreLeftOutAreToldInOneFailureHoweverManyTheyAre) {
  const FlatListing listing = parse("[{},5," + summary(R"(["q:1"])", "[]") + ",{}]");
  EXPECT_THAT(names_of(listing.rows), ElementsAre("q:1"));
  ASSERT_EQ(listing.failures.size(), 1U);
  EXPECT_EQ(listing.failures[0].message,
            "unix:///x: image list: entry 1 has no Id (and 2 more entries)");
}

/// RFC 8259 allows both, so that the rest of the list is as good as ever.
TEST(EngineImages, AreRefusedWhenOverAThousandAreNotAsTheApiSays) {
  std::string body = "[{}";
  for (int i = 1; i < 1000; ++i) body += i % 2 == 0 ? ",0" : ",1e400";
  EXPECT_THAT(parse(body + "]").failures, SizeIs(1));
  EXPECT_THAT([&] { (void)parse(body + ",[]]"); },
              ThrowsMessage<Error>("over 1000 unreadable entries: entry 1 has no Id"));
}

TEST(EngineImages, ThatAreTooLargeAreLeftOutAndTold) {
  const auto with_tags = [](int count, const std::string& name) {
    std::string tags = "\"q:0\"";
    for (int i = 1; i < count; ++i) tags += ",\"" + name + ':' + std::to_string(i) + '"';
    return parse("[" + summary("[" + tags + "]", "[]") + "," + summary("[\"q:1\"]", "[]") + "]");
  };
  EXPECT_THAT(with_tags(20'000, std::string(60, 'q')).rows, SizeIs(20'000 + 1));
  const FlatListing large = with_tags(40'000, std::string(250, 'q'));
  EXPECT_THAT(large.rows, SizeIs(1));
  EXPECT_EQ(large.failures.at(0).message, "unix:///x: image list: entry 1 is over 8 MiB");
  const FlatListing many = with_tags(600'000, "q");
  EXPECT_THAT(many.rows, SizeIs(1));
  EXPECT_EQ(many.failures.at(0).message,
            "unix:///x: image list: entry 1 is too large, with too many values");
}

TEST(EngineImages, WithInvalidBytesAreLeftOutAndTold) {
  for (const std::string name : {"q\xff:1", "\xed\xa0\x80:1", "q\n:1"}) {
    const FlatListing listing =
        parse("[" + summary("[\"" + name + "\"]", "[]") + "," + summary("[\"q:1\"]", "[]") + "]");
    EXPECT_THAT(listing.rows, SizeIs(1));
    EXPECT_THAT(listing.failures.at(0).message, HasSubstr("entry 1 is not JSON: "));
  }
}

TEST(EngineImages, OfNumbersAndStringsThatNoTypeHoldsAreLeftOutAndTold) {
  for (const std::string size : {"18446744073709551616", "1e400"}) {
    SCOPED_TRACE(size);
    EXPECT_THAT(failure_of(R"({"Id":"1","Created":1,"Size":)" + size + "}"), HasSubstr("entry 2 "));
  }
  EXPECT_THAT(failure_of(R"({"Id":"1","Created":1,"Size":1,"RepoTags":["\ud800:1"]})"),
              HasSubstr("entry 2 "));
}

TEST(EngineImages, AreAnErrorWhenTheAnswerIsNoList) {
  const std::string good = summary(R"(["q:1"])", "[]");
  const struct {
    const char* what;
    std::string body;
    std::string message;
  } rows[] = {
      {"object", R"({"message":"no"})", "not a list"},
      {"string", R"("images")", "not a list"},
      {"number", "42", "not a list"},
      {"nothing", "", "not JSON: "},
      {"HTML", "<!doctype html><title>Welcome to nginx</title>", "not JSON: "},
      {"binary", std::string("\0\1\2\3", 4), "not JSON: "},
      {"cut list", "[" + good, "not JSON: "},
      {"cut entry", "[" + good + "," + good.substr(0, good.size() - 1) + "]", "not JSON: "},
      {"cut string", R"([{"Id":"sha256:0","RepoTags":["q:1)", "not JSON: "},
      {"two lists", "[" + good + "][]", "not JSON: "},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    EXPECT_THAT([&] { (void)parse(row.body); },
                Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kMalformed),
                                    Property(&Error::what, StartsWith(row.message)))));
  }
}

}  // namespace
}  // namespace dkr
