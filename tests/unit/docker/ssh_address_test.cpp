#include "docker/ssh_address.h"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Property;
using testing::StrEq;
using testing::Throws;

TEST(ParseSshAddress, ReadsWhatDockerReads) {
  const struct {
    std::string text;
    std::string user;
    std::string host;
    std::optional<int> port;
    std::string engine_socket;
    std::string shown;
  } rows[] = {
      {"far", "", "far", {}, "", "ssh://far"},
      {"me@far", "me", "far", {}, "", "ssh://me@far"},
      {"me@far:2222", "me", "far", 2222, "", "ssh://me@far:2222"},
      {"@far:", "", "far", {}, "", "ssh://far"},
      {"far/", "", "far", {}, "", "ssh://far"},
      {"far/run/user/1/docker.sock",
       "",
       "far",
       {},
       "/run/user/1/docker.sock",
       "ssh://far/run/user/1/docker.sock"},
      {"far//a/../b", "", "far", {}, "//a/../b", "ssh://far//a/../b"},
      {"me@[2001:db8::1]:22", "me", "2001:db8::1", 22, "", "ssh://me@[2001:db8::1]:22"},
      {"me%40corp@far", "me@corp", "far", {}, "", "ssh://me%40corp@far"},
      {"CORP%5Cme@far", "CORP\\me", "far", {}, "", "ssh://CORP%5Cme@far"},
      {"[fe80::1%25eth0]:22", "", "fe80::1%eth0", 22, "", "ssh://[fe80::1%25eth0]:22"},
      {"[fe80::1%eth0]", "", "fe80::1%eth0", {}, "", "ssh://[fe80::1%25eth0]"},
      {"[fe80::1%2525]", "", "fe80::1%25", {}, "", "ssh://[fe80::1%2525]"},
      {"192.0.2.1", "", "192.0.2.1", {}, "", "ssh://192.0.2.1"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const SshAddress address = parse_ssh_address(row.text);
    EXPECT_EQ(address.user, row.user);
    EXPECT_EQ(address.host, row.host);
    EXPECT_EQ(address.port, row.port);
    EXPECT_EQ(address.engine_socket, row.engine_socket);
    EXPECT_EQ(to_string(address), row.shown);
  }
}

TEST(ParseSshAddress, RefusesTheRestWithoutRepeatingIt) {
  const struct {
    std::string text;
    std::string message;
  } rows[] = {
      {"me:secret@far", "a password in the address is not supported"},
      {":secret@far", "a password in the address is not supported"},
      {"me:secret@secret@far", "a password in the address is not supported"},
      {"far?secret", "a query or a fragment in the address is not supported"},
      {"far/x#secret", "a query or a fragment in the address is not supported"},
      {"", "the host is missing"},
      {"me@", "the host is missing"},
      {"/secret", "the host is missing"},
      {"-osecret", "the host or port is not valid"},
      {"secret;x", "the host or port is not valid"},
      {"secret x", "the host or port is not valid"},
      {"secret\n", "the host or port is not valid"},
      {"$(secret)", "the host or port is not valid"},
      {"far:secret", "the host or port is not valid"},
      {"far:0", "the host or port is not valid"},
      {"far:65536", "the host or port is not valid"},
      {"[secret]", "the host or port is not valid"},
      {"::1", "the host or port is not valid"},
      {"-lsecret@far", "the user is not valid"},
      {"secret%5C@far", "the user is not valid"},
      {"%2Dlsecret@far", "the user is not valid"},
      {"secret%20x@far", "the user is not valid"},
      {"secret%0a@far", "the user is not valid"},
      {"secret%zz@far", "the user is not valid"},
      {"`secret`@far", "the user is not valid"},
      {"far/secret;x",
       "the path of the socket contains more than letters, digits and / . _ - + @ : , ="},
      {"far/%24(secret)",
       "the path of the socket contains more than letters, digits and / . _ - + @ : , ="},
      {"far/secret%00",
       "the path of the socket contains more than letters, digits and / . _ - + @ : , ="},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    EXPECT_THAT([&] { (void)parse_ssh_address(row.text); },
                Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kConfiguration),
                                    Property(&Error::what, StrEq(row.message)),
                                    Property(&Error::hint, Not(HasSubstr("secret"))))));
  }
}

TEST(SshCommand, IsThatOfDocker) {
  EXPECT_THAT(ssh_command(parse_ssh_address("far")),
              ElementsAre("ssh", "-o", "ConnectTimeout=30", "-T", "--", "far", "docker", "system",
                          "dial-stdio"));
  EXPECT_THAT(ssh_command(parse_ssh_address("me@[::1]:2222/x.sock")),
              ElementsAre("ssh", "-o", "ConnectTimeout=30", "-T", "-l", "me", "-p", "2222", "--",
                          "::1", "docker", "--host", "unix:///x.sock", "system", "dial-stdio"));
}

}  // namespace
}  // namespace dkr
