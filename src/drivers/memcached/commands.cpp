#include "drivers/memcached/commands.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "core/text/key_names.hpp"
#include "drivers/cache/slot_text.hpp"

namespace stalemate {
namespace {

constexpr std::string_view line_end = "\r\n";

void append_named(std::string& bytes, std::string_view word, ItemName item) {
  bytes.append(word).append(" ");
  if (item.own != nullptr) {
    bytes.append(item.own->names[item.key.index]);
  } else {
    bytes.append(entry_prefix).append(product_id(item.key).view());
  }
}

void append_flags(std::string& bytes, std::string_view flags) {
  if (!flags.empty()) {
    bytes.append(" ").append(flags);
  }
}

}  // namespace

bool is_memcached_name(std::string_view name) {
  constexpr std::size_t name_bytes_max = 250;
  const auto is_unfit = [](char each) { return static_cast<unsigned char>(each) <= 0x20 || each == 0x7f; };
  return !name.empty() && name.size() <= name_bytes_max && std::ranges::none_of(name, is_unfit);
}

void append_get(std::string& bytes, ItemName item, std::string_view flags) {
  append_named(bytes, "mg", item);
  append_flags(bytes, flags);
  bytes.append(line_end);
}

void append_set(std::string& bytes, ItemName item, std::string_view text, Nanoseconds time_to_live_ns,
                std::string_view flags) {
  append_named(bytes, "ms", item);
  bytes.append(" ").append(std::to_string(text.size()));
  bytes.append(" T").append(memcached_seconds(time_to_live_ns));
  append_flags(bytes, flags);
  bytes.append(line_end).append(text).append(line_end);
}

void append_erase(std::string& bytes, ItemName item, std::string_view flags) {
  append_named(bytes, "md", item);
  append_flags(bytes, flags);
  bytes.append(line_end);
}

void append_tick(std::string& bytes, std::uint64_t first) {
  bytes.append("ma ").append(memcached_clock_name).append(" N0 J").append(std::to_string(first)).append(" v\r\n");
}

void append_login(std::string& bytes, std::string_view user, std::string_view password) {
  const std::size_t length = user.size() + 1 + password.size();
  bytes.append("set login 0 0 ").append(std::to_string(length)).append(line_end);
  bytes.append(user).append(" ").append(password).append(line_end);
}

std::string memcached_seconds(Nanoseconds time_to_live_ns) {
  constexpr Nanoseconds second_ns = 1'000'000'000;
  // What is longer memcached takes for a time since 1970.
  constexpr std::int64_t relative_s_max = 60LL * 60 * 24 * 30;
  const std::int64_t seconds = time_to_live_ns / second_ns + (time_to_live_ns % second_ns > 0 ? 1 : 0);
  if (seconds <= relative_s_max) {
    return std::to_string(seconds);
  }
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  return std::to_string(now.count() + seconds);
}

}  // namespace stalemate
