// What the tests of the screen's proofs compare them by.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "check/prefilter/clean_keys.hpp"
#include "check/prefilter/value_record.hpp"
#include "unit/check/small_history.hpp"

namespace stalemate::test {

/// What is counted of a clean history.
using Counted = std::vector<std::uint64_t>;

/// `found`: a proof that holds, or a screen that cleared all.
Counted counted(const CleanKeys& clean, const auto& found) {
  return {clean.keys,
          clean.values,
          clean.versions,
          clean.reads,
          found.op_count(),
          found.keys_with_ops(),
          found.versions_known() ? 1U : 0U,
          found.has_writes() ? 1U : 0U};
}

/// Of the screen that looks at every value again, if it clears all keys.
[[nodiscard]] std::optional<Counted> screened(const History& history, const ValueRules& rules);

/// With some of its versions, answers or values not as they should be.
[[nodiscard]] SmallHistory with_defects(SmallHistory small, SeededRandom& random);

}  // namespace stalemate::test
