// OpTimes: what one pass over a history's ops tells of their order in time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "check/crew.hpp"
#include "check/exact/key_history.hpp"
#include "core/types.hpp"
#include "record/history.hpp"

namespace stalemate {

/// The history's time is divided into stretches of about as many ops each: one a member of the crew, fewer where keys
/// are so many that a stretch would have few ops of each. Memory: 16 bytes for each block_ops ops, 16 a client and
/// member while it is made. Thread rule: made by one thread with its crew, then read by any.
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

  /// From the first invocation of an op to the last; 0 without any.
  [[nodiscard]] Nanoseconds span_ns() const {
    return greatest_ns_.empty() ? 0 : greatest_ns_.back() - least_ns_.front();
  }

  [[nodiscard]] std::uint32_t stretches() const { return static_cast<std::uint32_t>(borders_ns_.size() - 1); }
  /// The stretch's ops are invoked from here on,
  [[nodiscard]] Nanoseconds begin_ns(std::uint32_t stretch) const { return borders_ns_[stretch]; }
  /// and before this.
  [[nodiscard]] Nanoseconds end_ns(std::uint32_t stretch) const { return borders_ns_[stretch + 1]; }
  /// They are all in the blocks from here on,
  [[nodiscard]] std::size_t begin_block(std::uint32_t stretch) const;
  /// and before this, which is not less.
  [[nodiscard]] std::size_t end_block(std::uint32_t stretch) const;
  /// The `ok` writes and adds that were invoked before the stretch and did not end before it; in any order.
  [[nodiscard]] std::span<const OpPosition> writes_under_way(std::uint32_t stretch) const {
    return under_way_[stretch];
  }

 private:
  struct Found;
  void look_at(const History& history, std::size_t begin, std::size_t end, Found& found);
  void note_under_way(const OpRecord& op, std::size_t position, Found& found) const;
  void join(const std::vector<Found>& by_member);

  std::vector<std::size_t> begin_blocks_;           // of the stretches, as far as ops are in order
  std::vector<Nanoseconds> borders_ns_;             // of the stretches
  std::vector<Nanoseconds> least_ns_;               // of each block and all that follow
  std::vector<Nanoseconds> greatest_ns_;            // of each block and all before
  std::vector<std::vector<OpPosition>> under_way_;  // by stretch
  bool clients_take_turns_ = true;
  bool is_sorted_ = true;
};

}  // namespace stalemate
