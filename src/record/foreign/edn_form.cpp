// Forms of EDN: how they are made, compared and written. Reading them is in edn.cpp.
#include <algorithm>
#include <array>
#include <charconv>

#include "core/text/printable.hpp"
#include "record/foreign/edn.hpp"

namespace stalemate::edn {

const Form* Form::find(std::string_view name) const {
  if (kind != FormKind::map) {
    return nullptr;
  }
  for (std::size_t place = 0; place + 1 < items.size(); place += 2) {
    const Form& key = items[place];
    if ((key.kind == FormKind::keyword || key.kind == FormKind::text) && key.text == name) {
      return &items[place + 1];
    }
  }
  return nullptr;
}

Form whole_number(std::string_view digits) {
  const bool is_negative = digits.front() == '-';
  digits.remove_prefix(is_negative || digits.front() == '+' ? 1 : 0);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  Form form{.kind = FormKind::integer, .text = (is_negative ? "-" : "") + std::string(digits)};
  const char* const end = form.text.data() + form.text.size();
  const auto [stop, code] = std::from_chars(form.text.data(), end, form.integer);
  if (stop == end && code == std::errc()) {
    form.text.clear();
  } else {
    form.kind = FormKind::other;
    form.integer = 0;
  }
  return form;
}

Form fraction(double number) {
  std::array<char, 32> digits = {};
  const auto [end, code] = std::to_chars(digits.data(), digits.data() + digits.size(), number == 0 ? 0.0 : number);
  std::string text(digits.data(), end);
  text += text.find_first_of(".e") == std::string::npos ? ".0" : "";
  return Form{.kind = FormKind::other, .text = std::move(text)};
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char character : text) {
    switch (character) {
      case '"': result += "\\\""; break;
      case '\\': result += "\\\\"; break;
      case '\n': result += "\\n"; break;
      case '\t': result += "\\t"; break;
      case '\r': result += "\\r"; break;
      case '\b': result += "\\b"; break;
      case '\f': result += "\\f"; break;
      default: result += character;
    }
  }
  return with_controls_escaped(result) + "\"";
}

namespace {

std::string print_items(const Form& form, std::string_view open, std::string_view close) {
  std::string result(open);
  for (std::size_t place = 0; place < form.items.size(); ++place) {
    result += place == 0 ? "" : " ";
    result += print(form.items[place]);
  }
  return result.append(close);
}

}  // namespace

std::string print(const Form& form) {
  switch (form.kind) {
    case FormKind::nil: return "nil";
    case FormKind::integer: return std::to_string(form.integer);
    case FormKind::text: return edn::quoted(form.text);
    case FormKind::keyword: return ":" + form.text;
    case FormKind::symbol:
    case FormKind::other: return form.text;
    case FormKind::list: return print_items(form, "(", ")");
    case FormKind::vector: return print_items(form, "[", "]");
    case FormKind::map: return print_items(form, "{", "}");
    case FormKind::set: return print_items(form, "#{", "}");
    case FormKind::tagged: return "#" + form.text + " " + print(form.items.front());
  }
  return {};
}

Form canonical(Form form) {
  for (Form& item : form.items) {
    item = canonical(std::move(item));
  }
  if (form.kind == FormKind::list) {
    form.kind = FormKind::vector;
  }
  if (form.kind != FormKind::set && form.kind != FormKind::map) {
    return form;
  }
  // By what they look like; a map's key with its value.
  const std::size_t width = form.kind == FormKind::map ? 2 : 1;
  std::vector<std::pair<std::string, std::size_t>> order;
  for (std::size_t place = 0; place < form.items.size(); place += width) {
    order.emplace_back(print(form.items[place]), place);
  }
  std::ranges::sort(order);
  if (form.kind == FormKind::set) {
    const auto repeated = std::ranges::unique(order, {}, &std::pair<std::string, std::size_t>::first);
    order.erase(repeated.begin(), repeated.end());
  }
  std::vector<Form> items;
  for (const auto& [shown, place] : order) {
    for (std::size_t part = 0; part < width; ++part) {
      items.push_back(std::move(form.items[place + part]));
    }
  }
  form.items = std::move(items);
  return form;
}

}  // namespace stalemate::edn
