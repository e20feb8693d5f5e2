#include "drivers/mariadb/connection.hpp"

#include <algorithm>
#include <new>

#include "drivers/connection/resolve.hpp"

namespace stalemate {
namespace {

template <class Cell>
std::vector<std::vector<Cell>> rows_of_cells(MYSQL_RES* rows) {
  std::vector<std::vector<Cell>> all;
  const unsigned columns = ::mysql_num_fields(rows);
  for (MYSQL_ROW row = ::mysql_fetch_row(rows); row != nullptr; row = ::mysql_fetch_row(rows)) {
    const unsigned long* const lengths = ::mysql_fetch_lengths(rows);
    std::vector<Cell>& cells = all.emplace_back();
    for (unsigned column = 0; column < columns; ++column) {
      cells.push_back(row[column] == nullptr ? Cell() : Cell(std::string(row[column], lengths[column])));
    }
  }
  return all;
}

}  // namespace

TextRows text_rows(MYSQL_RES* rows) {
  return rows_of_cells<std::string>(rows);
}

std::vector<std::vector<std::optional<std::string>>> nullable_rows(MYSQL_RES* rows) {
  return rows_of_cells<std::optional<std::string>>(rows);
}

Result<MariaDbTarget> mariadb_target(const std::string& url) {
  Result<MariaDbAddress> address = mariadb_address(url);
  if (!address) {
    return std::unexpected(std::move(address.error()));
  }
  MariaDbTarget target = {.address = std::move(*address)};
  if (!target.address.socket_path.empty()) {
    target.hosts.emplace_back();
    return target;
  }
  const Result<std::vector<SocketAddress>> found = resolve_host(target.address.host, target.address.port);
  if (!found) {
    return std::unexpected(found.error());
  }
  for (const SocketAddress& each : *found) {
    target.hosts.push_back(each.numeric_host());
  }
  return target;
}

MysqlPointer make_mysql() {
  // The library is not made ready by several threads at once.
  static const int ready = ::mysql_library_init(0, nullptr, nullptr);
  MysqlPointer connection(ready == 0 ? ::mysql_init(nullptr) : nullptr);
  if (!connection) {
    throw std::bad_alloc();
  }
  const unsigned local_files = 0;
  ::mysql_options(connection.get(), MYSQL_OPT_LOCAL_INFILE, &local_files);
  ::mysql_options(connection.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
  ::mysql_options4(connection.get(), MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "stalemate");
  return connection;
}

MariaDbError last_error_of(MYSQL* connection) {
  return {::mysql_errno(connection), ::mysql_sqlstate(connection), ::mysql_error(connection)};
}

MariaDbError last_error_of(MYSQL_STMT* statement) {
  return {::mysql_stmt_errno(statement), ::mysql_stmt_sqlstate(statement), ::mysql_stmt_error(statement)};
}

Error mariadb_connection_error(const MariaDbError& error, const std::string& url, const MariaDbAddress& address) {
  Error told = mariadb_error(error, SqlPhase::connecting);
  if (told.code == ErrorCode::connection_refused || told.code == ErrorCode::protocol) {
    told = cannot_reach_database(told.code, url, error.message);
  }
  if (told.code == ErrorCode::authentication) {
    const Result<MariaDbAddress> in_url = parse_mariadb_url(url);
    told.detail += password_hint(in_url && !in_url->password.empty(), "MYSQL_PWD");
  }
  told.detail = without_secret(std::move(told.detail), address.password);
  return told;
}

MariaDbVersion parse_mariadb_version(std::string_view text) {
  MariaDbVersion found;
  found.engine = text.find("MariaDB") == std::string_view::npos ? "MySQL" : "MariaDB";
  // In front of it some servers put what old clients expect.
  constexpr std::string_view for_old_clients = "5.5.5-";
  if (text.starts_with(for_old_clients)) {
    text.remove_prefix(for_old_clients.size());
  }
  found.version = text.substr(0, std::min(text.find('-'), text.size()));
  return found;
}

}  // namespace stalemate
