// Converts the response to GET /images/json into the rows that `docker images` shows.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "base/digest.h"
#include "model/listing.h"
#include "source/source.h"

namespace dkr {

/// Parses `body`, a list of image summaries as the Engine API defines them since version 1.24
/// (`Id`, `RepoTags`, `RepoDigests`, `Created` in seconds since 1970, `Size` in bytes), with names
/// in any case, as docker reads them. `null` is an empty list. A size may be negative. The rows are
/// those of the docker command line:
/// - one for each of RepoTags, grouped by repository in the order of first appearance;
/// - one without a tag for each repository that only RepoDigests names;
/// - one without repository and tag for an image that has no names.
/// With Detail::kAll, the digests of a row are those of its repository, in the engine's order.
/// With Platforms::kAll, an image that has `Manifests` has these rows for each platform that the
/// engine holds, with the size and the digest of its manifest. Image::is_in_use is whether the
/// image or one of its manifests is among `in_use`. Names that are not valid references are
/// skipped. Created is unknown if it is Go's zero time. Entries that violate the API, or of over 8
/// MiB, are omitted, and one Failure, which starts with `subject`, reports them all. Throws Error
/// kMalformed, `image list: ...`, when the body is not a JSON list, or has over 1,000 such entries.
Listing parse_engine_images(std::string_view body, const std::string& subject,
                            Detail detail = Detail::kTable, Platforms platforms = Platforms::kOne,
                            const std::unordered_set<Digest>& in_use = {});

}  // namespace dkr
