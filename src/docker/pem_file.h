// Reading certificates and keys from files.
#pragma once

#include <optional>
#include <string>

#include "base/world.h"

namespace dkr {

/// The content of the file at `path`, which ends in a line break; absent when there is no such
/// file. Throws Error kConfiguration, which names the file, when it cannot be read, or when reading
/// what is in it takes a passphrase.
std::optional<std::string> read_pem_file(const std::string& path, const Files& files);

}  // namespace dkr
