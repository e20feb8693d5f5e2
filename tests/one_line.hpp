// Wrapped text, told as it was before it was wrapped.
#pragma once

#include <sstream>
#include <string>

namespace stalemate {

/// With every line break and its indentation as one space.
inline std::string as_one_line(const std::string& text) {
  std::istringstream words(text);
  std::string line;
  for (std::string word; words >> word;) {
    line += (line.empty() ? "" : " ") + word;
  }
  return line;
}

}  // namespace stalemate
