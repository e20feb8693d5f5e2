#include "drivers/postgres/session.hpp"

#include <utility>

#include "drivers/postgres/engine.hpp"

namespace stalemate {

PostgresSession::PostgresSession(boost::asio::io_context& context, PostgresOptions options)
    : engine_(std::make_unique<PostgresEngine>(context, std::move(options))) {}
PostgresSession::~PostgresSession() = default;

Task<Result<SessionFacts>> PostgresSession::connect() {
  return engine_->connect();
}
Task<Result<std::optional<Row>>> PostgresSession::read(Key key) {
  return engine_->read(key);
}
Task<Result<Written>> PostgresSession::write(Key key, Value value) {
  return engine_->write(key, value);
}
Task<Result<Written>> PostgresSession::write_with_message(Key key, Value value) {
  return engine_->write(key, value, true);
}
Task<Result<Written>> PostgresSession::write_rolled_back(Key key, Value value) {
  return engine_->write_rolled_back(key, value);
}
Task<Result<Written>> PostgresSession::write_if(Key key, Value value, Value expected) {
  return engine_->write_if(key, value, expected);
}
Task<Result<std::vector<std::vector<std::string>>>> PostgresSession::ask(std::string statement) {
  return engine_->ask(std::move(statement));
}
Task<Result<void>> PostgresSession::read_rows(Key first, std::span<Value> values) {
  return engine_->read_rows(first, values);
}
void PostgresSession::close() {
  engine_->close();
}

}  // namespace stalemate
