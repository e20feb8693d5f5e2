// Acknowledged writes that the database had applied and lost again when a standby took its place.
//
//   update 7   |--|                                     versions: 5, 7
//   rollback         |-----------------|
//   load                                    |- 5 -|     7 is lost, as is all that was newer than 5 by then
//
// Cost: without such a stretch in the history nothing; with one, a sort of its updates and a search for each load.
#pragma once

#include <vector>

#include "check/exact/key_history.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Positions of writes with outcome `ok` whose update had been answered before a load of the same row, or the look at
/// it after the run, showed something older, with a rollback of the database in between. In the history's order. Not
/// told: a lost write that nobody looked for before the row was written again.
[[nodiscard]] std::vector<OpPosition> find_undone_writes(const History& history);

}  // namespace stalemate
