// How a MariaDbEngine makes libmariadb's calls, told when its socket is ready.
#include <sys/socket.h>

#include <utility>

#include "core/assert.hpp"
#include "drivers/mariadb/engine.hpp"

namespace stalemate {

// True: it has ended already.
bool MariaDbEngine::begin(Call call, Nanoseconds limit_ns) {
  trouble_.reset();
  retry_helps_ = false;
  done_.clear();
  limit_ns_ = limit_ns;
  state_ = call == Call::connect ? State::connecting : State::calling;
  call_ = call;
  waits_for_ = start();
  const bool ended = run_on();
  if (ended) {
    end_calls();
  }
  return ended;
}

void MariaDbEngine::wait(std::coroutine_handle<> handle) {
  waiting_ = handle;
  watch_.begin_wait(*this, limit_ns_);
}

int MariaDbEngine::start() {
  MYSQL* const connection = connection_.get();
  switch (call_) {
    case Call::connect: {
      const MariaDbAddress& at = target_->address;
      const auto text_or_none = [](const std::string& text) { return text.empty() ? nullptr : text.c_str(); };
      return ::mysql_real_connect_start(&connected_, connection, text_or_none(host_), text_or_none(at.user),
                                        at.password.c_str(), at.database.c_str(), at.port, text_or_none(at.socket_path),
                                        mariadb_client_flags);
    }
    case Call::prepare: return ::mysql_stmt_prepare_start(&code_, statement_, prepares_.data(), prepares_.size());
    case Call::execute: return ::mysql_stmt_execute_start(&code_, statement_);
    case Call::store_rows: return ::mysql_stmt_store_result_start(&code_, statement_);
    case Call::query: return ::mysql_real_query_start(&code_, connection, text_.data(), text_.size());
    case Call::store_result: return ::mysql_store_result_start(&stored_, connection);
    case Call::next_result: return ::mysql_next_result_start(&code_, connection);
  }
  return 0;
}

int MariaDbEngine::go_on_with(int events) {
  MYSQL* const connection = connection_.get();
  switch (call_) {
    case Call::connect: return ::mysql_real_connect_cont(&connected_, connection, events);
    case Call::prepare: return ::mysql_stmt_prepare_cont(&code_, statement_, events);
    case Call::execute: return ::mysql_stmt_execute_cont(&code_, statement_, events);
    case Call::store_rows: return ::mysql_stmt_store_result_cont(&code_, statement_, events);
    case Call::query: return ::mysql_real_query_cont(&code_, connection, events);
    case Call::store_result: return ::mysql_store_result_cont(&stored_, connection, events);
    case Call::next_result: return ::mysql_next_result_cont(&code_, connection, events);
  }
  return 0;
}

// True: this call and all that follow from it have ended. False: they wait for the socket.
bool MariaDbEngine::run_on() {
  while (waits_for_ == 0) {
    note_end();
    const std::optional<Call> next = trouble_ ? std::nullopt : following();
    if (!next) {
      return true;
    }
    call_ = *next;
    waits_for_ = start();
  }
  if (!watch_socket()) {
    lose(ErrorCode::connection_refused, "the system watches no more sockets");
    return true;
  }
  return false;
}

bool MariaDbEngine::watch_socket() {
  const int socket = ::mysql_get_socket(connection_.get());
  watched_ = watched_ || watch_.watch(*this, socket);
  const bool writing = (waits_for_ & MYSQL_WAIT_WRITE) != 0;
  if (watched_ && writing != writing_waits_) {
    writing_waits_ = writing;
    watch_.want_write(*this, socket, writing);
  }
  return watched_;
}

// What the call that just ended came to.
void MariaDbEngine::note_end() {
  switch (call_) {
    case Call::connect:
      if (connected_ == nullptr) {
        note_failure(last_error_of(connection_.get()));
      }
      return;
    case Call::prepare:
    case Call::execute:
    case Call::store_rows:
      if (code_ != 0) {
        note_failure(last_error_of(statement_));
      }
      return;
    case Call::query:
    case Call::next_result:
      if (code_ > 0) {
        note_failure(last_error_of(connection_.get()));
      } else if (::mysql_field_count(connection_.get()) == 0) {
        done_.push_back({::mysql_affected_rows(connection_.get()), ::mysql_insert_id(connection_.get()), {}});
      }
      return;
    case Call::store_result:
      if (stored_ == nullptr) {
        note_failure(last_error_of(connection_.get()));
      } else {
        done_.push_back({0, 0, RowsPointer(std::exchange(stored_, nullptr))});
      }
      return;
  }
}

// The call that brings the rest of an answer, after one without trouble.
std::optional<MariaDbEngine::Call> MariaDbEngine::following() {
  switch (call_) {
    case Call::execute:
      return ::mysql_stmt_field_count(statement_) > 0 ? std::optional(Call::store_rows) : std::nullopt;
    case Call::query:
    case Call::next_result:
      if (::mysql_field_count(connection_.get()) > 0) {
        return Call::store_result;
      }
      [[fallthrough]];
    case Call::store_result:
      return ::mysql_more_results(connection_.get()) != 0 ? std::optional(Call::next_result) : std::nullopt;
    default: return std::nullopt;
  }
}

void MariaDbEngine::note_failure(const MariaDbError& error) {
  if (state_ == State::connecting) {
    trouble_ = mariadb_connection_error(error, options_.url, target_->address);
    return;
  }
  const bool is_commit = state_ == State::calling && done_.size() == commits_at_;
  trouble_ = mariadb_error(error, is_commit ? SqlPhase::commit : SqlPhase::statement);
  retry_helps_ = is_conflict(error);
  // What was prepared before the server lost it is of no use either.
  constexpr unsigned unknown_statement = 1243;
  if (ends_connection(error) || error.number == unknown_statement) {
    drop_connection();
  }
}

void MariaDbEngine::end_calls() {
  watch_.end_wait(*this);
  if (state_ == State::calling) {
    state_ = State::idle;
  }
}

void MariaDbEngine::socket_ready(bool /*hung_up*/) {
  switch (state_) {
    case State::connecting:
    case State::calling:
      // The library's own time limits are not used: none of them has passed.
      waits_for_ = go_on_with(waits_for_ & ~MYSQL_WAIT_TIMEOUT);
      if (run_on()) {
        end_calls();
        std::exchange(waiting_, {}).resume();
      }
      return;
    case State::idle:
      // A server says nothing unasked but that it ends the connection.
      drop_connection();
      return;
    case State::closed: return;
  }
}

void MariaDbEngine::time_is_up() {
  if (state_ == State::connecting) {
    lose(ErrorCode::timed_out, "it did not answer within the time limit");
    trouble_ = cannot_reach_database(ErrorCode::timed_out, options_.url, trouble_->detail);
  } else {
    lose(ErrorCode::timed_out, "the database did not answer within the time limit");
  }
  std::exchange(waiting_, {}).resume();
}

// The request may have reached the server, so nothing lost is certain not to have happened.
void MariaDbEngine::lose(ErrorCode code, std::string_view problem) {
  trouble_ = Error{code, Outcome::info, std::string(problem)};
  drop_connection();
}

// The call's stack is left as by one that failed: it finds its time to be over and its socket shut.
void MariaDbEngine::give_up_call() {
  constexpr int steps_max = 1000;
  for (int steps = 0; waits_for_ != 0; ++steps) {
    STALEMATE_ASSERT(steps < steps_max, "a call of libmariadb that is told that its time is over ends");
    waits_for_ = go_on_with(MYSQL_WAIT_TIMEOUT);
  }
  ::mysql_free_result(std::exchange(stored_, nullptr));
}

void MariaDbEngine::drop_connection() {
  if (connection_) {
    // Where the library has closed the socket already, this is -1, and the old number may soon be another's.
    const int socket = ::mysql_get_socket(connection_.get());
    if (std::exchange(watched_, false)) {
      watch_.forget(*this, socket);
    }
    if (state_ != State::idle) {
      // mysql_close would wait until a server that does not read has taken what is still unsent.
      ::shutdown(socket, SHUT_RDWR);
    }
    give_up_call();
  }
  done_.clear();
  connection_.reset();
  statements_.forget();
  state_ = State::closed;
  prepared_ = false;
  writing_waits_ = false;
}

}  // namespace stalemate
