#include "gated/call_texts.hpp"
#include "core/text/number_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>

namespace stalemate {
namespace {

constexpr std::uint32_t nobodys = std::numeric_limits<std::uint32_t>::max();

bool is_sign_of_word(char sign) {
  return std::isalnum(static_cast<unsigned char>(sign)) != 0;
}

bool is_digit(char sign) {
  return sign >= '0' && sign <= '9';
}

bool begins_word(std::string_view text, std::size_t place) {
  return place == 0 || !is_sign_of_word(text[place - 1]);
}

bool ends_word(std::string_view text, std::size_t end) {
  return end >= text.size() || !is_sign_of_word(text[end]);
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

CallDeed deed_in_cache(std::string_view name, bool writes) {
  constexpr std::array<std::string_view, 9> lookups = {"GET",   "MGET",  "HGET",     "HMGET",   "HGETALL",
                                                       "GETEX", "HVALS", "GETRANGE", "JSON.GET"};
  constexpr std::array<std::string_view, 12> sets = {"SET",    "SETEX", "PSETEX", "SETNX",  "GETSET", "MSET",
                                                     "MSETNX", "HSET",  "HMSET",  "HSETNX", "HSETEX", "JSON.SET"};
  constexpr std::array<std::string_view, 6> erases = {"DEL", "UNLINK", "GETDEL", "HDEL", "HGETDEL", "JSON.DEL"};
  constexpr std::array<std::string_view, 7> scripts = {"EVAL",    "EVALSHA",    "FCALL",   "MULTI",
                                                       "EVAL_RO", "EVALSHA_RO", "FCALL_RO"};
  return is_one_of(lookups, name)            ? CallDeed::lookup
         : is_one_of(sets, name) && writes   ? CallDeed::set
         : is_one_of(erases, name) && writes ? CallDeed::erase
         : is_one_of(scripts, name)          ? CallDeed::script
                                             : CallDeed::other;
}

CallDeed deed_in_database(std::string_view name, bool writes) {
  constexpr std::array<std::string_view, 8> of_transactions = {"COMMIT",    "END",     "ROLLBACK", "ABORT",
                                                               "SAVEPOINT", "RELEASE", "NOTIFY",   "PREPARE"};
  if (is_one_of(of_transactions, name)) {
    return CallDeed::set_up;
  }
  return writes ? CallDeed::update : CallDeed::load;
}

}  // namespace

CallTexts::CallTexts(const std::vector<std::string>& keys, Value initial) : initial_(initial) {
  for (std::size_t number = 0; number < keys.size(); ++number) {
    numbers_.emplace(keys[number], static_cast<std::uint32_t>(number));
    lengths_.insert(keys[number].size());
  }
}

CallSense CallTexts::sense_of(const StoreRequest& request, bool is_cache) const {
  CallSense sense;
  if (sets_up_connection(is_cache ? Protocol::redis : Protocol::postgres, request)) {
    sense.deed = CallDeed::set_up;
    return sense;
  }
  sense.deed = is_cache ? deed_in_cache(request.name, request.writes) : deed_in_database(request.name, request.writes);
  if (sense.deed == CallDeed::set_up || sense.deed == CallDeed::other) {
    return sense;
  }
  if (!is_cache) {
    for (const std::string& value : request.values) {
      find_keys(value, sense.keys);
    }
    return sense;
  }
  sense.value_is_last = request.name == "SETEX" || request.name == "PSETEX";
  for (const std::string& name : request.keys) {
    find_keys(name, sense.keys);
  }
  if (!request.keys.empty()) {
    sense.entry = with_key_left_out(request.keys.front());
  }
  if (sense.keys.empty() && !request.values.empty()) {
    // The fields of one hash.
    find_keys(request.values.front(), sense.keys);
    sense.entry += " " + with_key_left_out(request.values.front());
  }
  return sense;
}

std::optional<Key> CallTexts::key_at(std::string_view text, std::size_t place, std::size_t& length) const {
  for (auto one = lengths_.rbegin(); one != lengths_.rend(); ++one) {
    if (place + *one > text.size() || !ends_word(text, place + *one)) {
      continue;
    }
    const auto found = numbers_.find(std::string(text.substr(place, *one)));
    if (found != numbers_.end()) {
      length = *one;
      return Key{found->second};
    }
  }
  return std::nullopt;
}

void CallTexts::find_keys(std::string_view text, std::vector<Key>& keys) const {
  for (std::size_t place = 0; place < text.size();) {
    std::size_t length = 1;
    if (is_sign_of_word(text[place]) && begins_word(text, place)) {
      const std::optional<Key> key = key_at(text, place, length);
      if (key && std::ranges::find(keys, *key) == keys.end()) {
        keys.push_back(*key);
      }
    }
    place += length;
  }
}

std::string CallTexts::with_key_left_out(std::string_view text) const {
  std::string words;
  for (std::size_t place = 0; place < text.size();) {
    std::size_t length = 1;
    const bool is_key =
        is_sign_of_word(text[place]) && begins_word(text, place) && key_at(text, place, length).has_value();
    words += is_key ? std::string("{key}") : std::string(1, text[place]);
    place += length;
  }
  return words;
}

void CallTexts::note_written(Key key, Value value) {
  const auto place = static_cast<std::size_t>(std::int64_t{value} - initial_ - 1);
  if (place >= keys_written_.size()) {
    keys_written_.resize(std::max(place + 1, keys_written_.size() * 2), nobodys);
  }
  keys_written_[place] = key.index;
}

bool CallTexts::is_value_of(std::string_view digits, Key key, Value& value) const {
  const std::optional<Value> number = parse_number<Value>(digits);
  if (!number || *number < initial_) {
    return false;
  }
  value = *number;
  const auto place = static_cast<std::size_t>(std::int64_t{value} - initial_);
  return place == 0 || (place <= keys_written_.size() && keys_written_[place - 1] == key.index);
}

/// `use` returns whether that is enough.
template <class Use>
void CallTexts::for_each_value(std::string_view text, Key key, const Use& use) const {
  for (std::size_t place = 0; place < text.size();) {
    if (!is_digit(text[place])) {
      ++place;
      continue;
    }
    std::size_t end = place;
    while (end < text.size() && is_digit(text[end])) {
      ++end;
    }
    Value value = absent;
    if (begins_word(text, place) && ends_word(text, end) && is_value_of(text.substr(place, end - place), key, value) &&
        use(value)) {
      return;
    }
    place = end;
  }
}

std::optional<Value> CallTexts::value_in(std::string_view text, Key key) const {
  std::optional<Value> found;
  for_each_value(text, key, [&found](Value value) {
    found = value;
    return true;
  });
  return found;
}

std::vector<Value> CallTexts::written_values_in(std::string_view text, Key key) const {
  std::vector<Value> found;
  for_each_value(text, key, [&](Value value) {
    if (value != initial_ && std::ranges::find(found, value) == found.end()) {
      found.push_back(value);
    }
    return false;
  });
  return found;
}

std::vector<Key> CallTexts::keys_in(std::string_view text) const {
  std::vector<Key> keys;
  find_keys(text, keys);
  return keys;
}

std::optional<Value> CallTexts::value_in(const std::vector<std::string>& texts, Key key) const {
  for (const std::string& text : texts) {
    if (const std::optional<Value> value = value_in(text, key)) {
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace stalemate
