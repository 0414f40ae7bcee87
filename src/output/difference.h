// Renders what `dkr-ls diff` prints.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/difference.h"
#include "output/field.h"
#include "output/output_format.h"

namespace dkr {

/// The fields of a difference, sorted by name.
std::span<const Field<Difference>> difference_fields();

/// `differences`, one per line, by default with short digests. Throws Error kRefused, which names
/// the line, if a template fails.
std::string render_differences(const std::vector<Difference>& differences,
                               const OutputFormat& format);

}  // namespace dkr
