#include "record/foreign/edn.hpp"

#include <algorithm>
#include <charconv>

#include "core/text/printable.hpp"

namespace stalemate::edn {
namespace {

bool is_blank(char character) {
  return character == ' ' || character == '\t' || character == '\n' || character == '\r' || character == '\f' ||
         character == '\v' || character == ',';
}

bool is_delimiter(char character) {
  return is_blank(character) || std::string_view("()[]{}\";").find(character) != std::string_view::npos;
}

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

bool is_hexadecimal(std::string_view text) {
  return std::ranges::all_of(text, [](char character) {
    return is_digit(character) || (character >= 'a' && character <= 'f') || (character >= 'A' && character <= 'F');
  });
}

/// Appends a code point as UTF-8.
void append_utf8(std::string& text, unsigned code) {
  if (code < 0x80U) {
    text += static_cast<char>(code);
  } else if (code < 0x800U) {
    text += static_cast<char>(0xC0U | code >> 6U);
    text += static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    if (code < 0x10000U) {
      text += static_cast<char>(0xE0U | code >> 12U);
    } else {
      text += static_cast<char>(0xF0U | code >> 18U);
      text += static_cast<char>(0x80U | (code >> 12U & 0x3FU));
    }
    text += static_cast<char>(0x80U | (code >> 6U & 0x3FU));
    text += static_cast<char>(0x80U | (code & 0x3FU));
  }
}

/// No UTF-16 code unit.
constexpr unsigned no_unit = 0x10000U;

char escaped(char letter) {
  switch (letter) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'b': return '\b';
    case 'f': return '\f';
    case '"':
    case '\\': return letter;
    default: return '\0';
  }
}

/// Whether a terminal shows it as it is.
bool is_plain(std::string_view token) {
  return printable(token) == token;
}

std::string shortened(std::string_view token) {
  return token.size() <= 40 ? std::string(token) : std::string(token.substr(0, 40)) + "...";
}

}  // namespace

std::unexpected<Error> Reader::wrong(const std::string& what) const {
  return failed(ErrorCode::protocol, std::string(name_) + ", line " + std::to_string(line_) + ": " + what);
}

void Reader::take() {
  if (text_[at_++] == '\n') {
    ++line_;
  }
}

Result<void> Reader::skip() {
  return skip_at(0);
}

Result<void> Reader::skip_at(unsigned depth) {
  while (at_ < text_.size()) {
    if (is_blank(text_[at_])) {
      take();
    } else if (text_[at_] == ';') {
      while (at_ < text_.size() && text_[at_] != '\n') {
        ++at_;
      }
    } else if (text_[at_] == '#' && peek(1) == '_') {
      at_ += 2;
      if (const Result<Form> dropped = read(depth + 1); !dropped) {
        return std::unexpected(dropped.error());
      }
    } else {
      break;
    }
  }
  return {};
}

Result<Form> Reader::next() {
  return read(0);
}

Result<Form> Reader::read(unsigned depth) {
  if (depth > depth_max) {
    return wrong("the forms are nested deeper than " + std::to_string(depth_max) + " levels");
  }
  forms_ = depth == 0 ? 1 : forms_ + 1;
  if (forms_ > forms_max) {
    return wrong("one form holds more than " + std::to_string(forms_max) + " others");
  }
  if (const Result<void> skipped = skip_at(depth); !skipped) {
    return std::unexpected(skipped.error());
  }
  if (is_at_end()) {
    return wrong("the file ends where a value should be");
  }
  switch (text_[at_]) {
    case '[': return read_items(FormKind::vector, ']', depth);
    case '(': return read_items(FormKind::list, ')', depth);
    case '{': return read_items(FormKind::map, '}', depth);
    case '"': return read_text();
    case '#': return read_dispatch(depth);
    case '\\': return read_character();
    case ']':
    case ')':
    case '}': return wrong(std::string("a \"") + text_[at_] + "\" that closes nothing; a value should be here");
    default: return read_token();
  }
}

/// Requires: at the opening bracket.
Result<Form> Reader::read_items(FormKind kind, char close, unsigned depth) {
  const std::uint64_t opened_at = line_;
  Form form{.kind = kind};
  for (take();;) {
    if (const Result<void> skipped = skip_at(depth); !skipped) {
      return std::unexpected(skipped.error());
    }
    if (is_at_end()) {
      return wrong("the file ends within what line " + std::to_string(opened_at) + " opens; a \"" + close +
                   "\" should close it");
    }
    if (text_[at_] == close) {
      take();
      break;
    }
    Result<Form> item = read(depth + 1);
    if (!item) {
      return item;
    }
    form.items.push_back(std::move(*item));
  }
  if (kind == FormKind::map && form.items.size() % 2 != 0) {
    return wrong("a map whose last key has no value; keys and values should come in pairs");
  }
  return form;
}

