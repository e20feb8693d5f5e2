#include "drivers/postgres/feeds/feeds.hpp"

#include <utility>

#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/postgres/statements.hpp"
#include "drivers/sql/stock_rows.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

constexpr const char* drop_slot_text =
    "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
    " WHERE slot_name = 'stalemate_changes' AND database = current_database() AND NOT active";

std::string_view text_between(std::string_view line, std::string_view before, std::string_view after) {
  const std::size_t start = line.find(before);
  if (start == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = line.substr(start + before.size());
  return rest.substr(0, rest.find_first_of(after));
}

// The value of a column, `NAME[TYPE]:VALUE`.
std::string_view column_text(std::string_view line, std::string_view name) {
  const std::size_t start = line.find(name);
  return start == std::string_view::npos ? std::string_view() : text_between(line.substr(start), "]:", " ");
}

// A changefeed needs no slot, but rangefeeds, which an administrator has to allow.
Result<void> allow_changefeeds(BlockingConnection& connection, const PostgresOptions& options, ServerOwner owner) {
  if (owner == ServerOwner::ours) {
    const Result<ResultPointer> allowed = connection.run("SET CLUSTER SETTING kv.rangefeed.enabled = true");
    return without_value(allowed);
  }
  const Result<ResultPointer> setting = connection.run("SHOW CLUSTER SETTING kv.rangefeed.enabled");
  if (!setting) {
    return std::unexpected(setting.error());
  }
  if (const std::string_view found = ::PQgetvalue(setting->get(), 0, 0); found != "t" && found != "true") {
    return failed(
        ErrorCode::unavailable,
        "the pattern follows the database's log of changes, which needs rangefeeds; allow them in the cluster at " +
            url_without_password(options.url) + " with SET CLUSTER SETTING kv.rangefeed.enabled = true");
  }
  return {};
}

}  // namespace

Task<Result<void>> ChangeLogFeed::read_some() {
  const auto rows =
      co_await session_.ask("SELECT lsn, data FROM pg_logical_slot_peek_changes('stalemate_changes', NULL, 1000)");
  if (!rows) {
    co_return std::unexpected(rows.error());
  }
  for (const std::vector<std::string>& row : *rows) {
    if (row.back().starts_with("COMMIT")) {
      read_up_to_ = row.front();
    }
    if (std::optional<Change> change = parse_decoded_change(row.back(), *keys_)) {
      change->position = ++changes_;
      found_.push_back(*change);
    }
  }
  co_return Result<void>();
}

// The position was made by the server and holds digits and a slash.
Task<Result<void>> ChangeLogFeed::give_back() {
  std::string statement = "SELECT pg_replication_slot_advance('stalemate_changes', '" + read_up_to_ + "')";
  const auto done = co_await session_.ask(std::move(statement));
  if (!done) {
    co_return std::unexpected(done.error());
  }
  read_up_to_.clear();
  co_return Result<void>();
}

Task<Result<void>> ChangeLogFeed::look() {
  Result<void> done;
  if (!read_up_to_.empty()) {
    done = co_await give_back();
  }
  if (done) {
    done = co_await read_some();
  }
  co_return done;
}

std::optional<Change> parse_decoded_change(std::string_view line, const KeyIndex& keys) {
  const bool is_ours = line.starts_with("table ") && (line.find(".stock: UPDATE: ") != std::string_view::npos ||
                                                      line.find(".stock: INSERT: ") != std::string_view::npos);
  if (!is_ours) {
    return std::nullopt;
  }
  const std::optional<Key> key = keys.find(text_between(column_text(line, "product_id["), "'", "'"));
  const std::optional<Value> value = parse_quantity(column_text(line, "quantity["));
  if (!key || !value) {
    return std::nullopt;
  }
  return Change{*key, *value, parse_row_version(column_text(line, "version[")), 0};
}

Result<void> make_change_slot(const PostgresOptions& options, ServerOwner owner) {
  Result<BlockingConnection> connection = BlockingConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  if (connection->dialect() == Dialect::cockroach) {
    return allow_changefeeds(*connection, options, owner);
  }
  const Result<ResultPointer> level = connection->run("SHOW wal_level");
  if (!level) {
    return std::unexpected(level.error());
  }
  if (const std::string_view found = ::PQgetvalue(level->get(), 0, 0); found != "logical") {
    return failed(
        ErrorCode::unavailable,
        "the pattern follows the database's log of changes, which needs wal_level = logical; the database at " +
            url_without_password(options.url) + " has wal_level = " + std::string(found) +
            ": change it there and restart the server, or leave out --db for a private server");
  }
  for (const char* statement :
       {drop_slot_text, "SELECT pg_create_logical_replication_slot('stalemate_changes', 'test_decoding')"}) {
    const Result<ResultPointer> done = connection->run(statement);
    if (!done) {
      Error error = done.error();
      if (error.code == ErrorCode::authentication) {
        error.detail +=
            "; the pattern follows the log of changes, for which the user needs the right REPLICATION (ALTER ROLE "
            "... REPLICATION)";
      }
      return std::unexpected(std::move(error));
    }
  }
  return {};
}

Result<void> drop_change_slot(const PostgresOptions& options) {
  Result<BlockingConnection> connection = BlockingConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  if (connection->dialect() == Dialect::cockroach) {
    return {};
  }
  const Result<ResultPointer> done = connection->run(drop_slot_text);
  if (!done) {
    return std::unexpected(done.error());
  }
  return {};
}

}  // namespace stalemate
