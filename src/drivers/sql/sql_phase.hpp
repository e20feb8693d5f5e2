// When an SQL server said something: what an error means for a request depends on it.
#pragma once

#include <cstdint>

namespace stalemate {

enum class SqlPhase : std::uint8_t {
  connecting,  ///< before any request was sent
  statement,   ///< of a statement that is a transaction by itself, or before its COMMIT
  commit       ///< of an explicit COMMIT
};

}  // namespace stalemate
