#include "core/pattern/pattern.hpp"

#include "core/assert.hpp"

namespace stalemate {

Task<Result<void>> Pattern::background(Ports) const {
  STALEMATE_ASSERT(false, "a pattern that needs a feed has a background part");
  co_return Result<void>();
}

}  // namespace stalemate
