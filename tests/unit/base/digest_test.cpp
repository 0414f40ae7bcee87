#include "base/digest.h"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace dkr {
namespace {

TEST(Sha256Hex, GivesTheDigestsOfFips180) {
  const struct {
    std::string bytes;
    std::string digest;
  } rows[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.bytes.substr(0, 40));
    EXPECT_EQ(sha256_hex(row.bytes), row.digest);
  }
}

TEST(Sha256Hex, TakesAnyBytes) {
  EXPECT_EQ(sha256_hex(std::string(1, '\0')),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(sha256_hex("\xff\x80"),
            "85c61621ebd04403f66d96fe300cf10b3844de7358184f1276cb08790fd135f1");
}

TEST(Sha256Hex, NamesTheDirectoryOfADockerContext) {
  EXPECT_EQ(sha256_hex("default"),
            "37a8eec1ce19687d132fe29051dca629d164e2c4958ba141d5f4133a33f0688f");
}

TEST(IsDigest, IsTrueForWhatCanBeChecked) {
  const std::string hex64(64, 'a');
  const std::string hex128 = hex64 + hex64;
  for (const std::string& digest : {"sha256:" + hex64, "sha512:" + hex128,
                                    "sha256:" + sha256_hex(""), "sha256:" + std::string(64, '0')}) {
    EXPECT_TRUE(is_digest(digest)) << digest;
  }
  const std::string rows[] = {"",
                              "sha256:",
                              hex64,
                              "sha256:" + hex64 + "a",
                              "sha256:" + hex64.substr(1),
                              "sha256:" + hex128,
                              "sha512:" + hex64,
                              "SHA256:" + hex64,
                              "sha256:" + std::string(64, 'A'),
                              "sha256:" + std::string(64, 'g'),
                              "sha256:" + hex64.substr(1) + "\n",
                              "sha256:" + std::string(64, '\0'),
                              "sha256:../../" + hex64.substr(6),
                              " sha256:" + hex64,
                              "sha384:" + hex64,
                              "md5:" + std::string(32, 'a')};
  for (const std::string& text : rows) EXPECT_FALSE(is_digest(text)) << text;
}

TEST(MatchesDigest, IsTrueForTheBytesThatItIsTheDigestOf) {
  const std::string empty = "sha256:" + sha256_hex("");
  EXPECT_TRUE(matches_digest("", empty));
  EXPECT_FALSE(matches_digest(std::string(1, '\0'), empty));
  // FIPS 180-4: "abc"
  const std::string abc =
      "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
  EXPECT_TRUE(matches_digest("abc", abc));
  EXPECT_FALSE(matches_digest("abd", abc));
  EXPECT_FALSE(matches_digest("", abc));
  const std::string abc_384 =
      "sha384:cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
      "8086072ba1e7cc2358baeca134c825a7";
  EXPECT_TRUE(is_digest(abc_384));
  EXPECT_TRUE(matches_digest("abc", abc_384));
  EXPECT_FALSE(matches_digest("abd", abc_384));
}

const std::string kSha256 =
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const std::string kSha512 = "sha512:" + std::string(128, 'a');

TEST(DigestValue, KeepsWhateverTextItIsMadeOf) {
  for (const std::string& text :
       {kSha256, kSha512, std::string(), std::string("sha256:1"), std::string("7e4d58f0e5f3"),
        std::string("sha256:") + std::string(64, 'A'),
        std::string("sha256:") + std::string(64, 'g'),
        std::string("SHA256:") + std::string(64, 'a'), kSha256 + "0"}) {
    SCOPED_TRACE(text);
    const Digest digest(text);
    EXPECT_EQ(digest.text(), text);
    const Digest copy = digest;  // NOLINT(*-unnecessary-copy-initialization): what is tested
    EXPECT_EQ(copy, digest);
    Digest moved = copy;
    moved = Digest("other");
    EXPECT_NE(moved, digest);
    moved = digest;
    EXPECT_EQ(moved.text(), text);
    EXPECT_EQ(std::hash<Digest>()(moved), std::hash<Digest>()(digest));
  }
}

TEST(DigestValue, ShowsTwelveCharactersBehindTheFirstColon) {
  const std::pair<std::string, std::string> rows[] = {
      {kSha256, "0123456789ab"},         {kSha512, "aaaaaaaaaaaa"}, {"sha256:123", "123"},
      {"7e4d58f0e5f3a", "7e4d58f0e5f3"}, {"a:b:c", "b:c"},          {"", ""},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(Digest(text).short_text(), expected) << text;
}

TEST(DigestValue, GivesTheBytesOfSha256Alone) {
  const Digest digest(kSha256);
  const std::string_view bytes = digest.sha256_bytes();
  EXPECT_EQ(bytes.size(), 32U);
  EXPECT_EQ(bytes.substr(0, 2), "\x01#");
  EXPECT_EQ(Digest(kSha512).sha256_bytes(), "");
  std::array<std::uint8_t, 32> zeros{};
  EXPECT_EQ(Digest(zeros).text(), "sha256:" + std::string(64, '0'));
}

TEST(DigestValue, HasAnOrder) {
  const Digest zeros("sha256:" + std::string(64, '0'));
  const Digest ones("sha256:" + std::string(64, '1'));
  EXPECT_LT(zeros, ones);
  EXPECT_LT(ones, Digest("other"));
  EXPECT_LT(Digest("a"), Digest("b"));
  EXPECT_GT(Digest("b"), Digest("a"));
}

}  // namespace
}  // namespace dkr
