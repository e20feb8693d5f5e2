#include "live/isolation_sessions.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <mysql.h>
#include <poll.h>

#include <chrono>
#include <thread>

#include "drivers/mariadb/connection.hpp"
#include "drivers/postgres/connection.hpp"
#include "drivers/run_task.hpp"

namespace stalemate {
namespace {

constexpr int poll_ms = 5;

bool has_something_to_read(int socket) {
  pollfd wanted = {.fd = socket, .events = POLLIN, .revents = 0};
  return ::poll(&wanted, 1, poll_ms) > 0;
}

class LibpqSession final : public IsolationSession {
 public:
  explicit LibpqSession(const ServerAddress& address) : connection_(::PQconnectdb(address.url.c_str())) {
    EXPECT_EQ(::PQstatus(connection_.get()), CONNECTION_OK) << ::PQerrorMessage(connection_.get());
    ::PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
  }

  void send(const std::string& statement) override {
    EXPECT_EQ(::PQsendQuery(connection_.get(), statement.c_str()), 1) << ::PQerrorMessage(connection_.get());
  }

  [[nodiscard]] std::optional<StatementAnswer> poll() override {
    if (has_something_to_read(::PQsocket(connection_.get()))) {
      ::PQconsumeInput(connection_.get());
    }
    if (::PQisBusy(connection_.get()) != 0) {
      return std::nullopt;
    }
    StatementAnswer answer;
    for (ResultPointer result(::PQgetResult(connection_.get())); result;
         result.reset(::PQgetResult(connection_.get()))) {
      take(result.get(), answer);
    }
    return answer;
  }

 private:
  static void take(const PGresult* result, StatementAnswer& answer) {
    const ExecStatusType status = ::PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
      answer.refusal = ::PQresultErrorMessage(result);
    }
    for (int row = 0; row < ::PQntuples(result); ++row) {
      std::vector<std::string>& cells = answer.rows.emplace_back();
      for (int column = 0; column < ::PQnfields(result); ++column) {
        cells.emplace_back(::PQgetvalue(result, row, column));
      }
    }
  }

  ConnectionPointer connection_;
};

class LibmariadbSession final : public IsolationSession {
 public:
  explicit LibmariadbSession(const ServerAddress& address) : connection_(make_mysql()) {
    EXPECT_NE(
        ::mysql_real_connect(connection_.get(), address.host.c_str(), address.user.c_str(), address.password.c_str(),
                             address.database.c_str(), address.port, nullptr, mariadb_client_flags),
        nullptr)
        << ::mysql_error(connection_.get());
  }

  void send(const std::string& statement) override {
    EXPECT_EQ(::mysql_send_query(connection_.get(), statement.c_str(), statement.size()), 0)
        << ::mysql_error(connection_.get());
  }

  [[nodiscard]] std::optional<StatementAnswer> poll() override {
    if (!has_something_to_read(::mysql_get_socket(connection_.get()))) {
      return std::nullopt;
    }
    StatementAnswer answer;
    if (::mysql_read_query_result(connection_.get()) != 0) {
      answer.refusal = ::mysql_error(connection_.get());
    } else if (const RowsPointer rows(::mysql_store_result(connection_.get())); rows) {
      answer.rows = text_rows(rows.get());
    }
    return answer;
  }

 private:
  MysqlPointer connection_;
};

class DriverSession final : public IsolationSession {
 public:
  DriverSession(boost::asio::io_context& context, std::unique_ptr<DatabaseSession> session)
      : context_(context), session_(std::move(session)), texts_(dynamic_cast<SqlSession*>(session_.get())) {
    EXPECT_NE(texts_, nullptr) << "this driver takes no statements as texts";
  }

  void send(const std::string& statement) override {
    under_way_ = texts_->ask(statement);
    under_way_.start();
  }

  [[nodiscard]] std::optional<StatementAnswer> poll() override {
    if (!under_way_.done()) {
      context_.restart();
      context_.run_for(std::chrono::milliseconds(poll_ms));
    }
    if (!under_way_.done()) {
      return std::nullopt;
    }
    StatementAnswer answer;
    if (Result<std::vector<std::vector<std::string>>> rows = under_way_.take(); rows) {
      answer.rows = std::move(*rows);
    } else {
      answer.refusal = rows.error().detail;
    }
    return answer;
  }

 private:
  boost::asio::io_context& context_;
  std::unique_ptr<DatabaseSession> session_;
  SqlSession* texts_;
  Task<Result<std::vector<std::vector<std::string>>>> under_way_ = {};
};

}  // namespace

StatementAnswer IsolationSession::ask(const std::string& statement) {
  send(statement);
  std::optional<StatementAnswer> answer = poll();
  while (!answer) {
    answer = poll();
  }
  return std::move(*answer);
}

std::unique_ptr<IsolationSession> libpq_session(const ServerAddress& address) {
  return std::make_unique<LibpqSession>(address);
}

std::unique_ptr<IsolationSession> libmariadb_session(const ServerAddress& address) {
  return std::make_unique<LibmariadbSession>(address);
}

std::unique_ptr<IsolationSession> driver_session(boost::asio::io_context& context,
                                                 std::unique_ptr<DatabaseSession> session) {
  return std::make_unique<DriverSession>(context, std::move(session));
}

LockQuestions postgres_lock_questions() {
  return {.own_number = "SELECT pg_backend_pid()",
          .waits =
              "SELECT pid, unnest(pg_blocking_pids(pid)) FROM pg_stat_activity"
              " WHERE backend_type = 'client backend'"};
}

// InnoDB answers from a copy, which it makes anew only where nobody has read it for a tenth of a second.
// Source: MariaDB manual, "Information Schema INNODB_LOCK_WAITS Table"; storage/innobase/trx/trx0i_s.cc.
LockQuestions mariadb_lock_questions() {
  return {.own_number = "SELECT CONNECTION_ID()",
          .waits =
              "SELECT waits.trx_mysql_thread_id, holds.trx_mysql_thread_id"
              " FROM information_schema.innodb_lock_waits pairs"
              " JOIN information_schema.innodb_trx waits ON waits.trx_id = pairs.requesting_trx_id"
              " JOIN information_schema.innodb_trx holds ON holds.trx_id = pairs.blocking_trx_id",
          .pause_ms = 120};
}

// Source: CockroachDB manual, "crdb_internal": cluster_locks is there since version 22.1.
LockQuestions cockroach_lock_questions() {
  return {.own_number = "SHOW session_id",
          .waits =
              "SELECT waits.session_id, holds.session_id FROM crdb_internal.cluster_locks wanted"
              " JOIN crdb_internal.cluster_locks held ON held.lock_key = wanted.lock_key AND held.granted"
              " JOIN crdb_internal.cluster_transactions waits ON waits.id = wanted.txn_id"
              " JOIN crdb_internal.cluster_transactions holds ON holds.id = held.txn_id"
              " WHERE NOT wanted.granted"};
}

std::string LockWatch::number_of(IsolationSession& session) const {
  const StatementAnswer answer = session.ask(std::string(questions_.own_number));
  EXPECT_EQ(answer.refusal, "");
  return answer.rows.empty() ? "" : answer.rows.front().front();
}

std::vector<std::pair<std::string, std::string>> LockWatch::waits() {
  std::this_thread::sleep_for(std::chrono::milliseconds(questions_.pause_ms));
  const StatementAnswer answer = session_->ask(std::string(questions_.waits));
  EXPECT_EQ(answer.refusal, "");
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::vector<std::string>& row : answer.rows) {
    pairs.emplace_back(row.front(), row.back());
  }
  return pairs;
}

}  // namespace stalemate
