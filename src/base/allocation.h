// Memory for libraries written in C, under the rule of operator new: when an allocation fails, the
// new handler (std::set_new_handler) is called. Only then do they return a null pointer.
#pragma once

#include <cstddef>

namespace dkr {

void* checked_malloc(std::size_t size);
void* checked_calloc(std::size_t count, std::size_t size);
void* checked_realloc(void* memory, std::size_t size);
char* checked_strdup(const char* text);

/// Makes OpenSSL allocate with these functions; has no effect once OpenSSL has allocated memory.
/// Its initialisation crashes if an allocation fails (OpenSSL 3.0).
void check_openssl_allocations();

}  // namespace dkr
