// Asks Postgres (or CockroachDB) through libpq, MariaDB through libmariadb and Redis through hiredis, each within a
// time limit.
#include "servers/engines/probes.hpp"

#include <hiredis/hiredis.h>
#include <libpq-fe.h>
#include <mysql.h>
#include <poll.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>

namespace stalemate {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
  void operator()(MYSQL* connection) const { mysql_close(connection); }
  void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
template <class T>
using Owned = std::unique_ptr<T, CloseConnection>;

std::string trimmed(const char* text) {
  std::string sentence(text);
  while (!sentence.empty() && sentence.back() == '\n') {
    sentence.pop_back();
  }
  return sentence;
}

/// False when the deadline passed first.
bool wait_for(PGconn* connection, short events, SteadyClock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now()).count();
  pollfd waiting = {.fd = PQsocket(connection), .events = events, .revents = 0};
  return left > 0 && poll(&waiting, 1, static_cast<int>(left)) > 0;
}

Result<void> connect(PGconn* connection, SteadyClock::time_point deadline) {
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (PQstatus(connection) != CONNECTION_BAD) {
    if (!wait_for(connection, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline)) {
      return failed(ErrorCode::timed_out, "the server did not finish the connection in time");
    }
    state = PQconnectPoll(connection);
    if (state == PGRES_POLLING_OK) {
      return {};
    }
    if (state == PGRES_POLLING_FAILED) {
      break;
    }
  }
  const bool wrong_password = PQconnectionUsedPassword(connection) != 0;
  return failed(wrong_password ? ErrorCode::authentication : ErrorCode::connection_refused,
                trimmed(PQerrorMessage(connection)));
}

Result<Owned<PGresult>> first_result(PGconn* connection, SteadyClock::time_point deadline) {
  while (PQisBusy(connection) != 0) {
    if (!wait_for(connection, POLLIN, deadline)) {
      return failed(ErrorCode::timed_out, "the server did not answer in time");
    }
    if (PQconsumeInput(connection) == 0) {
      return failed(ErrorCode::connection_lost, trimmed(PQerrorMessage(connection)));
    }
  }
  return Owned<PGresult>(PQgetResult(connection));
}

timeval time_value(Nanoseconds limit_ns) {
  constexpr Nanoseconds second = 1'000'000'000;
  return {.tv_sec = limit_ns / second, .tv_usec = (limit_ns % second) / 1'000};
}

template <class... Words>
Result<Owned<redisReply>> command(redisContext* context, const char* format, Words... words) {
  Owned<redisReply> reply(static_cast<redisReply*>(redisCommand(context, format, words...)));
  if (!reply) {
    return failed(ErrorCode::timed_out, context->errstr);
  }
  if (reply->type == REDIS_REPLY_ERROR) {
    const std::string sentence(reply->str, reply->len);
    return failed(sentence.starts_with("WRONGPASS") || sentence.starts_with("NOAUTH") ? ErrorCode::authentication
                                                                                      : ErrorCode::refused_by_server,
                  sentence);
  }
  return reply;
}

}  // namespace

Result<std::vector<std::string>> ask_postgres(const ServerAddress& address, const std::string& statement,
                                              Nanoseconds limit_ns) {
  const auto deadline = SteadyClock::now() + std::chrono::nanoseconds(limit_ns);
  const std::string port = std::to_string(address.port);
  const std::array<const char*, 9> names = {"hostaddr", "port",    "user",       "password", "dbname",
                                            "sslmode",  "options", "gssencmode", nullptr};
  const std::array<const char*, 9> values = {address.host.c_str(),
                                             port.c_str(),
                                             address.user.c_str(),
                                             address.password.c_str(),
                                             address.database.c_str(),
                                             "disable",
                                             " ",
                                             "disable",
                                             nullptr};
  const Owned<PGconn> connection(PQconnectStartParams(names.data(), values.data(), 0));
  if (!connection) {
    return failed(ErrorCode::unavailable, "out of memory");
  }
  if (const Result<void> connected = connect(connection.get(), deadline); !connected) {
    return std::unexpected(connected.error());
  }
  if (PQsendQuery(connection.get(), statement.c_str()) == 0) {
    return failed(ErrorCode::connection_lost, trimmed(PQerrorMessage(connection.get())));
  }
  const Result<Owned<PGresult>> result = first_result(connection.get(), deadline);
  if (!result) {
    return std::unexpected(result.error());
  }
  if (PQresultStatus(result->get()) != PGRES_TUPLES_OK || PQntuples(result->get()) < 1) {
    return failed(ErrorCode::refused_by_server, trimmed(PQerrorMessage(connection.get())));
  }
  const int column_count = PQnfields(result->get());
  std::vector<std::string> columns;
  columns.reserve(static_cast<std::size_t>(column_count));
  for (int column = 0; column < column_count; ++column) {
    columns.emplace_back(PQgetvalue(result->get(), 0, column));
  }
  return columns;
}

