// Text as JSON, as Go's encoding/json writes it, since scripts compare it with docker's.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace dkr {

/// Whether `<`, `>` and `&` are escaped, as Go does by default.
enum class HtmlEscapes { kOmit, kWrite };

/// Appends `text` as a JSON string. Bytes that are not UTF-8 become `\ufffd`, and every character
/// that could control a terminal is escaped, which is more than Go does.
void append_json_text(std::string& output, std::string_view text, HtmlEscapes html);

/// Appends `texts` as a JSON list.
void append_json_text(std::string& output, std::span<const std::string> texts, HtmlEscapes html);

}  // namespace dkr
