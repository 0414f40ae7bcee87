#include "net/stall_guard.h"

#include <cstddef>

#include <openssl/ssl.h>

namespace dkr {
namespace {

/// Called for each TLS record (SSL_CTX_set_msg_callback(3)).
void on_record(int is_sent, int /*version*/, int kind, const void* /*bytes*/, std::size_t /*size*/,
               SSL* connection, void* guard) {
  if (is_sent != 0 || kind != SSL3_RT_HEADER) return;
  // As if the server had closed the connection.
  if (static_cast<StallGuard*>(guard)->is_stalled()) {
    SSL_set_shutdown(connection, SSL_RECEIVED_SHUTDOWN);
  }
}

CURLcode on_tls(CURL* /*easy*/, void* context, void* guard) {
  auto* const tls = static_cast<SSL_CTX*>(context);
  SSL_CTX_set_msg_callback(tls, on_record);
  SSL_CTX_set_msg_callback_arg(tls, guard);
  return CURLE_OK;
}

}  // namespace

void StallGuard::watch(CURL* easy, std::chrono::seconds limit) {
  limit_ = limit;
  // Fails where libcurl uses another TLS library.
  (void)curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
  (void)curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, this);
}

bool StallGuard::is_stalled() {
  const bool is_stalled = limit_.count() > 0 && clock_.steady() - progress_ >= limit_;
  has_ended_any_ = has_ended_any_ || is_stalled;
  return is_stalled;
}

}  // namespace dkr
