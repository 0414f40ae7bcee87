#include "base/allocation.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include <openssl/crypto.h>

// These functions wrap malloc() and its kind.
// NOLINTBEGIN(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory)
namespace dkr {
namespace {

void* checked(void* memory, std::size_t size) {
  if (memory != nullptr || size == 0) return memory;
  if (const std::new_handler handler = std::get_new_handler()) handler();
  return nullptr;
}

}  // namespace

void* checked_malloc(std::size_t size) { return checked(std::malloc(size), size); }

void* checked_calloc(std::size_t count, std::size_t size) {
  return checked(std::calloc(count, size), count * size);
}

void* checked_realloc(void* memory, std::size_t size) {
  return checked(std::realloc(memory, size), size);
}

char* checked_strdup(const char* text) {
  const std::size_t size = std::strlen(text) + 1;
  void* const copy = checked_malloc(size);
  return copy == nullptr ? nullptr : static_cast<char*>(std::memcpy(copy, text, size));
}

void check_openssl_allocations() {
  CRYPTO_set_mem_functions([](std::size_t size, const char*, int) { return checked_malloc(size); },
                           [](void* memory, std::size_t size, const char*, int) {
                             return checked_realloc(memory, size);
                           },
                           [](void* memory, const char*, int) { std::free(memory); });
}

}  // namespace dkr
// NOLINTEND(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory)
