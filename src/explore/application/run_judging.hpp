// A schedule's run before the explorer's judges.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "explore/application/schedule.hpp"

namespace stalemate {

/// Where a run violates a judge's property.
struct RunViolation {
  std::size_t step = 0;      ///< the first by which it is violated, 0 the first of the run
  std::string trouble = {};  ///< of a violation at rest: a sentence
};

/// Nothing if the run does not violate the judge's property. Requires: the judge concerns the scope.
[[nodiscard]] std::optional<RunViolation> violation_in(std::span<const TakenStep> run, const Scope& scope,
                                                       const JudgeInfo& judge);

/// Reads that no judge needs to be asked about, since no such value was ever written.
struct StrangeReads {
  std::uint64_t foreign = 0;  ///< they returned what no write of the scope can have written
  std::uint64_t missing = 0;  ///< they found nothing, and the row is there
};
[[nodiscard]] StrangeReads strange_reads_in(std::span<const TakenStep> run, const Scope& scope);

}  // namespace stalemate
