// Finds keys and values as whole words: product:100001 holds the key 100001, and 1000019 does not.
#include "gated/schedules/run_texts.hpp"

#include <algorithm>
#include <cctype>

#include "explore/application/application_world.hpp"

namespace stalemate {
namespace {

constexpr std::size_t digits_of_values = 4;

bool is_word(char sign) {
  return std::isalnum(static_cast<unsigned char>(sign)) != 0;
}

bool stands_alone(std::string_view text, std::size_t place, std::size_t length) {
  const bool begins = place == 0 || !is_word(text[place - 1]);
  const bool ends = place + length >= text.size() || !is_word(text[place + length]);
  return begins && ends;
}

/// The value whose digits stand at `place`; foreign_value where none do.
Value value_at(std::string_view text, std::size_t place) {
  const std::string_view word = text.substr(place, digits_of_values);
  const bool digits = word.size() == digits_of_values &&
                      std::ranges::all_of(word, [](char sign) { return sign >= '0' && sign <= '9'; });
  return digits && stands_alone(text, place, word.size()) ? RunTexts::value_of(std::stoll(std::string(word)))
                                                          : foreign_value;
}

}  // namespace

std::string RunTexts::told(std::string_view text) const {
  std::string words;
  for (std::size_t place = 0; place < text.size();) {
    const Value value = value_at(text, place);
    if (!key_.empty() && text.substr(place).starts_with(key_) && stands_alone(text, place, key_.size())) {
      words += "{key}";
      place += key_.size();
    } else if (value != foreign_value) {
      words += std::to_string(value);
      place += digits_of_values;
    } else {
      words += text[place++];
    }
  }
  return words;
}

Value RunTexts::value_of(std::int64_t answered) {
  const std::int64_t number = answered - first_written;
  return number >= 0 && number <= static_cast<std::int64_t>(writes_max) ? static_cast<Value>(number) : foreign_value;
}

std::vector<Value> RunTexts::values_in(const std::vector<std::string>& texts) {
  std::vector<Value> values;
  for (const std::string& text : texts) {
    for (std::size_t place = 0; place < text.size(); ++place) {
      const Value value = value_at(text, place);
      if (value != foreign_value && std::ranges::find(values, value) == values.end()) {
        values.push_back(value);
      }
    }
  }
  return values;
}

}  // namespace stalemate
