// Sorting what is nearly sorted: linear where elements are near their places, n log n at worst.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace stalemate {

/// Sorts [begin, end) by `less`; equal elements may change places. Insertion moves each element past the few that are
/// greater, and gives up for std::sort after 16 moves an element on average.
template <class Iterator, class Less>
void sort_nearly_sorted(Iterator begin, Iterator end, const Less& less) {
  if (begin == end) {
    return;
  }
  std::ptrdiff_t moves_left = 16 * (end - begin);
  for (Iterator next = begin + 1; next != end; ++next) {
    if (!less(*next, *(next - 1))) [[likely]] {
      continue;
    }
    auto element = std::move(*next);
    Iterator hole = next;
    do {
      *hole = std::move(*(hole - 1));
      --hole;
      --moves_left;
    } while (moves_left > 0 && hole != begin && less(element, *(hole - 1)));
    *hole = std::move(element);
    if (moves_left <= 0) {
      std::sort(begin, end, less);
      return;
    }
  }
}

}  // namespace stalemate
