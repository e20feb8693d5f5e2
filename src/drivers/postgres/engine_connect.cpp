// How a PostgresEngine gets its connection: parameters, libpq's polling, isolation level, prepared statements.
#include <algorithm>
#include <chrono>
#include <utility>

#include "drivers/postgres/engine.hpp"
#include "drivers/postgres/own_table/own_statements.hpp"
#include "drivers/postgres/statements.hpp"
#include "drivers/url.hpp"

namespace stalemate {
// Waits until libpq's socket is ready or the time for connecting is over.
struct PostgresEngine::WaitForSocket {
  PostgresEngine& engine;
  Nanoseconds limit_ns;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    engine.waiting_ = handle;
    engine.watch_.begin_wait(engine, limit_ns);
  }
  void await_resume() const noexcept {}
};

Task<Result<SessionFacts>> PostgresEngine::connect() {
  const bool usable = ready() || co_await get_ready();
  // The table may be made later; a call then says what is wrong with it, if it still is.
  if (!usable && state_ != State::idle) {
    co_return take_trouble();
  }
  co_return facts_;
}

// False: trouble_ says why not, outcome `fail`.
Task<bool> PostgresEngine::get_ready() {
  const bool opened = state_ == State::idle || co_await open();
  if (!opened) {
    co_return false;
  }
  const bool prepared = prepared_ || co_await prepare();
  co_return prepared;
}

Task<bool> PostgresEngine::open() {
  if (!backoff_.over()) {
    trouble_ = last_failure_;
    co_return false;
  }
  const auto deadline = Backoff::Clock::now() + std::chrono::nanoseconds(options_.connect_limit_ns);
  const std::vector<std::size_t> order = options_.nodes->order_for(options_.session);
  std::optional<Error> first_failure;
  for (std::size_t place = 0; place < order.size(); ++place) {
    // One that does not answer leaves the nodes behind it their share of the time.
    const auto now = Backoff::Clock::now();
    connect_deadline_ = now + (deadline - now) / static_cast<std::int64_t>(order.size() - place);
    const std::size_t node = order[place];
    const Result<void> opened = co_await open_node(node);
    if (opened) {
      backoff_.succeeded();
      co_return true;
    }
    first_failure = first_failure.value_or(opened.error());
    if (!another_node_may_do(opened.error().code)) {
      break;
    }
  }
  // In every case the call that needed the connection was not sent.
  last_failure_ = and_no_other_node(std::move(*first_failure), *options_.nodes);
  last_failure_.outcome = Outcome::fail;
  trouble_ = last_failure_;
  backoff_.failed();
  co_return false;
}

Task<Result<void>> PostgresEngine::open_node(std::size_t node) {
  node_ = node;
  options_.url = options_.nodes->url(node);
  Result<void> result = find_parameters();
  if (result) {
    result = co_await make_connection();
  }
  if (result) {
    result = co_await ask_for_facts();
  }
  if (result) {
    options_.nodes->reached(node);
  } else {
    drop_connection();
    tell_nodes(*options_.nodes, node, result.error().code);
  }
  co_return result;
}

// Names are resolved once, so that no later reconnect blocks the other sessions of the thread.
Result<void> PostgresEngine::find_parameters() {
  if (!parameters_[node_]) {
    Result<ConnectionParameters> found = connection_parameters(options_.url);
    if (!found) {
      return std::unexpected(std::move(found.error()));
    }
    parameters_[node_] = std::move(*found);
  }
  return {};
}

