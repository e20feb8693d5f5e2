// A choice without a branch, for loops in which it cannot be predicted.
#pragma once

namespace stalemate {

/// `left` if `takes_left`, else `right`, where the compiler would make a branch of `?:`.
template <class Number>
[[nodiscard]] Number choose(bool takes_left, Number left, Number right) {
  return right ^ ((left ^ right) & -static_cast<Number>(takes_left));
}

}  // namespace stalemate
