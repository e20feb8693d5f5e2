// A private PostgreSQL that fails over to its standby, in two steps: first the standby stops following, later it takes
// over. What was committed in between is lost, acknowledged or not, as it is with any standby that follows
// asynchronously.
#pragma once

#include "core/error.hpp"
#include "servers/server.hpp"

namespace stalemate {

/// The standby gets nothing more of what the primary commits; it goes on answering reads. Holding back its replay would
/// not do: a standby that is promoted first applies all that it was sent. Blocks until it has let go.
/// Errors: unavailable, timed_out, refused_by_server.
[[nodiscard]] Result<void> stop_following(const ServerFacts& standby);

/// Kills the primary, promotes its standby, and has whoever connects to the primary's socket reach the standby there.
/// The promoted server's log goes on behind the end of the primary's, so that positions in the log still tell in which
/// order rows were written. Blocks until it takes writes. Both servers keep their own ports and folders.
/// Errors: as stop_following; what was done by then stays done.
[[nodiscard]] Result<void> fail_over(Server& primary, const ServerFacts& standby);

}  // namespace stalemate
