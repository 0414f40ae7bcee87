// A connection from this process to itself, one end of which another program can be given. It is
// made over TCP: libcurl 7.88 can neither be given a socket that is connected already, nor does it
// reuse a connection to a peer without an IP address or a path.
#pragma once

#include <netinet/in.h>

#include "base/error.h"

namespace dkr {

/// The connection cannot be made, for this reason of the system.
Error no_local_connection(int error_number);

/// Listens for a connection from this process, on this machine.
class LocalListener {
 public:
  /// Throws Error kUnreachable.
  LocalListener();
  ~LocalListener();
  LocalListener(const LocalListener&) = delete;
  LocalListener& operator=(const LocalListener&) = delete;

  /// Where to connect to.
  [[nodiscard]] const sockaddr_in& address() const { return address_; }

  /// The other end of the established connection from the port `client_port`, which the caller
  /// owns. Connections from elsewhere, which other processes made, are closed. Throws Error
  /// kUnreachable when there is none.
  [[nodiscard]] int accept(int client_port);

 private:
  int descriptor_;
  sockaddr_in address_{};
};

}  // namespace dkr
