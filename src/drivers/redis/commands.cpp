#include "drivers/redis/commands.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <charconv>
#include <new>
#include <vector>

#include "core/absent_row.hpp"
#include "core/assert.hpp"

namespace stalemate {
namespace {

// Stand-ins that appear nowhere else in a command.
constexpr std::string_view id_hole = "....................................";
constexpr std::string_view value_hole = "###########";
static_assert(id_hole.size() == sizeof(ProductId::text));

// As SET does it to a whole entry: the time to live of before is gone.
constexpr std::string_view set_field_script =
    "redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) "
    "if ARGV[3] == '0' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[3]) end "
    "return redis.status_reply('OK')";
constexpr std::string_view read_fields_script =
    "local found = {} for place, name in ipairs(KEYS) do found[place] = redis.call('HGET', name, ARGV[1]) end "
    "return found";

std::string formatted(const std::vector<const char*>& words, const std::vector<std::size_t>& lengths) {
  char* bytes = nullptr;
  // hiredis takes the words as non-const pointers to const text.
  auto* word_pointers = const_cast<const char**>(words.data());
  const int length = ::redisFormatCommandArgv(&bytes, static_cast<int>(words.size()), word_pointers, lengths.data());
  if (length < 0) {
    throw std::bad_alloc();
  }
  std::string command(bytes, static_cast<std::size_t>(length));
  ::redisFreeCommand(bytes);
  return command;
}

void add_names(std::vector<std::string_view>& words, const EntryNames& entries, Key first, std::uint32_t count) {
  STALEMATE_ASSERT(count > 0 && first.index + count <= entries.names.size(), "a command names entries that there are");
  for (std::uint32_t each = 0; each < count; ++each) {
    words.emplace_back(entries.names[first.index + each]);
  }
}

}  // namespace

std::string redis_command(std::span<const std::string_view> words) {
  std::vector<const char*> pointers;
  std::vector<std::size_t> lengths;
  for (const std::string_view word : words) {
    pointers.push_back(word.data());
    lengths.push_back(word.size());
  }
  return formatted(pointers, lengths);
}

std::string redis_command(std::initializer_list<std::string_view> words) {
  return redis_command(std::span(words.begin(), words.size()));
}

std::string redis_command_for_keys(std::string_view word, Key first, std::uint32_t count, std::string_view suffix) {
  STALEMATE_ASSERT(count > 0, "a command for keys names at least one");
  std::string names;
  const std::size_t name_length = entry_prefix.size() + sizeof(ProductId::text) + suffix.size();
  names.reserve(name_length * count);
  for (std::uint32_t each = 0; each < count; ++each) {
    names += entry_prefix;
    names += product_id(Key(first.index + each)).view();
    names += suffix;
  }
  std::vector<const char*> pointers = {word.data()};
  std::vector<std::size_t> lengths = {word.size()};
  for (std::uint32_t each = 0; each < count; ++each) {
    pointers.push_back(names.data() + name_length * each);
    lengths.push_back(name_length);
  }
  return formatted(pointers, lengths);
}

std::string redis_command_to_erase(const EntryNames& entries, Key first, std::uint32_t count) {
  std::vector<std::string_view> words = {"DEL"};
  add_names(words, entries, first, count);
  return redis_command(words);
}

std::string redis_command_to_read(const EntryNames& entries, Key first, std::uint32_t count) {
  const std::string& field = entries.form.field();
  const std::string number = std::to_string(count);
  std::vector<std::string_view> words = {"MGET"};
  if (!field.empty()) {
    words = {"EVAL", read_fields_script, number};
  }
  add_names(words, entries, first, count);
  if (!field.empty()) {
    words.emplace_back(field);
  }
  return redis_command(words);
}

RedisCommands::RedisCommands(const EntryNames* own) : own_(own) {
  const std::string name = std::string(entry_prefix) + std::string(id_hole);
  get_ = make_template({"GET", name});
  erase_ = make_template({"DEL", name});
  make_sets(0);
}

RedisCommands::Template RedisCommands::make_template(std::initializer_list<std::string_view> words) {
  Template made;
  made.text = redis_command(words);
  made.id_place = made.text.find(id_hole);
  made.value_place = made.text.find(value_hole.front());
  return made;
}

void RedisCommands::make_sets(std::int64_t time_to_live_ms) {
  const std::string name = std::string(entry_prefix) + std::string(id_hole);
  const std::string limit = std::to_string(time_to_live_ms);
  for (std::size_t digits = 1; digits <= value_digits_max; ++digits) {
    const std::string_view value = value_hole.substr(0, digits);
    sets_[digits] =
        time_to_live_ms == 0 ? make_template({"SET", name, value}) : make_template({"SET", name, value, "PX", limit});
  }
  sets_time_to_live_ms_ = time_to_live_ms;
}

std::string_view RedisCommands::with_key(Template& command, Key key) {
  const ProductId id = product_id(key);
  std::ranges::copy(id.text, command.text.begin() + static_cast<std::ptrdiff_t>(command.id_place));
  return command.text;
}

std::string_view RedisCommands::get_entry(Key key) {
  const std::string& name = own_->names[key.index];
  const std::string& field = own_->form.field();
  own_command_ = field.empty() ? redis_command({"GET", name}) : redis_command({"HGET", name, field});
  return own_command_;
}

std::string_view RedisCommands::erase_entry(Key key) {
  own_command_ = redis_command({"DEL", own_->names[key.index]});
  return own_command_;
}

std::string_view RedisCommands::set_entry(Key key, Value value, std::int64_t time_to_live_ms) {
  const std::string& name = own_->names[key.index];
  const std::string& field = own_->form.field();
  const std::string text = own_->form.text_of(value);
  const std::string limit = std::to_string(time_to_live_ms);
  own_command_ = !field.empty()         ? redis_command({"EVAL", set_field_script, "1", name, field, text, limit})
                 : time_to_live_ms == 0 ? redis_command({"SET", name, text})
                                        : redis_command({"SET", name, text, "PX", limit});
  return own_command_;
}

std::string_view RedisCommands::set(Key key, Value value, std::int64_t time_to_live_ms) {
  if (own_ != nullptr) {
    return set_entry(key, value, time_to_live_ms);
  }
  if (time_to_live_ms != sets_time_to_live_ms_) {
    make_sets(time_to_live_ms);
  }
  std::array<char, value_digits_max> digits = {};
  digits[0] = '-';  // as SlotContent says
  const char* const end =
      value == no_row ? &digits[1] : std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  const auto length = static_cast<std::size_t>(end - digits.data());
  Template& command = sets_[length];
  std::copy_n(digits.data(), length, command.text.begin() + static_cast<std::ptrdiff_t>(command.value_place));
  return with_key(command, key);
}

}  // namespace stalemate
