#include "net/ca_certificates.h"

#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "support/fake_world.h"

namespace dkr {
namespace {

TEST(FindCaCertificates, TakesTheBundleOfTheDistribution) {
  const std::string debian = "/etc/ssl/certs/ca-certificates.crt";
  const std::string fedora = "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem";
  const std::string old_fedora = "/etc/pki/tls/certs/ca-bundle.crt";
  const std::string suse = "/etc/ssl/ca-bundle.pem";
  const std::string alpine = "/etc/ssl/cert.pem";
  const struct {
    std::vector<std::string> exist;
    std::string file;
  } rows[] = {
      {{}, ""},
      {{debian}, debian},
      {{fedora}, fedora},
      {{old_fedora}, old_fedora},
      {{suse}, suse},
      {{alpine}, alpine},
      {{alpine, fedora, debian}, debian},
      {{alpine, fedora}, fedora},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.file);
    FakeWorld world;
    for (const std::string& path : row.exist) world.files.files.emplace(path, "");
    const CaCertificates found = find_ca_certificates(world.environment, world.files);
    EXPECT_EQ(found.file, row.file);
    EXPECT_EQ(found.directory, "");
  }
}

TEST(FindCaCertificates, TakesWhatTheEnvironmentNamesAsItIsAndNothingElse) {
  const struct {
    std::map<std::string, std::string> variables;
    std::string file;
    std::string directory;
  } rows[] = {
      {{{"SSL_CERT_FILE", "/mine.pem"}}, "/mine.pem", ""},
      {{{"SSL_CERT_DIR", "/mine:/yours"}}, "", "/mine:/yours"},
      {{{"SSL_CERT_FILE", "/mine.pem"}, {"SSL_CERT_DIR", "/mine"}}, "/mine.pem", "/mine"},
      {{{"SSL_CERT_FILE", ""}, {"SSL_CERT_DIR", ""}}, "/etc/ssl/certs/ca-certificates.crt", ""},
  };
  for (const auto& row : rows) {
    FakeWorld world;
    world.files.files.emplace("/etc/ssl/certs/ca-certificates.crt", "");
    world.environment.variables = row.variables;
    const CaCertificates found = find_ca_certificates(world.environment, world.files);
    EXPECT_EQ(found.file, row.file);
    EXPECT_EQ(found.directory, row.directory);
  }
}

}  // namespace
}  // namespace dkr
