// Renders what repositories take.
#pragma once

#include <span>
#include <string>

#include "model/usage.h"
#include "output/field.h"
#include "output/output_format.h"

namespace dkr {

/// A repository, or all together.
struct UsageLine {
  const std::string* repository;  ///< null: all together
  const Usage& usage;
};

/// Sorted by name, then those of bytes, sorted by name. The names are a contract, as those of
/// tag_fields().
std::span<const Field<UsageLine>> usage_fields();

/// A line for each repository, in their order, and one for all together, unless `format` leaves
/// only names. Throws Error kRefused, which names the row, if a template fails.
std::string render_usage(const UsageReport& report, const OutputFormat& format);

}  // namespace dkr
