// Keeps OpenSSL in the static program from reading the machine's configuration, which may name
// modules to load. Those only work with the machine's own glibc. Runs before anything uses OpenSSL.
#include <openssl/crypto.h>

#include "base/allocation.h"

namespace {

[[maybe_unused]] const int kDone = [] {
  dkr::check_openssl_allocations();
  return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
}();

}  // namespace