/// Requires: at the u of an escape, which may be the first of a surrogate pair; leaves off at the last digit.
Result<unsigned> Reader::read_code_point() {
  const auto unit_at = [this](std::size_t place) -> unsigned {
    const std::string_view digits = text_.substr(std::min(place, text_.size()), 4);
    unsigned unit = no_unit;
    if (digits.size() == 4 && is_hexadecimal(digits)) {
      std::from_chars(digits.data(), digits.data() + 4, unit, 16);
    }
    return unit;
  };
  const unsigned first = unit_at(at_ + 1);
  if (first == no_unit) {
    return wrong("\\u in a text should be followed by four hexadecimal digits");
  }
  at_ += 4;
  if (first < 0xD800U || first > 0xDFFFU) {
    return first;
  }
  const bool has_second = peek(1) == '\\' && peek(2) == 'u';
  const unsigned second = has_second ? unit_at(at_ + 3) : no_unit;
  if (first > 0xDBFFU || second < 0xDC00U || second > 0xDFFFU) {
    return wrong("half of a surrogate pair in a text; \\uD800 to \\uDBFF should be followed by \\uDC00 to \\uDFFF");
  }
  at_ += 6;
  return 0x10000U + ((first - 0xD800U) << 10U) + (second - 0xDC00U);
}

Result<Form> Reader::read_text() {
  Form form{.kind = FormKind::text};
  for (take(); at_ < text_.size(); take()) {
    const char character = text_[at_];
    if (character == '"') {
      take();
      return form;
    }
    if (character != '\\') {
      form.text += character;
      continue;
    }
    take();
    if (at_ == text_.size()) {
      break;
    }
    if (text_[at_] == 'u') {
      const Result<unsigned> code = read_code_point();
      if (!code) {
        return std::unexpected(code.error());
      }
      append_utf8(form.text, *code);
    } else if (const char meant = escaped(text_[at_]); meant != '\0') {
      form.text += meant;
    } else {
      return wrong(std::string("\\") + text_[at_] +
                   " in a text; only \\n \\t \\r \\b \\f \\\" \\\\ and \\u may be there");
    }
  }
  return wrong("the file ends within a text; a \" should close it");
}

Result<Form> Reader::read_dispatch(unsigned depth) {
  if (peek(1) == '{') {
    ++at_;
    return read_items(FormKind::set, '}', depth);
  }
  take();
  const std::size_t begin = at_;
  while (at_ < text_.size() && !is_delimiter(text_[at_])) {
    ++at_;
  }
  Form form{.kind = FormKind::tagged, .text = std::string(text_.substr(begin, at_ - begin))};
  if (form.text.empty()) {
    return wrong("a # that is followed by nothing; a tag, a set or #_ should be here");
  }
  if (!is_plain(form.text)) {
    return wrong("a tag that holds control characters or bytes that are not UTF-8");
  }
  Result<Form> value = read(depth + 1);
  if (!value) {
    return value;
  }
  form.items.push_back(std::move(*value));
  return form;
}

Result<Form> Reader::read_character() {
  const std::size_t begin = at_++;
  if (at_ == text_.size()) {
    return wrong("the file ends within a character");
  }
  take();
  while (at_ < text_.size() && !is_delimiter(text_[at_])) {
    ++at_;
  }
  const std::string_view character = text_.substr(begin, at_ - begin);
  if (!is_plain(character)) {
    return wrong("a character that is a control character or not UTF-8; \\uXXXX should be in its place");
  }
  return Form{.kind = FormKind::other, .text = std::string(character)};
}

Result<Form> Reader::read_token() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && !is_delimiter(text_[at_])) {
    ++at_;
  }
  const std::string_view token = text_.substr(begin, at_ - begin);
  if (!is_plain(token)) {
    return wrong("\"" + shortened(token) + "\" holds control characters or bytes that are not UTF-8");
  }
  if (token == "nil") {
    return Form{};
  }
  if (token == "true" || token == "false") {
    return Form{.kind = FormKind::other, .text = std::string(token)};
  }
  if (token.front() == ':') {
    if (token.size() == 1) {
      return wrong("a colon without a name; a keyword should look like :read");
    }
    return Form{.kind = FormKind::keyword, .text = std::string(token.substr(1))};
  }
  const bool is_signed = token.front() == '-' || token.front() == '+';
  if (!is_digit(is_signed && token.size() > 1 ? token[1] : token.front())) {
    return Form{.kind = FormKind::symbol, .text = std::string(token)};
  }
  const std::string_view whole = token.substr(0, token.size() - (token.ends_with('N') ? 1 : 0));
  if (std::ranges::all_of(whole.substr(is_signed ? 1 : 0), is_digit)) {
    return whole_number(whole);
  }
  const bool is_number = std::ranges::all_of(token, [](char character) {
    return is_digit(character) || std::string_view("+-.eENMxXabcdfABCDF/").find(character) != std::string_view::npos;
  });
  if (!is_number) {
    return wrong("\"" + shortened(token) + "\" begins like a number but is none");
  }
  double number = 0;
  const std::string_view unsigned_plus = token.substr(token.front() == '+' ? 1 : 0);
  const char* const end = unsigned_plus.data() + unsigned_plus.size();
  const auto [stop, code] = std::from_chars(unsigned_plus.data(), end, number);
  if (stop == end && code == std::errc()) {
    return fraction(number);
  }
  return Form{.kind = FormKind::other, .text = std::string(token)};
}

}  // namespace stalemate::edn
