// Assertions that stay on in release builds: for what must not happen, never for what can.
#pragma once

namespace stalemate {

/// Prints `file:line: condition: message` to standard error and aborts.
[[noreturn]] void assertion_failed(const char* file, int line, const char* condition, const char* message);

}  // namespace stalemate

/// Requires `condition`; `message` says the invariant in words.
#define STALEMATE_ASSERT(condition, message) \
  ((condition) ? static_cast<void>(0) : ::stalemate::assertion_failed(__FILE__, __LINE__, #condition, message))
