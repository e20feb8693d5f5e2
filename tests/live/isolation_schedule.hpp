// Runs the schedule of a case: each statement is sent at its place, and those that block wait where the server says so.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "live/isolation_cases.hpp"
#include "live/isolation_sessions.hpp"

namespace stalemate {

/// What a session is told to begin a transaction, statement by statement.
using OpeningStatements = std::vector<std::string>;

/// Runs one schedule on the first sessions, as many as it needs, on a new table `pair`. A statement whose session still
/// waits is sent once that has its answer. The next is sent when every session has answered, or waits, as the server
/// says, for one that has nothing to do. A transaction that was refused is rolled back, and the rest of it left out.
/// Fails the test where it does not come to its end.
[[nodiscard]] IsolationOutcome run_isolation_case(const IsolationCase& isolation_case,
                                                  std::span<const std::unique_ptr<IsolationSession>> sessions,
                                                  LockWatch& watch, const OpeningStatements& opening);

/// Runs all cases; returns the names of those that came to their anomaly, in the order of the cases. `told` is what
/// happened, for people.
struct IsolationSeen {
  std::vector<std::string_view> names = {};
  std::string told = {};
};
[[nodiscard]] IsolationSeen run_isolation_cases(std::span<const std::unique_ptr<IsolationSession>> sessions,
                                                LockWatch& watch, const OpeningStatements& opening);

}  // namespace stalemate
