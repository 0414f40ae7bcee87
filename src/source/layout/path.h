// Paths of files in archives. They are names only: nothing is ever written under them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dkr {

/// `path` without empty parts, `.` and `..`; absent if it is absolute, leads out of the archive, or
/// names no file.
std::optional<std::string> plain_path(std::string_view path);

/// The path that a symbolic link at `path` refers to, from its own folder on; absent under the same
/// conditions.
std::optional<std::string> linked_path(std::string_view path, std::string_view target);

}  // namespace dkr
