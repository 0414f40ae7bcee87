#include "base/text.h"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace dkr {
namespace {

TEST(Printable, LeavesTextAlone) {
  for (const std::string text : {"", " ", "nginx:latest", "~!\\x1b", "ünïcödé", "日本語", "🐳",
                                 "\xef\xbf\xbd", "\xf4\x8f\xbf\xbf", "\xc2\xa0", "\xed\x9f\xbf"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(printable(text), text);
    EXPECT_TRUE(is_printable(text));
  }
}

TEST(Printable, ShowsTheBytesOfWhatCouldSteerATerminal) {
  const struct {
    const char* what;
    std::string text;
    std::string shown;
  } rows[] = {
      {"NUL", std::string(1, '\0'), "\\x00"},
      {"line feed", "a\nb", "a\\x0ab"},
      {"carriage return", "a\rb", "a\\x0db"},
      {"tab", "\t", "\\x09"},
      {"backspace", "a\b", "a\\x08"},
      {"last of C0", "\x1f", "\\x1f"},
      {"DEL", "\x7f", "\\x7f"},
      {"colour sequence", "\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"},
      {"window title", "\x1b]0;title\a", "\\x1b]0;title\\x07"},
      {"first of C1", "\xc2\x80", "\\xc2\\x80"},
      {"next line", "\xc2\x85", "\\xc2\\x85"},
      {"C1 control sequence introducer", "\xc2\x9b", "\\xc2\\x9b"},
      {"last of C1", "\xc2\x9f", "\\xc2\\x9f"},
      {"line separator", "\xe2\x80\xa8", "\\xe2\\x80\\xa8"},
      {"paragraph separator", "\xe2\x80\xa9", "\\xe2\\x80\\xa9"},
      {"Arabic letter mark", "\xd8\x9c", "\\xd8\\x9c"},
      {"left-to-right mark", "\xe2\x80\x8e", "\\xe2\\x80\\x8e"},
      {"right-to-left mark", "\xe2\x80\x8f", "\\xe2\\x80\\x8f"},
      {"left-to-right embedding", "\xe2\x80\xaa", "\\xe2\\x80\\xaa"},
      {"right-to-left override", "\xe2\x80\xae", "\\xe2\\x80\\xae"},
      {"left-to-right isolate", "\xe2\x81\xa6", "\\xe2\\x81\\xa6"},
      {"pop directional isolate", "\xe2\x81\xa9", "\\xe2\\x81\\xa9"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    EXPECT_EQ(printable(row.text), row.shown);
    EXPECT_FALSE(is_printable(row.text));
  }
}

TEST(Printable, ShowsTheBytesThatAreNotUtf8) {
  const struct {
    const char* what;
    std::string text;
    std::string shown;
  } rows[] = {
      {"lone continuation byte",
       "a\x9b"
       "b",
       "a\\x9bb"},
      {"lone start byte", "\xc3", "\\xc3"},
      {"start byte before text", "\xc3(", "\\xc3("},
      {"cut character, then another", "\xe2\x82ü", "\\xe2\\x82ü"},
      {"overlong slash", "\xc0\xaf", "\\xc0\\xaf"},
      {"overlong escape", "\xe0\x80\x9b", "\\xe0\\x80\\x9b"},
      {"overlong in four bytes", "\xf0\x80\x80\x9b", "\\xf0\\x80\\x80\\x9b"},
      {"surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
      {"beyond the last code point", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
      {"bytes that UTF-8 never has", "\xf5\xfe\xff", "\\xf5\\xfe\\xff"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    EXPECT_EQ(printable(row.text), row.shown);
    EXPECT_FALSE(is_printable(row.text));
  }
}

TEST(Printable, MakesAnyTwoBytesPrintableAndChangesOnlyWhatIsNot) {
  for (unsigned both = 0; both < 0x10000; ++both) {
    const std::string text{static_cast<char>(both >> 8U), static_cast<char>(both & 0xFFU)};
    const std::string shown = printable(text);
    ASSERT_TRUE(is_printable(shown)) << both;
    ASSERT_EQ(is_printable(text), shown == text) << both;
  }
}

TEST(FirstCharacter, IsThatOfTheTextOrNoneIfItIsNotUtf8) {
  const struct {
    std::string text;
    std::size_t length;
    std::uint32_t code_point;
  } rows[] = {
      {"ab", 1, 'a'},         {std::string(1, '\0'), 1, 0},
      {"üb", 2, 0xFC},        {"日本", 3, 0x65E5},
      {"🐳", 4, 0x1F433},      {"\x80", 0, 0},
      {"\xc3", 0, 0},         {"\xc0\xaf", 0, 0},
      {"\xed\xa0\x80", 0, 0}, {"\xf4\x90\x80\x80", 0, 0},
      {"\xff", 0, 0},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(printable(row.text));
    EXPECT_EQ(first_character(row.text).length, row.length);
    EXPECT_EQ(first_character(row.text).code_point, row.code_point);
  }
}

TEST(ControlsTerminal, HoldsForWhatPrintableEscapes) {
  for (const std::uint32_t c : {0U, 0x1BU, 0x1FU, 0x7FU, 0x80U, 0x9FU, 0x61CU, 0x200EU, 0x200FU,
                                0x2028U, 0x2029U, 0x202AU, 0x202EU, 0x2066U, 0x2069U}) {
    EXPECT_TRUE(controls_terminal(c)) << c;
  }
  for (const std::uint32_t c : {0x20U, 0x7EU, 0xA0U, 0x61BU, 0x61DU, 0x200DU, 0x2010U, 0x2027U,
                                0x202FU, 0x2065U, 0x206AU, 0x1F433U}) {
    EXPECT_FALSE(controls_terminal(c)) << c;
  }
}

TEST(Excerpt, IsTheFirstLineWithoutSurroundingBlanks) {
  const struct {
    std::string text;
    std::size_t max_bytes;
    std::string excerpt;
  } rows[] = {
      {"", 10, ""},
      {" \r\n\t ", 10, ""},
      {"short", 10, "short"},
      {"exactly 10", 10, "exactly 10"},
      {"eleven byte", 10, "eleven byt..."},
      {"  \n first \nsecond", 10, "first"},
      {"first\r\nsecond", 10, "first"},
      {"first\rsecond", 10, "first"},
      {"long first line\nsecond", 4, "long..."},
      {"anything", 0, "..."},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(excerpt(row.text, row.max_bytes), row.excerpt);
  }
}

TEST(Excerpt, DoesNotCutACharacterInTwo) {
  const struct {
    std::size_t max_bytes;
    std::string excerpt;
  } rows[] = {{1, "a..."},  {2, "a..."},  {3, "aü..."},  {4, "aü..."},
              {5, "aü..."}, {6, "aü..."}, {7, "aü🐳..."}, {8, "aü🐳!"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.max_bytes);
    EXPECT_EQ(excerpt("aü🐳!", row.max_bytes), row.excerpt);
  }
  EXPECT_EQ(excerpt("\x80\x80\x80\x80", 2), "...");
}

TEST(WithoutCredentials, HidesWhatMayBeSecretInAnAddress) {
  const struct {
    std::string url;
    std::string shown;
  } rows[] = {
      {"", ""},
      {"host", "host"},
      {"tcp://host:2375", "tcp://host:2375"},
      {"unix:///var/run/docker.sock", "unix:///var/run/docker.sock"},
      {"tcp://me@host", "tcp://***@host"},
      {"tcp://me:secret@host:1", "tcp://***@host:1"},
      {"tcp://me:sec@ret@host", "tcp://***@host"},
      {"tcp://me:sec/ret@host", "tcp://***@host"},
      {"me:secret@host", "***@host"},
      {"what?", "what?"},
      {"http://host/path?token=secret", "http://host/path?***"},
      {"http://host#secret", "http://host#***"},
      {"http://me:secret@host/?a=b#c", "http://***@host/?***"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.url);
    EXPECT_EQ(without_credentials(row.url), row.shown);
  }
}

TEST(WithoutCredentials, ShowsNoPartOfASecretWithMarksOfAnAddressInIt) {
  for (const std::string url :
       {"tcp://me:ONE?TWO@host", "tcp://me:ONE#TWO@host", "tcp://me:ONE?TWO@TWO@host",
        "tcp://me:ONE://TWO@host", "http://host/?ONE=me@TWO"}) {
    SCOPED_TRACE(url);
    const std::string shown = without_credentials(url);
    EXPECT_EQ(shown.find("ONE"), std::string::npos) << shown;
    EXPECT_EQ(shown.find("TWO"), std::string::npos) << shown;
  }
}

TEST(ToLower, ChangesAsciiLettersOnly) {
  EXPECT_EQ(to_lower(""), "");
  EXPECT_EQ(to_lower("API-Version"), "api-version");
  EXPECT_EQ(to_lower("@AZ[`az{ÄÖ"), "@az[`az{ÄÖ");
}

TEST(ToUpper, ChangesAsciiLettersOnly) {
  EXPECT_EQ(to_upper(""), "");
  EXPECT_EQ(to_upper("@AZ[`az{äö"), "@AZ[`AZ{äö");
}

TEST(Trim, TakesBlanksTabsAndLineEndsOffBothEnds) {
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim(" \t\r\n"), "");
  EXPECT_EQ(trim("\r\n\t a b\tc \n"), "a b\tc");
  EXPECT_EQ(trim("\va\f"), "\va\f");
}

TEST(IsPrintableAscii, LooksAtEveryCharacterWhereverItStands) {
  EXPECT_TRUE(is_printable_ascii(""));
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (const char c : {' ', '~', '0', 'z'}) {
        std::string text(size, 'x');
        text[place] = c;
        EXPECT_TRUE(is_printable_ascii(text)) << text;
      }
      for (const char c : {'\0', '\x1f', '\n', '\x7f', '\x80', '\xff', '\xc3'}) {
        std::string text(size, 'x');
        text[place] = c;
        EXPECT_FALSE(is_printable_ascii(text)) << place << " of " << size;
      }
    }
  }
}

}  // namespace
}  // namespace dkr
