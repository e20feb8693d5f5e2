#include "drivers/redis/session.hpp"

#include <utility>

#include "drivers/redis/engine.hpp"

namespace stalemate {

RedisSession::RedisSession(boost::asio::io_context& context, RedisOptions options)
    : engine_(std::make_unique<RedisEngine>(context, std::move(options))) {}
RedisSession::~RedisSession() = default;

Task<Result<SessionFacts>> RedisSession::connect() {
  return engine_->connect();
}
Task<Result<std::optional<Value>>> RedisSession::get(Key key) {
  return engine_->get(key);
}
Task<Result<void>> RedisSession::set(Key key, Value value, Nanoseconds time_to_live_ns) {
  return engine_->set(key, value, time_to_live_ns);
}
Task<Result<bool>> RedisSession::erase(Key key) {
  return engine_->erase(key);
}
Task<Result<CacheReply>> RedisSession::call(const CacheCommandInfo& command, Key key, CacheArguments arguments) {
  return engine_->call(command, key, arguments);
}
Task<Result<std::optional<std::string>>> RedisSession::queued_id() {
  return engine_->queued_id();
}
Task<Result<void>> RedisSession::read_entries(Key first, std::span<Value> values) {
  return engine_->read_entries(first, values);
}
Task<Result<std::uint64_t>> RedisSession::erase_entries(Key first, std::uint32_t count) {
  return engine_->erase_entries(first, count);
}
void RedisSession::close() {
  engine_->close();
}

}  // namespace stalemate
