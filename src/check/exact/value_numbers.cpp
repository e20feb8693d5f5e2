#include "check/exact/value_numbers.hpp"

#include <limits>

namespace stalemate {

namespace {

/// Written values that may lie below or above those that a history of so many ops would have by itself. Few for a small
/// one, which would take longer to make room for them than to judge.
std::size_t values_spare_of(const History& history) {
  return std::min<std::size_t>(4096, 64 + 4 * history.ops().size());
}

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

ValueNumbers ValueNumbers::of(const History& history) {
  return {.value_begin = first_value(history),
          .written_max = history.ops().size() + 2 * values_spare_of(history),
          .key_count = history.header.key_count,
          .initial = history.header.initial_value};
}

bool ValueNumbers::fit() const {
  return key_count + written_max < std::numeric_limits<ValueNumber>::max();
}

}  // namespace stalemate
