// The ops behind the conclusion of a story: which read, which write, which value, in which steps.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "explore/model/behaviour.hpp"

namespace stalemate {

/// When an op of a scope took place in a story. Steps count from 1; 0: it did not begin, or not end.
struct ToldOp {
  std::size_t first_step = 0;
  std::size_t last_step = 0;
  Ending ending = {};  ///< where it ended
};

/// What a story is about.
struct ToldViolation {
  const Scope& scope;
  std::string_view judge;
  std::size_t steps = 0;  ///< of the story
};

/// Sentences that name the op with which the judge found the violation and those it contradicts, with their processes,
/// values and steps. `ops` is by op of the scope.
[[nodiscard]] std::string details_of(const ToldViolation& violation, const std::vector<ToldOp>& ops);

}  // namespace stalemate
