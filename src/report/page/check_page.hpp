// A check as a page: what each check found, and every violation as a timeline of the ops around it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "check/check.hpp"
#include "record/foreign/event_history.hpp"
#include "record/history.hpp"
#include "report/ci/verdict_sheet.hpp"
#include "report/page/page.hpp"

namespace stalemate {

/// More violations are counted, and more ops of a key: those next to the proof are drawn.
inline constexpr std::size_t violations_drawn_max = 30;
inline constexpr std::size_t ops_drawn_max = 48;

/// The instant from which on a violation cannot be undone by anything that happens later, as far as its proof says.
///
///     write of 1 |--|   write of 2 |--|        read of 1 |--|
///                                     ^ certain from here on: a read that begins now must not return 1
struct Certainty {
  Nanoseconds at_ns = 0;
  std::string words = {};  ///< a sentence with the ops that it rests on
};
/// If ops of the proof had ended before its last read (or else its last op) began: the end of the last of them. Else
/// the end of the last op of the proof that ended. Nothing where none ended. `op_words`: one for each.
[[nodiscard]] std::optional<Certainty> certainty_of(const Violation& violation,
                                                    const std::vector<std::string>& op_words);

/// `sheet`: of the same report. `words`: the report as text. Bounded, whatever the history's length.
/// Cost: a pass over the ops.
[[nodiscard]] Page check_page(const Report& report, const VerdictSheet& sheet, const History& history,
                              const std::string& words, const std::string& generator);
/// The same of a history of others. Requires: the report is of it.
[[nodiscard]] Page check_page(const Report& report, const VerdictSheet& sheet, const EventHistory& events,
                              const std::string& words, const std::string& generator);

}  // namespace stalemate
