// The commands we send to memcached, in its meta protocol. Each is appended to `bytes`; flags stand with blanks between
// them, such as "v c".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/types.hpp"
#include "drivers/cache/entry_names.hpp"

namespace stalemate {

/// The item that memcached counts our moments up in.
inline constexpr std::string_view memcached_clock_name = "stock:clock";

/// Whether an item can be called so.
[[nodiscard]] bool is_memcached_name(std::string_view name);

/// Which item is meant: the key's entry. `own` are those of the user's design, nullptr: ours.
struct ItemName {
  Key key = {};
  const EntryNames* own = nullptr;
};

void append_get(std::string& bytes, ItemName item, std::string_view flags);
/// `time_to_live_ns` 0: it does not expire; else rounded up to whole seconds.
void append_set(std::string& bytes, ItemName item, std::string_view text, Nanoseconds time_to_live_ns,
                std::string_view flags = {});
void append_erase(std::string& bytes, ItemName item, std::string_view flags = {});
/// The next moment; of a clock that is not there `first`.
void append_tick(std::string& bytes, std::uint64_t first);
/// The login of `-Y`. Requires: neither text holds a blank or a line's end.
void append_login(std::string& bytes, std::string_view user, std::string_view password);

/// A time to live as memcached's `T` and `N` want it.
[[nodiscard]] std::string memcached_seconds(Nanoseconds time_to_live_ns);

}  // namespace stalemate
