// The calls of a PostgresEngine.
#include "drivers/postgres/engine.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/absent_row.hpp"
#include "core/assert.hpp"
#include "core/text/key_names.hpp"
#include "drivers/connection/pause.hpp"
#include "drivers/postgres/own_table/own_statements.hpp"
#include "drivers/postgres/statements.hpp"
#include "drivers/sql/stock_rows.hpp"

namespace stalemate {
namespace {

std::string_view cell(const PGresult* result, int row, int column) {
  return {::PQgetvalue(result, row, column), static_cast<std::size_t>(::PQgetlength(result, row, column))};
}

}  // namespace

PostgresEngine::PostgresEngine(boost::asio::io_context& context, PostgresOptions options)
    : context_(context), watch_(boost::asio::use_service<SocketWatch>(context)), options_(std::move(options)) {
  if (!options_.nodes) {
    options_.nodes = std::make_shared<DatabaseNodes>(std::vector{options_.url});
  }
  parameters_.resize(options_.nodes->count());
  watch_.add(*this);
}

PostgresEngine::~PostgresEngine() {
  drop_connection();
  watch_.remove(*this);
}

void PostgresEngine::close() {
  STALEMATE_ASSERT(!waiting_, "a session is closed only between its calls");
  drop_connection();
}

// Checks, before a call is sent, whether an idle connection is still there.
bool PostgresEngine::ready() {
  watch_.refresh();
  return state_ == State::idle && prepared_;
}

Task<Result<std::optional<Row>>> PostgresEngine::read(Key key) {
  for (unsigned attempts = 0;; ++attempts) {
    const bool usable = ready() || co_await get_ready();
    if (!usable) {
      co_return take_trouble();
    }
    const std::size_t named = name_row(key);
    queue_prepared(read_statement, std::span(parameters_of_call_).first(named));
    queue_sync();
    Exchange exchange(*this, options_.op_limit_ns);
    co_await exchange;
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

Task<Result<Written>> PostgresEngine::write(Key key, Value value, bool with_message) {
  if (options_.rows_may_be_absent && is_delete(value)) {
    Result<Written> done = co_await change_or_miss(key, delete_text(key));
    co_return done;
  }
  const char* const statement = with_message ? message_statement : write_statement;
  for (unsigned attempts = 0;; ++attempts) {
    const bool usable = ready() || co_await get_ready();
    if (!usable) {
      co_return take_trouble();
    }
    const std::size_t named = name_row(key);
    *std::to_chars(value_text_.data(), value_text_.data() + value_text_.size() - 1, value).ptr = '\0';
    parameters_of_call_[named] = value_text_.data();
    queue_prepared(statement, std::span(parameters_of_call_).first(named + 1));
    queue_sync();
    Exchange exchange(*this, options_.op_limit_ns);
    co_await exchange;
    if (!trouble_ && options_.rows_may_be_absent && ::PQntuples(results_.front().get()) == 0) {
      Result<Written> inserted = co_await change_or_miss(key, insert_text(key, value));
      co_return inserted;
    }
    if (!trouble_) {
      co_return write_result(key, attempts);
    }
    if (!may_retry(attempts)) {
      co_return take_trouble();
    }
    Pause pause(context_, pauses_.next_ns(attempts));
    co_await pause;
  }
}

// One statement is one transaction in both dialects. Its last expression fails once the row is updated, and with it
// all.
Task<Result<Written>> PostgresEngine::write_rolled_back(Key key, Value value) {
  std::string statement =
      options_.own_table
          ? options_.own_table->rolled_back(key, value)
          : "WITH written AS (UPDATE stock SET quantity = " + std::to_string(value) + " WHERE product_id = '" +
                std::string(product_id(key).view()) +
                "' RETURNING quantity)"
                " SELECT CAST('the fault refused rolls back ' || CAST(quantity AS VARCHAR) AS INT) FROM written";
  Result<std::vector<std::vector<std::string>>> answer = co_await ask(std::move(statement));
  if (answer) {
    co_return no_such_row(key, own_rows());
  }
  Error error = std::move(answer.error());
  if (error.code == ErrorCode::wrong_type) {
    error.code = ErrorCode::refused_by_server;  // as planned
  }
  co_return std::unexpected(std::move(error));
}

Task<Result<Written>> PostgresEngine::write_if(Key key, Value value, Value expected) {
  STALEMATE_ASSERT(!options_.own_table, "a table of the user's is written without a guard");
  const bool inserts = options_.rows_may_be_absent && expected == no_row;
  std::string statement =
      inserts ? guarded_insert_text(key, value) : guarded_write_text(options_.row_versions, key, value, expected);
  Result<std::optional<Written>> changed = co_await change(key, std::move(statement));
  if (!changed) {
    co_return std::unexpected(std::move(changed.error()));
  }
  if (!*changed) {
    co_return row_has_changed(key, expected);
  }
  co_return **changed;
}

Task<Result<Written>> PostgresEngine::change_or_miss(Key key, std::string statement) {
  Result<std::optional<Written>> changed = co_await change(key, std::move(statement));
  if (!changed) {
    co_return std::unexpected(std::move(changed.error()));
  }
  if (!*changed) {
    co_return no_such_row(key, own_rows());
  }
  co_return **changed;
}

// Runs one statement that changes a row and returns what a write does; nothing if it found no row to change.
Task<Result<std::optional<Written>>> PostgresEngine::change(Key key, std::string statement) {
  for (unsigned attempts = 0;; ++attempts) {
    const bool usable = ready() || co_await get_ready();
    if (!usable) {
      co_return take_trouble();
    }
    const std::string text = statement + returned_text(dialect_, options_.row_versions);
    queue_text(text.c_str());
    queue_sync();
    Exchange exchange(*this, options_.op_limit_ns);
    co_await exchange;
    if (!trouble_) {
      if (::PQntuples(results_.front().get()) == 0) {
        co_return std::optional<Written>();
      }
      co_return write_result(key, attempts);
    }
    if (!may_retry(attempts)) {
      co_return take_trouble();
    }
    Pause pause(context_, pauses_.next_ns(attempts));
    co_await pause;
  }
}

Task<Result<void>> PostgresEngine::read_rows(Key first, std::span<Value> values) {
  for (unsigned attempts = 0;; ++attempts) {
    const bool usable = ready() || co_await get_ready();
    if (!usable) {
      co_return take_trouble();
    }
    list_ids(first, values.size());
    std::transform(id_lists_.begin(), id_lists_.end(), parameters_of_call_.begin(),
                   [](const std::string& list) { return list.c_str(); });
    queue_prepared(survey_statement, std::span(parameters_of_call_).first(id_lists_.size()));
    queue_sync();
    Exchange exchange(*this, options_.op_limit_ns);
    co_await exchange;
    if (!trouble_) {
      co_return survey_result(values);
    }
    if (!may_retry(attempts)) {
      co_return take_trouble();
    }
    Pause pause(context_, pauses_.next_ns(attempts));
    co_await pause;
  }
}

Task<Result<std::vector<std::vector<std::string>>>> PostgresEngine::ask(std::string statement) {
  const bool usable = ready() || co_await get_ready();
  if (!usable) {
    co_return take_trouble();
  }
  queue_text(statement.c_str());
  queue_sync();
  Exchange exchange(*this, options_.op_limit_ns);
  co_await exchange;
  if (trouble_) {
    co_return take_trouble();
  }
  std::vector<std::vector<std::string>> rows;
  const PGresult* result = results_.front().get();
  for (int row = 0; row < ::PQntuples(result); ++row) {
    std::vector<std::string>& cells = rows.emplace_back();
    for (int column = 0; column < ::PQnfields(result); ++column) {
      cells.emplace_back(cell(result, row, column));
    }
  }
  co_return rows;
}

// Puts what names the row to the beginning of the call's parameters; how many they are.
std::size_t PostgresEngine::name_row(Key key) {
  if (options_.own_table) {
    return options_.own_table->name_row(key, parameters_of_call_);
  }
  std::ranges::copy(product_id(key).text, id_text_.begin());
  parameters_of_call_[0] = id_text_.data();
  return 1;
}

void PostgresEngine::list_ids(Key first, std::size_t count) {
  if (first == id_list_first_ && count == id_list_count_ && !id_lists_.empty()) {
    return;
  }
  id_list_first_ = first;
  id_list_count_ = count;
  if (options_.own_table) {
    id_lists_ = options_.own_table->lists_of(first, count);
    return;
  }
  std::string list = "{";
  list.reserve((id_text_.size() * count) + 2);
  for (std::size_t each = 0; each < count; ++each) {
    list += product_id(Key(first.index + static_cast<std::uint32_t>(each))).view();
    list += each + 1 < count ? "," : "";
  }
  list += "}";
  id_lists_ = {std::move(list)};
}

// nullptr: those of the table stock.
const OwnTable* PostgresEngine::own_rows() const {
  return options_.own_table ? &options_.own_table->rows() : nullptr;
}

Result<std::optional<Row>> PostgresEngine::read_result(Key key, unsigned attempts) const {
  const PGresult* result = results_.front().get();
  if (::PQntuples(result) == 0) {
    return std::optional<Row>();
  }
  const std::string_view text = cell(result, 0, 0);
  const std::optional<Value> value = parse_quantity(text);
  if (!value) {
    return not_a_quantity(key, text, own_rows());
  }
  Row row;
  row.value = *value;
  if (options_.row_versions) {
    row.version = parse_row_version(cell(result, 0, 1));
  }
  row.retries = retries_of(attempts);
  return std::optional<Row>(row);
}

Result<Written> PostgresEngine::write_result(Key key, unsigned attempts) const {
  const PGresult* result = results_.front().get();
  if (::PQntuples(result) == 0) {
    return no_such_row(key, own_rows());
  }
  Written written;
  // A write whose token cannot be read still happened; only its place in the order is not known.
  written.version = version_of_token(dialect_, cell(result, 0, 0)).value_or(unknown_version);
  if (options_.row_versions) {
    written.row_version = parse_row_version(cell(result, 0, 1));
  }
  written.retries = retries_of(attempts);
  return written;
}

Result<void> PostgresEngine::survey_result(std::span<Value> values) const {
  const PGresult* result = results_.front().get();
  std::ranges::fill(values, absent);
  for (int row = 0; row < ::PQntuples(result); ++row) {
    const std::optional<Value> place = parse_quantity(cell(result, row, 0));
    const std::optional<Value> value = parse_quantity(cell(result, row, 1));
    if (!place || *place < 1 || static_cast<std::size_t>(*place) > values.size()) {
      return row_not_asked_for();
    }
    const auto index = static_cast<std::uint32_t>(*place) - 1;
    if (!value) {
      return not_a_quantity(Key(id_list_first_.index + index), cell(result, row, 1), own_rows());
    }
    values[index] = *value;
  }
  return {};
}

// Requires: trouble_.
bool PostgresEngine::may_retry(unsigned attempts) {
  return retry_helps_ && attempts < options_.retries_max;
}

std::unexpected<Error> PostgresEngine::take_trouble() {
  return std::unexpected(*std::exchange(trouble_, std::nullopt));
}

}  // namespace stalemate
