// What every text reader's harness asserts of a history that was accepted.
#pragma once

#include <sstream>
#include <string>

#include "core/assert.hpp"
#include "record/foreign/export.hpp"
#include "record/foreign/import.hpp"

namespace stalemate {

inline void expect_sound(const EventHistory& history) {
  for (const EventOp& op : history.ops) {
    STALEMATE_ASSERT(op.process < history.processes.size() && op.key < history.keys.size(), "tables cover ops");
    STALEMATE_ASSERT(op.value < history.values.size() && op.expected < history.values.size(), "values cover ops");
    STALEMATE_ASSERT(op.invocation <= op.completion, "an op ends after it began");
    STALEMATE_ASSERT((op.outcome == Outcome::info) == (op.completion == never), "an info op never completes");
  }
  static_cast<void>(to_history(history));
  static_cast<void>(to_history(with_what_came_before(history, false)));
  static_cast<void>(with_what_came_before(history, true));
}

inline void expect_round_trip(const EventHistory& history, void (*write)(const EventHistory&, std::ostream&),
                              Result<EventHistory> (*parse)(std::string_view, std::string_view)) {
  std::ostringstream out;
  write(history, out);
  STALEMATE_ASSERT(out.str().find('\x1b') == std::string::npos, "nothing that is written moves a terminal");
  const Result<EventHistory> again = parse(out.str(), "again");
  STALEMATE_ASSERT(again.has_value(), "what was written is read");
  STALEMATE_ASSERT(*again == history, "what was read is what was written");
}

/// For histories whose processes do one op at a time, as all readers but that of CSV see to.
inline void expect_round_trips(const EventHistory& history) {
  expect_sound(history);
  expect_round_trip(history, write_edn, parse_edn);
  expect_round_trip(history, write_json_lines, parse_json_lines);
  expect_round_trip(history, write_csv, parse_csv);
}

}  // namespace stalemate
