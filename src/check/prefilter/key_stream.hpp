// KeyStream: streams over ops and their steps, and knows for each key of a share which value may be read now.
//
// Where keys are many, the ops of one key are far apart: nearly always a read returns the key's newest value, and a
// write begins when the last one has ended. For that 32 bytes a key are enough. A key of which more is going on has a
// KeyWindow for as long.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "check/passes/key_share.hpp"
#include "check/prefilter/key_window.hpp"
#include "check/prefilter/value_record.hpp"
#include "record/history.hpp"
#include "record/record_array.hpp"

namespace stalemate {

/// One member's part of a KeyProof. Every call that returns false has found something that is wrong, or that cannot be
/// judged in this way: nothing else may be asked then. Neighbours share no cache line, nor a pair of lines that is
/// fetched at once. Memory: 32 bytes a key. Thread rule: one thread at a time.
class alignas(128) KeyStream {
 public:
  struct Counts {
    std::uint64_t ops = 0;
    std::uint64_t ok_reads = 0;
    std::uint64_t ok_writes = 0;
    std::uint64_t other_writes = 0;
    std::uint64_t keys = 0;           ///< with ops
    std::uint64_t initial_reads = 0;  ///< keys whose initial value was read
  };

  /// Requires: history outlives it; versions are known.
  KeyStream(const History& history, const ValueRules& rules, KeyShare keys);

  /// Over all ops and steps. Ends early once `is_over` is set.
  [[nodiscard]] bool run(const std::atomic<bool>& is_over);

  /// Of the share's keys, afterwards.
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  /// All zero at first. Values are numbered from the initial one, 0; that of a key with a window is in_window.
  struct alignas(32) State {
    std::uint64_t version;  // of the newest value
    std::uint64_t first;    // its least completion; the value before may be read until then
    std::uint64_t last;     // the greatest invocation of any op, and flags below it
    std::uint32_t value;    // the newest
    std::uint32_t before;   // the one before; or the window's number
  };
  static constexpr std::uint64_t touched = 1;
  static constexpr std::uint64_t initial_read = 2;
  static constexpr unsigned last_shift = 2;
  static constexpr std::uint64_t flags = (1U << last_shift) - 1;
  static constexpr std::uint32_t in_window = ~std::uint32_t{0};
  static constexpr std::size_t block_ops = 128;
  /// The share's ops of a block.
  struct Picked {
    std::size_t count = 0;
    std::array<std::uint16_t, block_ops> ops;
  };

  void pick(std::span<const OpRecord> ops, Picked& picked) const;
  [[nodiscard]] bool read_versions(std::span<const OpRecord> ops, std::uint64_t op_end);
  [[nodiscard]] bool add_ops(std::span<const OpRecord> ops, const Picked& picked);
  [[nodiscard]] bool add_write(const OpRecord& op, std::uint64_t version, std::uint32_t value, State& state);
  [[nodiscard]] bool add_other(const OpRecord& op, std::uint64_t version, State& state);
  [[nodiscard]] bool add_to_window(const OpRecord& op, std::uint64_t version, State& state);
  [[nodiscard]] bool open_window(State& state);
  void close_window(State& state);
  [[nodiscard]] std::optional<std::uint64_t> version_of(std::uint32_t value, std::uint32_t place) const;
  [[nodiscard]] std::uint32_t number_of(const OpRecord& op) const {
    return static_cast<std::uint32_t>(op.value()) - initial_;
  }
  void count_keys();

  const History& history_;
  ValueRules rules_;
  KeyShare keys_;
  std::uint32_t initial_;
  std::uint32_t last_value_ = 0;  // the last one written
  std::size_t next_step_ = 0;
  RecordArray<State> states_;                           // by place
  std::array<std::uint64_t, block_ops> versions_ = {};  // of a block's ops, 0 of others
  std::vector<KeyWindow> windows_;
  std::vector<std::uint32_t> free_windows_;
  Counts counts_;
};

}  // namespace stalemate
