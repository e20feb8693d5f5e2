// What can go wrong with one call to a store: the same five questions in a live run, in a replay and in the explorer.
#pragma once

#include <cstdint>

#include "core/types.hpp"

namespace stalemate {

/// The trouble of one call. The default is a call with which nothing goes wrong.
struct CallTrouble {
  bool takes_effect = true;      ///< the store carries the request out now
  bool answered = true;          ///< else the caller sees a timeout and cannot tell what became of the request
  bool refused = false;          ///< of a write of the row that takes no effect: the database rolls it back and says so
  std::uint8_t late_copies = 0;  ///< copies of the request that take effect once its caller has gone on
  Nanoseconds delay_ns = 0;      ///< the request is sent this much later
  Nanoseconds late_ns = 0;       ///< how long after the caller has gone on its late copies are sent
  Nanoseconds timeout_ns = 0;    ///< of one without an answer: how long its caller waits; 0: as for any answer

  friend bool operator==(const CallTrouble&, const CallTrouble&) = default;
};

/// The troubles that have a name of their own, the same live and explored.
inline constexpr CallTrouble lost_request = {.takes_effect = false, .answered = false};
inline constexpr CallTrouble lost_reply = {.answered = false};
inline constexpr CallTrouble delayed_request = {.takes_effect = false, .answered = false, .late_copies = 1};
inline constexpr CallTrouble duplicated_request = {.late_copies = 1};
inline constexpr CallTrouble refused_write = {.takes_effect = false, .refused = true};
/// The origin's: the call is not made and counts as done. Live only.
inline constexpr CallTrouble skipped_call = {.takes_effect = false};

/// The call is left out and counts as done.
[[nodiscard]] constexpr bool is_skip(const CallTrouble& trouble) {
  return !trouble.takes_effect && trouble.answered && !trouble.refused;
}

/// Of two troubles of one call the one with the greater weight takes place.
[[nodiscard]] constexpr int weight_of(const CallTrouble& trouble) {
  return is_skip(trouble)          ? 5
         : !trouble.takes_effect   ? (trouble.refused ? 2 : 4)
         : !trouble.answered       ? 3
         : trouble.late_copies > 0 ? 1
                                   : 0;
}

}  // namespace stalemate
