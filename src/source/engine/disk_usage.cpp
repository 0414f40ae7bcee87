#include "source/engine/disk_usage.h"

#include "base/error.h"
#include "base/json.h"

namespace dkr {

std::optional<std::uint64_t> read_total_size(std::string_view body) {
  const json::Document document(body);
  if (!document.root().is_object()) throw malformed("is not a JSON object");
  const auto images = document.root().find("ImageUsage");
  const auto total = images && images->is_object() ? images->find("TotalSize")
                                                   : document.root().find("LayersSize");
  const auto bytes = total ? total->integer() : std::nullopt;
  return bytes && *bytes > 0 ? std::optional<std::uint64_t>(*bytes) : std::nullopt;
}

}  // namespace dkr
