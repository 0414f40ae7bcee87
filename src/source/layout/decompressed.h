// Reading compressed files.
#pragma once

#include <memory>

#include "base/world.h"

namespace dkr {

/// `file`, or what it is after decompression, if its first bytes say that it is compressed with
/// gzip or zstd. Throws Error kUnsupported for other compression. Its functions throw Error
/// kMalformed, whose message gives only the cause, when the compressed data is damaged or
/// truncated.
std::unique_ptr<InputFile> decompressed(std::unique_ptr<InputFile> file);

}  // namespace dkr
