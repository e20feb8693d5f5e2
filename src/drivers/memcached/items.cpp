#include "drivers/memcached/items.hpp"

#include <algorithm>
#include <chrono>

#include "core/text/number_text.hpp"
#include "drivers/cache/slot_text.hpp"

namespace stalemate {
namespace {

constexpr std::string_view empty_slot = "~";
constexpr Nanoseconds item_millisecond_ns = 1'000'000;
constexpr Nanoseconds item_second_ns = 1'000'000'000;

}  // namespace

std::optional<MemcachedItem> parse_item(std::string_view text, std::uint64_t now_ms) {
  MemcachedItem item;
  for (std::size_t slot = 0; !text.empty(); ++slot) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, blank);
    const bool ends_in_blank = blank + 1 == text.size();
    text.remove_prefix(std::min(blank + 1, text.size()));
    if (slot == slot_count || ends_in_blank) {
      return std::nullopt;
    }
    if (word == empty_slot) {
      continue;
    }
    const std::size_t mark = word.find('!');
    std::optional<SlotContent> content = parse_slot(word.substr(0, mark));
    const auto end_ms = mark == std::string_view::npos ? std::optional<std::uint64_t>(0)
                                                       : parse_number<std::uint64_t>(word.substr(mark + 1));
    if (!content || !end_ms) {
      return std::nullopt;
    }
    content->expires = *end_ms != 0;
    if (!content->expires || *end_ms > now_ms) {
      item.slots.slots[slot] = content;
      item.ends_ms[slot] = *end_ms;
    }
  }
  return item;
}

std::string item_text(const MemcachedItem& item) {
  std::string text;
  std::size_t words = 0;
  for (std::size_t slot = 0; slot < slot_count; ++slot) {
    const std::optional<SlotContent>& content = item.slots.slots[slot];
    if (!content) {
      continue;
    }
    for (; words < slot; ++words) {
      text.append(words == 0 ? "" : " ").append(empty_slot);
    }
    text.append(words == 0 ? "" : " ").append(slot_text(*content));
    if (item.ends_ms[slot] != 0) {
      text.append("!").append(std::to_string(item.ends_ms[slot]));
    }
    ++words;
  }
  return text;
}

Nanoseconds life_of_item(const MemcachedItem& item, std::uint64_t now_ms) {
  std::uint64_t last_ms = now_ms;
  for (std::size_t slot = 0; slot < slot_count; ++slot) {
    if (item.slots.slots[slot] && item.ends_ms[slot] == 0) {
      return 0;
    }
    last_ms = std::max(last_ms, item.slots.slots[slot] ? item.ends_ms[slot] : 0);
  }
  // memcached's second may be over sooner than ours.
  return static_cast<Nanoseconds>(last_ms - now_ms) * item_millisecond_ns + item_second_ns;
}

void put_slot(MemcachedItem& item, Slot slot, SlotContent content, Nanoseconds life_ns, std::uint64_t now_ms) {
  content.expires = life_ns > 0;
  item.slots[slot] = content;
  const auto life_ms = static_cast<std::uint64_t>((life_ns + item_millisecond_ns - 1) / item_millisecond_ns);
  item.ends_ms[static_cast<std::size_t>(slot)] = life_ns > 0 ? now_ms + life_ms : 0;
}

std::uint64_t wall_clock_ms() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count());
}

}  // namespace stalemate
