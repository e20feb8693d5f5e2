#include "record/foreign/json_value.hpp"

#include <cmath>
#include <optional>
#include <vector>

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
std::optional<Result<Form>> wrapped(const Form& object) {
  if (object.items.size() != 2 || object.items[1].kind != FormKind::text) {
    return std::nullopt;
  }
  const std::string& name = object.items[0].text;
  const std::string& content = object.items[1].text;
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

/// Makes a form of what the parser finds, number by number as they are written: as doubles, large ones would be equal
/// that are not.
class FormBuilder final : public nlohmann::json_sax<Json> {
 public:
  explicit FormBuilder(std::uint64_t forms_max) : forms_max_(forms_max) {}
  bool null() override { return add({}); }
  bool boolean(bool value) override { return add({.kind = FormKind::other, .text = value ? "true" : "false"}); }
  bool number_integer(number_integer_t value) override { return add({.kind = FormKind::integer, .integer = value}); }
  bool number_unsigned(number_unsigned_t value) override { return add(edn::whole_number(std::to_string(value))); }
  bool number_float(number_float_t value, const string_t& digits) override {
    if (digits.find_first_of(".eE") == std::string::npos) {
      return add(edn::whole_number(digits));
    }
    constexpr double exact_max = 9007199254740992;  // 2^53
    const bool is_whole = value == std::trunc(value) && value >= -exact_max && value <= exact_max;
    return add(is_whole ? Form{.kind = FormKind::integer, .integer = static_cast<std::int64_t>(value)}
                        : edn::fraction(value));
  }
  bool string(string_t& value) override { return add({.kind = FormKind::text, .text = std::move(value)}); }
  bool binary(binary_t&) override { return false; }
  bool key(string_t& value) override { return add({.kind = FormKind::text, .text = std::move(value)}); }
  bool start_object(std::size_t) override { return open(FormKind::map); }
  bool start_array(std::size_t) override { return open(FormKind::vector); }
  bool end_array() override { return close(); }
  bool end_object() override {
    std::optional<Result<Form>> form = wrapped(open_.back());
    if (form && !*form) {
      wrong_ = form->error().detail;
      return false;
    }
    if (form) {
      open_.back() = std::move(**form);
    }
    return close();
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

  Result<Form> finish(bool is_read) {
    return is_read ? Result<Form>(std::move(whole_))
                   : failed(ErrorCode::protocol, wrong_.empty() ? "this is not JSON" : wrong_);
  }

 private:
  bool add(Form form) {
    if (++forms_ > forms_max_) {
      wrong_ = "there are more than " + std::to_string(forms_max_) + " values";
      return false;
    }
    (open_.empty() ? whole_ : open_.back().items.emplace_back()) = std::move(form);
    return true;
  }
  bool open(FormKind kind) {
    if (open_.size() > edn::Reader::depth_max) {
      wrong_ = "a value is nested too deeply";
      return false;
    }
    open_.push_back({.kind = kind});
    return true;
  }
  bool close() {
    Form form = std::move(open_.back());
    open_.pop_back();
    return add(std::move(form));
  }

  std::uint64_t forms_max_;
  std::uint64_t forms_ = 0;
  std::vector<Form> open_;
  Form whole_;
  std::string wrong_;
};

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

Json json_of(const Form& form) {
  const bool has_names = form.kind == FormKind::map;
  switch (form.kind) {
    case FormKind::nil: return nullptr;
    case FormKind::integer: return form.integer;
    case FormKind::text: {
      std::optional<Json> text = json_text(form.text);
      return text ? std::move(*text) : Json{{"bytes", hexadecimal(form.text)}};
    }
    case FormKind::vector:
    case FormKind::map: {
      Json json = has_names ? Json::object() : Json::array();
      for (std::size_t place = 0; place < form.items.size(); place += has_names ? 2 : 1) {
        if (has_names) {
          json[form.items[place].text] = json_of(form.items[place + 1]);
        } else {
          json.push_back(json_of(form.items[place]));
        }
      }
      return json;
    }
    default: break;
  }
  if (form.kind == FormKind::other && (form.text == "true" || form.text == "false")) {
    return form.is_true();
  }
  std::optional<Json> text = json_text(print(form));
  return text ? Json{{"edn", std::move(*text)}} : Json{{"edn_bytes", hexadecimal(print(form))}};
}

Result<Form> form_of_json(std::string_view text, std::uint64_t forms_max) {
  FormBuilder builder(forms_max);
  const bool is_read = Json::sax_parse(text, &builder);
  return builder.finish(is_read);
}

}  // namespace stalemate
