// How a MariaDbEngine gets its connection: address, login, what the server is, prepared statements.
#include <algorithm>
#include <chrono>
#include <utility>

#include "drivers/connection/keep_alive.hpp"
#include "drivers/mariadb/engine.hpp"

namespace stalemate {
namespace {

// A server's default may be to wait for a COMMIT. Which of the two names of the isolation level is there depends on the
// server.
constexpr const char* facts_text =
    "SET SESSION autocommit = 1; SHOW SESSION VARIABLES WHERE Variable_name IN"
    " ('version', 'tx_isolation', 'transaction_isolation', 'innodb_snapshot_isolation')";

// "REPEATABLE-READ" as other servers say it.
std::string plain_isolation(std::string text) {
  std::ranges::transform(text, text.begin(), [](char letter) {
    return letter == '-' ? ' ' : letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return text;
}

// What a server tells of its variables. REPEATABLE READ is a weaker promise than it is elsewhere, lost updates and all,
// unless innodb_snapshot_isolation is on; other levels are what they are without it. Source: MariaDB manual, "InnoDB
// System Variables".
SessionFacts facts_of(const TextRows& variables) {
  SessionFacts facts;
  bool has_snapshots = false;
  for (const std::vector<std::string>& row : variables) {
    if (row.front() == "version") {
      const MariaDbVersion told = parse_mariadb_version(row.back());
      facts.engine = told.engine;
      facts.version = told.version;
    } else if (row.front() == "innodb_snapshot_isolation") {
      has_snapshots = row.back() == "ON";
    } else {
      facts.isolation = plain_isolation(row.back());
    }
  }
  if (has_snapshots && facts.isolation == "repeatable read") {
    facts.isolation += ", innodb_snapshot_isolation";
  }
  return facts;
}

}  // namespace

Task<Result<SessionFacts>> MariaDbEngine::connect() {
  const bool usable = ready() || co_await get_ready();
  // The table may be made later; a call then says what is wrong with it, if it still is.
  if (!usable && state_ != State::idle) {
    co_return take_trouble();
  }
  co_return facts_;
}

// Checks, before a call is sent, whether an idle connection is still there.
bool MariaDbEngine::ready() {
  watch_.refresh();
  return state_ == State::idle && prepared_;
}

// False: trouble_ says why not, outcome `fail`.
Task<bool> MariaDbEngine::get_ready() {
  const bool opened = state_ == State::idle || co_await open();
  if (!opened) {
    co_return false;
  }
  const bool prepared = prepared_ || co_await prepare();
  co_return prepared;
}

Task<bool> MariaDbEngine::open() {
  if (!backoff_.over()) {
    trouble_ = last_failure_;
    co_return false;
  }
  connect_deadline_ = Backoff::Clock::now() + std::chrono::nanoseconds(options_.connect_limit_ns);
  Result<void> opened = co_await make_connection();
  if (opened) {
    opened = co_await ask_for_facts();
  }
  if (opened) {
    backoff_.succeeded();
    co_return true;
  }
  drop_connection();
  // In every case the call that needed the connection was not sent.
  last_failure_ = std::move(opened.error());
  last_failure_.outcome = Outcome::fail;
  trouble_ = last_failure_;
  backoff_.failed();
  co_return false;
}

// Names are resolved once, so that no later reconnect blocks the other sessions of the thread.
Task<Result<void>> MariaDbEngine::make_connection() {
  if (!target_) {
    Result<MariaDbTarget> found = mariadb_target(options_.url);
    if (!found) {
      co_return std::unexpected(std::move(found.error()));
    }
    target_ = std::move(*found);
  }
  Result<void> connected;
  for (std::size_t place = 0; place < target_->hosts.size(); ++place) {
    std::string host = target_->hosts[place];
    connected = co_await connect_to(std::move(host));
    if (connected || connected.error().code != ErrorCode::connection_refused) {
      break;
    }
  }
  co_return connected;
}

Task<Result<void>> MariaDbEngine::connect_to(std::string host) {
  drop_connection();
  connection_ = make_mysql();
  ::mysql_options(connection_.get(), MYSQL_OPT_NONBLOCK, nullptr);
  host_ = std::move(host);
  Calling calling(*this, Call::connect, connect_time_left_ns());
  co_await calling;
  if (trouble_) {
    co_return take_trouble();
  }
  state_ = State::idle;
  // One that needed no waiting is not watched yet.
  if (!watch_socket()) {
    co_return std::unexpected(
        cannot_reach_database(ErrorCode::connection_refused, options_.url, "the system watches no more sockets"));
  }
  keep_alive(::mysql_get_socket(connection_.get()));
  co_return Result<void>();
}

Task<Result<void>> MariaDbEngine::ask_for_facts() {
  text_ = facts_text;
  Calling calling(*this, Call::query, connect_time_left_ns());
  co_await calling;
  if (trouble_) {
    co_return take_trouble();
  }
  facts_ = facts_of(text_rows(done_.back().rows.get()));
  co_return Result<void>();
}

// False: trouble_ says why not, outcome `fail`.
Task<bool> MariaDbEngine::prepare() {
  statements_.forget();
  statements_.make(connection_.get(), options_);
  for (PreparedStatements::Statement& each : statements_.all()) {
    statement_ = each.handle.get();
    prepares_ = each.text;
    Calling calling(*this, Call::prepare, options_.op_limit_ns);
    co_await calling;
    if (trouble_) {
      trouble_->outcome = Outcome::fail;
      co_return false;
    }
  }
  if (!statements_.bind()) {
    lose(ErrorCode::protocol, "the database prepared other statements than it was given");
    trouble_->outcome = Outcome::fail;
    co_return false;
  }
  prepared_ = true;
  co_return true;
}

Nanoseconds MariaDbEngine::connect_time_left_ns() const {
  const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(connect_deadline_ - Backoff::Clock::now());
  return std::max<Nanoseconds>(left.count(), 1);
}

}  // namespace stalemate
