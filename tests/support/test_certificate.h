// A certificate that signed itself, its key and another key, made for the tests alone.
#pragma once

#include <string>

namespace dkr {

struct TestCertificate {
  std::string certificate =
      "-----BEGIN CERTIFICATE-----\n"
      "MIIBdDCCARugAwIBAgIUeeG8hUOevhEFJnXAEO7/585ZvigwCgYIKoZIzj0EAwIw\n"
      "DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjcwMjA0MTFaGA8yMTI2MTEwMzAyMDQx\n"
      "MVowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHbS\n"
      "BYgn5NMPQX31kLhQa83qkfwohux2DyvmR7FiwTDI04Duk+P80t6gGlWTiRwzphWb\n"
      "NPDeaSMBsrCwW0k7AuijUzBRMB0GA1UdDgQWBBTHPv5GTShm25wgWWe3PbcDsHL4\n"
      "ezAfBgNVHSMEGDAWgBTHPv5GTShm25wgWWe3PbcDsHL4ezAPBgNVHRMBAf8EBTAD\n"
      "AQH/MAoGCCqGSM49BAMCA0cAMEQCIFf5svwuEHCzA0d9prNErj/uMQTof+ZSaZZi\n"
      "hzOcNl1NAiB4e8aKpOT4BswDYmfr2spUg+08W9+LMSvYoo/lolHT/w==\n"
      "-----END CERTIFICATE-----\n";
  std::string key =  // of the certificate
      "-----BEGIN PRIVATE KEY-----\n"
      "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5ZRdTE8GOtbcTJ3t\n"
      "LVEIrgtgWzD136d7FmpewZMHSWahRANCAAR20gWIJ+TTD0F99ZC4UGvN6pH8KIbs\n"
      "dg8r5kexYsEwyNOA7pPj/NLeoBpVk4kcM6YVmzTw3mkjAbKwsFtJOwLo\n"
      "-----END PRIVATE KEY-----\n";
  std::string other_key =
      "-----BEGIN PRIVATE KEY-----\n"
      "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgeBKblGm/SZK2m53V\n"
      "A+4OBZmrVXPCy7IVdAkppx0EtVehRANCAATSEMUF1+ngOgkAV21YhEyCLZJyVTuX\n"
      "RoGr3OE7q5679YIeTP1wBmPoBPYUeUR2GWbdCR40Vy45wXPU6JMacjZU\n"
      "-----END PRIVATE KEY-----\n";
};

inline const TestCertificate& test_certificate() {
  static const TestCertificate made;
  return made;
}

}  // namespace dkr
