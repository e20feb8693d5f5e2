// Names given as "a,b", as several options, or both.
#pragma once

#include <string>
#include <vector>

namespace stalemate {

/// The names of all lists, in order, without blanks around them. "a,,b" holds an empty name; no list gives no names.
[[nodiscard]] std::vector<std::string> names_in(const std::vector<std::string>& lists);

}  // namespace stalemate
