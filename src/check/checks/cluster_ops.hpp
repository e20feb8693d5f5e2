// ClusterOps: finds, for the proof of a violation, the ops that give a value's zone its ends.
#pragma once

#include <map>
#include <utility>

#include "check/checks/key_check.hpp"

namespace stalemate {

/// The ops of one value that matter for its zone. Positions; no_op where there is none (the initial value's write).
struct ClusterOps {
  OpPosition first_completed = no_op;  ///< completed first: shows that the value was there by then
  OpPosition last_invoked = no_op;     ///< was begun last: the value was still there
  OpPosition write = no_op;
  OpPosition first_read = no_op;  ///< the read that completed first
};

/// Of every wanted (key, value): one pass over each key named.
class ClusterFinder {
 public:
  void want(Key key, Value value) { found_[{key.index, value}] = {}; }
  void find(const Summary& summary);
  /// Requires: it was wanted before find.
  [[nodiscard]] const ClusterOps& at(Key key, Value value) const { return found_.at({key.index, value}); }

 private:
  std::map<std::pair<std::uint32_t, Value>, ClusterOps> found_;
};

}  // namespace stalemate
