// Keeps OpenSSL in the static program from reading the machine's configuration, before anything
// uses it: that may name modules to load, which fit no other glibc than the machine's own.
#include <openssl/crypto.h>

namespace {

[[maybe_unused]] const int kDone = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);

}  // namespace
