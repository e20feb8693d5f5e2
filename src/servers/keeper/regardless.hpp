// Says in the code that a result does not matter where it arises.
#pragma once

namespace stalemate {

/// Takes a result that changes nothing about what is done next.
template <class T>
void regardless(const T& /*result*/) {}

}  // namespace stalemate
