// Reads a registry's lists of repositories and of tags, with all their pages.
#pragma once

#include <string>
#include <utility>

#include "net/http.h"
#include "net/task.h"
#include "source/oci/content_store.h"

namespace dkr {

class NameLists {
 public:
  enum class List { kCatalog, kTags };

  /// `base_url` is that of the registry. `client` must outlive this object.
  NameLists(HttpClient& client, std::string base_url)
      : client_(client), base_url_(std::move(base_url)) {}

  /// The response to `request`, for a list, with our page size unless the registry refuses it.
  Task<HttpResponse> first_page(HttpRequest request);

  /// The names in `first`, which is the response to `request`, and in all further pages. Throws
  /// Error when those in `first` cannot be read.
  Task<NameList> pages(HttpRequest request, HttpResponse first, List which);

 private:
  HttpClient& client_;
  std::string base_url_;
  /// kTheirs once the registry has refused the page size that we ask for.
  enum class PageSize { kOurs, kTheirs } page_size_ = PageSize::kOurs;
};

}  // namespace dkr
