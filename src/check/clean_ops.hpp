// CleanOps: what the checks still want to know of the ops of cleared keys: how long before each read, or after each
// write, the other one was. Found while streaming over the history; no op is grouped or copied.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include "check/clean_keys.hpp"
#include "check/key_share.hpp"
#include "check/op_times.hpp"
#include "check/screen.hpp"
#include "check/time_sorter.hpp"
#include "record/history.hpp"
#include "record/record_array.hpp"

namespace stalemate {

/// The cleared ones among some keys: what one member looks at.
struct CleanShare {
  const History& history;
  const Screen& screen;
  const OpTimes& times;
  KeyShare keys = {};
};

/// Cost: a walk over all ops in order of invocation, and a second one where writes may have been seen for long; a heap
/// only where three writes of a key or more are under way at once. Memory: 32 bytes a key.
/// Requires: every write of a cleared key is `ok` or failed.
/// Thread rule: one thread an object.
class CleanOps {
 public:
  using Take = std::function<void(const CleanBatch&)>;

  explicit CleanOps(const CleanShare& share);

  /// Calls `take` with all there is. The counts of the keys' writes are added to `keys`.
  void look(const Take& take, CleanKeys& keys);

 private:
  /// Ops of cleared keys of the share.
  using Picked = std::span<const OpRecord* const>;
  /// An op by its invocation.
  struct Begun {
    Nanoseconds time_ns;
    const OpRecord* op;
  };
  /// A write that has not been passed yet: its completion and its key's place.
  using Ending = std::pair<Nanoseconds, std::uint32_t>;

  template <class Use>
  void for_each_picked(std::size_t begin, std::size_t end, const Use& use);
  Picked pick(std::size_t begin, std::size_t end);
  template <class Use>
  void for_each_by_invocation(const Use& use);
  void add(Picked ops, CleanKeys& keys);
  void pass_endings(Nanoseconds before_ns);
  void tell_spans(const Take& take);

  /// What is known of a key so far; all zero at first.
  struct KeyTimes {
    Nanoseconds completed_ns;              // when its last write ended that has been passed, and 1; 0: none has
    Nanoseconds read_ns;                   // when its last `ok` read began, and 1; 0: none has
    std::array<Nanoseconds, 2> writes_ns;  // when two writes end that may not have been passed, and 1; or 0
  };

  CleanShare share_;
  bool all_clean_;
  RecordArray<KeyTimes> keys_;  // of the share
  std::vector<const OpRecord*> picked_;
  // Of writes for which KeyTimes has no room.
  std::priority_queue<Ending, std::vector<Ending>, std::greater<>> endings_;
  Nanoseconds last_read_ns_ = before_all;
  std::vector<Nanoseconds> batch_;  // the first batched_
  std::size_t batched_ = 0;
};

}  // namespace stalemate
