// How a figure is compared with a bound, in --fail-if and --want.
#pragma once

#include <cstdint>

namespace stalemate {

enum class Relation : std::uint8_t { less, less_or_equal, equal, not_equal, greater_or_equal, greater };

/// Whether the figure compares so with the bound.
[[nodiscard]] constexpr bool holds(Relation relation, double figure, double bound) {
  switch (relation) {
    case Relation::less: return figure < bound;
    case Relation::less_or_equal: return figure <= bound;
    case Relation::equal: return figure == bound;
    case Relation::not_equal: return figure != bound;
    case Relation::greater_or_equal: return figure >= bound;
    case Relation::greater: return figure > bound;
  }
  return false;
}

}  // namespace stalemate
