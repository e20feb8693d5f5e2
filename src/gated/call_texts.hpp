// What a call of an application to a store does in a run, as far as its texts tell: to which keys, and with which
// value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/types.hpp"
#include "wire/store_request.hpp"

namespace stalemate {

/// `script`: it may look, set or erase, as whoever calls it needs.
enum class CallDeed : std::uint8_t { set_up, other, lookup, load, set, erase, script, update };

/// What a call does, before anybody asks for whom.
struct CallSense {
  CallDeed deed = CallDeed::other;
  std::vector<Key> keys = {};  ///< each once
  /// Of a call to a cache: the entry's name with "{key}" for the key, and a hash's field behind a blank.
  std::string entry = {};
  bool value_is_last = false;  ///< of what is sent: behind a time to live
};

/// The texts of one run's keys and values. A key or a value counts where no other letter or digit touches it, and a
/// number only where the run has written it to that key, or every row held it at first.
/// Thread rule: one thread at a time.
class CallTexts {
 public:
  /// `keys`: by number.
  CallTexts(const std::vector<std::string>& keys, Value initial);

  [[nodiscard]] CallSense sense_of(const StoreRequest& request, bool is_cache) const;

  /// From now on `value` is one of that key.
  void note_written(Key key, Value value);
  /// The first of the key's values that stands there.
  [[nodiscard]] std::optional<Value> value_in(std::string_view text, Key key) const;
  [[nodiscard]] std::optional<Value> value_in(const std::vector<std::string>& texts, Key key) const;
  /// The keys that stand there, each once.
  [[nodiscard]] std::vector<Key> keys_in(std::string_view text) const;
  /// The key's values that stand there and that were written to it by the run, each once.
  [[nodiscard]] std::vector<Value> written_values_in(std::string_view text, Key key) const;

 private:
  template <class Use>
  void for_each_value(std::string_view text, Key key, const Use& use) const;
  [[nodiscard]] std::optional<Key> key_at(std::string_view text, std::size_t place, std::size_t& length) const;
  void find_keys(std::string_view text, std::vector<Key>& keys) const;
  [[nodiscard]] std::string with_key_left_out(std::string_view text) const;
  [[nodiscard]] bool is_value_of(std::string_view digits, Key key, Value& value) const;

  std::unordered_map<std::string, std::uint32_t> numbers_ = {};  // of keys, by text
  std::set<std::size_t> lengths_ = {};                           // of those texts
  Value initial_;
  std::vector<std::uint32_t> keys_written_ = {};  // by value, from initial_ + 1 on
};

}  // namespace stalemate
