// The minimal program that fetches the list of images with libcurl: `minimal SOCKET`. It discards
// the response. The exit status is 0 if the response is complete.
#include <cstddef>

#include <curl/curl.h>

namespace {
std::size_t drop(const char* /*data*/, std::size_t size, std::size_t count, void* /*unused*/) {
  return size * count;
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  CURL* easy = curl_easy_init();
  if (easy == nullptr) return 1;
  curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, argv[1]);
  curl_easy_setopt(easy, CURLOPT_URL, "http://localhost/images/json");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &drop);
  const CURLcode code = curl_easy_perform(easy);
  curl_easy_cleanup(easy);
  return code == CURLE_OK ? 0 : 1;
}
