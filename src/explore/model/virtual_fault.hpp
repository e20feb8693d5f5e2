// A fault of the virtual world: something that may go wrong at any moment, as often as an exploration allows.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/faults/call_trouble.hpp"
#include "core/registry.hpp"
#include "explore/model/world.hpp"

namespace stalemate {

/// What a fault does to a call to the database, the replica or the cache.
struct VirtualCallFault {
  CallTrouble trouble = {};      ///< its late copies take effect at any later moment
  bool row_writes_only = false;  ///< it hits writes of the row, and no other calls
  bool in_log_only = false;      ///< the log of changes has the write; the row, and the caller's answer, come later
  std::string_view words = {};   ///< behind "reader 1 reads the row", such as "the request is lost"

  [[nodiscard]] bool stays_behind() const { return trouble.late_copies > 0; }
};

/// What the registry says of a fault. One of the three kinds is filled in: a call's trouble, a crash, or what it makes
/// of a world (each of the answers is one way; none: it cannot strike now).
struct VirtualFaultInfo {
  std::string_view name;
  std::string_view summary;  ///< one line for the generated tables
  std::optional<VirtualCallFault> call = {};
  bool crash = false;
  std::vector<WorldChange> (*strike)(WorldTable& table, WorldId world) = nullptr;
  /// Whether the pattern can be hit at all; nullptr: wherever the fault can take place.
  bool (*concerns)(const PatternInfo& pattern) = nullptr;
  /// Of a pattern that it cannot hit: why, such as "it reads from no replica".
  std::string_view why_not = "nothing that it could befall ever happens";
  std::string_view former_name = {};  ///< under which older tokens know it; empty: none
};

using VirtualFaultRegistry = Registry<VirtualFaultInfo>;

/// The fault of that name, or of that former name, or nullptr.
[[nodiscard]] inline const VirtualFaultInfo* find_virtual_fault(std::string_view name) {
  for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
    if (fault.name == name || (!name.empty() && fault.former_name == name)) {
      return &fault;
    }
  }
  return nullptr;
}

}  // namespace stalemate
