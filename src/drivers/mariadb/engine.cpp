// The calls of a MariaDbEngine.
#include "drivers/mariadb/engine.hpp"

#include <algorithm>
#include <utility>

#include "core/assert.hpp"
#include "core/text/key_names.hpp"
#include "drivers/connection/pause.hpp"
#include "drivers/mariadb/own_table/own_statements.hpp"

namespace stalemate {
namespace {

// The places of its statements in a text that is one transaction.
constexpr std::size_t update_place = 1;
constexpr std::size_t commit_place = 3;

std::string add_message(Key key) {
  return "INSERT INTO stock_outbox (product_id, quantity) SELECT product_id, quantity FROM stock WHERE product_id = '" +
         std::string(product_id(key).view()) + "'; ";
}

}  // namespace

MariaDbEngine::MariaDbEngine(boost::asio::io_context& context, MariaDbOptions options)
    : context_(context), watch_(boost::asio::use_service<SocketWatch>(context)), options_(std::move(options)) {
  watch_.add(*this);
}

MariaDbEngine::~MariaDbEngine() {
  drop_connection();
  watch_.remove(*this);
}

void MariaDbEngine::close() {
  STALEMATE_ASSERT(!waiting_, "a session is closed only between its calls");
  drop_connection();
}

Task<Result<std::optional<Row>>> MariaDbEngine::read(Key key) {
  for (unsigned attempts = 0;; ++attempts) {
    const bool usable = ready() || co_await get_ready();
    if (!usable) {
      co_return take_trouble();
    }
    statements_.name_row(key);
    statement_ = statements_.read();
    Calling calling(*this, Call::execute, options_.op_limit_ns);
    co_await calling;
    if (!trouble_) {
      co_return read_result(key, attempts);
    }
    if (!may_retry(attempts)) {
      co_return take_trouble();
    }
    Pause pause(context_, pauses_.next_ns(attempts));
    co_await pause;
  }
}

Task<Result<Written>> MariaDbEngine::write(Key key, Value value) {
  for (unsigned attempts = 0;; ++attempts) {
    const bool usable = ready() || co_await get_ready();
    if (!usable) {
      co_return take_trouble();
    }
    statements_.name_row(key);
    statements_.name_value(value);
    statement_ = statements_.write();
    Calling calling(*this, Call::execute, options_.op_limit_ns);
    co_await calling;
    if (!trouble_) {
      co_return write_result(key, ::mysql_stmt_affected_rows(statement_), ::mysql_stmt_insert_id(statement_), attempts);
    }
    if (!may_retry(attempts)) {
      co_return take_trouble();
    }
    Pause pause(context_, pauses_.next_ns(attempts));
    co_await pause;
  }
}

// The server stops at the first statement that fails, so what is committed is whole.
Task<Result<Written>> MariaDbEngine::write_with_message(Key key, Value value) {
  for (unsigned attempts = 0;; ++attempts) {
    std::string text = "START TRANSACTION; " + update_of(key, value) + "; " + add_message(key) + "COMMIT";
    co_await run_text(std::move(text), commit_place);
    if (!trouble_) {
      co_return write_result(key, done_[update_place].rows_found, done_[update_place].insert_id, attempts);
    }
    const bool again = may_retry(attempts);
    co_await roll_back();
    if (!again) {
      co_return take_trouble();
    }
    Pause pause(context_, pauses_.next_ns(attempts));
    co_await pause;
  }
}

Task<Result<Written>> MariaDbEngine::write_rolled_back(Key key, Value value) {
  std::string text = "START TRANSACTION; " + update_of(key, value) +
                     "; SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the fault refused rolls back " +
                     std::to_string(value) + "'";
  co_await run_text(std::move(text));
  if (!trouble_) {
    lose(ErrorCode::protocol, "the database took a SIGNAL for no error");
  }
  const bool is_missing = done_.size() > update_place && done_[update_place].rows_found == 0;
  co_await roll_back();
  if (is_missing) {
    co_return no_such_row(key, own_rows());
  }
  co_return take_trouble();
}

Task<Result<Written>> MariaDbEngine::write_if(Key key, Value value, Value expected) {
  for (unsigned attempts = 0;; ++attempts) {
    std::string text = update_of(key, value) + " AND quantity = " + std::to_string(expected);
    co_await run_text(std::move(text));
    if (!trouble_) {
      if (done_.front().rows_found == 0) {
        co_return row_has_changed(key, expected);
      }
      co_return write_result(key, done_.front().rows_found, done_.front().insert_id, attempts);
    }
    if (!may_retry(attempts)) {
      co_return take_trouble();
    }
    Pause pause(context_, pauses_.next_ns(attempts));
    co_await pause;
  }
}

Task<Result<void>> MariaDbEngine::read_rows(Key first, std::span<Value> values) {
  for (unsigned attempts = 0;; ++attempts) {
    const bool usable = ready() || co_await get_ready();
    if (!usable) {
      co_return take_trouble();
    }
    statements_.name_keys(first, values.size());
    statement_ = statements_.survey();
    Calling calling(*this, Call::execute, options_.op_limit_ns);
    co_await calling;
    if (!trouble_) {
      co_return survey_result(first, values);
    }
    if (!may_retry(attempts)) {
      co_return take_trouble();
    }
    Pause pause(context_, pauses_.next_ns(attempts));
    co_await pause;
  }
}

Task<Result<TextRows>> MariaDbEngine::ask(std::string text) {
  co_await run_text(std::move(text));
  if (trouble_) {
    co_return take_trouble();
  }
  co_return done_.front().rows ? text_rows(done_.front().rows.get()) : TextRows();
}

// Runs a text; then trouble_ tells how it went, and done_ what each of its statements came to. The one at the place
// `commits_at` is a COMMIT.
Task<void> MariaDbEngine::run_text(std::string text, std::size_t commits_at) {
  const bool usable = ready() || co_await get_ready();
  if (!usable) {
    co_return;
  }
  text_ = std::move(text);
  commits_at_ = commits_at;
  Calling calling(*this, Call::query, options_.op_limit_ns);
  co_await calling;
  commits_at_ = nowhere;
}

// Ends the transaction that a text which failed has left open; keeps trouble_. A connection that is gone has taken its
// transaction with it.
Task<void> MariaDbEngine::roll_back() {
  if (state_ != State::idle) {
    co_return;
  }
  Error trouble = std::move(*trouble_);
  const bool retry_helps = retry_helps_;
  text_ = "ROLLBACK";
  Calling calling(*this, Call::query, options_.op_limit_ns);
  co_await calling;
  if (trouble_) {
    drop_connection();
  }
  trouble_ = std::move(trouble);
  retry_helps_ = retry_helps;
}

std::string MariaDbEngine::update_of(Key key, Value value) const {
  return options_.own_table ? options_.own_table->write_of(key, value)
                            : "UPDATE stock SET quantity = " + std::to_string(value) +
                                  ", version = LAST_INSERT_ID(version + 1) WHERE product_id = '" +
                                  std::string(product_id(key).view()) + "'";
}

// nullptr: those of the table stock.
const OwnTable* MariaDbEngine::own_rows() const {
  return options_.own_table ? &options_.own_table->rows() : nullptr;
}

Result<std::optional<Row>> MariaDbEngine::read_result(Key key, unsigned attempts) {
  const PreparedStatements::Fetched fetched = statements_.fetch(statements_.read());
  if (!fetched.is_row) {
    return std::optional<Row>();
  }
  if (fetched.is_cut_short || statements_.quantity() == absent) {
    return not_a_quantity(key, "something else", own_rows());
  }
  Row row;
  row.value = statements_.quantity();
  row.version = options_.row_versions ? statements_.version() : unknown_version;
  row.retries = retries_of(attempts);
  return std::optional<Row>(row);
}

Result<Written> MariaDbEngine::write_result(Key key, std::uint64_t rows_found, std::uint64_t version,
                                            unsigned attempts) const {
  if (rows_found == 0) {
    return no_such_row(key, own_rows());
  }
  Written written;
  written.version = version;
  written.row_version = options_.row_versions ? version : unknown_version;
  written.retries = retries_of(attempts);
  return written;
}

Result<void> MariaDbEngine::survey_result(Key first, std::span<Value> values) {
  std::ranges::fill(values, absent);
  while (true) {
    const PreparedStatements::Fetched fetched = statements_.fetch(statements_.survey());
    if (!fetched.is_row) {
      return {};
    }
    const std::uint64_t place = statements_.place();
    if (place < 1 || place > values.size()) {
      return row_not_asked_for();
    }
    const Key key(first.index + static_cast<std::uint32_t>(place - 1));
    if (fetched.is_cut_short || statements_.quantity() == absent) {
      return not_a_quantity(key, "something else", own_rows());
    }
    values[place - 1] = statements_.quantity();
  }
}

// Requires: trouble_.
bool MariaDbEngine::may_retry(unsigned attempts) const {
  return retry_helps_ && attempts < options_.retries_max;
}

std::unexpected<Error> MariaDbEngine::take_trouble() {
  return std::unexpected(*std::exchange(trouble_, std::nullopt));
}

}  // namespace stalemate
