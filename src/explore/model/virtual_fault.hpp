// A fault of the virtual world: something that may go wrong at any moment, as often as an exploration allows.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/registry.hpp"
#include "explore/model/world.hpp"

namespace stalemate {

/// What becomes of a call to the database, the replica or the cache.
struct CallTrouble {
  bool row_writes_only = false;  ///< it hits writes of the row, and no other calls
  bool takes_effect = true;      ///< now
  bool answered = true;          ///< else the caller sees a timeout
  bool refused = false;          ///< of one that is answered and takes no effect: the answer says so
  bool stays_behind = false;     ///< the request, or another copy of it, takes effect at some later moment
  bool in_log_only = false;      ///< the log of changes has the write; the row, and the caller's answer, come later
  std::string_view words = {};   ///< behind "reader 1 reads the row", such as "the request is lost"
};

/// What the registry says of a fault. One of the three kinds is filled in: a call's trouble, a crash, or what it makes
/// of a world (each of the answers is one way; none: it cannot strike now).
struct VirtualFaultInfo {
  std::string_view name;
  std::string_view summary;  ///< one line for the generated tables
  std::optional<CallTrouble> call = {};
  bool crash = false;
  std::vector<WorldChange> (*strike)(WorldTable& table, WorldId world) = nullptr;
  /// Whether the pattern can be hit at all; nullptr: wherever the fault can take place.
  bool (*concerns)(const PatternInfo& pattern) = nullptr;
  /// Of a pattern that it cannot hit: why, such as "it reads from no replica".
  std::string_view why_not = "nothing that it could befall ever happens";
};

using VirtualFaultRegistry = Registry<VirtualFaultInfo>;

}  // namespace stalemate
