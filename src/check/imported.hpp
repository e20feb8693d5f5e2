// Histories from files of other formats: what a report of one says besides, and what it may not say.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "check/check.hpp"
#include "record/foreign/event_history.hpp"

namespace stalemate {

/// A sentence: an op that shows that the keys are no registers, counters or texts, since a read returned a collection
/// (a set, a list, the accounts of a bank) that no op wrote as a whole. Nothing of such a history is judged.
[[nodiscard]] std::optional<std::string> find_other_object(const EventHistory& events);

/// A read of what no op wrote, which may have been there at first where the file does not say what was: a sentence that
/// says so, and how to tell it. Nothing where there is none, or values are more than what one op writes.
[[nodiscard]] std::optional<std::string> find_earlier_value(const EventHistory& events, Model model);

/// Adds to the violations what their keys, clients and values are called in the file.
void name_ops(Report& report, const HistoryHeader& header);

/// What of a report goes with an export, which holds less than was judged.
[[nodiscard]] std::vector<JudgedCheck> verdicts_of(const Report& report);

/// Takes back what a report of such an export claims against the `verdicts` of the run itself: where a check that ran,
/// or was to, found otherwise with all that was recorded, it is `unknown` here and decides.
void withhold_beyond(Report& report, std::span<const JudgedCheck> verdicts, const CheckOptions& options);

}  // namespace stalemate
