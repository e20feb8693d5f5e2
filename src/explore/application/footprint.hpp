// Which steps of a schedule commute, and what follows from it: which orders of a run are the same run, which of its
// steps a later one needs, and how many orders there are.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/op.hpp"

namespace stalemate {

/// What a step asked of a store.
struct StoreAccess {
  Store store = Store::database;
  std::vector<std::string> keys = {};
  bool touches_anything = false;  ///< its keys cannot be told
  bool writes = true;
};

/// What a step turned out to touch once it was taken.
struct Footprint {
  bool everything = false;  ///< it commutes with nothing
  std::uint8_t processes =
      0;  ///< one bit for each that it moved: its own, those it set free or cut off, and those told
  std::vector<StoreAccess> accesses = {};
  bool begins = false;     ///< an op
  bool ends = false;       ///< an op
  bool commits = false;    ///< a write, as the judges are told
  std::uint16_t copy = 0;  ///< the late copy that it leaves behind or lets arrive, by a number of its own; 0: none
};

/// True if both orders of two steps, one directly after the other, lead to the same: they move different processes, no
/// key of one store is touched by both and written by one, neither is the other's late copy, and the judges cannot tell
/// the orders apart. For the judges an end does not commute with a begin, an end or a commit, nor a commit with a
/// commit.
[[nodiscard]] bool commute(const Footprint& left, const Footprint& right);

/// The steps of one run, ordered by what does not commute: two orders of the same steps that keep this order are the
/// same run to the application, its stores and the judges.
class RunOrder {
 public:
  explicit RunOrder(std::span<const Footprint> steps);

  /// The steps that `last` needs before it, and itself, in their order. They alone are a run, too.
  [[nodiscard]] std::vector<std::size_t> needed_by(std::size_t last) const;
  /// How many orders of all steps are the same run; nothing where they are too many to count.
  [[nodiscard]] std::optional<std::uint64_t> orders() const;

 private:
  // Of each step: whether each earlier one comes before it in every such order.
  std::vector<std::vector<bool>> before_;
};

}  // namespace stalemate
