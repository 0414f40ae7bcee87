// Reads the pages of the lists of Docker Hub's own API, within limits.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "net/http.h"
#include "source/registry/name_pages.h"

namespace dkr {

/// A list, whose entries are what a derived class makes of them.
class HubPages {
 public:
  HubPages() = default;
  HubPages(const HubPages&) = delete;  // derived classes refer to themselves
  HubPages& operator=(const HubPages&) = delete;
  virtual ~HubPages() = default;

  /// Adds the entries of the page `body`, and returns the address of the next page as the page has
  /// it; absent after the last one. An unreadable entry is left out. Throws Error kMalformed when
  /// the page has no entries, or over a thousand of the list are unreadable, and kTooLarge when the
  /// pages exceed kMaxBodyBytes, or what is kept of them kMaxListBytes. Entries before a fault are
  /// kept.
  std::optional<std::string> add(std::string_view body);

  /// Counts bytes that are kept for the list. Throws kTooLarge.
  void count_bytes(std::size_t bytes);

  /// What is wrong with the entries that were left out; absent when there are none.
  [[nodiscard]] std::optional<Error> fault() const;

 protected:
  /// Adds an entry unless it is known. Throws Error kMalformed when it is unreadable, and what
  /// count_bytes() throws, which counts what is kept of it.
  virtual void add_entry(const json::Value& entry) = 0;

 private:
  void record_fault(std::string_view cause);

  std::size_t bytes_left_ = kMaxListBytes;
  std::size_t received_ = 0;
  std::size_t position_ = 0;
  std::size_t unreadable_ = 0;
  std::string first_fault_;
};

/// The member `key` of `entry`, if it is a string; else empty.
std::string_view hub_text(const json::Value& entry, std::string_view key);

}  // namespace dkr
