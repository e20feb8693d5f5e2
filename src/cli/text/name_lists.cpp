#include "cli/text/name_lists.hpp"

#include <algorithm>
#include <string_view>

namespace stalemate {

std::vector<std::string> names_in(const std::vector<std::string>& lists) {
  std::vector<std::string> names;
  for (const std::string_view list : lists) {
    for (std::size_t begin = 0; begin <= list.size();) {
      const std::size_t end = std::min(list.find(',', begin), list.size());
      std::string_view name = list.substr(begin, end - begin);
      name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
      name.remove_suffix(name.size() - std::min(name.find_last_not_of(' ') + 1, name.size()));
      names.emplace_back(name);
      begin = end + 1;
    }
  }
  return names;
}

}  // namespace stalemate
