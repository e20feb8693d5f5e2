// A run of a real application told as a pattern's is: numbered steps in the application's own commands.
#pragma once

#include "explore/application/schedule_search.hpp"
#include "explore/telling/telling.hpp"

namespace stalemate {

/// From what was seen; `rest` is told in the conclusion, not as a step. `violated`: it is a violation's, else the
/// telling has no conclusion.
[[nodiscard]] Telling tell(const ApplicationWitness& witness, bool violated = true);

}  // namespace stalemate
