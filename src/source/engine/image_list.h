// The answer to GET /images/json, turned into the rows that `docker images` shows.
#pragma once

#include <string>

#include "model/listing.h"

namespace dkr {

/// Reads `body`, a list of image summaries as the Engine API defines them (`Id`, `RepoTags`,
/// `RepoDigests`, `Created` in seconds since 1970, `Size` in bytes), of any version since 1.24;
/// `null` is an empty list. Rows are those of the docker command line:
/// - one for each of RepoTags, grouped by repository in the order of first appearance;
/// - for a repository that only RepoDigests names, one without tag;
/// - for an image without any name one without repository and tag.
/// Names that are no references give no row. Created of year 1, which some engines write for
/// "never", is unknown. Entries that are not as the API says are left out and told in one Failure,
/// which starts with `subject`. Throws Error kMalformed when the body is no JSON list at all.
Listing parse_engine_images(std::string body, const std::string& subject);

}  // namespace dkr
