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

const std::string kImageDigest =
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
  const std::string at_digest = "[\"q@" + kImageDigest + "\"]";
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
  EXPECT_THAT(rows("[]", "[\"" + kImageDigest + "\"]"), IsEmpty());
}

TEST(EngineImages, HaveARowForEachTagGroupedByRepositoryInOrderOfAppearance) {
  EXPECT_THAT(rows(R"(["b:2","a:1","b:1","docker.io/library/a:2","host:5000/x/y:t"])", "[]"),
              ElementsAre("b:2", "b:1", "a:1", "a:2", "host:5000/x/y:t"));
  EXPECT_THAT(rows(R"(["q:1","q:1"])", "[]"), ElementsAre("q:1", "q:1"));
}

TEST(EngineImages, HaveARowWithoutATagForARepositoryThatOnlyDigestsName) {
  const std::string at = "@" + kImageDigest + "\"";
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
      parse("[" + summary(R"(["a:1","b:2"])", "[\"c@" + kImageDigest + "\"]") + "]");
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

/// The digests of each row, the media type, the containers and the shared size.
std::vector<std::string> details(const std::string& body, Detail detail = Detail::kAll) {
  const Listing listing = parse_engine_images(body, "unix:///x", detail);
  EXPECT_THAT(listing.failures, IsEmpty());
  std::vector<std::string> result;
  for (const Row& row : listing.rows) {
    std::string& text = result.emplace_back();
    for (const Digest& digest : listing.digests_of(row)) text += digest.short_text() + " ";
    const Image& image = listing.image_of(row);
    text += fmt::format("{} {} {}", to_string(row.media_type), image.containers, image.shared_size);
  }
  return result;
}

TEST(EngineImages, HaveTheDigestsOfTheirRepositoryOnDemand) {
  const auto at = [](const std::string& name, char digit) {
    return fmt::format(R"("{}@sha256:{}")", name, std::string(64, digit));
  };
  const std::string body =
      fmt::format("[{}]", summary(R"(["b:1","a:1","a:2","c:1"])",
                                  fmt::format("[{},{},{},{}]", at("a", '1'), at("b", '2'),
                                              at("d", '3'), at("docker.io/library/a", '4'))));
  const std::string one = std::string(12, '1');
  const std::string four = std::string(12, '4');
  EXPECT_THAT(details(body), ElementsAre("222222222222  0 0", one + " " + four + "  0 0",
                                         one + " " + four + "  0 0", " 0 0", "333333333333  0 0"));
  EXPECT_THAT(details(body, Detail::kTable), testing::Each(" -1 -1"));
}

TEST(EngineImages, TellContainersSharedSizeAndMediaTypeAsDockerReadsThem) {
  const std::string index = "application/vnd.oci.image.index.v1+json";
  const struct {
    std::string members;
    std::string details;
  } rows[] = {
      {R"("Containers":2,"SharedSize":500,"Descriptor":{"mediaType":")" + index + R"("})",
       index + " 2 500"},
      {R"("Containers":-1,"SharedSize":-1,"Descriptor":null)", " -1 -1"},
      {R"("containers":3,"sharedsize":4,"Descriptor":{"mediaType":"text/x"})", " 3 4"},
      {R"("Containers":"2","SharedSize":1.5,"Descriptor":{"mediaType":7})", " -1 -1"},
      {R"("Descriptor":"x")", " 0 0"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(details(R"([{"Id":"1","Created":1,"Size":5,)" + row.members + "}]"),
                ElementsAre(row.details))
        << row.members;
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
              ThrowsMessage<Error>("image list: over 1000 unreadable entries: entry 1 has no Id"));
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

TEST(EngineImages, HaveARowForEachPlatformThatTheEngineHolds) {
  const auto manifest = [](char digit, bool is_available, const char* kind, const char* platform) {
    return fmt::format(R"({{"ID":"sha256:{}","Available":{},"Kind":"{}","Size":{{"Total":7}},)"
                       R"("ImageData":{{"Platform":{}}}}})",
                       std::string(64, digit), is_available, kind, platform);
  };
  const std::string amd = manifest('a', true, "image", R"({"os":"linux","architecture":"amd64"})");
  const std::string arm =
      manifest('b', true, "image", R"({"os":"linux","architecture":"arm64","variant":"v8"})");
  const std::string gone = manifest('c', false, "image", R"({"os":"linux","architecture":"386"})");
  const std::string note = manifest('d', true, "attestation", R"({"os":"x","architecture":"y"})");
  const std::string tags = R"({"Id":"sha256:1","RepoTags":["q:1","q:2"],"Created":1,"Size":9,)";
  const auto list = [&](const std::string& manifests) {
    const Listing listing = parse_engine_images("[" + tags + "\"Manifests\":" + manifests + "}]",
                                                "unix:///x", Detail::kAll, Platforms::kAll);
    std::vector<std::string> rows;
    for (const Row& row : listing.rows) {
      const Image& image = listing.image_of(row);
      rows.push_back(
          fmt::format("{} {} {} {}", row.tag, listing.digests_of(row).size(), image.size.value(),
                      image.platform ? to_string(listing.platforms[*image.platform]) : "unknown"));
    }
    return rows;
  };
  EXPECT_THAT(list("[" + amd + "," + gone + "," + note + "," + arm + ",7,{}]"),
              ElementsAre("1 2 7 linux/amd64", "1 2 7 linux/arm64/v8", "2 2 7 linux/amd64",
                          "2 2 7 linux/arm64/v8"));
  for (const std::string& none : std::vector<std::string>{"[]", "null", "7", "[" + gone + "]"}) {
    EXPECT_THAT(list(none), ElementsAre("1 0 9 unknown", "2 0 9 unknown"));
  }
}

TEST(EngineImages, AreLeftOutWhenFewBytesAskForTooManyLines) {
  const auto list = [](int tags, int digests) {
    std::string names = R"("q:0")";
    for (int i = 1; i < tags; ++i) names += fmt::format(R"(,"q:{}")", i);
    std::string at = "\"q@" + kImageDigest + "\"";
    for (int i = 1; i < digests; ++i) at += ",\"q@" + kImageDigest + "\"";
    return parse_engine_images("[" + summary("[" + names + "]", "[" + at + "]") + "]", "unix:///x",
                               Detail::kAll);
  };
  EXPECT_THAT(list(100, 100).rows, SizeIs(100));
  EXPECT_THAT(list(20'000, 1).rows, SizeIs(20'000));
  const Listing many = list(101, 100);
  EXPECT_THAT(many.rows, IsEmpty());
  EXPECT_EQ(many.failures.at(0).message,
            "unix:///x: image list: entry 1 has too many pairs of a name and a digest or platform");
}

TEST(EngineImages, AreAnErrorWhenTheAnswerIsNoList) {
  const std::string good = summary(R"(["q:1"])", "[]");
  const struct {
    const char* what;
    std::string body;
    std::string message;
  } rows[] = {
      {"object", R"({"message":"no"})", "image list: not a list"},
      {"string", R"("images")", "image list: not a list"},
      {"number", "42", "image list: not a list"},
      {"nothing", "", "image list: not JSON: "},
      {"HTML", "<!doctype html><title>Welcome to nginx</title>", "image list: not JSON: "},
      {"binary", std::string("\0\1\2\3", 4), "image list: not JSON: "},
      {"cut list", "[" + good, "image list: not JSON: "},
      {"cut entry", "[" + good + "," + good.substr(0, good.size() - 1) + "]",
       "image list: not JSON: "},
      {"cut string", R"([{"Id":"sha256:0","RepoTags":["q:1)", "image list: not JSON: "},
      {"two lists", "[" + good + "][]", "image list: not JSON: "},
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
