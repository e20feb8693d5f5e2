// The four latencies that a history holds: of reads and writes, from the intended start and from the invocation.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "record/op_record.hpp"

namespace stalemate {

/// Whose latency, and from when on. An `add` is no read, so it counts among the writes.
struct LatencySeries {
  std::string_view name = {};  ///< what --series and the tags of an interval log call it
  bool is_read = false;
  bool is_response = false;  ///< from the intended start; else from the invocation
};

inline constexpr std::array<LatencySeries, 4> latency_series = {{{"read_response", true, true},
                                                                 {"read_service", true, false},
                                                                 {"write_response", false, true},
                                                                 {"write_service", false, false}}};

/// The series of that name, if there is one.
[[nodiscard]] std::optional<LatencySeries> latency_series_named(std::string_view name);

/// Whether the op has latencies: it is a client's, and `ok`, as in results.json.
[[nodiscard]] inline bool has_latency(const OpRecord& op) {
  return op.outcome() == Outcome::ok && op.kind() != OpKind::background;
}

/// How long the op took in that series; none where it is of the other kind. Requires: has_latency(op).
[[nodiscard]] inline std::optional<Nanoseconds> latency_in(const LatencySeries& series, const OpRecord& op) {
  if ((op.kind() == OpKind::read) != series.is_read) {
    return std::nullopt;
  }
  return op.completion_ns() - (series.is_response ? op.intended_ns() : op.invocation_ns());
}

}  // namespace stalemate
