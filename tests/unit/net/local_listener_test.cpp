#include "net/local_listener.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "base/error.h"

namespace dkr {
namespace {

using testing::Property;
using testing::Throws;

/// A connection to the listener.
class Client {
 public:
  explicit Client(const LocalListener& listener) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const sockaddr_in address = listener.address();
    EXPECT_EQ(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
              0);
  }
  ~Client() { ::close(descriptor_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] int port() const {
    sockaddr_in own{};
    socklen_t bytes = sizeof(own);
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&own), &bytes);
    return ntohs(own.sin_port);
  }

 private:
  int descriptor_;
};

TEST(LocalListener, GivesTheOtherEndOfTheConnectionFromThePortAndClosesOthers) {
  LocalListener listener;
  EXPECT_EQ(listener.address().sin_addr.s_addr, htonl(INADDR_LOOPBACK));
  const Client stranger(listener);
  const Client client(listener);
  const int accepted = listener.accept(client.port());
  char byte = 'x';
  ASSERT_EQ(::send(accepted, &byte, 1, 0), 1);
  ASSERT_EQ(::recv(client.descriptor(), &byte, 1, 0), 1);
  EXPECT_EQ(::recv(stranger.descriptor(), &byte, 1, 0), 0);
  ::close(accepted);
}

TEST(LocalListener, DoesNotWaitForeverForAConnection) {
  LocalListener listener;
  EXPECT_THAT([&] { (void)listener.accept(1); },
              Throws<Error>(Property(&Error::kind, ErrorKind::kUnreachable)));
}

}  // namespace
}  // namespace dkr
