// The TLS settings for an engine, and the files that they come from.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/time.h"
#include "base/world.h"
#include "net/http.h"

namespace dkr {

/// How to speak TLS with an engine.
struct EngineTls {
  std::shared_ptr<const TlsSettings> settings;
  /// Where docker keeps the files of this engine; empty: nowhere.
  std::string directory;
  std::string ca_file;           ///< the only CA certificates; empty: those of the system
  std::string certificate_file;  ///< of the client; empty: none is used
  std::string key_file;          ///< empty when `certificate_file` is
  std::optional<Time> certificate_expiry = {};  ///< of the client's; absent: not known
};

/// What to do about a `directory` without ca.pem.
enum class MissingCa { kIsError, kMeansSystem };

/// The settings from ca.pem, cert.pem and key.pem in `directory` (empty: there are none), as docker
/// takes them (docker/cli, cli/context/docker/load.go): with a ca.pem, only that is trusted, and a
/// certificate without a key, or a key without a certificate, is not used; a warning says so.
/// Without `verification`, ca.pem is not read. Throws Error kConfiguration, which names the file,
/// when one cannot be used.
EngineTls read_engine_tls(const std::string& directory, ServerVerification verification,
                          MissingCa missing_ca, const World& world, Log& log);

}  // namespace dkr
