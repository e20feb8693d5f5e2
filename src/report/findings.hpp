// What the checks of a run's history found, and what customers met in the run, as the summary and the comparison tell
// it. Nothing here names a check, except the two that have their own figures (StaleReads, LostWrites):
// what a check is and what its violations mean to customers comes from the registry.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/results/run_results.hpp"

namespace stalemate {

/// The deciding checks that found violations, sorted by name. Of results that an older version wrote, those that the
/// registry knows as deciding, with no sample.
[[nodiscard]] std::vector<CheckFound> violated_checks(const RunResults& results);
/// The deciding checks that could not judge the history, sorted by name.
[[nodiscard]] std::vector<CheckFound> undecided_checks(const RunResults& results);
/// Whether the check's findings are told as StaleReads or LostWrites.
[[nodiscard]] bool has_own_figures(const CheckFound& check);

/// "read": one of what the check judges, of which its sample is so many.
[[nodiscard]] std::string one_of(const CheckFound& check);

/// "dirty-reads 230 of 1,200 reads, linearizable 61 of 1,003 values".
[[nodiscard]] std::string checks_phrase(const std::vector<CheckFound>& checks);

/// The verdict, what each check found and what could not be judged, as sentences; empty until the history was checked.
[[nodiscard]] std::string checks_paragraph(const RunResults& results);

/// What customers met, the worst first, as clauses that stand by themselves: "about one read in 63 was served an old
/// quantity", "4 of 100 reads (4 %) got no answer (4 never sent)". Empty where nothing was seen.
[[nodiscard]] std::vector<std::string> customers_clauses(const RunResults& results);

/// Whether there is anything that customers met.
enum class Found : std::uint8_t { nothing, something };
/// Why what was found may not be all, as a sentence; empty where there is no such reason.
[[nodiscard]] std::string little_known(const RunResults& results, Found found);

/// The summary's paragraph on customers.
[[nodiscard]] std::string customers_paragraph(const RunResults& results);

}  // namespace stalemate
