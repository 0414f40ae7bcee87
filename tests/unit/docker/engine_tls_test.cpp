#include "docker/engine_tls.h"

#include <string>
#include <utility>
#include <variant>

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/pem.h"
#include "support/fake_world.h"
#include "support/test_certificate.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Property;
using testing::StartsWith;
using testing::StrEq;
using testing::Throws;

class EngineTlsTest : public testing::Test {
 protected:
  EngineTlsTest() {
    put("ca.pem", test_.certificate);
    put("cert.pem", test_.certificate);
    put("key.pem", test_.key);
    fake_.environment.variables["SSL_CERT_FILE"] = "/system.pem";
  }

  void put(const std::string& name, std::variant<std::string, Error> content) {
    fake_.files.files.insert_or_assign("/certs/" + name, std::move(content));
  }
  void remove(const std::string& name) { fake_.files.files.erase("/certs/" + name); }
  EngineTls read(ServerVerification verification = ServerVerification::kRequired,
                 MissingCa missing_ca = MissingCa::kIsError,
                 const std::string& directory = "/certs") {
    return read_engine_tls(directory, verification, missing_ca, fake_.world, fake_.log);
  }

  const TestCertificate& test_ = test_certificate();
  FakeWorld fake_;
};

TEST_F(EngineTlsTest, TrustsTheGivenCaAloneAndShowsTheCertificate) {
  const EngineTls tls = read();
  EXPECT_THAT(tls.settings->ca_certificates, StartsWith(test_.certificate));
  EXPECT_EQ(tls.settings->ca_file, "");
  EXPECT_THAT(tls.settings->certificate, StartsWith(test_.certificate));
  EXPECT_THAT(tls.settings->key, StartsWith(test_.key));
  EXPECT_EQ(tls.ca_file, "/certs/ca.pem");
  EXPECT_EQ(tls.certificate_file, "/certs/cert.pem");
  EXPECT_EQ(tls.certificate_expiry, expiry(test_.certificate));
  EXPECT_EQ(fake_.err.content, "");
}

TEST_F(EngineTlsTest, TrustsTheSystemWithoutACa) {
  remove("ca.pem");
  const EngineTls tls = read(ServerVerification::kRequired, MissingCa::kMeansSystem);
  EXPECT_EQ(tls.settings->ca_file, "/system.pem");
  EXPECT_EQ(tls.settings->ca_certificates, "");
  EXPECT_EQ(tls.ca_file, "");
}

TEST_F(EngineTlsTest, ReadsNoCaWithoutVerification) {
  put("ca.pem", "nothing");
  EXPECT_EQ(read(ServerVerification::kSkipped).settings->ca_certificates, "");
}

TEST_F(EngineTlsTest, NeedsNoFilesInAContextThatOnlySkipsVerification) {
  fake_.files.files.emplace("/cert.pem", "not this one");
  const EngineTls tls = read(ServerVerification::kSkipped, MissingCa::kMeansSystem, "");
  EXPECT_EQ(tls.settings->certificate, "");
  EXPECT_EQ(tls.settings->verification, ServerVerification::kSkipped);
}

TEST_F(EngineTlsTest, LeavesOutACertificateOrKeyWithoutTheOther) {
  for (const auto& [missing, left] : {std::pair("cert.pem", "key.pem"), {"key.pem", "cert.pem"}}) {
    put("cert.pem", test_.certificate);
    put("key.pem", test_.key);
    remove(missing);
    EXPECT_EQ(read().settings->certificate, "");
    EXPECT_THAT(fake_.err.content, HasSubstr(std::string(" WARNING /certs/") + left +
                                             " is not used, since there is no /certs/" + missing));
  }
  remove("cert.pem");
  remove("key.pem");
  fake_.err.content.clear();
  EXPECT_EQ(read().certificate_file, "");
  EXPECT_EQ(fake_.err.content, "");
}

TEST_F(EngineTlsTest, NamesTheFileThatIsWrong) {
  const Error forbidden(ErrorKind::kForbidden, "permission denied");
  const std::string damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const std::string locked =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
  const struct {
    std::string name;
    std::variant<std::string, Error> content;
    std::string message;
  } rows[] = {
      {"ca.pem", "x", "/certs/ca.pem: contains no certificate in PEM format"},
      {"ca.pem", test_.certificate + damaged + test_.certificate,
       "/certs/ca.pem: certificate 2 of 3 cannot be read"},
      {"ca.pem", damaged, "/certs/ca.pem: contains no certificate in PEM format"},
      {"cert.pem", test_.certificate + damaged,
       "/certs/cert.pem: certificate 2 of 2 cannot be read"},
      {"ca.pem", forbidden, "/certs/ca.pem: permission denied"},
      {"cert.pem", test_.key, "/certs/cert.pem: contains no certificate in PEM format"},
      {"cert.pem", forbidden, "/certs/cert.pem: permission denied"},
      {"key.pem", "x", "/certs/key.pem: contains no private key in PEM format"},
      {"key.pem", locked, "/certs/key.pem: has a passphrase; store it without one"},
      {"key.pem", test_.other_key, "/certs/key.pem: is not the key of /certs/cert.pem"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.message);
    const auto before = fake_.files.files;
    put(row.name, row.content);
    EXPECT_THAT([&] { read(); },
                Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kConfiguration),
                                    Property(&Error::what, StrEq(row.message)),
                                    Property(&Error::hint, HasSubstr("DOCKER_CERT_PATH")))));
    fake_.files.files = before;
  }
  remove("ca.pem");
  EXPECT_THAT([&] { read(); },
              Throws<Error>(Property(&Error::what, StrEq("/certs/ca.pem: no such file"))));
}

}  // namespace
}  // namespace dkr
