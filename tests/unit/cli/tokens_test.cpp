// How a command line is cut, as pflag does.
#include "cli/tokens.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace dkr {
namespace {

using Kind = Token::Kind;

/// A token as a test writes it: `--maxTags=3`, `word`.
std::string shown(const Token& token) {
  switch (token.kind) {
    case Kind::kFlag:
      return token.flag->name + "=" + token.value;
    case Kind::kUnknownFlag:
      return token.text + " unknown";
    case Kind::kFlagNeedsValue:
      return token.flag->name + " needs a value";
    case Kind::kUnknownCommand:
      return token.text + " is no command";
    case Kind::kArgument:
      return token.text;
  }
  return "";
}

std::vector<std::string> tokens_of(const std::vector<std::string>& words) {
  std::vector<std::string> result;
  for (const Token& token : tokenize(words).list) result.push_back(shown(token));
  return result;
}

struct Words {
  std::vector<std::string> words;
  std::vector<std::string> tokens;
};

void expect_tokens(const std::vector<Words>& rows) {
  for (const Words& row : rows) EXPECT_EQ(tokens_of(row.words), row.tokens) << row.words.back();
}

TEST(Tokenize, ReadsValuesInEveryWayToWriteThem) {
  expect_tokens({
      {{"--host", "x"}, {"host=x"}},
      {{"--host=x"}, {"host=x"}},
      {{"--host=x=y"}, {"host=x=y"}},
      {{"--host="}, {"host="}},
      {{"--host", ""}, {"host="}},
      {{"-H", "x"}, {"host=x"}},
      {{"-Hx"}, {"host=x"}},
      {{"-H=x"}, {"host=x"}},
      {{"-H=x=y"}, {"host=x=y"}},
      {{"-H="}, {"host="}},
      {{"-H", "=x"}, {"host==x"}},
      {{"tags", "--max-tags", "3"}, {"maxTags=3"}},
      {{"tags", "--maxTags", "-3"}, {"maxTags=-3"}},
      {{"tags", "--prefix", "a", "--prefix=b"}, {"prefix=a", "prefix=b"}},
  });
}

TEST(Tokenize, TakesTheNextWordAsAValueWhateverItLooksLike) {
  expect_tokens({
      {{"tags", "--prefix", "--sum"}, {"prefix=--sum"}},
      {{"tags", "--prefix", "--", "--sum"}, {"prefix=--", "sum=true"}},
      {{"--host", "tags", "repos"}, {"host=tags"}},
      {{"tags", "--prefix=--", "x"}, {"prefix=--", "x"}},
  });
}

TEST(Tokenize, ReadsSwitches) {
  expect_tokens({
      {{"tags", "--sum"}, {"sum=true"}},
      {{"tags", "--sum=false"}, {"sum=false"}},
      {{"tags", "--sum="}, {"sum="}},
      {{"tags", "--sum", "false"}, {"sum=true", "false"}},
      {{"tags", "-h=false"}, {"help=false"}},
  });
}

TEST(Tokenize, ReadsLettersBehindOneDash) {
  expect_tokens({
      {{"-vh"}, {"version=true", "help=true"}},
      {{"-vhH", "x"}, {"version=true", "help=true", "host=x"}},
      {{"-vHh"}, {"version=true", "host=h"}},
      {{"-vH=h"}, {"version=true", "host=h"}},
      {{"-vh=false"}, {"version=true", "help=false"}},
      {{"-vH"}, {"version=true", "host needs a value"}},
      {{"-vxh"}, {"version=true", "-xh unknown"}},
      {{"-hfoo"}, {"help=true", "-foo unknown"}},
  });
  EXPECT_EQ(tokenize({"-vH"}).list.back().text, "-H");
}

TEST(Tokenize, KnowsWhichFlagsACommandHas) {
  expect_tokens({
      {{"repos", "--sum"}, {"--sum unknown"}},
      {{"--sum", "tags"}, {"--sum unknown"}},
      {{"--maxTags=3", "tags"}, {"--maxTags unknown"}},
      {{"--host", "x", "tags"}, {"host=x"}},
      {{"tags", "--host=x", "--version"}, {"host=x", "version=true"}},
  });
}

TEST(Tokenize, DoesNotGuessNames) {
  expect_tokens({
      {{"tags", "--maxTag", "3"}, {"--maxTag unknown", "3"}},
      {{"tags", "--maxtags=3"}, {"--maxtags unknown"}},
      {{"--hel"}, {"--hel unknown"}},
      {{"--H", "x"}, {"--H unknown", "x is no command"}},
      {{"-help"}, {"help=true", "-elp unknown"}},
      {{"---host=x"}, {"---host unknown"}},
      {{"--=x"}, {"-- unknown"}},
      {{"tag"}, {"tag is no command"}},
      {{"tags "}, {"tags  is no command"}},
      {{"Tags"}, {"Tags is no command"}},
      {{""}, {" is no command"}},
      {{"-"}, {"- is no command"}},
  });
}

TEST(Tokenize, EndsFlagsAtTwoDashes) {
  expect_tokens({
      {{"tags", "--"}, {}},
      {{"tags", "--", "--sum", "-h", "--", "x"}, {"--sum", "-h", "--", "x"}},
      {{"--", "tags"}, {"tags"}},
      {{"tags", "x", "--sum", "y"}, {"x", "sum=true", "y"}},
  });
  EXPECT_TRUE(tokenize({"tags", "--"}).flags_ended);
  EXPECT_FALSE(tokenize({"tags", "--prefix", "--"}).flags_ended);
}

TEST(Tokenize, FindsTheCommandBehindFlags) {
  const struct {
    std::vector<std::string> words;
    std::string command;
  } rows[] = {
      {{"tags"}, "tags"},
      {{"-H", "repos", "--log-level=INFO", "tags"}, "tags"},
      {{"tags", "repos"}, "tags"},
      {{"--bogus", "repos"}, "repos"},
      {{"bogus", "repos"}, "repos"},
      {{"--", "tags"}, "dkr-ls"},
      {{"--host", "tags"}, "dkr-ls"},
      {{}, "dkr-ls"},
      {{"__complete", "tags"}, "__complete"},
  };
  for (const auto& row : rows) EXPECT_EQ(tokenize(row.words).command->name, row.command);
}

TEST(Tokenize, LeavesTheWordsOfAHiddenCommandAsTheyAre) {
  expect_tokens({{{"__complete", "--help", "--", "-H"}, {"--help", "--", "-H"}}});
}

}  // namespace
}  // namespace dkr
