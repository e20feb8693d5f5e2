// Writes histories for other people's tools: EDN (Jepsen, Knossos, Elle), JSON lines, CSV.
//
// Each holds every field of every EventOp, so that reading it back gives the same EventHistory; none holds steps or the
// header of a native history. docs/history-format.md shows a line of each.
#pragma once

#include <ostream>

#include "record/foreign/event_history.hpp"

namespace stalemate {

/// Two maps an op, one a line, in order of time; at equal instants invocations come first, so that line order and
/// closed intervals agree. Keyed values are `[k v]`.
/// Errors of all three: the stream's state.
void write_edn(const EventHistory& history, std::ostream& out);
/// The same events, a JSON object a line.
void write_json_lines(const EventHistory& history, std::ostream& out);
/// One row an op, with a line of column names first.
void write_csv(const EventHistory& history, std::ostream& out);

}  // namespace stalemate
