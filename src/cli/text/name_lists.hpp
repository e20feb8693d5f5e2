// Names given as "a,b", as several options, or both.
#pragma once

#include <string>
#include <vector>

namespace stalemate {

/// The names in all of the lists, in their order, blanks around them left out. "a,,b" holds an empty one; no list at
/// all, none.
[[nodiscard]] std::vector<std::string> names_in(const std::vector<std::string>& lists);

}  // namespace stalemate
