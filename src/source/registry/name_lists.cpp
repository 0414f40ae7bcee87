#include "source/registry/name_lists.h"

#include <cstddef>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "model/reference.h"
#include "net/header.h"
#include "net/http_status.h"
#include "net/url.h"
#include "source/oci/name.h"
#include "source/registry/name_pages.h"
#include "source/registry/requests.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxPages = 100'000;

/// The URL of the page after `response`, to a request for `url`; absent after the last page.
/// Proxies in front of a registry make it name itself by another scheme or host, so any other
/// address than that of `response` means the registry at `base_url`, as in skopeo.
std::optional<std::string> next_page(const HttpResponse& response, const std::string& url,
                                     const std::string& base_url) {
  const std::string& from = response.url.empty() ? url : response.url;
  for (const auto& [name, value] : response.headers) {
    if (name != "link") continue;
    const auto link = next_link(value);
    if (!link) continue;
    auto next = resolve_url(from, *link);
    if (!next || origin_of(*next) != origin_of(from)) next = resolve_at_origin(base_url, *link);
    if (!next) throw Error(ErrorKind::kRefused, "next page has an invalid address");
    return next;
  }
  return std::nullopt;
}

}  // namespace

Task<HttpResponse> NameLists::first_page(HttpRequest request) {
  if (page_size_ == PageSize::kOurs) {
    HttpRequest sized = request;
    sized.url += "?n=1000";
    HttpResponse response = co_await client_.send(std::move(sized));
    if (response.status != http_status::kBadRequest &&
        response.status != http_status::kContentTooLarge) {
      co_return response;
    }
    page_size_ = PageSize::kTheirs;
  }
  co_return co_await client_.send(std::move(request));
}

Task<NameList> NameLists::pages(HttpRequest request, HttpResponse first, List which) {
  NamePages names(which == List::kCatalog ? "repositories" : "tags",
                  which == List::kCatalog ? is_repository : is_tag);
  names.add(first.body);
  std::optional<Error> failure;
  try {
    HttpResponse response = std::move(first);
    std::unordered_set<std::string, KeyedHash> visited;
    while (auto next = next_page(response, request.url, base_url_)) {
      if (!visited.insert(*next).second || visited.size() > kMaxPages) {
        throw malformed("pages do not end");
      }
      names.count_bytes(next->size());
      request.url = std::move(*next);
      request.max_body_bytes = names.bytes_left();
      response = co_await client_.send(request);
      if (response.status != http_status::kOk) throw refusal(response, base_url_);
      names.add(response.body);
    }
  } catch (const Error& error) {
    failure = error.kind() == ErrorKind::kTooLarge ? list_too_large() : error;
  }
  NameList list;
  list.names = std::move(names).take();
  list.failure = std::move(failure);
  co_return list;
}

}  // namespace dkr
