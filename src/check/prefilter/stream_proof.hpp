// StreamProof: whether all keys of a history of few keys are clean, in one pass and little memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "check/crew.hpp"
#include "check/prefilter/clean_keys.hpp"
#include "check/prefilter/value_stream.hpp"
#include "record/history.hpp"

namespace stalemate {

/// It holds only if a Screen would clear every key; it need not hold then, for it gives up at the first op that it
/// cannot place at once: a late version, a read of an old value, values far from being in order. Cost: one pass over
/// ops and steps up to that op. Memory: for each member 32 bytes a value of the ring, and 64 a key and a value of the
/// window.
class StreamProof {
 public:
  /// Member m of the crew takes the ops from borders[m] to borders[m + 1]. Requires: as ValueStream's.
  StreamProof(const History& history, ValueRules rules, const StreamSizes& sizes,
              const std::vector<std::size_t>& borders, const Crew& crew);

  [[nodiscard]] bool holds() const { return holds_; }
  // The rest requires: holds().
  [[nodiscard]] bool versions_known() const { return rules_.versions_known; }
  [[nodiscard]] bool has_writes() const { return has_writes_; }
  [[nodiscard]] std::uint64_t op_count() const { return ops_; }
  [[nodiscard]] std::uint64_t keys_with_ops() const { return keys_with_ops_; }
  [[nodiscard]] const CleanKeys& clean_keys() const { return clean_; }

 private:
  [[nodiscard]] bool share_out(const History& history, const StreamSizes& sizes,
                               const std::vector<std::size_t>& borders);
  [[nodiscard]] bool join();
  [[nodiscard]] bool join_elders();
  [[nodiscard]] bool join_key(std::uint32_t key);
  [[nodiscard]] bool add_up();

  ValueRules rules_;
  ValueLayout layout_;
  std::vector<ValueStream> streams_;  // by member
  bool holds_ = false;
  bool has_writes_ = false;
  std::uint64_t ops_ = 0;
  std::uint64_t keys_with_ops_ = 0;
  CleanKeys clean_;
};

}  // namespace stalemate
