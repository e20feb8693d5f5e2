// EventLog: an EventHistory as the lines of a log, in the order in which exports write them.
#pragma once

#include <cstdint>
#include <vector>

#include "record/foreign/event_assembler.hpp"
#include "record/foreign/event_history.hpp"

namespace stalemate {

/// A line: an op's invocation or its end.
struct LogLine {
  std::size_t op = 0;  ///< index into EventHistory::ops
  EventType type = EventType::invoke;
  std::int64_t instant = 0;
  bool says_op = false;  ///< the op's index is not its place among invocations, so the line must give it
};

/// By instant. At equal instants invocations come first, unless a process must end one op to begin the next. The
/// `info` line of an op that never completed comes just before its process's next op, or at the end.
/// Requires: a process's ops do not overlap.
[[nodiscard]] std::vector<LogLine> make_log(const EventHistory& history);

/// Whether the history has keys, rather than the one nil key of formats without keys.
[[nodiscard]] bool is_keyed(const EventHistory& history);

}  // namespace stalemate