Task<Result<void>> PostgresEngine::make_connection() {
  drop_connection();
  connection_ = begin_connection(*parameters_[node_]);
  if (::PQstatus(connection_.get()) == CONNECTION_BAD) {
    co_return std::unexpected(connection_error(connection_.get(), options_.url, *parameters_[node_]));
  }
  state_ = State::connecting;
  connect_timed_out_ = false;
  PostgresPollingStatusType polling = PGRES_POLLING_WRITING;
  while (polling != PGRES_POLLING_OK) {
    // libpq may close the socket and open another at every step, under the same number too.
    socket_ = ::PQsocket(connection_.get());
    if (!watch_.watch(*this, socket_)) {
      co_return cannot_connect(ErrorCode::connection_refused, "the system watches no more sockets");
    }
    if (polling == PGRES_POLLING_WRITING) {
      watch_.want_write(*this, socket_, true);
    }
    WaitForSocket wait(*this, connect_time_left_ns());
    co_await wait;
    watch_.forget(*this, std::exchange(socket_, -1));
    if (connect_timed_out_) {
      co_return cannot_connect(ErrorCode::timed_out, "it did not answer within the time limit");
    }
    polling = ::PQconnectPoll(connection_.get());
    if (polling == PGRES_POLLING_FAILED) {
      co_return std::unexpected(connection_error(connection_.get(), options_.url, *parameters_[node_]));
    }
  }
  ::PQsetErrorVerbosity(connection_.get(), PQERRORS_DEFAULT);
  socket_ = ::PQsocket(connection_.get());
  if (!watch_.watch(*this, socket_) || ::PQsetnonblocking(connection_.get(), 1) != 0 ||
      ::PQenterPipelineMode(connection_.get()) == 0) {
    co_return cannot_connect(ErrorCode::defect, ::PQerrorMessage(connection_.get()));
  }
  state_ = State::idle;
  co_return Result<void>();
}

// Each query is a separate transaction, so that the last one sees the isolation level that the second one set.
Task<Result<void>> PostgresEngine::ask_for_facts() {
  queue_text("SELECT version()");
  queue_sync();
  const char* const set_isolation = set_isolation_text(options_.isolation);
  if (set_isolation != nullptr) {
    queue_text(set_isolation);
    queue_sync();
  }
  queue_text("SHOW transaction_isolation");
  queue_sync();
  Exchange exchange(*this, connect_time_left_ns());
  co_await exchange;
  if (trouble_) {
    co_return take_trouble();
  }
  const PGresult* version = results_.front().get();
  const PGresult* isolation = results_.back().get();
  if (::PQntuples(version) != 1 || ::PQntuples(isolation) != 1) {
    co_return cannot_connect(ErrorCode::protocol, "it does not tell its version");
  }
  const ServerVersion told = parse_server_version(::PQgetvalue(version, 0, 0));
  dialect_ = options_.dialect == Dialect::detect ? told.dialect : options_.dialect;
  facts_.engine = told.engine;
  facts_.version = told.version;
  facts_.isolation = ::PQgetvalue(isolation, 0, 0);
  co_return Result<void>();
}

// False: trouble_ says why not, outcome `fail`.
Task<bool> PostgresEngine::prepare() {
  const StatementTexts texts =
      options_.own_table ? options_.own_table->texts() : statement_texts(dialect_, options_.row_versions);
  // An attempt that failed half-way leaves statements behind.
  queue_text("DEALLOCATE ALL");
  if (dialect_ == Dialect::postgres && options_.isolation == Isolation::serializable) {
    // A sequential scan, which the planner likes for a small table, takes a predicate lock on the whole of it; then
    // every read conflicts with every write. Source: PostgreSQL 15 manual, 13.2.3 "Serializable Isolation Level".
    queue_text("SET enable_seqscan = off");
  }
  queue_prepare(read_statement, texts.read);
  queue_prepare(write_statement, texts.write);
  if (options_.outbox) {
    queue_prepare(message_statement, texts.message);
  }
  queue_prepare(survey_statement, texts.survey);
  queue_sync();
  Exchange exchange(*this, options_.op_limit_ns);
  co_await exchange;
  if (trouble_) {
    trouble_->outcome = Outcome::fail;
    co_return false;
  }
  prepared_ = true;
  co_return true;
}

Nanoseconds PostgresEngine::connect_time_left_ns() const {
  const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(connect_deadline_ - Backoff::Clock::now());
  return std::max<Nanoseconds>(left.count(), 1);
}

std::unexpected<Error> PostgresEngine::cannot_connect(ErrorCode code, std::string_view problem) const {
  return std::unexpected(cannot_reach_database(code, options_.url, problem));
}

}  // namespace stalemate
