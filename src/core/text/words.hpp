// Words of a line, and words in quotes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stalemate {

/// "a,b," is "a", "b" and "". At least one part.
[[nodiscard]] std::vector<std::string_view> split_at_commas(std::string_view text);
/// The words between blanks; none is empty.
[[nodiscard]] std::vector<std::string_view> split_at_blanks(std::string_view text);

/// "one, two, three"; empty for none.
[[nodiscard]] std::string joined(const std::vector<std::string>& texts);

/// 'text', as messages show what was written.
[[nodiscard]] std::string in_quotes(std::string_view text);
/// One word for a POSIX shell: as it is where no character means something to the shell, else in single quotes.
[[nodiscard]] std::string shell_word(std::string_view word);

}  // namespace stalemate
