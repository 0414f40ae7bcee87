#include "docker/certificates.h"

#include <memory>
#include <string>

#include <gmock/gmock.h>

#include "base/error.h"
#include "support/fake_world.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Property;
using testing::StartsWith;
using testing::Throws;

constexpr const char* kSystem = "/etc/ssl/certs/ca-certificates.crt";
const std::string kDirectory = "/etc/docker/certs.d/registry:5000/";

/// The certificates for the registry registry:5000.
class CertificatesTest : public testing::Test {
 protected:
  void add(const std::string& name, const std::string& content) {
    files_.files.insert_or_assign(kDirectory + name, content);
  }
  TlsSettings find() { return *find_certificates("registry:5000", environment_, files_); }

  FakeFiles files_;
  FakeEnvironment environment_;
};

TEST_F(CertificatesTest, AreTheCaCertificatesOfThisMachine) {
  files_.files[kSystem] = "system";
  const TlsSettings settings = find();
  EXPECT_EQ(settings.ca_file, kSystem);
  EXPECT_EQ(settings.ca_certificates, "");
  EXPECT_EQ(settings.certificate, "");
  EXPECT_EQ(settings.key, "");
}

TEST_F(CertificatesTest, AreThoseThatTheEnvironmentNames) {
  files_.files[kSystem] = "system";
  environment_.variables = {{"SSL_CERT_FILE", "/mine.pem"}, {"SSL_CERT_DIR", "/a:/b"}};
  EXPECT_EQ(find().ca_file, "/mine.pem");
  EXPECT_EQ(find().ca_directory, "/a:/b");
}

TEST_F(CertificatesTest, OfARegistryComeBesidesThoseOfTheMachine) {
  files_.files[kSystem] = "system";
  add("b.crt", "second");
  add("a.crt", "first");
  add("notes.txt", "no certificate");
  add("crt", "no certificate");
  const TlsSettings settings = find();
  EXPECT_EQ(settings.ca_certificates, "first\nsecond\nsystem\n");
  EXPECT_EQ(settings.ca_file, "");
}

TEST_F(CertificatesTest, OfARegistryAreEnoughWhereTheMachineHasNone) {
  add("ca.crt", "registry's");
  EXPECT_EQ(find().ca_certificates, "registry's\n");
}

TEST_F(CertificatesTest, OfAnotherRegistryAreNotItsOwn) {
  files_.files["/etc/docker/certs.d/registry/ca.crt"] = "another port's";
  files_.files["/etc/docker/certs.d/other:5000/ca.crt"] = "another host's";
  EXPECT_EQ(find().ca_certificates, "");
}

TEST_F(CertificatesTest, OfTheClientHaveAKey) {
  add("client.cert", "certificate");
  add("client.key", "key");
  EXPECT_EQ(find().certificate, "certificate\n");
  EXPECT_EQ(find().key, "key\n");
}

TEST_F(CertificatesTest, OfTheClientAreTheFirstPair) {
  add("b.cert", "second certificate");
  add("b.key", "second key");
  add("a.cert", "certificate");
  add("a.key", "key");
  EXPECT_EQ(find().certificate, "certificate\n");
  EXPECT_EQ(find().key, "key\n");
}

TEST_F(CertificatesTest, LackNoOtherHalf) {
  add("client.cert", "certificate");
  EXPECT_THAT([&] { find(); },
              Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kConfiguration),
                                  Property(&Error::what, StartsWith(kDirectory + "client.key: ")),
                                  Property(&Error::hint, HasSubstr("NAME.cert with NAME.key")))));
  files_.files.clear();
  add("client.key", "key");
  EXPECT_THAT(
      [&] { find(); },
      Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kConfiguration),
                          Property(&Error::what, StartsWith(kDirectory + "client.cert: ")))));
}

TEST_F(CertificatesTest, HaveNoPassphrase) {
  const std::string encrypted[] = {
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII=\n-----END ENCRYPTED PRIVATE KEY-----\n",
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMII=\n"
      "-----END RSA PRIVATE KEY-----\n",
      "-----BEGIN CERTIFICATE-----\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: "
      "AES-128-CBC,00\r\n\r\nMII=",
  };
  for (const std::string& pem : encrypted) {
    for (const std::string name : {"client.key", "client.cert", "ca.crt"}) {
      SCOPED_TRACE(name);
      files_.files.clear();
      add("client.key", "key");
      add("client.cert", "certificate");
      add(name, pem);
      EXPECT_THAT([&] { find(); },
                  Throws<Error>(AllOf(
                      Property(&Error::kind, ErrorKind::kConfiguration),
                      Property(&Error::what,
                               kDirectory + name + ": has a passphrase; store it without one"))));
    }
  }
}

TEST_F(CertificatesTest, MustBeReadable) {
  files_.files.insert_or_assign(kDirectory + "ca.crt",
                                Error(ErrorKind::kForbidden, "permission denied"));
  EXPECT_THAT([&] { find(); },
              Throws<Error>(AllOf(
                  Property(&Error::kind, ErrorKind::kConfiguration),
                  Property(&Error::what, HasSubstr(kDirectory + "ca.crt: permission denied")))));
}

TEST_F(CertificatesTest, MustBeThereWhereTheEnvironmentNamesThem) {
  environment_.variables = {{"SSL_CERT_FILE", "/missing.pem"}};
  add("ca.crt", "registry's");
  EXPECT_THAT([&] { find(); },
              Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kConfiguration),
                                  Property(&Error::what, HasSubstr("/missing.pem: ")),
                                  Property(&Error::hint, HasSubstr("SSL_CERT_FILE")))));
}

}  // namespace
}  // namespace dkr
