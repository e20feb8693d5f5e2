#include "check/prefilter/value_layout.hpp"

#include <limits>

namespace stalemate {

namespace {

/// Written values that may lie below or above those that a history of so many ops would have by itself. Few for a small
/// one, which would take longer to make room for them than to judge.
std::size_t values_spare_of(const History& history) {
  return std::min<std::size_t>(4096, 64 + 4 * history.ops().size());
}

/// The value from which places are counted.
std::int64_t first_value(const History& history) {
  const auto ops = history.ops();
  const auto first = std::ranges::find_if(
      ops, [](const OpRecord& op) { return op.kind() == OpKind::write || op.kind() == OpKind::add; });
  const std::int64_t usual = std::int64_t{history.header.initial_value} + 1;
  if (first == ops.end() ||
      (first->value() >= usual && first->value() - usual < static_cast<std::int64_t>(ops.size()))) {
    return usual;
  }
  return std::int64_t{first->value()} - static_cast<std::int64_t>(values_spare_of(history));
}

}  // namespace

ValueLayout ValueLayout::of(const History& history) {
  return {.value_begin = first_value(history),
          .values_max = history.ops().size() + 2 * values_spare_of(history),
          .key_count = history.header.key_count,
          .initial = history.header.initial_value};
}

bool ValueLayout::fits(std::uint64_t spare) const {
  return key_count + values_max + spare < std::numeric_limits<ValuePlace>::max();
}

}  // namespace stalemate
