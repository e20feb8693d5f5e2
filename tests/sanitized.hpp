// What a test does less of under a sanitizer, where everything takes several times as long. The release build tries
// all.
#pragma once

#include <concepts>

namespace stalemate::test {

#ifdef STALEMATE_SANITIZED
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

/// Of `count` cases that are all alike, how many are tried: a fifth under a sanitizer.
template <std::integral Count>
constexpr Count tried(Count count) {
  return sanitized ? count / 5 : count;
}

}  // namespace stalemate::test
