#include "model/reference.h"

#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace dkr {
namespace {

const std::string kHex(64, 'a');
const std::string kDigest = "sha256:" + kHex;

std::string times(std::size_t count, char c) { return std::string(count, c); }

const std::string kNoReference = "no reference";

/// What `text` is read as: `REPOSITORY TAG DIGEST`, with a dash for what is absent.
std::string read(std::string_view text) {
  const auto reference = parse_reference(text);
  if (!reference) return kNoReference;
  return fmt::format("{} {} {}", reference->repository, reference->tag.value_or("-"),
                     reference->digest.value_or("-"));
}

TEST(ParseReference, GivesTheFamiliarName) {
  const struct {
    std::string text;
    std::string repository;
  } rows[] = {
      {"q", "q"},
      {"library/q", "q"},
      {"docker.io/q", "q"},
      {"docker.io/library/q", "q"},
      {"index.docker.io/q", "q"},
      {"index.docker.io/library/q", "q"},
      {"foo/q", "foo/q"},
      {"docker.io/foo/q", "foo/q"},
      {"index.docker.io/foo/q", "foo/q"},
      {"a/b/c/d", "a/b/c/d"},
      {"docker.io/library/foo/q", "library/foo/q"},
      {"docker.io/library", "library"},
      {"registry.example.com/q", "registry.example.com/q"},
      {"registry.example.com/library/q", "registry.example.com/library/q"},
      {"registry-1.docker.io/library/q", "registry-1.docker.io/library/q"},
      {"docker.io:443/library/q", "docker.io:443/library/q"},
      {"host:5000/x/y", "host:5000/x/y"},
      {"localhost/q", "localhost/q"},
      {"localhost:5000/q", "localhost:5000/q"},
      {"127.0.0.1:5000/q", "127.0.0.1:5000/q"},
      {"[::1]/q", "[::1]/q"},
      {"[2001:db8::1]:5000/x/y", "[2001:db8::1]:5000/x/y"},
      {"a-host.example-1.com/q", "a-host.example-1.com/q"},
      {"123456789000.dkr.ecr.us-east-1.amazonaws.com/webapp",
       "123456789000.dkr.ecr.us-east-1.amazonaws.com/webapp"},
      {"a.b_c__d-e---f/0.1", "a.b_c__d-e---f/0.1"},
      {"no_host.com/q", "no_host.com/q"},
      {"docker.io/no_host.com/q", "no_host.com/q"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(read(row.text), row.repository + " - -");
    EXPECT_EQ(read(row.text + ":t"), row.repository + " t -");
    EXPECT_EQ(read(row.text + "@" + kDigest), row.repository + " - " + kDigest);
    EXPECT_EQ(read(row.text + ":t@" + kDigest), row.repository + " t " + kDigest);
  }
}

TEST(ParseReference, TakesAFirstPartInUpperCaseForARegistry) {
  EXPECT_EQ(read("Foo/q"), "Foo/q - -");
  EXPECT_EQ(read("HOST:5000/q"), "HOST:5000/q - -");
  EXPECT_EQ(read("DOCKER.IO/library/q"), "DOCKER.IO/library/q - -");
}

TEST(ParseReference, TakesWhatFollowsAColonWithoutASlashForATag) {
  EXPECT_EQ(read("host:5000"), "host 5000 -");
  EXPECT_EQ(read(kDigest), "sha256 " + kHex + " -");
}

TEST(ParseReference, ReadsTagsOfWordCharactersDotsAndDashes) {
  for (const std::string& tag : {std::string("latest"), std::string("20200609-1018"),
                                 std::string("1.2.3-rc_1"), std::string("_x"), std::string("UPPER"),
                                 std::string("0"), std::string("a..--__"), times(128, 't')}) {
    SCOPED_TRACE(tag);
    EXPECT_EQ(read("q:" + tag), "q " + tag + " -");
  }
}

TEST(ParseReference, ReadsTheDigestsOfRegisteredAlgorithms) {
  for (const std::string& digest : {"sha256:" + std::string("0123456789abcdef") + times(48, '0'),
                                    "sha384:" + times(96, 'b'), "sha512:" + times(128, 'c')}) {
    SCOPED_TRACE(digest);
    EXPECT_EQ(read("q@" + digest), "q - " + digest);
  }
}

TEST(ParseReference, RefusesWhatIsNoName) {
  for (const std::string text : {"",
                                 " ",
                                 ":",
                                 "/",
                                 "@",
                                 ":1",
                                 "<none>",
                                 "<none>:<none>",
                                 "<none>@<none>",
                                 "/q",
                                 "q/",
                                 "foo//q",
                                 "q q",
                                 " q",
                                 "q ",
                                 "q\n",
                                 "q:1\n",
                                 "-q",
                                 "q-",
                                 ".q",
                                 "q.",
                                 "_q",
                                 "q_",
                                 "q..r",
                                 "q___r",
                                 "q._r",
                                 "q-.r",
                                 "q/-r",
                                 "é",
                                 "q/é",
                                 "q+r",
                                 "q%20r",
                                 "~/q",
                                 "../q",
                                 "http://q",
                                 "https://host/q",
                                 "\x1b[31mq"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(read(text), kNoReference);
  }
  EXPECT_EQ(read(std::string("q\0r", 3)), kNoReference);
}

TEST(ParseReference, RefusesARepositoryInUpperCase) {
  for (const std::string text :
       {"Q", "Q:1", "foo/Q", "foo/Q:1", "host:5000/X", "docker.io/Foo/q"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(read(text), kNoReference);
  }
}

TEST(ParseReference, RefusesWhatIsNoRegistry) {
  for (const std::string text :
       {"host:/q", "host:port/q", "host:50:00/q", "host..com/q", ".host/q", "host./q",
        "-host.com/q", "host-.com/q", "ho_st.com:1/q", "host:5000/", ":5000/q", "[]/q", "[::1/q",
        "[::g]/q", "[::1]x/q", "[::1]:/q", "[::1]:port/q", "user@host.com/q", "h\xc3\xb6st.de/q"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(read(text), kNoReference);
  }
}

TEST(ParseReference, RefusesWhatIsNoTag) {
  for (const std::string& tag :
       {std::string(), std::string(" "), std::string(".1"), std::string("-1"), std::string("1:2"),
        std::string("a b"), std::string("a\n"), std::string("a+b"), std::string("é"),
        std::string("a/b"), std::string("<none>"), times(129, 't')}) {
    SCOPED_TRACE(tag);
    EXPECT_EQ(read("q:" + tag), kNoReference);
  }
}

TEST(ParseReference, RefusesWhatIsNoDigest) {
  for (const std::string& digest :
       {std::string(), std::string("<none>"), std::string("sha256"), std::string("sha256:"), kHex,
        ":" + kHex, "sha256:" + times(63, 'a'), "sha256:" + times(65, 'a'),
        "sha256:" + times(63, 'a') + "g", "sha384:" + kHex, "sha512:" + kHex,
        "md5:" + times(31, 'a'), kDigest + "@" + kDigest, kDigest + ":1", kDigest + "\n"}) {
    SCOPED_TRACE(digest);
    EXPECT_EQ(read("q@" + digest), kNoReference);
  }
  EXPECT_EQ(read("@" + kDigest), kNoReference);
  EXPECT_EQ(read("q:@" + kDigest), kNoReference);
}

/// go-digest knows these three algorithms and writes lower case only.
TEST(ParseReference, RefusesADigestThatDockerRefuses) {
  for (const std::string& digest :
       {"sha256:" + times(64, 'A'), "SHA256:" + kHex, "md5:" + times(32, 'a'),
        "sha1:" + times(40, 'a'), "blake3:" + kHex, "sha256+b64:" + kHex, "sha256+:" + kHex}) {
    SCOPED_TRACE(digest);
    EXPECT_EQ(read("q@" + digest), kNoReference);
  }
}

TEST(ParseReference, TakesABareIdOf64HexDigitsForNoName) {
  EXPECT_EQ(read(kHex), kNoReference);
  EXPECT_EQ(read(times(32, '0') + times(32, 'f')), kNoReference);
  EXPECT_EQ(read(times(63, 'a')), times(63, 'a') + " - -");
  EXPECT_EQ(read(times(65, 'a')), times(65, 'a') + " - -");
  EXPECT_EQ(read(times(63, 'a') + "g"), times(63, 'a') + "g" + " - -");
  EXPECT_EQ(read("foo/" + kHex), "foo/" + kHex + " - -");
  EXPECT_EQ(read("docker.io/library/" + kHex), kHex + " - -");
  EXPECT_EQ(read(kHex + ":1"), kHex + " 1 -");
}

TEST(ParseReference, RefusesARepositoryOfOver255Characters) {
  EXPECT_EQ(read(times(256, 'q')), kNoReference);
  EXPECT_EQ(read("foo/" + times(252, 'q')), kNoReference);
  EXPECT_EQ(read("host:5000/" + times(256, 'q') + ":1"), kNoReference);
  EXPECT_EQ(read(times(100'000, 'q')), kNoReference);
}

/// As docker 27 and 28 count: the path, with `library/`, and not the registry before it.
TEST(ParseReference, ReadsARepositoryOf255Characters) {
  for (const std::string& repository :
       {"host:5000/" + times(255, 'q'), "foo/" + times(251, 'q'), times(247, 'q')}) {
    EXPECT_EQ(read(repository + ":1"), repository + " 1 -");
  }
  EXPECT_EQ(read(times(248, 'q')), kNoReference);
}

TEST(RegistryIn, IsTheFirstPartOfANameThatLooksLikeOne) {
  EXPECT_EQ(registry_in("localhost:5000/x/y"), "localhost:5000");
  EXPECT_EQ(registry_in("quay.io/x"), "quay.io");
  EXPECT_EQ(registry_in("localhost/x"), "localhost");
  for (const auto* name : {"nginx", "team/app", "a.b_c/q", ""}) {
    EXPECT_EQ(registry_in(name), "") << name;
  }
}

TEST(IsTag, TellsTags) {
  for (const std::string& tag :
       {std::string("1"), std::string("_a"), std::string("V1.2-rc_3"), std::string(128, 'a')}) {
    EXPECT_TRUE(is_tag(tag)) << tag;
  }
  for (const std::string& tag :
       {std::string(), std::string(".a"), std::string("-a"), std::string("a/b"),
        std::string("sha256:0123"), std::string("a b"), std::string(129, 'a')}) {
    EXPECT_FALSE(is_tag(tag)) << tag;
  }
}

}  // namespace
}  // namespace dkr
