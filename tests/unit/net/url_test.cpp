#include "net/url.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace dkr {
namespace {

TEST(ResolveUrl, GivesTheAddressAsSeenFromAnother) {
  const struct {
    std::string base;
    std::string reference;
    std::string url;
  } rows[] = {
      {"http://h:5000/v2/_catalog?n=2", "/v2/_catalog?last=a", "http://h:5000/v2/_catalog?last=a"},
      {"http://h:5000/v2/_catalog?n=2", "?last=a", "http://h:5000/v2/_catalog?last=a"},
      {"http://h:5000/v2/_catalog", "_next", "http://h:5000/v2/_next"},
      {"https://h/a/b", "../c", "https://h:443/c"},
      {"https://h/a", "https://other/b", "https://other:443/b"},
      {"https://h/a", "//other/b", "https://other:443/b"},
      {"https://h/a", "http://other/b", "http://other:80/b"},
      {"https://h/a", "HTTPS://Other/b", "https://Other:443/b"},
      {"https://h/a", "https://h/%2F..%2f?x=%0a&y=a+b", "https://h:443/%2F..%2f?x=%0a&y=a+b"},
      {"https://[::1]:5000/a", "/b", "https://[::1]:5000/b"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(resolve_url(row.base, row.reference), row.url) << row.reference;
  }
}

TEST(ResolveUrl, IsAbsentWhereNothingShouldBeAsked) {
  for (const std::string reference :
       {"ftp://h/a", "file:///etc/passwd", "gopher://h/", "javascript://h/", "https://",
        "https://me@h/a", "https://me:pw@h/a", "https://:pw@h/a", "https://h:99999/",
        "https://h:x/", "https://h ost/", "https://h/\r\nEvil: 1", "https://[::1/"}) {
    EXPECT_EQ(resolve_url("https://h/v2/", reference), std::nullopt) << reference;
  }
  EXPECT_EQ(resolve_url("nonsense", "/a"), std::nullopt);
  EXPECT_EQ(resolve_url("", "/a"), std::nullopt);
}

TEST(ResolveAtOrigin, TakesPathAndQueryAlone) {
  for (const std::string reference :
       {"http://r.example.com/v2/a?b=c", "https://registry:5000/v2/a?b=c", "//other/v2/a?b=c",
        "ftp://me:pw@other/v2/a?b=c", "http:///v2/a?b=c", "/v2/a?b=c", "https:/v2/a?b=c"}) {
    EXPECT_EQ(resolve_at_origin("https://r.example.com/x?y", reference),
              "https://r.example.com:443/v2/a?b=c")
        << reference;
  }
}

TEST(ResolveAtOrigin, NeverLeadsElsewhere) {
  for (const std::string reference :
       {"http://h//evil.org/a", "http://h/@evil.org/", "////evil.org/", "http://h/\\evil.org/"}) {
    EXPECT_EQ(origin_of(resolve_at_origin("https://h:1/", reference).value_or("https://h:1")),
              "https://h:1")
        << reference;
  }
  for (const std::string reference : {"", "https://evil.org", "https://evil.org?a", "a/b", "?a",
                                      "mailto:a", "http://h/a b", "http://h/\r\nEvil: 1"}) {
    EXPECT_EQ(resolve_at_origin("https://h/", reference), std::nullopt) << reference;
  }
}

TEST(OriginOf, IsTheSameForTheSameServerAlone) {
  const struct {
    std::string url;
    std::string origin;
  } rows[] = {
      {"https://example.com", "https://example.com:443"},
      {"https://Example.COM:443/a?b#c", "https://example.com:443"},
      {"http://example.com/", "http://example.com:80"},
      {"http://h:443", "http://h:443"},
      {"http://[::1]:5000/a", "http://[::1]:5000"},
      {"https://example.com@evil.org/", "https://evil.org:443"},
      {"https://example.com.evil.org/", "https://example.com.evil.org:443"},
      {"nonsense", ""},
      {"", ""},
      {"https://", ""},
      {"https://h:x/", ""},
  };
  for (const auto& row : rows) EXPECT_EQ(origin_of(row.url), row.origin) << row.url;
}

TEST(HostOf, IsInLowerCaseAndInBracketsWhereItIsIpv6) {
  EXPECT_EQ(host_of("https://Example.com:443/a"), "example.com");
  EXPECT_EQ(host_of("http://[::1]:5000/a"), "[::1]");
  EXPECT_EQ(host_of("http://127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(host_of("nonsense"), "");
}

TEST(PercentDecoded, IsTheTextThatWasEncoded) {
  for (const std::string& text :
       {std::string(), std::string("a/b c"), std::string("a\0%\xff+", 5)}) {
    EXPECT_EQ(percent_decoded(percent_encoded(text)), text);
  }
  EXPECT_EQ(percent_decoded("/a+b%2f%2F"), "/a+b//");
  for (const std::string text : {"%", "%4", "a%4", "%zz", "%4z", "%-1", "%+1", "% 1", "%%20"}) {
    EXPECT_EQ(percent_decoded(text), std::nullopt) << text;
  }
}

TEST(PercentEncoded, StandsForItselfInAQuery) {
  EXPECT_EQ(percent_encoded(""), "");
  EXPECT_EQ(percent_encoded("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encoded("repository:a/b:pull,push"), "repository%3Aa%2Fb%3Apull%2Cpush");
  EXPECT_EQ(percent_encoded("a b&c=d+e?#%\r\n\xff"), "a%20b%26c%3Dd%2Be%3F%23%25%0D%0A%FF");
  EXPECT_EQ(percent_encoded(std::string("a\0b", 3)), "a%00b");
}

}  // namespace
}  // namespace dkr
