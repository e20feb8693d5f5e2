// Where a decision would turn: at which share of writes, and at which speed of the database. docs/decide.md states the
// two models; both are lines through what was measured.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/decision/measured.hpp"

namespace stalemate {

/// An alternative under one load.
struct LoadPoint {
  double write_share = 0;                    ///< writes planned / ops planned
  std::optional<double> cpu_ns_per_op = {};  ///< of its servers, for each op that ended ok; none where it is not known
  std::optional<double> read_p50_ns = {};
};

/// The point of these runs: medians. Requires: one run or more, of one load.
[[nodiscard]] LoadPoint load_point(const std::vector<MeasuredRun>& runs);
[[nodiscard]] LoadPoint load_point(const MeasuredRun& run);

/// Where two lines meet, each through a value at `here` and one at `there`.
struct Crossing {
  enum class Kind : std::uint8_t {
    between,      ///< the order of the two changes at `at`, between the shares measured
    first_below,  ///< the first is below the second at both shares
    second_below,
    same  ///< they are the same at one of the shares
  };
  Kind kind = Kind::same;
  double at = 0;  ///< a share of writes; 0 unless `between`
};
/// Requires: here != there.
[[nodiscard]] Crossing crossing(double here, double there, double first_here, double first_there, double second_here,
                                double second_there);

/// How long a read of the database must take for the one with a cache to read as fast in the mean as the one without.
struct DatabaseTurn {
  double database_read_ns = 0;  ///< what it took here: the mean service time of a read without cache
  double cached_read_ns = 0;    ///< the mean service time of a read with it
  double loads_per_read = 0;    ///< reads of the database that a read with the cache makes
  double turn_ns = 0;           ///< beyond this the cache reads faster
};
/// Of medians over the runs. Errors: none, but a sentence in place of the turn where the model cannot say.
struct DatabaseTurnFound {
  std::optional<DatabaseTurn> turn = {};
  std::string why_none = {};
};
/// `cached` against `bare`, which has no cache.
[[nodiscard]] DatabaseTurnFound database_turn(const Alternative& cached, const Alternative& bare);
/// The model itself: with a cache a read takes what the cache takes, and loads_per_read times what the database takes.
[[nodiscard]] DatabaseTurnFound database_turn(double database_read_ns, double cached_read_ns, double loads_per_read);

}  // namespace stalemate
