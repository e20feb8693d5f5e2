#include "record/json_value.hpp"

#include <limits>
#include <optional>

namespace stalemate {
namespace {

using edn::Form;
using edn::FormKind;
using Json = nlohmann::ordered_json;

std::string hexadecimal(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    result += digits[byte >> 4U];
    result += digits[byte & 0xFU];
  }
  return result;
}

std::optional<std::string> from_hexadecimal(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (std::size_t place = 0; place + 1 < text.size(); place += 2) {
    const std::size_t high = digits.find(text[place]);
    const std::size_t low = digits.find(text[place + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
      return std::nullopt;
    }
    result += static_cast<char>(high << 4U | low);
  }
  return text.size() % 2 == 0 ? std::optional(result) : std::nullopt;
}

/// The JSON of a text that is UTF-8, else nothing.
std::optional<Json> json_text(const std::string& text) {
  Json json = text;
  try {
    static_cast<void>(json.dump());
  } catch (const Json::type_error&) {
    return std::nullopt;
  }
  return json;
}

Result<Form> parse_form(const std::string& text) {
  edn::Reader reader(text, "an \"edn\" member");
  Result<Form> form = reader.next();
  if (!form) {
    return form;
  }
  const Result<void> rest = reader.skip();
  if (!rest || !reader.is_at_end()) {
    return failed(ErrorCode::protocol, "an \"edn\" member holds more than one form");
  }
  return form;
}

/// {"edn": ...} and its like; nothing for other objects.
std::optional<Result<Form>> wrapped(const Json& json) {
  if (json.size() != 1 || !json.front().is_string()) {
    return std::nullopt;
  }
  const std::string& name = json.begin().key();
  const auto content = json.front().get<std::string>();
  if (name == "edn") {
    return parse_form(content);
  }
  if (name != "bytes" && name != "edn_bytes") {
    return std::nullopt;
  }
  std::optional<std::string> bytes = from_hexadecimal(content);
  if (!bytes) {
    return failed(ErrorCode::protocol, "\"" + name + "\" should be pairs of the digits 0-9a-f");
  }
  if (name == "edn_bytes") {
    return parse_form(*bytes);
  }
  return Form{.kind = FormKind::text, .text = std::move(*bytes)};
}

}  // namespace

Json json_of(const ValueTable& values, ValueId id) {
  switch (values.kind(id)) {
    case ValueKind::nil: return nullptr;
    case ValueKind::integer: return values.integer(id);
    case ValueKind::text: {
      std::optional<Json> text = json_text(values.text(id));
      return text ? std::move(*text) : Json{{"bytes", hexadecimal(values.text(id))}};
    }
    case ValueKind::form: {
      std::optional<Json> text = json_text(values.text(id));
      return text ? Json{{"edn", std::move(*text)}} : Json{{"edn_bytes", hexadecimal(values.text(id))}};
    }
  }
  return nullptr;
}

Result<Form> form_of(const Json& json, unsigned depth) {
  if (depth > edn::Reader::depth_max) {
    return failed(ErrorCode::protocol, "a value is nested too deeply");
  }
  if (json.is_null()) {
    return Form{};
  }
  if (json.is_string()) {
    return Form{.kind = FormKind::text, .text = json.get<std::string>()};
  }
  const bool is_large =
      json.is_number_unsigned() &&
      json.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (json.is_number_integer() && !is_large) {
    return Form{.kind = FormKind::integer, .integer = json.get<std::int64_t>()};
  }
  if (json.is_object()) {
    if (std::optional<Result<Form>> form = wrapped(json)) {
      return std::move(*form);
    }
  }
  if (!json.is_structured()) {
    return Form{.kind = FormKind::other, .text = json.dump()};
  }
  Form form{.kind = json.is_array() ? FormKind::vector : FormKind::map};
  for (const auto& [name, member] : json.items()) {
    if (json.is_object()) {
      form.items.push_back(Form{.kind = FormKind::text, .text = name});
    }
    Result<Form> item = form_of(member, depth + 1);
    if (!item) {
      return item;
    }
    form.items.push_back(std::move(*item));
  }
  return form;
}

}  // namespace stalemate
