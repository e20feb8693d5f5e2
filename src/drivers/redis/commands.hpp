// The commands we send to Redis, formatted once by hiredis and filled in for every call.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "core/text/key_names.hpp"
#include "core/types.hpp"
#include "drivers/cache/entry_names.hpp"
#include "drivers/cache/slot_text.hpp"

namespace stalemate {

/// A command of those words, of any bytes, in Redis's protocol.
[[nodiscard]] std::string redis_command(std::span<const std::string_view> words);
[[nodiscard]] std::string redis_command(std::initializer_list<std::string_view> words);
/// A command of one word and the names of the entries of keys `first` to `first + count - 1`, each with `suffix` behind
/// it. Requires: count > 0.
[[nodiscard]] std::string redis_command_for_keys(std::string_view word, Key first, std::uint32_t count,
                                                 std::string_view suffix = {});

/// Commands that remove entries of the user's design, or read them as an array. Requires: count > 0, and as many names
/// as `first + count`.
[[nodiscard]] std::string redis_command_to_erase(const EntryNames& entries, Key first, std::uint32_t count);
[[nodiscard]] std::string redis_command_to_read(const EntryNames& entries, Key first, std::uint32_t count);

/// Makes the commands of single calls without allocating, except for the first SET of another time to live.
/// What a function returns is valid until the next call of any of them.
class RedisCommands {
 public:
  /// `own`: entries of the user's design, whose commands are made anew each time; nullptr: ours. It outlives this.
  explicit RedisCommands(const EntryNames* own = nullptr);
  [[nodiscard]] std::string_view get(Key key) { return own_ == nullptr ? with_key(get_, key) : get_entry(key); }
  [[nodiscard]] std::string_view erase(Key key) { return own_ == nullptr ? with_key(erase_, key) : erase_entry(key); }
  /// `time_to_live_ms` 0: the entry does not expire.
  [[nodiscard]] std::string_view set(Key key, Value value, std::int64_t time_to_live_ms);

 private:
  // A command with holes for the key's id and the value's digits.
  struct Template {
    std::string text;
    std::size_t id_place = 0;
    std::size_t value_place = 0;
  };
  static constexpr std::size_t value_digits_max = 11;

  static Template make_template(std::initializer_list<std::string_view> words);
  static std::string_view with_key(Template& command, Key key);
  void make_sets(std::int64_t time_to_live_ms);
  std::string_view get_entry(Key key);
  std::string_view erase_entry(Key key);
  std::string_view set_entry(Key key, Value value, std::int64_t time_to_live_ms);

  Template get_;
  Template erase_;
  std::array<Template, value_digits_max + 1> sets_;  // by the length of the value's text; [0] is unused
  std::int64_t sets_time_to_live_ms_ = 0;
  const EntryNames* own_;
  std::string own_command_;
};

}  // namespace stalemate
