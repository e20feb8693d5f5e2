// A connection to Redis, read along.
#pragma once

#include <memory>

#include "wire/conversation.hpp"

namespace stalemate {

/// RESP2 and RESP3. A request is a command; MULTI to EXEC is one, at which a gate stops before EXEC: what MULTI queues
/// has no effect before it. A copy of a transaction watches its keys when it arrives. Of SUBSCRIBE with several
/// channels the first confirmation is the answer. MONITOR's lines are pushes. A replica's stream (SYNC) is
/// unreadable, and so is TLS.
[[nodiscard]] std::unique_ptr<StoreConversation> make_redis_conversation();

}  // namespace stalemate
