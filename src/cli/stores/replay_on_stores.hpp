// A witness replayed on the servers of the command line.
#pragma once

#include <string>
#include <vector>

#include "cli/stores/stores_wanted.hpp"
#include "core/error.hpp"
#include "explore/telling/telling.hpp"

namespace stalemate {

/// The outcome of a live replay.
struct LiveReplay {
  std::vector<std::string> engines = {};      ///< such as "PostgreSQL 15.18"
  std::vector<std::string> differences = {};  ///< sentences; none: everything read is as the witness says
};

/// Starts or reaches the servers and forces the witness's steps there.
/// Errors: wrong_type where a step cannot be forced; as Stores where a server fails.
[[nodiscard]] Result<LiveReplay> replay_on_stores(const Witness& witness, const Telling& telling,
                                                  const StoresWanted& wanted);

}  // namespace stalemate
