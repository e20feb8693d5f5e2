#include "report/words/words.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "core/text/duration.hpp"

namespace stalemate {
namespace {

constexpr bool continues_code_point(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

// "12.30" to "12.3", "20.0" to "20"; a text without a point stays as it is.
std::string without_needless_zeros(std::string digits) {
  if (digits.find('.') != std::string::npos) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') {
      digits.pop_back();
    }
  }
  return digits;
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool begins_with_unit(std::string_view text) {
  constexpr std::array<std::string_view, 7> units = {"%", "ns", "us", "ms", "s", "min", "h"};
  const std::string_view word = text.substr(0, text.find_first_of(" ,.;:()"));
  return std::ranges::find(units, word) != units.end();
}

// Where a line may be broken first: the first space that does not stand between a number and its unit.
std::size_t end_of_word(std::string_view text) {
  std::size_t space = text.find(' ');
  while (space != std::string_view::npos && space > 0 && is_digit(text[space - 1]) &&
         begins_with_unit(text.substr(space + 1))) {
    space = text.find(' ', space + 1);
  }
  return std::min(space, text.size());
}

}  // namespace

std::string counted(std::uint64_t count, std::string_view noun) {
  if (count == 0) {
    return fmt::format("no {}s", noun);
  }
  return fmt::format("{} {}{}", with_thousands(count), noun, count == 1 ? "" : "s");
}

std::string percent(double share) {
  STALEMATE_ASSERT(share >= 0 && share <= 1, "a share is between 0 and 1");
  if (share == 0 || share == 1) {
    return share == 0 ? "0 %" : "100 %";
  }
  const double hundredths = share * 100;
  if (hundredths < 0.01) {
    return "under 0.01 %";
  }
  if (hundredths > 99.99) {
    return "over 99.99 %";
  }
  // Close to 100 the distance from 100 is what matters, so it keeps its digits.
  const int decimals = hundredths > 99 ? 2 : hundredths >= 10 ? 1 : 2;
  return without_needless_zeros(fmt::format("{:.{}f}", hundredths, decimals)) + " %";
}

std::string percent_of(std::uint64_t part, std::uint64_t whole) {
  return percent(whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole));
}

std::string decimal(double number) {
  const std::string digits = fmt::format("{:.2f}", number);
  const std::size_t point = digits.size() - 3;
  return number < 0 || point > 15 ? digits
                                  : with_thousands(std::stoull(digits.substr(0, point))) + digits.substr(point);
}

std::string short_number(double number) {
  if (number >= 1000 && number < 1e15) {
    return with_thousands(static_cast<std::uint64_t>(std::llround(number)));
  }
  return fmt::format("{:.3g}", number);
}

std::string spoken_duration(Nanoseconds duration_ns) {
  constexpr Nanoseconds second_ns = 1'000'000'000;
  if (duration_ns >= 120 * second_ns) {
    const Nanoseconds seconds = (duration_ns + second_ns / 2) / second_ns;
    return seconds < 3600 ? fmt::format("{} min {} s", seconds / 60, seconds % 60)
                          : fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
  }
  const std::string text = format_duration_short(duration_ns);
  const std::size_t space = text.find(' ');
  return without_needless_zeros(text.substr(0, space)) + text.substr(space);
}

std::size_t display_width(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, continues_code_point));
}

std::string_view cut_to_width(std::string_view text, std::size_t width) {
  std::size_t cells = 0;
  for (std::size_t place = 0; place < text.size(); ++place) {
    if (!continues_code_point(text[place]) && ++cells > width) {
      return text.substr(0, place);
    }
  }
  return text;
}

std::string align_right(std::string_view text, std::size_t width) {
  const std::size_t taken = display_width(text);
  return std::string(taken < width ? width - taken : 0, ' ').append(text);
}

std::string align_left(std::string_view text, std::size_t width) {
  const std::size_t taken = display_width(text);
  return std::string(text).append(taken < width ? width - taken : 0, ' ');
}

std::string wrap(std::string_view paragraph, std::size_t width, std::string_view first_indent) {
  std::string lines;
  std::string line(first_indent);
  const std::string indent(display_width(first_indent), ' ');
  bool line_is_empty = true;
  while (!paragraph.empty()) {
    const std::size_t space = end_of_word(paragraph);
    const std::string_view word = paragraph.substr(0, space);
    paragraph.remove_prefix(std::min(space + 1, paragraph.size()));
    if (word.empty()) {
      continue;
    }
    if (!line_is_empty && display_width(line) + 1 + display_width(word) > width) {
      lines.append(line).push_back('\n');
      line = indent;
      line_is_empty = true;
    }
    line.append(line_is_empty ? "" : " ").append(word);
    line_is_empty = false;
  }
  if (!line_is_empty) {
    lines.append(line).push_back('\n');
  }
  return lines;
}

}  // namespace stalemate
