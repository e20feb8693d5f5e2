#include "drivers/memcached/commands.hpp"

#include <array>
#include <charconv>
#include <chrono>

#include "core/text/key_names.hpp"
#include "drivers/cache/slot_text.hpp"

namespace stalemate {
namespace {

constexpr std::string_view line_end = "\r\n";

void append_named(std::string& bytes, std::string_view word, Key key) {
  const ProductId id = product_id(key);
  bytes.append(word).append(" ").append(entry_prefix).append(id.view());
}

void append_flags(std::string& bytes, std::string_view flags) {
  if (!flags.empty()) {
    bytes.append(" ").append(flags);
  }
}

}  // namespace

void append_get(std::string& bytes, Key key, std::string_view flags) {
  append_named(bytes, "mg", key);
  append_flags(bytes, flags);
  bytes.append(line_end);
}

void append_set(std::string& bytes, Key key, std::string_view text, Nanoseconds time_to_live_ns,
                std::string_view flags) {
  append_named(bytes, "ms", key);
  bytes.append(" ").append(std::to_string(text.size()));
  bytes.append(" T").append(memcached_seconds(time_to_live_ns));
  append_flags(bytes, flags);
  bytes.append(line_end).append(text).append(line_end);
}

void append_erase(std::string& bytes, Key key, std::string_view flags) {
  append_named(bytes, "md", key);
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
