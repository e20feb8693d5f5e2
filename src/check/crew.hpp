// Crew: the workers of a check. The checks know no threads; their caller passes a crew in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace stalemate {

/// Nothing but speed depends on a crew's size, nor on which member is done first.
struct Crew {
  using Work = std::function<void(std::uint32_t member)>;

  std::uint32_t size = 1;
  /// Calls work(0) to work(size - 1), each once, at once or one after the other, and returns when all have returned.
  /// Empty: one after the other.
  std::function<void(const Work& work)> run = {};

  void operator()(const Work& work) const {
    if (run && size > 1) {
      run(work);
      return;
    }
    for (std::uint32_t member = 0; member < size; ++member) {
      work(member);
    }
  }
};

/// Where a member's share of `total` begins; that of member `size` is the end. Requires: member <= size, size > 0.
[[nodiscard]] constexpr std::size_t share_begin(std::size_t total, std::uint32_t member, std::uint32_t size) {
  return total / size * member + total % size * member / size;
}

}  // namespace stalemate
