#include "core/text/duration.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace stalemate {
namespace {

struct Unit {
  std::string_view name;
  Nanoseconds length_ns;
};

// In falling order: a text names its units from the largest to the smallest.
constexpr std::array units = {
    Unit{"h", 3'600'000'000'000}, Unit{"m", 60'000'000'000}, Unit{"s", 1'000'000'000},
    Unit{"ms", 1'000'000},        Unit{"us", 1'000},         Unit{"ns", 1},
};
constexpr Nanoseconds longest_ns = 24 * units[0].length_ns;

std::unexpected<Error> not_a_duration(std::string_view text, std::string_view reason) {
  return failed(ErrorCode::wrong_type, "'" + std::string(text) + "' is not a duration" + std::string(reason) +
                                           "; write for example 10ms, 100us or 1m30s, more than 0 and at most 24h");
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The digits of one NUMBER, as whole units and billionths of a unit.
struct Number {
  std::int64_t whole = 0;
  std::int64_t billionths = 0;
};

// Takes a NUMBER off the front of `text`. False if there is none or it has more digits than a duration can need.
bool take_number(std::string_view& text, Number& number) {
  std::size_t digits = 0;
  while (!text.empty() && is_digit(text.front())) {
    number.whole = number.whole * 10 + (text.front() - '0');
    text.remove_prefix(1);
    if (++digits > 15) {
      return false;
    }
  }
  if (text.empty() || text.front() != '.') {
    return digits > 0;
  }
  text.remove_prefix(1);
  std::size_t fraction_digits = 0;
  for (std::int64_t place = 100'000'000; !text.empty() && is_digit(text.front()); place /= 10, ++fraction_digits) {
    number.billionths += place * (text.front() - '0');
    text.remove_prefix(1);
  }
  return digits > 0 && fraction_digits > 0 && fraction_digits <= 9;
}

// Takes the unit off the front of `text`; its place in `units`, or units.size().
std::size_t take_unit(std::string_view& text) {
  if (text.starts_with("µs")) {
    text.remove_prefix(std::string_view("µs").size());
    return 4;
  }
  std::size_t length = 0;
  while (length < text.size() && text[length] >= 'a' && text[length] <= 'z') {
    ++length;
  }
  const std::string_view name = text.substr(0, length);
  text.remove_prefix(length);
  for (std::size_t index = 0; index < units.size(); ++index) {
    if (units[index].name == name) {
      return index;
    }
  }
  return units.size();
}

}  // namespace

Result<Nanoseconds> parse_duration(std::string_view text) {
  std::string_view rest = text;
  Nanoseconds sum_ns = 0;
  std::size_t next_unit = 0;
  while (!rest.empty()) {
    Number number;
    if (!take_number(rest, number)) {
      return not_a_duration(text, "");
    }
    if (rest.empty()) {
      return not_a_duration(text, ": it has no unit (h, m, s, ms, us, ns)");
    }
    const std::size_t unit = take_unit(rest);
    if (unit == units.size() || unit < next_unit) {
      return not_a_duration(text, ": its units are h, m, s, ms, us, ns, in that order");
    }
    next_unit = unit + 1;
    const Nanoseconds length_ns = units[unit].length_ns;
    if (number.whole > longest_ns / length_ns) {
      return not_a_duration(text, ": it is too long");
    }
    // length_ns and 10^9 share factors, so this stays within 64 bits and is exact to the nanosecond.
    sum_ns += number.whole * length_ns;
    sum_ns += length_ns >= 1'000'000'000 ? number.billionths * (length_ns / 1'000'000'000)
                                         : number.billionths / (1'000'000'000 / length_ns);
  }
  if (sum_ns <= 0) {
    return not_a_duration(text, text.empty() ? "" : ": it must be more than 0");
  }
  if (sum_ns > longest_ns) {
    return not_a_duration(text, ": it is too long");
  }
  return sum_ns;
}

std::string format_duration(Nanoseconds duration_ns) {
  if (duration_ns == 0) {
    return "0s";
  }
  std::string text;
  for (const Unit& unit : units) {
    const Nanoseconds count = duration_ns / unit.length_ns;
    if (count > 0) {
      text += std::to_string(count);
      text += unit.name;
      duration_ns -= count * unit.length_ns;
    }
  }
  return text;
}

std::string format_duration_short(Nanoseconds duration_ns) {
  struct Scale {
    double length_ns;
    const char* name;
  };
  constexpr std::array scales = {Scale{1e9, "s"}, Scale{1e6, "ms"}, Scale{1e3, "us"}, Scale{1, "ns"}};
  const double magnitude = std::abs(static_cast<double>(duration_ns));
  const Scale* scale = scales.data();
  while (magnitude < scale->length_ns && scale != &scales.back()) {
    ++scale;
  }
  const double shown = static_cast<double>(duration_ns) / scale->length_ns;
  const double size = std::abs(shown);
  const int decimals = scale == &scales.back() || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  std::array<char, 48> text = {};
  std::snprintf(text.data(), text.size(), "%.*f %s", decimals, shown, scale->name);
  return text.data();
}

}  // namespace stalemate
