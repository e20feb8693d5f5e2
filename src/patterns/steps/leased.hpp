// Reads and writes with tokens to fill with, which several patterns share.
#pragma once

#include "core/pattern/ports.hpp"

namespace stalemate {

/// The entry, asked for by `get`, which answers as lease_get does; on a miss the row, which fills if its token still
/// counts. A reader whose token is void reads again, up to `rounds` times in all, and then returns the last row.
/// Requires: rounds > 0.
[[nodiscard]] Task<Result<Value>> read_leased(Ports ports, Key key, const CacheCommandInfo& get, int rounds);

/// As write_look_aside, but the delete also voids the token that is out.
[[nodiscard]] Task<Result<void>> write_leased(Ports ports, Key key, Value value);

}  // namespace stalemate
