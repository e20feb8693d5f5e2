// CleanKeys: what a Screen tells the checks of the keys that it has cleared.
#pragma once

#include <cstdint>

namespace stalemate {

/// What the checks would have counted of the keys that were cleared: no violations, and these samples.
struct CleanKeys {
  std::uint64_t keys = 0;
  std::uint64_t values = 0;    ///< zones
  std::uint64_t versions = 0;  ///< values in the order of versions, with every initial one
  std::uint64_t reads = 0;     ///< `ok` reads
};

}  // namespace stalemate
