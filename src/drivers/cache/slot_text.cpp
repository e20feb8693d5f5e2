#include "drivers/cache/slot_text.hpp"

#include "core/absent_row.hpp"
#include "core/text/number_text.hpp"

namespace stalemate {

std::string value_text(Value value) {
  return value == absent || value == no_row ? "-" : std::to_string(value);
}

std::optional<Value> parse_value_text(std::string_view text) {
  if (text == "-") {
    return absent;
  }
  const std::optional<Value> value = parse_number<Value>(text);
  return value == absent ? std::nullopt : value;
}

Value value_of_entry(const SlotContent& content) {
  return content.value == absent && content.stamp == 0 ? no_row : content.value;
}

std::string slot_text(const SlotContent& content) {
  std::string text = value_text(content.value);
  return content.stamp == 0 ? text : text.append("@").append(std::to_string(content.stamp));
}

std::optional<SlotContent> parse_slot(std::string_view text) {
  const std::size_t at = text.find('@');
  const std::optional<Value> value = parse_value_text(text.substr(0, at));
  const auto stamp =
      at == std::string_view::npos ? std::optional<std::uint64_t>(0) : parse_number<std::uint64_t>(text.substr(at + 1));
  if (!value || !stamp) {
    return std::nullopt;
  }
  return SlotContent{*value, *stamp, false};
}

}  // namespace stalemate
