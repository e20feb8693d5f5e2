// "Did you mean": the known name nearest to a misspelt one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace stalemate {

/// The element of `known` with the least edit distance to `word` (insert, delete, replace, swap of neighbours cost 1),
/// the first of equals; empty if `known` is empty or nothing is within half the word's length.
/// Source: Damerau 1964, restricted to swaps of neighbours (optimal string alignment).
[[nodiscard]] std::string_view nearest_name(std::string_view word, std::span<const std::string_view> known);

/// " (did you mean 'X'?)", or "" where nothing is near.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

/// As did_you_mean, then all of them: " (did you mean 'X'?); they are W, X, Y".
[[nodiscard]] std::string did_you_mean_of(std::string_view word, std::span<const std::string_view> known);

}  // namespace stalemate
