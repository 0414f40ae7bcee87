#include "base/pem.h"

#include <cstddef>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "base/rfc3339.h"
#include "support/test_certificate.h"

namespace dkr {
namespace {

const std::string kDamaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

TEST(Pem, CountsCertificatesWhateverStandsBetween) {
  const TestCertificate& test = test_certificate();
  const struct {
    std::string text;
    std::size_t all;
    std::size_t damaged;
  } rows[] = {
      {test.certificate, 1, 0},
      {"Subject: CN = test\n" + test.certificate + "\n", 1, 0},
      {test.key + test.certificate, 1, 0},
      {test.certificate + test.key + test.certificate, 2, 0},
      {"", 0, 0},
      {"x", 0, 0},
      {test.key, 0, 0},
      {kDamaged, 1, 1},
      {test.certificate + kDamaged + test.certificate + kDamaged, 4, 2},
      {kDamaged + test.certificate, 2, 1},
      {test.certificate + "-----BEGIN CERTIFICATE-----\n", 2, 2},
      {test.certificate.substr(0, 100) + "\n" + test.certificate, 2, 1},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const CertificateCount count = count_certificates(row.text);
    EXPECT_EQ(count.all, row.all);
    EXPECT_EQ(count.damaged, row.damaged);
  }
}

TEST(Pem, TellsWhenACertificateExpires) {
  const auto time = expiry(test_certificate().certificate);
  ASSERT_TRUE(time);
  EXPECT_EQ(format_rfc3339(*time), "2126-11-03T02:04:11Z");
  EXPECT_EQ(expiry(kDamaged), std::nullopt);
  EXPECT_EQ(expiry(""), std::nullopt);
}

TEST(Pem, TellsWhetherAKeyIsThatOfACertificate) {
  const TestCertificate& test = test_certificate();
  EXPECT_EQ(check_key(test.key, test.certificate), KeyCheck::kIsOfCertificate);
  EXPECT_EQ(check_key(test.other_key, test.certificate), KeyCheck::kIsOfAnother);
  EXPECT_EQ(check_key(test.certificate, test.certificate), KeyCheck::kIsNoKey);
  EXPECT_EQ(check_key("", test.certificate), KeyCheck::kIsNoKey);
}

}  // namespace
}  // namespace dkr
