#include "drivers/mariadb/session.hpp"

#include <utility>

#include "drivers/mariadb/engine.hpp"

namespace stalemate {

MariaDbSession::MariaDbSession(boost::asio::io_context& context, MariaDbOptions options)
    : engine_(std::make_unique<MariaDbEngine>(context, std::move(options))) {}
MariaDbSession::~MariaDbSession() = default;

Task<Result<SessionFacts>> MariaDbSession::connect() {
  return engine_->connect();
}
Task<Result<std::optional<Row>>> MariaDbSession::read(Key key) {
  return engine_->read(key);
}
Task<Result<Written>> MariaDbSession::write(Key key, Value value) {
  return engine_->write(key, value);
}
Task<Result<Written>> MariaDbSession::write_with_message(Key key, Value value) {
  return engine_->write_with_message(key, value);
}
Task<Result<Written>> MariaDbSession::write_rolled_back(Key key, Value value) {
  return engine_->write_rolled_back(key, value);
}
Task<Result<Written>> MariaDbSession::write_if(Key key, Value value, Value expected) {
  return engine_->write_if(key, value, expected);
}
Task<Result<std::vector<std::vector<std::string>>>> MariaDbSession::ask(std::string statement) {
  return engine_->ask(std::move(statement));
}
Task<Result<void>> MariaDbSession::read_rows(Key first, std::span<Value> values) {
  return engine_->read_rows(first, values);
}
void MariaDbSession::close() {
  engine_->close();
}

}  // namespace stalemate
