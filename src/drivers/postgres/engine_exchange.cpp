// How a PostgresEngine moves bytes: libpq's pipeline mode, told when its socket is ready.
#include <sys/socket.h>

#include <chrono>
#include <utility>

#include "drivers/postgres/engine.hpp"
#include "drivers/postgres/errors.hpp"

namespace stalemate {
namespace {

bool is_error(const PGresult* result) {
  const ExecStatusType status = ::PQresultStatus(result);
  return status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_PIPELINE_ABORTED;
}

// After these the prepared statements or the connection are of no more use.
bool needs_new_connection(const SqlError& error) {
  return error.connection_ends || error.state.empty() || error.state == "26000" || error.state == "0A000" ||
         error.state.starts_with("08");
}

}  // namespace

void PostgresEngine::queue_text(const char* text) {
  queue_failed_ |= ::PQsendQueryParams(connection_.get(), text, 0, nullptr, nullptr, nullptr, nullptr, 0) == 0;
  ++statements_queued_;
}

void PostgresEngine::queue_prepare(const char* name, const char* text) {
  queue_failed_ |= ::PQsendPrepare(connection_.get(), name, text, 0, nullptr) == 0;
  ++statements_queued_;
}

void PostgresEngine::queue_prepared(const char* name, std::span<const char* const> parameters) {
  queue_failed_ |= ::PQsendQueryPrepared(connection_.get(), name, static_cast<int>(parameters.size()),
                                         parameters.data(), nullptr, nullptr, 0) == 0;
  ++statements_queued_;
}

void PostgresEngine::queue_sync() {
  queue_failed_ |= ::PQpipelineSync(connection_.get()) == 0;
  ++syncs_awaited_;
}

// False: the exchange has ended in trouble already.
bool PostgresEngine::begin_exchange(Nanoseconds limit_ns, std::coroutine_handle<> handle) {
  state_ = State::exchanging;
  trouble_.reset();
  retry_helps_ = false;
  results_.clear();
  exchange_limit_ns_ = limit_ns;
  if (queue_failed_ || !flush()) {
    lose(ErrorCode::connection_lost, first_line(::PQerrorMessage(connection_.get())));
    return false;
  }
  waiting_ = handle;
  watch_.begin_wait(*this, limit_ns);
  return true;
}

bool PostgresEngine::flush() {
  const int rest = ::PQflush(connection_.get());
  if (rest < 0) {
    return false;
  }
  if (writing_waits_ != (rest > 0)) {
    writing_waits_ = rest > 0;
    watch_.want_write(*this, socket_, writing_waits_);
  }
  return true;
}

void PostgresEngine::socket_ready(bool hung_up) {
  switch (state_) {
    case State::connecting:
      watch_.end_wait(*this);
      std::exchange(waiting_, {}).resume();
      return;
    case State::exchanging: receive(); return;
    case State::idle:
      // Notices and parameter changes come unasked; they are read and dropped.
      if (hung_up || ::PQconsumeInput(connection_.get()) == 0 || ::PQisBusy(connection_.get()) != 0) {
        lose_connection();
      }
      return;
    case State::closed: return;
  }
}

void PostgresEngine::receive() {
  bool alive = ::PQconsumeInput(connection_.get()) != 0 && (!writing_waits_ || flush());
  // The server's last words may have come with the end of the connection.
  const bool complete = collect_results();
  alive = alive && ::PQstatus(connection_.get()) == CONNECTION_OK;
  if (!complete && alive) {
    return;
  }
  if (complete) {
    state_ = State::idle;
  }
  judge_results();
  if (!trouble_ && !complete) {
    lose(ErrorCode::connection_lost, first_line(::PQerrorMessage(connection_.get())));
  } else if (!trouble_ && results_.size() < statements_queued_) {
    lose(ErrorCode::protocol, "the database answered fewer statements than were sent");
  } else if (!complete) {
    lose_connection();
  }
  finish_exchange();
}

// True: all that was awaited has come.
bool PostgresEngine::collect_results() {
  bool ended = false;
  while (syncs_awaited_ > 0 && ::PQisBusy(connection_.get()) == 0) {
    ResultPointer result(::PQgetResult(connection_.get()));
    if (!result) {
      // The end of one statement's results; a second one in a row means that nothing will follow.
      if (std::exchange(ended, true)) {
        break;
      }
      continue;
    }
    ended = false;
    if (::PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) {
      --syncs_awaited_;
    } else {
      results_.push_back(std::move(result));
    }
  }
  return syncs_awaited_ == 0;
}

// The first error decides. One that follows the results of all statements is of the commit that a sync implies.
void PostgresEngine::judge_results() {
  for (std::size_t place = 0; place < results_.size(); ++place) {
    const PGresult* result = results_[place].get();
    if (!is_error(result)) {
      continue;
    }
    const SqlError error = error_of(result);
    if (error.state.empty()) {
      lose(ErrorCode::connection_lost, first_line(::PQresultErrorMessage(result)));
      return;
    }
    trouble_ = sql_error(error, place < statements_queued_ ? SqlPhase::statement : SqlPhase::commit);
    retry_helps_ = worth_a_retry(error.state) && !error.connection_ends;
    if (error.connection_ends) {
      lose_connection();
    } else if (needs_new_connection(error)) {
      drop_connection();
    }
    return;
  }
}

void PostgresEngine::finish_exchange() {
  statements_queued_ = 0;
  watch_.end_wait(*this);
  std::exchange(waiting_, {}).resume();
}

void PostgresEngine::time_is_up() {
  if (state_ == State::connecting) {
    connect_timed_out_ = true;
  } else {
    lose(ErrorCode::timed_out, "the database did not answer within the time limit");
  }
  std::exchange(waiting_, {}).resume();
}

// What libpq was given may have reached the server, so nothing lost is certain not to have happened.
void PostgresEngine::lose(ErrorCode code, std::string_view problem) {
  trouble_ = Error{code, queue_failed_ ? Outcome::fail : Outcome::info,
                   problem.empty() ? "the database closed the connection" : std::string(problem)};
  lose_connection(code == ErrorCode::timed_out ? exchange_limit_ns_ : 0);
}

// The next one is made to another node, where there is one.
void PostgresEngine::lose_connection(Nanoseconds silent_ns) {
  options_.nodes->lost(node_, DatabaseNodes::Clock::now() - std::chrono::nanoseconds(silent_ns));
  drop_connection();
}

void PostgresEngine::drop_connection() {
  if (socket_ >= 0) {
    // Where libpq has closed the socket already, this is -1, and the old number may soon be another's.
    const int socket = ::PQsocket(connection_.get());
    watch_.forget(*this, socket);
    if (state_ != State::idle) {
      // PQfinish would wait until a server that does not read has taken what is still unsent.
      ::shutdown(socket, SHUT_RDWR);
    }
    socket_ = -1;
  }
  connection_.reset();
  state_ = State::closed;
  prepared_ = false;
  queue_failed_ = false;
  writing_waits_ = false;
  statements_queued_ = 0;
  syncs_awaited_ = 0;
}

}  // namespace stalemate
