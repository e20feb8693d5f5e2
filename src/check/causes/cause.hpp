// What a cause of a wrong read is, and the registry of all of them. One file in src/check/causes/ registers one.
#pragma once

#include <string_view>

#include "check/causes/evidence.hpp"
#include "core/registry.hpp"

namespace stalemate {

/// Which cause is reported where several can be proved of a read: the first in this order. What says more comes before
/// what says less.
enum class CauseOrder : std::uint8_t {
  nothing_newer,  ///< there was nothing newer to be seen, or nothing real
  undone,         ///< what was done about the old version was undone
  not_done,       ///< nothing was done about it
  special_race,   ///< something that was to prevent a race did not
  race            ///< it was done too early
};

/// What the registry says of a cause.
struct CauseInfo {
  std::string_view name;                             ///< such as "stale fill"
  std::string_view definition;                       ///< what the steps prove, as docs/checks.md says it
  std::string_view conclusion;                       ///< the last sentence of a story
  CauseOrder order = CauseOrder::race;               ///< no read has two causes of the same order
  std::string_view wrong = "returned an old value";  ///< what the read did
  std::string_view fault = {};                       ///< the explorer's fault behind such reads; empty: they need none
  /// The steps that prove it, those that matter most first; empty: it is not proved.
  Steps (*prove)(const Evidence& evidence);
  /// Another last sentence for this story; empty: the usual one fits. May be nullptr.
  std::string_view (*conclude)(const Evidence& evidence) = nullptr;
};

using CauseRegistry = Registry<CauseInfo>;

}  // namespace stalemate
