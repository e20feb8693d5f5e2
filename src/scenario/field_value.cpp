#include "scenario/field_value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/text/duration.hpp"
#include "core/text/nearest.hpp"
#include "core/text/number_text.hpp"

namespace stalemate {
std::string show_number(double number) {
  std::array<char, 32> text = {};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), end};
}

std::string quote_toml(std::string_view text) {
  constexpr std::string_view hex_digits = "0123456789ABCDEF";
  std::string quoted = "\"";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      quoted += '\\';
      quoted += character;
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted += "\\u00";
      quoted += hex_digits[byte >> 4U];
      quoted += hex_digits[byte & 15U];
    } else {
      quoted += character;
    }
  }
  quoted += '"';
  return quoted;
}

std::string show_value(const FieldValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    return *flag ? "true" : "false";
  }
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    return *whole < 0 ? std::to_string(*whole) : with_thousands(static_cast<std::uint64_t>(*whole));
  }
  if (const auto* number = std::get_if<double>(&value)) {
    return show_number(*number);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return "'" + *text + "'";
  }
  return std::string(std::get<ForeignValue>(value).kind);
}

FieldValue value_of_text(std::string_view text) {
  if (text == "true" || text == "false") {
    return text == "true";
  }
  if (const std::optional<std::int64_t> whole = parse_number<std::int64_t>(text)) {
    return *whole;
  }
  if (const std::optional<double> number = parse_number<double>(text)) {
    return *number;
  }
  return std::string(text);
}

std::optional<std::int64_t> whole_number_in(const FieldValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    return *whole;
  }
  // Beyond this, doubles are not told apart from their neighbours.
  constexpr double exact_max = 9'007'199'254'740'992;
  const auto* number = std::get_if<double>(&value);
  if (number == nullptr || !(std::fabs(*number) < exact_max) || std::floor(*number) != *number) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*number);
}

std::unexpected<Error> wrong_value(std::string_view key, std::string_view wanted, const FieldValue& value) {
  std::string sentence(key);
  sentence += " must be ";
  sentence += wanted;
  sentence += ", not ";
  sentence += show_value(value);
  return failed(ErrorCode::wrong_type, std::move(sentence));
}

Result<bool> read_flag(std::string_view key, const FieldValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    return *flag;
  }
  return wrong_value(key, "true or false", value);
}

Result<std::string> read_text(std::string_view key, const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return *text;
  }
  return wrong_value(key, "a text in quotes", value);
}

Result<Nanoseconds> read_duration(std::string_view key, const FieldValue& value, bool none_allowed) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) {
    return wrong_value(key, "a duration such as \"10ms\"", value);
  }
  if (none_allowed && *text == "none") {
    return 0;
  }
  Result<Nanoseconds> duration_ns = parse_duration(*text);
  if (!duration_ns) {
    return failed(ErrorCode::wrong_type,
                  std::string(key) + ": " + duration_ns.error().detail + (none_allowed ? ", or none" : ""));
  }
  return duration_ns;
}

std::string choice_text(std::span<const std::string_view> names) {
  std::string text;
  for (std::size_t place = 0; place < names.size(); ++place) {
    text += place == 0 ? "" : place + 1 == names.size() ? " or " : ", ";
    text += names[place];
  }
  return text;
}

Result<std::size_t> read_choice(std::string_view key, const FieldValue& value,
                                std::span<const std::string_view> names) {
  const std::string wanted = choice_text(names);
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) {
    return wrong_value(key, wanted, value);
  }
  const auto place = std::ranges::find(names, *text);
  if (place == names.end()) {
    std::unexpected<Error> error = wrong_value(key, wanted, value);
    error.error().detail += did_you_mean(*text, names);
    return error;
  }
  return static_cast<std::size_t>(place - names.begin());
}

}  // namespace stalemate
