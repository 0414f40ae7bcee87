// Renders the listings that the commands print.
#pragma once

#include <string>
#include <vector>

#include "model/listing.h"
#include "output/field.h"
#include "output/output_format.h"

namespace dkr {

enum class Total { kOmit, kPrint };
enum class PlatformColumn { kHide, kShow };

/// The rows of `listing`. As a table by default: that of docker images, with a column for platforms
/// or digests if these are shown. With kPrint, a last line of a default table has `TOTAL` and, in
/// the SIZE column, total_size(). Throws Error kRefused, which names the row, if a template fails.
std::string render_tags(const Listing& listing, const OutputFormat& format, const LineStyle& style,
                        PlatformColumn platforms = PlatformColumn::kHide,
                        Total total = Total::kOmit);

/// `names`, one per line, by default under the header REPOSITORY.
std::string render_repositories(const std::vector<std::string>& names, const OutputFormat& format,
                                const LineStyle& style);

}  // namespace dkr
