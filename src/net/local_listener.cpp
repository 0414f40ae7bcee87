#include "net/local_listener.h"

#include <cerrno>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

#include "base/text.h"

namespace dkr {
namespace {

sockaddr* generic(sockaddr_in& address) {
  return reinterpret_cast<sockaddr*>(&address);  // NOLINT(*-reinterpret-cast): as POSIX has it
}

}  // namespace

Error no_local_connection(int error_number) {
  return {ErrorKind::kUnreachable,
          "no connection within this machine, on 127.0.0.1: " +
              to_lower(std::error_code(error_number, std::generic_category()).message()),
          "is the loopback interface up? `ip link set lo up` does that"};
}

LocalListener::LocalListener()
    : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  constexpr int kMaxWaiting = 16;  // other processes must not take the only place
  address_.sin_family = AF_INET;
  address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t bytes = sizeof(address_);
  if (descriptor_ < 0 || ::bind(descriptor_, generic(address_), bytes) != 0 ||
      ::listen(descriptor_, kMaxWaiting) != 0 ||
      ::getsockname(descriptor_, generic(address_), &bytes) != 0) {
    const int error_number = errno;
    if (descriptor_ >= 0) ::close(descriptor_);
    throw no_local_connection(error_number);
  }
}

LocalListener::~LocalListener() { ::close(descriptor_); }

int LocalListener::accept(int client_port) {
  constexpr int kMaxWaitMilliseconds = 1000;  // until the kernel has passed the last packet on
  while (true) {
    pollfd waiting{descriptor_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, kMaxWaitMilliseconds);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) throw no_local_connection(ready == 0 ? ETIMEDOUT : errno);
    sockaddr_in client{};
    socklen_t bytes = sizeof(client);
    const int accepted = ::accept4(descriptor_, generic(client), &bytes, SOCK_CLOEXEC);
    if (accepted < 0) continue;  // a connection that has ended
    const bool is_ours = client.sin_addr.s_addr == htonl(INADDR_LOOPBACK) &&
                         client.sin_port == htons(static_cast<in_port_t>(client_port));
    if (is_ours) return accepted;
    ::close(accepted);
  }
}

}  // namespace dkr
