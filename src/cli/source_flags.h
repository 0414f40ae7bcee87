// The global flags that say where the images are, and the source that they name. The only file of
// cli/ that knows which kinds of source there are.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/candidate.h"
#include "model/platform.h"
#include "source/source.h"

namespace dkr {

struct CommandLine;  // parse.h
struct Session;      // command.h

struct SourceSettings {
  std::optional<std::string> host;     ///< an engine, as in DOCKER_HOST
  std::optional<std::string> context;  ///< one of docker's; empty: not set
  std::string source = "docker";       ///< as typed
  std::chrono::seconds timeout{60};    ///< without progress, then a request is given up; 0: never
  std::optional<Platform> platform;    ///< absent: this machine's
  std::optional<std::int64_t> jobs;    ///< requests in flight; absent: what fits the protocol
  bool no_cache = false;
};

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
