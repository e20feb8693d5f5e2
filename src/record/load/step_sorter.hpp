// StepSorter: sorts a file's steps shard by shard, while its later blocks are still being read.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "core/error.hpp"
#include "record/history.hpp"
#include "record/load/block_workers.hpp"
#include "record/load/step_shards.hpp"

namespace stalemate {

/// A shard is sorted once all its blocks seem to be there: a lane's blocks arrive in about the order of their ops, so
/// everything below the latest block of each lane is assumed complete. That is a guess. After a block that arrives
/// late, its shards and those after them are sorted again, and the guess becomes more careful: it stays twice as far
/// behind the lanes as before. So the repeated work is at most about twice the whole.
///
/// Each shard is a counting sort, within the processor's caches, of the few blocks that hold its steps. Shards are
/// taken in order; a shard's place is known once the one before has been counted.
class StepSorter {
 public:
  /// Sorts into `room`. Requires: header and options outlive it.
  StepSorter(const HistoryHeader& header, const LoadOptions& options, std::span<StepRecord> room)
      : header_(header), options_(options), room_(room) {}

  /// Adds blocks `number`, `number` + 1 and so on of the file, of any type, with checked payloads. They count once all
  /// blocks before them have been added. Any thread. Requires: each is added once.
  void add(std::size_t number, std::span<const BlockPlace> blocks);

  /// Sorts the shards that are ready, if any. Any thread.
  void sort_ready();

  /// Sorts all that is not sorted yet; steps without an op come last. Requires: `blocks` are the file's blocks of
  /// steps, in file order, with that many steps; op indexes are below ops_always + steps * ops_a_step_max; no other
  /// thread is in a call; called once. Errors: ErrorCode::protocol, an invalid step, or the file was changed while it
  /// was read.
  [[nodiscard]] Result<void> finish(std::span<const BlockPlace> blocks, std::uint64_t steps);

 private:
  struct Task {
    std::size_t shard = 0;
    OpIndex first = 0;
    std::uint64_t ops = 0;
    bool is_read_again = false;  // its payload may have been forgotten
    std::vector<BlockPlace> blocks;
  };

  void add_steps(const BlockPlace& block);
  void note_late(std::size_t shard);
  [[nodiscard]] std::size_t shards_complete();
  [[nodiscard]] std::optional<Task> take();
  void sort(const Task& task, std::vector<std::uint32_t>& cursors);
  [[nodiscard]] std::span<StepRecord> take_place(std::size_t shard, std::uint32_t total);
  void place(const BlockPlace& block, OpIndex first, std::span<std::uint32_t> cursors, std::span<StepRecord> steps);
  [[nodiscard]] std::uint64_t place_of_no_op(std::span<const BlockPlace> blocks, std::uint64_t begin);
  [[nodiscard]] Result<void> first_damage(std::span<const BlockPlace> blocks) const;

  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  const HistoryHeader& header_;
  const LoadOptions& options_;
  std::span<StepRecord> room_;
  std::atomic<bool> is_damaged_ = false;

  std::mutex mutex_;  // of all below
  std::condition_variable counted_;
  std::map<std::size_t, std::vector<BlockPlace>> early_;  // by number: blocks before them are still missing
  std::size_t next_block_ = 0;
  std::vector<BlockPlace> blocks_;  // of steps, in file order
  std::uint64_t end_ = 0;           // of the blocks in the file
  std::optional<StepShards> shards_;
  bool is_fit_ = true;                       // the shards fit the blocks, as far as is known
  std::map<std::uint16_t, OpIndex> lanes_;   // the least op of each lane's latest block
  std::size_t blocks_since_ = 0;             // the lanes were last looked through
  std::size_t complete_ = 0;                 // shards, by the guess
  std::size_t behind_ = 0;                   // the shards that the guess is more careful by
  std::size_t next_ = 0;                     // the shard to be taken
  std::size_t again_ = none;                 // the least shard to be sorted again, if below next_
  std::size_t active_ = 0;                   // shards that are being sorted
  std::vector<std::uint64_t> places_ = {0};  // where each shard begins, of those whose predecessor was counted
  std::vector<std::uint64_t> of_no_op_;      // offsets of blocks with steps of no op, in any order, some twice
};

}  // namespace stalemate
