// Writing JSON (RFC 8259).
#pragma once

#include <string>
#include <string_view>

namespace dkr {

/// `text` as a JSON string, in quotes. Only what must be escaped is.
std::string json_string(std::string_view text);

}  // namespace dkr
