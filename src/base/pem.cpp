#include "base/pem.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <new>
#include <string_view>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace dkr {
namespace {

struct Freed {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

std::unique_ptr<BIO, Freed> source_of(const std::string& text) {
  std::unique_ptr<BIO, Freed> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!bio) throw std::bad_alloc();
  return bio;
}

/// Otherwise OpenSSL asks the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writes*/, void* /*data*/) { return -1; }

std::unique_ptr<X509, Freed> read_certificate(const std::string& pem) {
  return std::unique_ptr<X509, Freed>(
      PEM_read_bio_X509(source_of(pem).get(), nullptr, no_passphrase, nullptr));
}

/// Where the next certificate starts at or after `from`, by the labels that OpenSSL reads.
std::size_t find_certificate(std::string_view pem, std::size_t from) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::array<std::string_view, 3> kLabels{"CERTIFICATE-----", "X509 CERTIFICATE-----",
                                                    "TRUSTED CERTIFICATE-----"};
  std::size_t at = pem.find(kBegin, from);
  while (at != std::string_view::npos) {
    const std::string_view label = pem.substr(at + kBegin.size());
    const auto is_label = [&](std::string_view known) { return label.starts_with(known); };
    if (std::ranges::any_of(kLabels, is_label)) return at;
    at = pem.find(kBegin, at + 1);
  }
  return at;
}

}  // namespace

CertificateCount count_certificates(const std::string& pem) {
  CertificateCount count;
  std::size_t at = find_certificate(pem, 0);
  while (at != std::string::npos) {
    const std::size_t next = find_certificate(pem, at + 1);
    const bool is_readable = read_certificate(pem.substr(at, next - at)) != nullptr;
    ++count.all;
    if (!is_readable && count.damaged == 0) count.damaged = count.all;
    at = next;
  }
  ERR_clear_error();
  return count;
}

std::optional<Time> expiry(const std::string& pem) {
  constexpr int kFirstYear = 1900;  // of the C library
  const auto certificate = read_certificate(pem);
  std::tm tm{};
  const bool is_known =
      certificate && ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &tm) == 1;
  ERR_clear_error();
  if (!is_known) return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year{tm.tm_year + kFirstYear},
                                        std::chrono::month{static_cast<unsigned>(tm.tm_mon + 1)},
                                        std::chrono::day{static_cast<unsigned>(tm.tm_mday)}};
  return std::chrono::sys_days{day} + std::chrono::hours{tm.tm_hour} +
         std::chrono::minutes{tm.tm_min} + std::chrono::seconds{tm.tm_sec};
}

KeyCheck check_key(const std::string& key, const std::string& certificate) {
  const std::unique_ptr<EVP_PKEY, Freed> read(
      PEM_read_bio_PrivateKey(source_of(key).get(), nullptr, no_passphrase, nullptr));
  const auto owner = read_certificate(certificate);
  const bool matches = read && owner && X509_check_private_key(owner.get(), read.get()) == 1;
  ERR_clear_error();
  if (!read) return KeyCheck::kIsNoKey;
  return matches ? KeyCheck::kIsOfCertificate : KeyCheck::kIsOfAnother;
}

}  // namespace dkr
