// check_all that reports its progress.
#pragma once

#include <cstddef>
#include <functional>

#include "check/check.hpp"

namespace stalemate {

/// Told how many of the parts of the work are done, by any thread. May be empty.
using CheckProgress = std::function<void(std::size_t done, std::size_t parts)>;

/// As check_all without `progress`.
[[nodiscard]] Report check_all(const History& history, const CheckOptions& options, const Crew& crew,
                               const CheckProgress& progress);

}  // namespace stalemate
