// The exception type for everything that can go wrong outside the program. Low layers throw it with
// a kind that says what went wrong; cli/ catches it once, prints it and turns the kind into the
// exit status. Absence is not an error: functions return std::optional for it.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace dkr {

enum class ErrorKind {
  kUsage,          ///< the command line cannot be understood
  kConfiguration,  ///< docker's configuration is unusable: unknown context, bad host
  kUnsupported,    ///< a valid request that this program does not support
  kUnreachable,    ///< no connection: connection refused, unknown host
  kDisconnected,   ///< the connection was closed before the response was complete
  kForbidden,      ///< the operating system refuses access
  kTimedOut,       ///< the peer made no progress for too long
  kTooLarge,       ///< a response or file exceeds the size limit
  kMalformed,      ///< input that violates its protocol or format
  kRefused,        ///< the server responded with an error
  kBusy,           ///< the server is temporarily overloaded or unavailable
  kUnauthorized,   ///< the server requires credentials, or rejected ours
  kOutOfPulls,     ///< the server allows so few more pulls that they are left to the user
  kUntrusted,      ///< the server's TLS certificate could not be verified
  kOutput,         ///< the result could not be written
  kReaderGone,     ///< the reader of our output closed the pipe (EPIPE)
};

/// What failed, and what to do about it.
class Error : public std::runtime_error {
 public:
  /// `message` names the subject and the cause, in lower case and without a final full stop. `hint`
  /// tells the user what to do; it may be empty. Both may contain untrusted bytes, which the code
  /// that prints them must escape (see printable()).
  Error(ErrorKind kind, const std::string& message, std::string hint = {})
      : std::runtime_error(message), kind_(kind), hint_(std::move(hint)) {}

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }

 private:
  ErrorKind kind_;
  std::string hint_;
};

/// A kMalformed error with the message `cause`.
inline Error malformed(const std::string& cause) { return {ErrorKind::kMalformed, cause}; }

}  // namespace dkr
