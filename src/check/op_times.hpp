// OpTimes: what one pass over a history's ops tells of their order in time.
#pragma once

#include <cstddef>
#include <vector>

#include "check/crew.hpp"
#include "core/types.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Memory: 8 bytes for each block_ops ops, 16 a client and member while it is made. Thread rule: made by one thread
/// with its crew, then read by any.
class OpTimes {
 public:
  static constexpr std::size_t block_ops = 1024;

  explicit OpTimes(const History& history, const Crew& crew = {});

  /// Whether each client began an op only after every earlier one of its ops whose answer it got had ended. Reads that
  /// returned nothing do not count.
  [[nodiscard]] bool clients_take_turns() const { return clients_take_turns_; }
  /// Whether ops come in order of invocation.
  [[nodiscard]] bool is_sorted() const { return is_sorted_; }
  /// No op from that block on was invoked before. `never` behind the last block.
  [[nodiscard]] Nanoseconds least_invocation_from(std::size_t block) const {
    return block < least_ns_.size() ? least_ns_[block] : never;
  }

 private:
  struct Found;
  void look_at(const History& history, std::size_t begin, std::size_t end, Found& found);
  void join(const std::vector<Found>& by_member);

  std::vector<Nanoseconds> least_ns_;  // of each block and all that follow
  bool clients_take_turns_ = true;
  bool is_sorted_ = true;
};

}  // namespace stalemate
