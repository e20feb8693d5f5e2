// Rows that come and go: what stands for a row that is not there, and how a delete names itself.
//
//   write 1007       the row holds 1007
//   write -1008      a delete, the run's eighth write: the row is gone, and read as no_row
//   write 1009       the row is inserted
#pragma once

#include "core/types.hpp"

namespace stalemate {

/// In runs whose rows may be absent: what a read returns that found no row, and what an entry holds that says so. No
/// write of a run writes it. Unlike `absent`, which of an entry says that there is none.
inline constexpr Value no_row = absent + 1;

/// The value by which a delete of a run names itself, as every write writes another: that of the write in whose place
/// it is planned, below 0. Requires: value > 0.
[[nodiscard]] constexpr Value name_of_delete(Value value) {
  return -value;
}
/// Whether a value of a run is such a name. Imported histories may hold any numbers.
[[nodiscard]] constexpr bool is_delete(Value value) {
  return value < 0 && value > no_row;
}
/// What the row holds after that write.
[[nodiscard]] constexpr Value row_after(Value written) {
  return is_delete(written) ? no_row : written;
}

}  // namespace stalemate
