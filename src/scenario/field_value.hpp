// The value of a key before it is known to fit, and the readers that turn it into a field.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/error.hpp"
#include "core/types.hpp"

namespace stalemate {

/// A TOML value of a kind no field takes, such as "an array".
struct ForeignValue {
  std::string_view kind;
};

using FieldValue = std::variant<bool, std::int64_t, double, std::string, ForeignValue>;

/// For messages: 'text' in quotes, numbers as they are, "a date".
[[nodiscard]] std::string show_value(const FieldValue& value);

/// What a flag's text most likely is: a bool, a whole number, a number, else a string.
[[nodiscard]] FieldValue value_of_text(std::string_view text);

/// The whole number that it is, also where it is written as 1e3; none where it is not one.
[[nodiscard]] std::optional<std::int64_t> whole_number_in(const FieldValue& value);

/// "KEY must be WANTED, not VALUE", as an error.
[[nodiscard]] std::unexpected<Error> wrong_value(std::string_view key, std::string_view wanted,
                                                 const FieldValue& value);

/// The readers below give the value as the field's type. Errors: wrong_value, or a sentence that begins with the key.
[[nodiscard]] Result<bool> read_flag(std::string_view key, const FieldValue& value);
[[nodiscard]] Result<std::string> read_text(std::string_view key, const FieldValue& value);
/// Any duration parse_duration takes; "none" is 0 if `none_allowed`.
[[nodiscard]] Result<Nanoseconds> read_duration(std::string_view key, const FieldValue& value, bool none_allowed);
/// The place of the text in `names`.
[[nodiscard]] Result<std::size_t> read_choice(std::string_view key, const FieldValue& value,
                                              std::span<const std::string_view> names);

/// "A, B or C".
[[nodiscard]] std::string choice_text(std::span<const std::string_view> names);
/// The shortest text that reads back as the same number.
[[nodiscard]] std::string show_number(double number);
/// A TOML basic string, quoted and escaped.
[[nodiscard]] std::string quote_toml(std::string_view text);

}  // namespace stalemate
