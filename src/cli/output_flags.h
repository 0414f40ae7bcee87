// The flags that say how to print a listing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/world.h"
#include "cli/candidate.h"
#include "model/order.h"
#include "output/output_format.h"

namespace dkr {

/// What --sort can be completed to.
std::vector<Candidate> sort_candidates(std::string_view typed, World& world,
                                       const Command& command);

/// What --format can be completed to: the words, and within `{{.` the fields.
std::vector<Candidate> format_candidates(std::string_view typed, World& world,
                                         const Command& command);

struct CommandLine;  // parse.h
struct Session;      // command.h

/// What --format and --quiet say; formats that only the command has (Command::formats) are left to
/// it. Throws Error kUsage. Warns of a format that prints the same for each row.
OutputFormat output_format(const CommandLine& line, Session& session);

/// The keys of --sort, with commas between them, and `-` before a descending one: `-size,tag`;
/// empty without --sort. Throws Error kUsage unless the command can sort by them.
std::vector<SortKey> sort_keys(const CommandLine& line);

}  // namespace dkr
