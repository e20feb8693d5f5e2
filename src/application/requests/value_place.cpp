#include "application/requests/value_place.hpp"

#include <algorithm>
#include <boost/regex.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>

#include "application/requests/json_at.hpp"
#include "core/text/json_pointer.hpp"
#include "core/text/number_text.hpp"
#include "core/text/printable.hpp"

namespace stalemate {

/// Boost's, which does not use the stack for long texts and gives up rather than try for ever.
struct ValuePlace::Expression {
  boost::regex regex;
};

namespace {

using nlohmann::json;

bool equal_but_for_case(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(left, right, {}, lower, lower);
}

std::unexpected<Error> nonsense(std::string sentence) {
  return failed(ErrorCode::wrong_type, std::move(sentence));
}

Result<std::optional<std::string>> text_of(const json& value, std::string_view place, std::string_view body) {
  if (value.is_null()) {
    return std::optional<std::string>();
  }
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_structured()) {
    return nonsense("at " + std::string(place) + " the answer has " + (value.is_array() ? "a list" : "an object") +
                    ", not a value: " + quoted_beginning(body));
  }
  return value.dump();
}

Result<json> value_at(std::string_view pointer, std::span<const std::string> names, std::string_view body) {
  JsonAt at = json_at(names, body);
  if (!at.is_json) {
    return nonsense("the answer is not JSON: " + quoted_beginning(body));
  }
  if (!at.value) {
    return nonsense("the answer has no " + std::string(pointer) + ": " + quoted_beginning(body));
  }
  return std::move(*at.value);
}

bool is_int64(const json& value) {
  constexpr auto greatest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return value.is_number_unsigned() ? value.get<std::uint64_t>() <= greatest : value.is_number_integer();
}

std::string_view trimmed_view(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// "3", "-3" and "3.00", as databases write numbers of money.
std::optional<std::int64_t> whole_number_of(std::string_view text) {
  text = trimmed_view(text);
  if (const std::size_t point = text.find('.'); point != std::string_view::npos && point + 1 < text.size() &&
                                                text.find_first_not_of('0', point + 1) == std::string_view::npos) {
    text = text.substr(0, point);
  }
  return parse_number<std::int64_t>(text);
}

}  // namespace

std::string quoted_beginning(std::string_view body) {
  constexpr std::size_t shown = 100;
  const std::string_view text = trimmed_view(body);
  std::string line(text.substr(0, shown));
  std::ranges::replace(line, '\n', ' ');
  return text.empty() ? "it is empty" : "'" + printable(line) + (text.size() > shown ? "...'" : "'");
}

Result<ValuePlace> ValuePlace::read(std::string_view text) {
  ValuePlace place;
  place.text_ = text;
  if (text == "body") {
    return place;
  }
  if (text.starts_with("header:")) {
    place.kind_ = Kind::header;
    place.header_ = trimmed_view(text.substr(7));
    return place.header_.empty() ? Result<ValuePlace>(nonsense("'header:' must be followed by the header's name"))
                                 : Result<ValuePlace>(place);
  }
  if (text.starts_with("regex:")) {
    place.kind_ = Kind::regex;
    try {
      place.expression_ = std::make_shared<const Expression>(Expression{boost::regex(std::string(text.substr(6)))});
    } catch (const boost::regex_error& error) {
      const std::string_view reason = error.what();
      return nonsense("'" + printable(text.substr(6)) +
                      "' is no regular expression: " + std::string(reason.substr(0, reason.find(".  "))));
    }
    return place;
  }
  if (text.starts_with('/')) {
    place.kind_ = Kind::pointer;
    std::optional<std::vector<std::string>> names = names_of_pointer(text);
    if (!names) {
      return nonsense("in a JSON pointer '~' is written as ~0 and '/' within a name as ~1");
    }
    place.names_ = *std::move(names);
    return place;
  }
  return nonsense(
      "a value's place must be a JSON pointer such as \"/quantity\" or \"/items/0/quantity\", \"header:NAME\", "
      "\"body\" "
      "or \"regex:EXPRESSION\", not '" +
      printable(text) + "'");
}

Result<std::optional<std::string>> ValuePlace::text_in(const RawAnswer& answer) const {
  switch (kind_) {
    case Kind::body: return std::string(trimmed_view(answer.body));
    case Kind::pointer: {
      const Result<json> value = value_at(text_, names_, answer.body);
      return value ? text_of(*value, text_, answer.body) : std::unexpected(value.error());
    }
    case Kind::header: {
      const auto found = std::ranges::find_if(
          answer.headers, [&](const auto& header) { return equal_but_for_case(header.first, header_); });
      return found == answer.headers.end()
                 ? Result<std::optional<std::string>>(nonsense("the answer has no header " + header_))
                 : Result<std::optional<std::string>>(found->second);
    }
    case Kind::regex: break;
  }
  try {
    boost::smatch match;
    if (!boost::regex_search(answer.body, match, expression_->regex)) {
      return std::optional<std::string>();
    }
    return match.size() > 1 ? match[1].str() : match[0].str();
  } catch (const std::runtime_error& /*error*/) {
    return nonsense("the expression takes too long on this answer: " + quoted_beginning(answer.body));
  }
}

Result<std::optional<std::int64_t>> ValuePlace::number_in(const RawAnswer& answer) const {
  Result<std::optional<std::string>> text = std::optional<std::string>();
  if (kind_ == Kind::pointer) {
    const Result<json> value = value_at(text_, names_, answer.body);
    if (!value) {
      return std::unexpected(value.error());
    }
    if (is_int64(*value)) {
      return value->get<std::int64_t>();
    }
    text = text_of(*value, text_, answer.body);
  } else {
    text = text_in(answer);
  }
  if (!text) {
    return std::unexpected(text.error());
  }
  if (!*text) {
    return std::optional<std::int64_t>();
  }
  const std::optional<std::int64_t> number = whole_number_of(**text);
  if (!number) {
    return nonsense("at " + text_ + " the answer has no whole number: " + quoted_beginning(**text));
  }
  return number;
}

}  // namespace stalemate
