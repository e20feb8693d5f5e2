// Waits until nothing more happens by itself: every instance waits at a gate, has answered, or is dead.
#pragma once

#include <cstdint>
#include <vector>

#include "core/error.hpp"
#include "core/types.hpp"
#include "gated/schedules/held_calls.hpp"
#include "gated/schedules/players.hpp"
#include "gated/store_hands.hpp"

namespace stalemate {

/// How long an instance may do nothing that we see, in the middle of a request, and how long a store may take.
inline constexpr Nanoseconds settle_limit_ns = 20'000'000'000;

struct SettlingOn {
  Gates* gates = nullptr;
  HeldCalls* held = nullptr;
  AnswerBox* answers = nullptr;
  Requester* requester = nullptr;
  DatabaseEye* database = nullptr;  ///< none: no call can be blocked
  EntryHand* cache = nullptr;       ///< none: it tells nobody anything
  bool own_database = false;        ///< its processes are of this machine
  const std::vector<Player>* players = nullptr;
};

/// At rest means: no byte is under way between an instance and its stores, every thread of every instance sleeps, and
/// whoever is in a request waits at a gate or for a lock in the database. All of it must hold twice in a row with
/// nothing having happened in between. What stores tell unasked counts as under way until they have told it. A pause of
/// fixed length would be slower, and would miss calls that nobody awaits. Returns the calls that wait for a lock.
/// Errors: timed_out, a sentence that names the instance and what it waits for.
[[nodiscard]] Result<std::vector<std::uint64_t>> settle(const SettlingOn& on);

}  // namespace stalemate
