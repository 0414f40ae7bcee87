// Reads XML, to check that what the program writes is well-formed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"

namespace dkr {

struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;  ///< of this element alone
  std::vector<XmlElement> children;
};

/// A parser of elements, attributes, text and references. It refuses what else XML 1.0 has:
/// declarations, comments, instructions and CDATA.
class XmlParser {
 public:
  explicit XmlParser(std::string_view text) : rest_(text) {}

  /// Throws std::runtime_error unless the text is one well-formed element and white space.
  XmlElement document() {
    XmlElement root = element();
    skip_blanks();
    if (!rest_.empty()) fail("there is something after the document");
    return root;
  }

 private:
  XmlElement element() {
    expect("<");
    XmlElement result{.name = name(), .attributes = {}, .text = {}, .children = {}};
    for (skip_blanks(); !rest_.starts_with('/') && !rest_.starts_with('>'); skip_blanks()) {
      std::string key = name();
      if (!result.attributes.emplace(std::move(key), attribute_value()).second) {
        fail("an attribute occurs twice");
      }
    }
    if (accept("/>")) return result;
    expect(">");
    while (!accept("</")) {
      if (rest_.starts_with('<')) {
        result.children.push_back(element());
      } else {
        if (rest_.starts_with("]]>")) fail("]]> in text");
        result.text += characters();
      }
    }
    expect(result.name);
    expect(">");
    return result;
  }

  std::string name() {
    std::size_t length = 0;
    while (length < rest_.size() &&
           (is_alphanumeric(rest_[length]) || (length > 0 && rest_[length] == '-'))) {
      ++length;
    }
    if (length == 0) fail("a name is missing");
    return std::string(take(length));
  }

  std::string attribute_value() {
    expect("=\"");
    std::string value;
    while (!accept("\"")) value += characters();
    if (!rest_.empty() && is_alphanumeric(rest_.front())) fail("no blank after an attribute");
    return value;
  }

  /// The next characters, at least one, up to anything that may have a meaning.
  std::string characters() {
    if (rest_.empty()) fail("the document ends early");
    if (rest_.front() == '<') fail("< in text");
    const std::string_view plain = rest_.substr(0, rest_.find_first_of("<&]\"\n"));
    if (!plain.empty() && is_printable_ascii(plain)) return std::string(take(plain.size()));
    if (accept("&amp;")) return "&";
    if (accept("&lt;")) return "<";
    if (accept("&gt;")) return ">";
    if (accept("&quot;")) return "\"";
    if (rest_.front() == '&') fail("an unknown reference");
    const Character found = first_character(rest_);
    if (found.length == 0) fail("not UTF-8");
    if (!is_legal(found.code_point)) fail("a character that XML cannot hold");
    return std::string(take(found.length));
  }

  static bool is_legal(std::uint32_t c) {
    return c == 0x9 || c == 0xA || c == 0xD || (c >= 0x20 && c <= 0xD7FF) ||
           (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
  }

  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }

  std::string_view take(std::size_t length) {
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

  bool accept(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  void expect(std::string_view expected) {
    if (!accept(expected)) fail("missing: " + std::string(expected));
  }

  [[noreturn]] void fail(const std::string& problem) const {
    throw std::runtime_error(problem + ", at: " + std::string(rest_.substr(0, 60)));
  }

  std::string_view rest_;
};

inline XmlElement parse_xml(std::string_view text) { return XmlParser(text).document(); }

}  // namespace dkr
