#include "plan/row_named.hpp"

#include "core/text/key_names.hpp"
#include "core/text/number_text.hpp"

namespace stalemate {

std::optional<Key> row_named(std::string_view name, std::uint32_t keys) {
  if (const auto place = parse_number<std::uint32_t>(name)) {
    return *place >= 1 && *place <= keys ? std::optional(Key(*place - 1)) : std::nullopt;
  }
  for (Key key; !name.empty() && key.index < keys; ++key.index) {
    if (product_id(key).view() == name) {
      return key;
    }
  }
  return std::nullopt;
}

}  // namespace stalemate
