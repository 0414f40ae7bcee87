// The one exception type of the program. Low layers throw it with a kind that says what went wrong;
// cli/ catches it once, prints it and turns the kind into the exit status. Absence is not an error:
// functions return std::optional for it.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace dkr {

enum class ErrorKind {
  kUsage,          ///< the command line cannot be understood
  kConfiguration,  ///< docker's configuration cannot be used: unknown context, bad host
  kUnsupported,    ///< what is asked for makes sense, but this program cannot do it
  kUnreachable,    ///< no connection: nobody listens, unknown host
  kDisconnected,   ///< the connection broke before the answer was complete
  kForbidden,      ///< the operating system refuses access
  kTimedOut,       ///< the peer made no progress for too long
  kTooLarge,       ///< an answer or file is larger than we are willing to hold
  kMalformed,      ///< bytes that are not what the protocol or format says
  kRefused,        ///< the server answered with an error of its own
  kBusy,           ///< the server has no time for us now
  kUnauthorized,   ///< the server wants credentials, or does not accept those it got
  kUntrusted,      ///< the server cannot prove by TLS that it is who it should be
  kOutput,         ///< the result could not be written
  kReaderGone,     ///< whoever read our output has stopped reading (EPIPE)
};

/// What failed, and what to do about it.
class Error : public std::runtime_error {
 public:
  /// `message` names the subject and the cause: lower case, no final full stop. `hint`, may be
  /// empty, tells the user what to do. Both may hold bytes from outside: whoever prints them makes
  /// them harmless (see printable()).
  Error(ErrorKind kind, const std::string& message, std::string hint = {})
      : std::runtime_error(message), kind_(kind), hint_(std::move(hint)) {}

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }

 private:
  ErrorKind kind_;
  std::string hint_;
};

/// Bytes that are not as they should be; `cause` as in Error.
inline Error malformed(const std::string& cause) { return {ErrorKind::kMalformed, cause}; }

}  // namespace dkr
