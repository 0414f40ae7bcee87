#include "net/header.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace dkr {
namespace {

/// Schemes with their parameters, for comparison.
using Challenges = std::vector<std::pair<std::string, std::map<std::string, std::string>>>;

Challenges challenges(const std::string& value) {
  Challenges result;
  for (const Challenge& challenge : parse_challenges(value)) {
    result.emplace_back(challenge.scheme, challenge.parameters);
  }
  return result;
}

struct ChallengesRow {
  std::string value;
  Challenges expected;
};

TEST(ParseChallenges, ReadsWhatRegistriesAskFor) {
  const ChallengesRow rows[] = {
      {R"(Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull")",
       {{"bearer",
         {{"realm", "https://auth.docker.io/token"},
          {"service", "registry.docker.io"},
          {"scope", "repository:library/nginx:pull"}}}}},
      {R"(Basic realm="Registry Realm")", {{"basic", {{"realm", "Registry Realm"}}}}},
      {R"(BASIC REALM="x")", {{"basic", {{"realm", "x"}}}}},
      {R"(Bearer realm="https://h/token")", {{"bearer", {{"realm", "https://h/token"}}}}},
      {"Negotiate", {{"negotiate", {}}}},
  };
  for (const auto& [value, expected] : rows) EXPECT_EQ(challenges(value), expected) << value;
}

TEST(ParseChallenges, TakesSeveralOutOfOneHeader) {
  const ChallengesRow rows[] = {
      {R"(Basic realm="a", Bearer realm="b",service="c")",
       {{"basic", {{"realm", "a"}}}, {"bearer", {{"realm", "b"}, {"service", "c"}}}}},
      {R"(Bearer realm="b", Basic)", {{"bearer", {{"realm", "b"}}}, {"basic", {}}}},
      {R"(Negotiate, Basic realm="a")", {{"negotiate", {}}, {"basic", {{"realm", "a"}}}}},
      {R"(,, Basic realm="a" ,,Bearer realm="b",)",
       {{"basic", {{"realm", "a"}}}, {"bearer", {{"realm", "b"}}}}},
      {R"(Basic realm="a", Basic realm="b")",
       {{"basic", {{"realm", "a"}}}, {"basic", {{"realm", "b"}}}}},
      {"Basic realm=a,Bearer realm=b,service=c",
       {{"basic", {{"realm", "a"}}}, {"bearer", {{"realm", "b"}, {"service", "c"}}}}},
  };
  for (const auto& [value, expected] : rows) EXPECT_EQ(challenges(value), expected) << value;
}

TEST(ParseChallenges, ReadsValuesWithAndWithoutQuotes) {
  const ChallengesRow rows[] = {
      {"Bearer realm=https://h:5001/token?a=b,service=registry",
       {{"bearer", {{"realm", "https://h:5001/token?a=b"}, {"service", "registry"}}}}},
      {R"(Bearer realm="https://h/a,b", scope="repository:a:pull,push")",
       {{"bearer", {{"realm", "https://h/a,b"}, {"scope", "repository:a:pull,push"}}}}},
      {R"(Basic realm="say \"hello\", \\ \x")", {{"basic", {{"realm", R"(say "hello", \ x)"}}}}},
      {R"(Basic realm = "a" , charset = "UTF-8")",
       {{"basic", {{"realm", "a"}, {"charset", "UTF-8"}}}}},
      {"Basic\trealm=\"a\"", {{"basic", {{"realm", "a"}}}}},
      {R"(Bearer realm="",service=)", {{"bearer", {{"realm", ""}, {"service", ""}}}}},
      {R"(Bearer realm="a" service="b")", {{"bearer", {{"realm", "a"}, {"service", "b"}}}}},
      {R"(Bearer realm="a"; service="b")", {{"bearer", {{"realm", "a"}, {"service", "b"}}}}},
  };
  for (const auto& [value, expected] : rows) EXPECT_EQ(challenges(value), expected) << value;
}

TEST(ParseChallenges, TakesTheFirstOfAParameterThatComesTwice) {
  EXPECT_EQ(challenges(R"(Bearer realm="a", realm="b")"),
            (Challenges{{"bearer", {{"realm", "a"}}}}));
}

TEST(ParseChallenges, SkipsTheTokenThatAChallengeMayHaveInsteadOfParameters) {
  const ChallengesRow rows[] = {
      {R"(Negotiate dG9rZW4=, Basic realm="a")",
       {{"negotiate", {{"dg9rzw4", ""}}}, {"basic", {{"realm", "a"}}}}},
      {R"(Negotiate dG9rZW4==, Bearer realm="a")",
       {{"negotiate", {{"dg9rzw4", ""}}}, {"bearer", {{"realm", "a"}}}}},
  };
  for (const auto& [value, expected] : rows) EXPECT_EQ(challenges(value), expected) << value;
}

TEST(ParseChallenges, FindsNothingWhereThereIsNothing) {
  for (const std::string value : {"", " ", ",", " ,\t;,", "=", "==", "\"", "\"\"", R"("Bearer")",
                                  R"(="a")", R"(realm="a)", "\"\\"}) {
    for (const Challenge& challenge : parse_challenges(value)) {
      EXPECT_NE(challenge.scheme, "bearer") << value;
      EXPECT_NE(challenge.scheme, "basic") << value;
      EXPECT_FALSE(challenge.scheme.empty()) << value;
    }
  }
}

