// The key and the values of one schedule, as the application sees them and as the search does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"

namespace stalemate {

/// What value 0 of a scope, the row before all writes, is for the application; the writes follow it. Small enough for
/// any column of numbers, and not likely to stand in a statement for another reason.
inline constexpr std::int64_t first_written = 7000;

class RunTexts {
 public:
  RunTexts() = default;
  explicit RunTexts(std::string key) : key_(std::move(key)) {}

  [[nodiscard]] const std::string& key() const { return key_; }
  /// `text` with "{key}" for the key, and with the scope's numbers for the application's values. A key or value counts
  /// where no other letter or digit touches it.
  [[nodiscard]] std::string told(std::string_view text) const;
  /// The scope's number for a value that the application answered; foreign_value where it is none of ours.
  [[nodiscard]] static Value value_of(std::int64_t answered);
  /// The scope's values that stand in one of these texts, each once, in the order of their first places.
  [[nodiscard]] static std::vector<Value> values_in(const std::vector<std::string>& texts);

 private:
  std::string key_ = {};
};

}  // namespace stalemate
