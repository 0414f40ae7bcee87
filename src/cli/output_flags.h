// The flags that say how to print a listing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/world.h"
#include "cli/candidate.h"
#include "model/order.h"
#include "output/field.h"
#include "output/listing.h"

namespace dkr {

/// Keys for sorting, with commas between them, and `-` before a descending one: `-size,tag`. Throws
/// InvalidValue (values.h).
std::vector<SortKey> read_sort_keys(const std::string& text);
std::vector<Candidate> sort_candidates(std::string_view typed, World& world,
                                       const Command& command);

/// What --format can be completed to: the words, and within `{{.` the fields.
std::vector<Candidate> format_candidates(std::string_view typed, World& world,
                                         const Command& command);

struct CommandLine;  // parse.h
struct Session;      // command.h

/// What --format and --quiet say. Throws Error kUsage. Warns of a format that prints the same for
/// each row.
OutputFormat output_format(const CommandLine& line, Session& session);

}  // namespace dkr