TEST(ParseChallenges, FindsTheChallengeBehindJunk) {
  const ChallengesRow rows[] = {
      {R"("junk", Bearer realm="a")", {{"bearer", {{"realm", "a"}}}}},
      {R"(="junk", Bearer realm="a")", {{"bearer", {{"realm", "a"}}}}},
      {R"(realm="a", Bearer realm="b")", {{"bearer", {{"realm", "b"}}}}},
      {R"(Bearer realm="a)", {{"bearer", {{"realm", "a"}}}}},
      {R"(Bearer realm="a\)", {{"bearer", {{"realm", "a"}}}}},
      {R"(Bearer "x" realm="a")", {{"bearer", {{"realm", "a"}}}}},
  };
  for (const auto& [value, expected] : rows) EXPECT_EQ(challenges(value), expected) << value;
}

struct LinkRow {
  std::string value;
  std::optional<std::string> expected;
};

TEST(NextLink, IsTheTargetOfTheLinkToTheNextPage) {
  const LinkRow rows[] = {
      {R"(</v2/_catalog?last=b&n=2>; rel="next")", "/v2/_catalog?last=b&n=2"},
      {R"(<https://r.example.com/v2/a/tags/list?n=1>;rel="next")",
       "https://r.example.com/v2/a/tags/list?n=1"},
      {"</a>; rel=next", "/a"},
      {"</a>;rel=NEXT", "/a"},
      {"</a>; REL = \"Next\"", "/a"},
      {R"(</a>; title="the, \"next\"; one"; rel="next")", "/a"},
      {R"(</a>; rel="prev next")", "/a"},
      {R"(</a>; rel="last  next first")", "/a"},
      {R"(  < /a >  ; rel="next")", "/a"},
      {R"(<?last=x>; rel="next")", "?last=x"},
      {R"(<>; rel="next")", ""},
      {R"(</a?x=1,2;3>; rel="next")", "/a?x=1,2;3"},
      {R"(</a>; anonymous; rel="next")", "/a"},
  };
  for (const auto& [value, expected] : rows) EXPECT_EQ(next_link(value), expected) << value;
}

TEST(NextLink, IsFoundAmongSeveral) {
  const LinkRow rows[] = {
      {R"(</first>; rel="first", </second>; rel="next")", "/second"},
      {R"(</second>; rel="next", </first>; rel="first")", "/second"},
      {R"(</a>; rel="next", </b>; rel="next")", "/a"},
      {"</a>; rel=prev,</b>;rel=next,</c>; rel=last", "/b"},
      {R"(</a>, </b>; rel="next")", "/b"},
      {R"(</a>; title="<b>; rel=next", </c>; rel="next")", "/c"},
      {R"(</a>; flag, </b>; rel="next")", "/b"},
      {R"(junk, "junk"; rel="next", </b>; rel="next")", "/b"},
  };
  for (const auto& [value, expected] : rows) EXPECT_EQ(next_link(value), expected) << value;
}

TEST(NextLink, IsAbsentWhereNoneSaysNext) {
  for (const std::string value : {"",
                                  " ",
                                  ",",
                                  ";",
                                  "</a>",
                                  "</a>;",
                                  R"(</a>; rel="prev")",
                                  R"(</a>; rel="nextpage")",
                                  R"(</a>; rel="next-page")",
                                  R"(</a>; rev="next")",
                                  R"(</a>; title="next")",
                                  "</a>; next",
                                  R"(</a; rel="next")",
                                  R"(/a; rel="next")",
                                  R"("</a>; rel=next")",
                                  "<",
                                  "<>",
                                  ">",
                                  "rel=next",
                                  "</a>; rel=",
                                  R"(</a>; rel=")",
                                  R"(</a>, </b>)"}) {
    EXPECT_EQ(next_link(value), std::nullopt) << value;
  }
}

}  // namespace
}  // namespace dkr
