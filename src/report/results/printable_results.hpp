// Results that others may have written, made fit for a terminal.
#pragma once

#include "report/results/run_results.hpp"

namespace stalemate {

/// The same with every text as printable() has it: a results.json may hold anything. Pure.
[[nodiscard]] RunResults printable(RunResults results);

}  // namespace stalemate
