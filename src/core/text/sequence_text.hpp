// A sequence diagram in plain ASCII: who calls whom, one call a row, its words at the right.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>

namespace stalemate {

/// One call. `from` and `to` are places among the parties, `from` the smaller one.
struct SequenceRow {
  std::string left = {};  ///< at the margin: a number or an instant
  std::size_t from = 0;
  std::optional<std::size_t> to = {};  ///< none: the party does something by itself
  bool arrives = true;
  std::string words = {};
};

/// As wide as it comes out.
inline constexpr std::size_t any_width = std::numeric_limits<std::size_t>::max();

/// Lines, each ended by '\n'. Where they would be wider than `width`, words are broken at spaces, names at one of
/// theirs; where that leaves too little room for the words, they go below their arrows. No word is broken. Pure.
[[nodiscard]] std::string sequence_text(std::span<const std::string> names, std::span<const SequenceRow> rows,
                                        std::size_t width = any_width);

}  // namespace stalemate
