// Which requests a rule speaks of.
#include <algorithm>

#include "proxy/rules.hpp"

namespace stalemate {
namespace {

/// `*` stands for any characters, `?` for one.
bool fits(std::string_view text, std::string_view pattern) {
  std::size_t place = 0;
  std::size_t at = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (place < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      resume = place;
    } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == text[place])) {
      ++at;
      ++place;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      place = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace

bool speaks_of(const GateRule& rule, Protocol side, const StoreRequest& request) {
  if (rule.side && *rule.side != side) {
    return false;
  }
  const bool names_it = fits(request.name, rule.name);
  if (rule.pattern.empty()) {
    return names_it || request.name.starts_with(rule.name + " ");
  }
  const auto is_meant = [&rule](const std::string& key) { return fits(key, rule.pattern); };
  return (names_it && std::ranges::any_of(request.keys, is_meant)) || request.name == rule.full_name;
}

}  // namespace stalemate
