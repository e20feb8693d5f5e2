// PostgreSQL's protocol 3.0, read along.
#pragma once

#include <memory>

#include "wire/conversation.hpp"

namespace stalemate {

/// A client that offers TLS or GSSAPI encryption is told that there is none, and goes on in plain if it may.
/// copy_of imitates the connection's start message, its SETs and the prepared statements that a request uses, but
/// neither its open transaction nor a login with a secret.
[[nodiscard]] std::unique_ptr<StoreConversation> make_postgres_conversation();

}  // namespace stalemate
