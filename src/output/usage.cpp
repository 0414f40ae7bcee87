#include "output/usage.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "output/human.h"
#include "output/lines.h"

namespace dkr {
namespace {

constexpr std::string_view kTotal = "TOTAL";

std::string_view size_in(std::optional<std::uint64_t> bytes, std::string& buffer) {
  constexpr int kDigits = 4;
  return buffer = bytes ? human_size(static_cast<double>(*bytes), kDigits) : kNotAvailable;
}

FieldValue bytes_in(std::optional<std::uint64_t> bytes) {
  return bytes ? FieldValue(static_cast<std::int64_t>(*bytes)) : FieldValue();
}

FieldValue count_in(std::size_t count) { return static_cast<std::int64_t>(count); }

FieldValue usage_images(const UsageLine& line) { return count_in(line.usage.images); }

std::string_view usage_repository(const UsageLine& line, std::string& /*buffer*/) {
  return line.repository != nullptr ? std::string_view(*line.repository) : kTotal;
}

FieldValue usage_repository_or_null(const UsageLine& line) {
  return line.repository != nullptr ? FieldValue(*line.repository) : FieldValue();
}

std::string_view usage_shared(const UsageLine& line, std::string& buffer) {
  return size_in(line.usage.shared(), buffer);
}

std::string_view usage_size(const UsageLine& line, std::string& buffer) {
  return size_in(line.usage.size, buffer);
}

FieldValue usage_tags(const UsageLine& line) { return count_in(line.usage.tags); }

std::string_view usage_unique(const UsageLine& line, std::string& buffer) {
  return size_in(line.usage.unique, buffer);
}

FieldValue usage_shared_bytes(const UsageLine& line) { return bytes_in(line.usage.shared()); }

FieldValue usage_size_bytes(const UsageLine& line) { return bytes_in(line.usage.size); }

FieldValue usage_unique_bytes(const UsageLine& line) { return bytes_in(line.usage.unique); }

constexpr std::array<Field<UsageLine>, 9> kUsageFields{{
    {"Images", "IMAGES", nullptr, usage_images},
    {"Repository", "REPOSITORY", usage_repository, usage_repository_or_null},
    {"Shared", "SHARED", usage_shared},
    {"Size", "SIZE", usage_size},
    {"Tags", "TAGS", nullptr, usage_tags},
    {"Unique", "UNIQUE", usage_unique},
    {"SharedBytes", "SHARED BYTES", nullptr, usage_shared_bytes},
    {"SizeBytes", "SIZE BYTES", nullptr, usage_size_bytes},
    {"UniqueBytes", "UNIQUE BYTES", nullptr, usage_unique_bytes},
}};

}  // namespace

std::span<const Field<UsageLine>> usage_fields() { return kUsageFields; }

std::string render_usage(const UsageReport& report, const OutputFormat& format) {
  constexpr std::array<std::string_view, 6> kColumns = {"Repository", "Tags",   "Images",
                                                        "Size",       "Shared", "Unique"};
  const auto view = view_of<UsageLine>(usage_fields(), kColumns, "Repository");
  const auto visit_all = [&](const auto& visit) {
    for (const RepositoryUsage& row : report.repositories) {
      visit(UsageLine{&row.repository, row.usage});
    }
    if (!format.is_quiet()) visit(UsageLine{nullptr, report.total});
  };
  return render_lines(view, format, visit_all, [](const UsageLine& line) {
    return line.repository != nullptr ? *line.repository : std::string(kTotal);
  });
}

}  // namespace dkr
