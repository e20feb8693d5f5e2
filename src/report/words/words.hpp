// Figures and sentences as people read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/text/number_text.hpp"  // IWYU pragma: export
#include "core/types.hpp"

namespace stalemate {

/// "1 read", "2,310 reads", "no reads" for 0. `noun` takes a plain s.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view noun);
/// At most three significant digits, never rounded to 0 or 100: "3.34 %", "64.3 %", "under 0.01 %", "over 99.99 %".
/// Requires: 0 <= share <= 1.
[[nodiscard]] std::string percent(double share);
/// part / whole as percent(); "0 %" if whole is 0.
[[nodiscard]] std::string percent_of(std::uint64_t part, std::uint64_t whole);
/// A ratio with two decimals, such as "2.00"; thousands are separated.
[[nodiscard]] std::string decimal(double number);
/// Three significant digits, or all of a whole number: "10,000", "16.7", "0.5". Requires: number >= 0.
[[nodiscard]] std::string short_number(double number);
/// As format_duration_short up to two minutes, with no needless zeros ("20 s", "1.24 ms"); then "12 min 5 s", "3 h 2
/// min".
[[nodiscard]] std::string spoken_duration(Nanoseconds duration_ns);

/// The number of cells the text takes on a terminal: its code points, each one cell wide.
[[nodiscard]] std::size_t display_width(std::string_view text);
/// The text cut to `width` cells.
[[nodiscard]] std::string_view cut_to_width(std::string_view text, std::size_t width);
/// Spaces before, or after, so that the text takes `width` cells; longer ones stay as they are.
[[nodiscard]] std::string align_right(std::string_view text, std::size_t width);
[[nodiscard]] std::string align_left(std::string_view text, std::size_t width);

/// The paragraph in lines of at most `width` cells, broken at spaces (a longer word stays whole), each ended by '\n';
/// the first begins with `first_indent`, the others with as many spaces. A number and its unit stay together. Empty
/// text gives no line.
[[nodiscard]] std::string wrap(std::string_view paragraph, std::size_t width, std::string_view first_indent = "");

}  // namespace stalemate
