#include "core/text/nearest.hpp"

#include <algorithm>
#include <vector>

namespace stalemate {
namespace {

std::size_t edit_distance(std::string_view left, std::string_view right) {
  // Three rows of the usual table: the one being filled, the one above and the one above that (for swaps).
  std::vector<std::size_t> above_above(right.size() + 1);
  std::vector<std::size_t> above(right.size() + 1);
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j) {
    above[j] = j;
  }
  for (std::size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, above[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
        row[j] = std::min(row[j], above_above[j - 2] + 1);
      }
    }
    std::swap(above_above, above);
    std::swap(above, row);
  }
  return above[right.size()];
}

}  // namespace

std::string_view nearest_name(std::string_view word, std::span<const std::string_view> known) {
  std::string_view nearest;
  std::size_t least = std::max<std::size_t>(word.size() / 2, 1) + 1;
  for (const std::string_view name : known) {
    const std::size_t distance = edit_distance(word, name);
    if (distance < least) {
      least = distance;
      nearest = name;
    }
  }
  return nearest;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  const std::string_view nearest = nearest_name(word, known);
  if (nearest.empty()) {
    return {};
  }
  return " (did you mean '" + std::string(nearest) + "'?)";
}

std::string did_you_mean_of(std::string_view word, std::span<const std::string_view> known) {
  std::string sentence = did_you_mean(word, known) + "; they are ";
  for (const std::string_view& one : known) {
    sentence += &one == known.data() ? "" : ", ";
    sentence += one;
  }
  return sentence;
}

}  // namespace stalemate
