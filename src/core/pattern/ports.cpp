#include "core/pattern/ports.hpp"

namespace stalemate {

Task<Result<Written>> Database::write_with_message(Key, Value) {
  co_return failed(ErrorCode::unsupported, "this database has no outbox");
}

Task<Result<Written>> Database::write_rolled_back(Key, Value) {
  co_return failed(ErrorCode::unsupported, "this database cannot be told to roll a write back");
}

Task<Result<CacheReply>> Cache::call(const CacheCommandInfo&, Key, CacheArguments) {
  co_return failed(ErrorCode::unsupported, "this cache runs no commands of patterns");
}

}  // namespace stalemate
