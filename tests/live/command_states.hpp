// States and arguments that cache commands are tried on, and what is told of them.
#pragma once

#include <optional>
#include <string>

#include "core/pattern/cache_command.hpp"
#include "core/random.hpp"

namespace stalemate {

inline constexpr Nanoseconds long_time_to_live_ns = 100'000'000'000;

inline std::optional<SlotContent> draw_content(SeededRandom& random) {
  if (random.draw_below(3) == 0) {
    return std::nullopt;
  }
  SlotContent content;
  content.value = random.draw_below(3) == 0 ? absent : static_cast<Value>(random.draw_below(5)) - 2;
  content.stamp = random.draw_below(4);
  content.expires = random.draw_below(2) == 0;
  return content;
}

inline CacheArguments draw_arguments(SeededRandom& random) {
  CacheArguments arguments;
  arguments.value = random.draw_below(6) == 0 ? absent : static_cast<Value>(random.draw_below(5)) - 2;
  arguments.stamp = random.draw_below(4);
  arguments.time_to_live_ns = random.draw_below(2) == 0 ? 0 : long_time_to_live_ns;
  arguments.hold_ns = random.draw_below(2) == 0 ? 0 : long_time_to_live_ns;
  return arguments;
}

inline std::string slots_told(const CacheSlots& slots) {
  std::string text = slots.queued ? "queued" : "not queued";
  for (const std::optional<SlotContent>& slot : slots.slots) {
    text += slot ? "; " + std::to_string(slot->value) + "@" + std::to_string(slot->stamp) + (slot->expires ? " PX" : "")
                 : "; none";
  }
  return text;
}

}  // namespace stalemate
