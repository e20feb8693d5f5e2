#include "core/text/json_pointer.hpp"

namespace stalemate {

std::optional<std::vector<std::string>> names_of_pointer(std::string_view pointer) {
  if (!pointer.starts_with('/')) {
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (std::size_t place = 0; place < pointer.size(); ++place) {
    const char each = pointer[place];
    if (each == '/') {
      names.emplace_back();
    } else if (each != '~') {
      names.back() += each;
    } else {
      ++place;
      if (place == pointer.size() || (pointer[place] != '0' && pointer[place] != '1')) {
        return std::nullopt;
      }
      names.back() += pointer[place] == '0' ? '~' : '/';
    }
  }
  return names;
}

}  // namespace stalemate
