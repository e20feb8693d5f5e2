// Entries of the user's design that are in a cache before a run.
#pragma once

#include "core/error.hpp"
#include "drivers/redis/options.hpp"

namespace stalemate {

/// Whether the first thousand entries, as far as there are any, have the form that was told. Blocks.
/// Errors: wrong_type, one sentence with what is there and an example of what would be right; of the server.
/// Requires: options.entries.
[[nodiscard]] Result<void> check_own_entries(const RedisOptions& options);

}  // namespace stalemate
