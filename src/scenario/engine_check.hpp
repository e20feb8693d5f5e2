// Whether a scenario's database and cache can do what its pattern, its faults and its time to live need.
#pragma once

#include "core/error.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// Requires: the pattern and the faults are registered. Errors: wrong_type, a sentence that begins with the key: an
/// unknown engine comes with those there are; a need with what is lacking and which patterns work.
[[nodiscard]] Result<void> check_engines(const Scenario& scenario);

}  // namespace stalemate
