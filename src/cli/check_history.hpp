// Checks a history on several threads; the checks themselves know none.
#pragma once

#include "check/check.hpp"

namespace stalemate {

/// As check_all, its parts spread over one thread a core.
[[nodiscard]] Report check_on_all_cores(const History& history, const CheckOptions& options);

}  // namespace stalemate
