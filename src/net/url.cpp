#include "net/url.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <memory>
#include <new>

#include <curl/curl.h>

#include "base/text.h"

namespace dkr {
namespace {

/// Whether a call succeeded; throws std::bad_alloc if memory was short.
bool succeeded(CURLUcode code) {
  if (code == CURLUE_OUT_OF_MEMORY) throw std::bad_alloc();
  return code == CURLUE_OK;
}

class Url {
 public:
  explicit Url(const std::string& text) {
    if (!url_) throw std::bad_alloc();
    ok_ = set(text);
  }

  /// Resolves `text` against the current URL; false when the result is not valid.
  bool set(const std::string& text) {
    return succeeded(curl_url_set(url_.get(), CURLUPART_URL, text.c_str(), CURLU_PATH_AS_IS));
  }
  [[nodiscard]] bool ok() const { return ok_; }
  /// Absent when the URL has no such part.
  [[nodiscard]] std::optional<std::string> get(CURLUPart part) const {
    char* text = nullptr;
    if (!succeeded(curl_url_get(url_.get(), part, &text, CURLU_DEFAULT_PORT))) return std::nullopt;
    const std::unique_ptr<char, void (*)(void*)> owner(text, curl_free);
    return text;
  }

 private:
  std::unique_ptr<CURLU, void (*)(CURLU*)> url_{curl_url(), curl_url_cleanup};
  bool ok_ = false;
};

}  // namespace

std::optional<std::string> resolve_url(const std::string& base, const std::string& reference) {
  Url url(base);
  if (!url.ok() || !url.set(reference)) return std::nullopt;
  const auto scheme = url.get(CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return std::nullopt;
  if (url.get(CURLUPART_USER) || url.get(CURLUPART_PASSWORD)) return std::nullopt;
  return url.get(CURLUPART_URL);
}

std::optional<std::string> resolve_at_origin(const std::string& base, std::string_view reference) {
  // The parts of a reference are separated as in RFC 3986, appendix B.
  const std::size_t scheme = reference.find_first_of(":/?#");
  if (scheme != std::string_view::npos && reference[scheme] == ':') {
    reference.remove_prefix(scheme + 1);
  }
  if (reference.starts_with("//")) {
    reference.remove_prefix(std::min(reference.find_first_of("/?#", 2), reference.size()));
  }
  if (!reference.starts_with('/')) return std::nullopt;
  const std::string url = origin_of(base) + std::string(reference);
  return resolve_url(url, url);
}

std::string origin_of(const std::string& url) {
  const Url parts(url);
  const auto scheme = parts.get(CURLUPART_SCHEME);
  const auto host = parts.get(CURLUPART_HOST);
  const auto port = parts.get(CURLUPART_PORT);
  if (!parts.ok() || !scheme || !host || !port) return "";
  return *scheme + "://" + to_lower(*host) + ":" + *port;
}

std::string host_of(const std::string& url) {
  const Url parts(url);
  return to_lower(parts.get(CURLUPART_HOST).value_or(""));
}

std::optional<std::string> percent_decoded(std::string_view text) {
  constexpr int kBase = 16;
  std::string result;
  while (!text.empty()) {
    std::size_t read = 1;
    char c = text.front();
    if (c == '%') {
      unsigned char byte = 0;
      const std::string_view digits = text.substr(1, 2);
      const char* end = digits.data() + digits.size();
      if (digits.size() != 2 || std::from_chars(digits.data(), end, byte, kBase).ptr != end) {
        return std::nullopt;
      }
      c = static_cast<char>(byte);
      read = 3;
    }
    result += c;
    text.remove_prefix(read);
  }
  return result;
}

std::string percent_encoded(std::string_view text) {
  const std::unique_ptr<char, void (*)(void*)> encoded(
      curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())), curl_free);
  return text.empty() ? "" : encoded.get();
}

}  // namespace dkr
