#include "drivers/mariadb/blocking_connection.hpp"

#include <algorithm>
#include <utility>

namespace stalemate {
namespace {

unsigned whole_seconds(Nanoseconds limit_ns) {
  constexpr Nanoseconds second = 1'000'000'000;
  return static_cast<unsigned>(std::max<Nanoseconds>((limit_ns + second - 1) / second, 1));
}

}  // namespace

Result<MariaDbConnection> MariaDbConnection::open(const MariaDbOptions& options, Nanoseconds silence_limit_ns) {
  const Result<MariaDbTarget> target = mariadb_target(options.url);
  if (!target) {
    return std::unexpected(target.error());
  }
  const MariaDbAddress& at = target->address;
  const auto text_or_none = [](const std::string& text) { return text.empty() ? nullptr : text.c_str(); };
  const unsigned connect_s = whole_seconds(options.connect_limit_ns);
  const unsigned silence_s = whole_seconds(silence_limit_ns);
  Error trouble = {};
  for (const std::string& host : target->hosts) {
    MysqlPointer connection = make_mysql();
    ::mysql_options(connection.get(), MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
    if (silence_limit_ns > 0) {
      ::mysql_options(connection.get(), MYSQL_OPT_READ_TIMEOUT, &silence_s);
      ::mysql_options(connection.get(), MYSQL_OPT_WRITE_TIMEOUT, &silence_s);
    }
    if (::mysql_real_connect(connection.get(), text_or_none(host), text_or_none(at.user), at.password.c_str(),
                             at.database.c_str(), at.port, text_or_none(at.socket_path),
                             mariadb_client_flags) != nullptr) {
      return MariaDbConnection(std::move(connection));
    }
    trouble = mariadb_connection_error(last_error_of(connection.get()), options.url, at);
    if (trouble.code != ErrorCode::connection_refused) {
      break;
    }
  }
  return std::unexpected(std::move(trouble));
}

std::unexpected<Error> MariaDbConnection::last_failure() const {
  return std::unexpected(mariadb_error(last_error_of(connection_.get()), SqlPhase::statement));
}

// Null: the statement answers with none.
Result<RowsPointer> MariaDbConnection::rows_of(std::string_view statement) {
  MYSQL* const connection = connection_.get();
  if (::mysql_real_query(connection, statement.data(), statement.size()) != 0) {
    return last_failure();
  }
  if (::mysql_field_count(connection) == 0) {
    return RowsPointer();
  }
  RowsPointer rows(::mysql_store_result(connection));
  return rows ? Result<RowsPointer>(std::move(rows)) : last_failure();
}

Result<TextRows> MariaDbConnection::run(std::string_view statement) {
  const Result<RowsPointer> rows = rows_of(statement);
  if (!rows) {
    return std::unexpected(rows.error());
  }
  return *rows ? text_rows(rows->get()) : TextRows();
}

Result<std::vector<std::vector<std::optional<std::string>>>> MariaDbConnection::run_with_nulls(
    std::string_view statement) {
  const Result<RowsPointer> rows = rows_of(statement);
  if (!rows) {
    return std::unexpected(rows.error());
  }
  return *rows ? nullable_rows(rows->get()) : std::vector<std::vector<std::optional<std::string>>>();
}

Result<std::uint64_t> MariaDbConnection::change(std::string_view statements) {
  MYSQL* const connection = connection_.get();
  int next = ::mysql_real_query(connection, statements.data(), statements.size());
  std::uint64_t found = 0;
  for (; next == 0; next = ::mysql_next_result(connection)) {
    found += ::mysql_affected_rows(connection);
  }
  // Less than 0: there is no other one.
  return next > 0 ? last_failure() : Result<std::uint64_t>(found);
}

}  // namespace stalemate