Result<std::vector<std::string>> ask_mariadb(const ServerAddress& address, const std::string& statement,
                                             Nanoseconds limit_ns) {
  constexpr Nanoseconds second = 1'000'000'000;
  const auto limit_s = static_cast<unsigned>(std::max<Nanoseconds>(limit_ns / second, 1));
  const Owned<MYSQL> connection(mysql_library_init(0, nullptr, nullptr) == 0 ? mysql_init(nullptr) : nullptr);
  if (!connection) {
    return failed(ErrorCode::unavailable, "out of memory");
  }
  for (const auto limit : {MYSQL_OPT_CONNECT_TIMEOUT, MYSQL_OPT_READ_TIMEOUT, MYSQL_OPT_WRITE_TIMEOUT}) {
    mysql_options(connection.get(), limit, &limit_s);
  }
  if (mysql_real_connect(connection.get(), address.host.c_str(), address.user.c_str(), address.password.c_str(),
                         address.database.c_str(), address.port, nullptr, 0) == nullptr) {
    constexpr unsigned access_denied = 1045;
    const bool wrong_password = mysql_errno(connection.get()) == access_denied;
    return failed(wrong_password ? ErrorCode::authentication : ErrorCode::connection_refused,
                  mysql_error(connection.get()));
  }
  if (mysql_real_query(connection.get(), statement.data(), statement.size()) != 0) {
    return failed(ErrorCode::refused_by_server, mysql_error(connection.get()));
  }
  const Owned<MYSQL_RES> result(mysql_store_result(connection.get()));
  const MYSQL_ROW row = result ? mysql_fetch_row(result.get()) : nullptr;
  if (row == nullptr) {
    return failed(ErrorCode::refused_by_server, "the server answered no row");
  }
  std::vector<std::string> columns;
  for (unsigned column = 0; column < mysql_num_fields(result.get()); ++column) {
    columns.emplace_back(row[column] == nullptr ? "" : row[column]);
  }
  return columns;
}

Result<std::string> ask_redis(const ServerAddress& address, Nanoseconds limit_ns) {
  const timeval limit = time_value(limit_ns);
  const Owned<redisContext> context(redisConnectWithTimeout(address.host.c_str(), address.port, limit));
  if (!context || context->err != 0) {
    return failed(ErrorCode::connection_refused, context ? context->errstr : "out of memory");
  }
  redisSetTimeout(context.get(), limit);
  for (const bool authenticating : {true, false}) {
    const auto reply =
        authenticating ? command(context.get(), "AUTH %s", address.password.c_str()) : command(context.get(), "PING");
    if (!reply) {
      return std::unexpected(reply.error());
    }
  }
  const auto info = command(context.get(), "INFO server");
  if (!info) {
    return std::unexpected(info.error());
  }
  return info_value(std::string_view((*info)->str, (*info)->len), "redis_version");
}

std::string info_value(std::string_view info, std::string_view name) {
  const std::string start = std::string(name) + ":";
  while (!info.empty()) {
    const auto end = std::min(info.find_first_of("\r\n"), info.size());
    if (info.starts_with(start)) {
      return std::string(info.substr(start.size(), end - start.size()));
    }
    info.remove_prefix(std::min(end + 1, info.size()));
  }
  return {};
}

}  // namespace stalemate
