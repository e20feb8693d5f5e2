// The ops behind the conclusion of a story: which read, which write, which value, in which steps.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "explore/exploration.hpp"
#include "explore/model/behaviour.hpp"

namespace stalemate {

/// When an op of a scope took place in a story. Steps count from 1; 0: it did not begin, or not end.
struct ToldOp {
  std::size_t first_step = 0;
  std::size_t last_step = 0;
  Ending ending = {};  ///< where it ended
};

/// Sentences that name the op with which the witness's judge found the violation and those it contradicts, with their
/// processes, values and steps. `ops` is by op of the witness's scope.
[[nodiscard]] std::string details_of(const Witness& witness, const std::vector<ToldOp>& ops);

}  // namespace stalemate
