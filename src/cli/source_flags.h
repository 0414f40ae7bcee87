// The global flags that select the source, and opening it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/candidate.h"
#include "source/source.h"

namespace dkr {

struct CommandLine;  // parse.h
struct Session;      // command.h

/// Check and return the values of --host, --source and --namespace. Throw InvalidValue (values.h).
std::string read_host(const std::string& value);
std::string read_source(const std::string& value);
std::string read_name_space(const std::string& value);

/// Completion of the values of --host, --context and --source. Contexts are read from docker's
/// files.
std::vector<Candidate> host_candidates(std::string_view typed, World& world,
                                       const Command& command);
std::vector<Candidate> context_candidates(std::string_view typed, World& world,
                                          const Command& command);
std::vector<Candidate> source_candidates(std::string_view typed, World& world,
                                         const Command& command);

/// Throws Error kUsage when flags of `line` contradict each other, or are for registries or
/// containerd and none of `sources`, which are valid values of --source, is that.
void check_source_flags(const CommandLine& line, std::span<const std::string> sources);

/// Opens `source`, a valid value of --source. Throws Error kConfiguration or kUnsupported when it
/// cannot be used. `session` and everything it refers to must outlive the result.
std::unique_ptr<ImageSource> open_source(const std::string& source, const CommandLine& line,
                                         Session& session);

/// Opens the source that the flags of `line` and docker's configuration select. Throws Error kUsage
/// when the flags contradict each other, kConfiguration or kUnsupported when the source cannot be
/// used. `session` and everything it refers to must outlive the result.
std::unique_ptr<ImageSource> open_source(const CommandLine& line, Session& session);

}  // namespace dkr
