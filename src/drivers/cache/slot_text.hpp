// Slots of a cache as text, as caches keep them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/pattern/cache_command.hpp"

namespace stalemate {

/// What stands before the product id in an entry's name.
inline constexpr std::string_view entry_prefix = "stock:";

/// The value's digits; "-" where it is absent or `no_row`.
[[nodiscard]] std::string value_text(Value value);
/// The other way; std::nullopt where it is none.
[[nodiscard]] std::optional<Value> parse_value_text(std::string_view text);

/// What an entry with that content says: its value; `no_row` where it says that there is no row, as "-" does; `absent`
/// of a tombstone, such as "-@17".
[[nodiscard]] Value value_of_entry(const SlotContent& content);

/// "VALUE", "VALUE@STAMP" or "-@STAMP", as SlotContent says.
[[nodiscard]] std::string slot_text(const SlotContent& content);
/// What a slot's text says; std::nullopt where it is none. `expires` is not known from the text and left false.
[[nodiscard]] std::optional<SlotContent> parse_slot(std::string_view text);

}  // namespace stalemate
