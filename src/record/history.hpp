// The history of one run: every op and every step, and the facts a checker or a reader of it needs to know.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/op.hpp"
#include "record/op_record.hpp"
#include "record/record_array.hpp"

namespace stalemate {

/// A server that took part.
struct EngineFacts {
  std::string role = {};       ///< "database" or "cache"
  std::string name = {};       ///< such as "PostgreSQL"
  std::string version = {};    ///< as the server says it
  std::string isolation = {};  ///< as the server says it; empty for a cache
  friend bool operator==(const EngineFacts&, const EngineFacts&) = default;
};

/// A cache command that steps may name.
struct CacheCommandFacts {
  std::string name = {};
  Ward ward = Ward::none;
  bool shows_entry = true;  ///< of a get: its value is the entry's, absent where there is none
  friend bool operator==(const CacheCommandFacts&, const CacheCommandFacts&) = default;
};

/// HistoryHeader::clock where instants are positions in a log.
inline constexpr std::string_view order_clock = "order";
/// HistoryHeader::clock where they are times that a file of another format told.
inline constexpr std::string_view file_clock = "file";

/// What is known before the first op.
struct HistoryHeader {
  std::string scenario_name = {};
  std::string scenario_toml = {};  ///< the whole scenario, flags applied
  std::string pattern = {};
  std::uint64_t seed = 0;
  std::string program = {};      ///< who recorded it, such as "stalemate 0.1.0"
  std::string clock = "steady";  ///< the clock that the nanoseconds were read from; "order" for positions in a log
  std::string started_at = {};   ///< wall clock, ISO 8601 in UTC; for people only
  std::vector<EngineFacts> engines = {};
  std::vector<std::string> fault_names = {""};  ///< by FaultId; [0] is no fault
  Value initial_value = absent;                 ///< of every row before the first write; `absent`: there was no row
  std::uint32_t key_count = 0;                  ///< every op's key is below this
  std::uint32_t client_count = 0;               ///< every op's client is below this
  /// Application servers: client c belongs to c % server_count, a background op to the one that is its client; 0: not
  /// known.
  std::uint32_t server_count = 0;
  std::vector<CacheCommandFacts> cache_commands = {{}};  ///< by Step::cache_command; [0] is a plain call
  std::vector<std::string> key_names = {};     ///< by key, as EDN, for imported histories whose keys are not numbers
  std::vector<std::string> client_names = {};  ///< by client, as EDN, for those whose processes are not numbers
  std::vector<std::string> value_names =
      {};  ///< by value, for imported histories whose values are not numbers; else empty
  friend bool operator==(const HistoryHeader&, const HistoryHeader&) = default;
};

/// Whether the history came from a file of another format, with that file's keys instead of product ids.
[[nodiscard]] inline bool is_imported(const HistoryHeader& header) {
  return header.clock == order_clock || header.clock == file_clock;
}

/// Whether instants are nanoseconds; else they are positions in a log.
[[nodiscard]] inline bool has_times(const HistoryHeader& header) {
  return header.clock != order_clock;
}

/// What is known when the run is over. Only a complete history has one.
struct HistoryTrailer {
  std::uint64_t ops = 0;             ///< recorded; filled in by the writer
  std::uint64_t steps = 0;           ///< recorded; filled in by the writer
  Nanoseconds duration_ns = 0;       ///< from the run's start to its end
  std::string reason = "completed";  ///< why the run ended: "completed", "interrupted", ...
  std::vector<std::pair<std::string, std::int64_t>> counts = {};  ///< such as {"dropped", 3}; in the order given
  friend bool operator==(const HistoryTrailer&, const HistoryTrailer&) = default;
};

/// One run's history, whole and in memory, as checkers read it. Movable, not copyable. 32 bytes an op, 32 a step.
/// Thread rule: read-only once made, so any number of threads may read it.
class History {
 public:
  HistoryHeader header;
  std::optional<HistoryTrailer> trailer;  ///< empty: the recording was cut short
  RecordArray<OpRecord> op_array;         ///< sorted by index, each index at most once
  RecordArray<StepRecord> step_array;     ///< sorted by op, then start; may be empty (ReadOptions::steps)
  std::vector<RestRecord> rest;           ///< sorted by key; empty where rows and entries were not read after the run
  std::string truncation;                 ///< empty, or a sentence: where the file ends and what is missing

  /// Sorted by index (so by intended start), each index at most once. Not sorted by invocation.
  [[nodiscard]] std::span<const OpRecord> ops() const { return op_array.span(); }
  /// Sorted by op, then start.
  [[nodiscard]] std::span<const StepRecord> steps() const { return step_array.span(); }
  [[nodiscard]] bool is_complete() const { return trailer.has_value(); }

  /// The op of that index, or nullptr. Constant time where no index is missing, else a binary search.
  [[nodiscard]] const OpRecord* find_op(OpIndex index) const;
  /// The steps of that op in order of their start; may be empty. A binary search.
  [[nodiscard]] std::span<const StepRecord> steps_of(OpIndex index) const;
};

/// A complete history of these ops and steps, in any order; for tests, imports and simulated runs. key_count and
/// client_count of the header are raised to cover the ops where they do not.
/// Requires: no two ops have the same index.
[[nodiscard]] History make_history(HistoryHeader header, std::span<const Op> ops, std::span<const Step> steps = {});

}  // namespace stalemate
