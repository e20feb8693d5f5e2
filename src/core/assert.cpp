#include "core/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace stalemate {

void assertion_failed(const char* file, int line, const char* condition, const char* message) {
  std::fprintf(stderr, "%s:%d: %s: %s\n", file, line, condition, message);
  std::abort();
}

}  // namespace stalemate
