// Items of memcached: all that the cache keeps of one key, as one text.
//
// memcached changes one item at a time, so a key's slots stand in one item, "stock:ID": up to four words with blanks
// between them, of entry, guard, mark and counter. A word is a slot's text, with "!END" behind it where the slot
// lapses, in milliseconds since 1970; "~" is an empty slot; empty ones at the end are left out. An entry alone that
// does not lapse is thus what any other client would store, such as "1007". An item without a word is one that
// memcached made to lease it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/pattern/cache_command.hpp"
#include "core/types.hpp"

namespace stalemate {

struct MemcachedItem {
  CacheSlots slots = {};                               ///< `queued` is always false
  std::array<std::uint64_t, slot_count> ends_ms = {};  ///< when slots lapse, since 1970; 0: never
  friend bool operator==(const MemcachedItem&, const MemcachedItem&) = default;
};

/// Slots that have lapsed by `now_ms` are left out. std::nullopt: it is no item of ours.
[[nodiscard]] std::optional<MemcachedItem> parse_item(std::string_view text, std::uint64_t now_ms);
[[nodiscard]] std::string item_text(const MemcachedItem& item);
/// For how long the server has to keep the item, so that no slot is lost before its end; 0: it does not expire.
[[nodiscard]] Nanoseconds life_of_item(const MemcachedItem& item, std::uint64_t now_ms);

/// Sets a slot. `life_ns` 0: it does not lapse.
void put_slot(MemcachedItem& item, Slot slot, SlotContent content, Nanoseconds life_ns, std::uint64_t now_ms);

/// The clock that ends are told by: that of this machine, in milliseconds since 1970.
[[nodiscard]] std::uint64_t wall_clock_ms();

}  // namespace stalemate
