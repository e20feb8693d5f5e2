// ValueStream: streams over some neighbouring ops and their steps, and puts the values of each key in order as it goes.
//
// What is known of the newest values lies in a ring; values that fall out of it go to their keys' order windows, where
// reads that come later still find the newest of them. So nothing grows with the history.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "check/prefilter/order_proof.hpp"
#include "check/prefilter/value_layout.hpp"
#include "check/prefilter/value_record.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Nothing depends on these but for which histories a proof is found.
struct StreamSizes {
  std::uint32_t ring_values = 8192;   ///< a power of 2; so far apart may values be that are new at the same time
  std::uint32_t border_values = 512;  ///< so many values before and after its first one may be seen by a neighbour too
  std::size_t window = 512;           ///< a value may be so many of its key's out of order

  /// No more than a history of so many values has use for.
  [[nodiscard]] StreamSizes for_values(std::uint64_t values_max) const;
};

/// One member's part of a StreamProof. Every call that returns false has found something that is wrong, or that cannot
/// be judged in this way: nothing else may be asked then. Neighbours share no cache line, nor a pair of lines that is
/// fetched at once. Thread rule: one thread at a time.
class alignas(128) ValueStream {
 public:
  struct Share {
    std::size_t ops_begin = 0;
    std::size_t ops_end = 0;
    std::size_t steps_begin = 0;
    std::size_t steps_end = 0;
    ValuePlace begin = 0;     ///< it answers for the values from here on, up to the next member's border
    bool has_border = false;  ///< its first 2 * border_values values may have been seen by the member before
  };
  struct Counts {
    std::uint64_t ops = 0;
    std::uint64_t ok_reads = 0;
    std::uint64_t values = 0;  ///< in the windows
    bool has_writes = false;
    bool has_refused = false;       ///< an update certainly came to nothing
    bool may_have_applied = false;  ///< an update did not
  };
  /// A value of an earlier member's, and what is to be added to it.
  struct Elder {
    ValueRecord seen = {};
    ValuePlace place = 0;
    std::uint32_t before = 0;  ///< another one of the key, and 1
  };

  /// Requires: history and layout outlive it; sizes are greater than 0, 4 * border_values <= ring_values.
  ValueStream(const History& history, const ValueLayout& layout, const ValueRules& rules, const Share& share,
              const StreamSizes& sizes);

  /// Its ops and steps. Ends early once `is_over` is set.
  [[nodiscard]] bool run(const std::atomic<bool>& is_over);

  // Afterwards, on one thread, in this order.

  /// What it saw of values before `begin`.
  [[nodiscard]] std::span<const Elder> elders() const { return elders_; }
  /// Adds that, where it is of its own values.
  [[nodiscard]] bool add_seen(ValuePlace place, const ValueRecord& seen);
  /// Takes over the values of the next one's border, and closes its own.
  [[nodiscard]] bool close(const ValueStream* next);

  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] ValuePlace begin() const { return share_.begin; }
  /// Of the key's values. Once.
  [[nodiscard]] LooseEnds finish(std::uint32_t key) { return windows_[key].finish_loose(); }
  [[nodiscard]] bool has_values(std::uint32_t key) { return windows_[key].count() > 0; }
  /// The last invocation of a read of its initial value; below 0 where there was none.
  [[nodiscard]] Nanoseconds initial_read_ns(std::uint32_t key) const { return initial_reads_ns_[key]; }
  /// Some of its ops left nothing in the windows.
  [[nodiscard]] bool is_barely_seen(std::uint32_t key) const { return is_barely_seen_[key] != 0; }

 private:
  struct HeadValue {
    ValueRecord known;
    std::uint64_t version = 0;
  };

  [[nodiscard]] ValueRecord& record(ValuePlace place) { return ring_[place & (sizes_.ring_values - 1)]; }
  [[nodiscard]] std::uint64_t& version(ValuePlace place) { return versions_[place & (sizes_.ring_values - 1)]; }
  [[nodiscard]] bool is_in_ring(ValuePlace place) const { return place - tail_ < sizes_.ring_values; }
  [[nodiscard]] ValuePlace border_end() const {
    return share_.has_border ? share_.begin + 2 * sizes_.border_values : share_.begin;
  }
  [[nodiscard]] bool add_ops(std::span<const OpRecord> ops);
  [[nodiscard]] bool add_special(const OpRecord& op);
  [[nodiscard]] bool add_elder(ValuePlace place, const ValueRecord& seen);
  [[nodiscard]] bool add_steps(std::uint64_t op_end);
  [[nodiscard]] bool make_room(ValuePlace place);
  [[nodiscard]] bool retire(ValuePlace end);

  const History& history_;
  const ValueLayout& layout_;
  ValueRules rules_;
  Share share_;
  StreamSizes sizes_;
  std::uint64_t value_begin_;  // the value of place 0
  std::vector<ValueRecord> ring_;
  std::vector<std::uint64_t> versions_;  // of the same values
  ValuePlace tail_;                      // the ring holds ring_values values from here on
  std::vector<HeadValue> head_;          // those of the border that have fallen out of the ring
  OrderWindows windows_;                 // by key
  std::vector<Nanoseconds> initial_reads_ns_;
  std::vector<std::uint8_t> is_barely_seen_;
  std::vector<Elder> elders_;
  std::vector<std::uint32_t> last_elders_;  // by key: the last one, and 1
  std::size_t next_step_;
  Counts counts_;
};

}  // namespace stalemate
