// Keeps OpenSSL in the static program from reading the machine's configuration, which may name
// modules to load. Those only work with the machine's own glibc. Runs before anything uses OpenSSL.
#include <openssl/crypto.h>

namespace {

[[maybe_unused]] const int kDone = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);

}  // namespace
