// Whether a scenario's writes can be what it wants them to be: adds, guarded adds, deletes and what caches make of
// them.
#pragma once

#include "core/error.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// Errors: wrong_type, a sentence that begins with the key. Requires: pattern and faults are registered and readable.
[[nodiscard]] Result<void> check_changes(const Scenario& scenario);

}  // namespace stalemate
