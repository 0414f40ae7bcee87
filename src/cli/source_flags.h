// The global flags that say where the images are, and the source that they name.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/candidate.h"
#include "source/source.h"

namespace dkr {

struct CommandLine;  // parse.h
struct Session;      // command.h

/// The values of --host and --source, checked. Throw InvalidValue (values.h).
std::string read_host(const std::string& value);
std::string read_source(const std::string& value);

/// What may stand behind --host, --context and --source; contexts are read from docker's files.
std::vector<Candidate> host_candidates(std::string_view typed, World& world);
std::vector<Candidate> context_candidates(std::string_view typed, World& world);
std::vector<Candidate> source_candidates(std::string_view typed, World& world);

/// The source that the flags of `line` and docker's configuration name. Throws Error kUsage when
/// the flags contradict each other, kConfiguration when what they name cannot be used. All that
/// `session` refers to must outlive the result.
std::unique_ptr<ImageSource> open_source(const CommandLine& line, Session& session);

}  // namespace dkr
