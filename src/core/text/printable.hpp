// Text that others wrote (values, keys, names, error words), made fit for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace stalemate {

/// The text with everything escaped that a terminal would obey rather than show: control characters (also those of
/// ISO 6429 above 127), marks that turn the direction of writing, and line and paragraph separators, as `\u001b`;
/// bytes that are not UTF-8 as `\xff`. All else stays as it is, so what is printable comes back unchanged; applied
/// twice it is the same as once. Within JSON and EDN texts the escapes mean the characters they stand for.
[[nodiscard]] std::string printable(std::string_view foreign);

/// The same of a text of several lines: line feeds stay.
[[nodiscard]] std::string printable_lines(std::string_view foreign);

/// The same, but bytes that are not UTF-8 stay as they are: what is left can be read back without loss where the
/// escapes of JSON and EDN are understood.
[[nodiscard]] std::string with_controls_escaped(std::string_view foreign);

}  // namespace stalemate
