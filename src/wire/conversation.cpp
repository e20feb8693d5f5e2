#include "wire/conversation.hpp"

#include "wire/postgres/postgres_conversation.hpp"
#include "wire/redis/conversation.hpp"

namespace stalemate {

Result<std::unique_ptr<StoreConversation>> make_conversation(Protocol protocol) {
  return protocol == Protocol::redis ? make_redis_conversation() : make_postgres_conversation();
}

}  // namespace stalemate
