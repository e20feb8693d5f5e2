// What a step says of the place of a write among its key's versions, in one number.
#pragma once

#include <algorithm>
#include <cstdint>

#include "record/history.hpp"

namespace stalemate {

/// 0: nothing. Of what several steps say of one write, the larger number holds.
namespace packed_version {
/// The update was skipped, or answered with a definite error.
inline constexpr std::uint64_t refused = 1;
/// It was applied, or perhaps applied, and its version was not told. Greater numbers are versions, this much higher.
inline constexpr std::uint64_t unplaced = 2;
/// A greater version counts as none told.
inline constexpr Version version_max = ~Version{0} - unplaced;

[[nodiscard]] inline bool is_told(const StepRecord& update) {
  static_assert(unknown_version == 0);
  return update.outcome() == Outcome::ok && update.version() - 1 < version_max;
}
[[nodiscard]] inline std::uint64_t of(const StepRecord& update) {
  return is_told(update) ? update.version() + unplaced : (update.outcome() == Outcome::fail ? refused : unplaced);
}
}  // namespace packed_version

/// What the updates of a history say of its versions. The order is known if one version is told; or if every update was
/// refused, for then there is none but the first.
struct VersionsTold {
  bool has_version = false;
  bool has_refused = false;
  bool may_have_applied = false;  ///< an update of which no version is known

  void add(const StepRecord& update) {
    (packed_version::is_told(update)     ? has_version
     : update.outcome() == Outcome::fail ? has_refused
                                         : may_have_applied) = true;
  }
  void add(const VersionsTold& other) {
    has_version = has_version || other.has_version;
    has_refused = has_refused || other.has_refused;
    may_have_applied = may_have_applied || other.may_have_applied;
  }
  [[nodiscard]] bool is_order_known() const { return has_version || (has_refused && !may_have_applied); }
};

}  // namespace stalemate
