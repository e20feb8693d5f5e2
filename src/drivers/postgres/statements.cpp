#include "drivers/postgres/statements.hpp"

#include "core/assert.hpp"
#include "core/text/key_names.hpp"
#include "core/text/number_text.hpp"
#include "drivers/postgres/commit_order.hpp"

namespace stalemate {
namespace {

constexpr StatementTexts postgres_texts = {
    "SELECT quantity FROM stock WHERE product_id = $1",
    "UPDATE stock SET quantity = $2 WHERE product_id = $1 RETURNING pg_current_wal_insert_lsn()",
    "WITH written AS (UPDATE stock SET quantity = $2 WHERE product_id = $1"
    " RETURNING product_id, quantity, pg_current_wal_insert_lsn() AS token),"
    " told AS (INSERT INTO stock_outbox (product_id, quantity) SELECT product_id, quantity FROM written)"
    " SELECT token FROM written",
    "SELECT k.place, s.quantity FROM unnest($1::varchar[]) WITH ORDINALITY AS k(id, place)"
    " JOIN stock s ON s.product_id = k.id",
};

constexpr StatementTexts postgres_texts_versions = {
    "SELECT quantity, version FROM stock WHERE product_id = $1",
    "UPDATE stock SET quantity = $2, version = version + 1 WHERE product_id = $1"
    " RETURNING pg_current_wal_insert_lsn(), version",
    "WITH written AS (UPDATE stock SET quantity = $2, version = version + 1 WHERE product_id = $1"
    " RETURNING product_id, quantity, pg_current_wal_insert_lsn() AS token, version),"
    " told AS (INSERT INTO stock_outbox (product_id, quantity) SELECT product_id, quantity FROM written)"
    " SELECT token, version FROM written",
    postgres_texts.survey,
};

constexpr StatementTexts cockroach_texts = {
    "SELECT quantity FROM stock WHERE product_id = $1",
    "UPDATE stock SET quantity = $2 WHERE product_id = $1 RETURNING cluster_logical_timestamp()",
    "WITH written AS (UPDATE stock SET quantity = $2 WHERE product_id = $1"
    " RETURNING product_id, quantity, cluster_logical_timestamp() AS token),"
    " told AS (INSERT INTO stock_outbox (product_id, quantity) SELECT product_id::STRING, quantity FROM written "
    "RETURNING 1)"
    " SELECT token FROM written",
    "SELECT k.place, s.quantity FROM unnest($1::uuid[]) WITH ORDINALITY AS k(id, place)"
    " JOIN stock s ON s.product_id = k.id",
};

constexpr StatementTexts cockroach_texts_versions = {
    "SELECT quantity, version FROM stock WHERE product_id = $1",
    "UPDATE stock SET quantity = $2, version = version + 1 WHERE product_id = $1"
    " RETURNING cluster_logical_timestamp(), version",
    "WITH written AS (UPDATE stock SET quantity = $2, version = version + 1 WHERE product_id = $1"
    " RETURNING product_id, quantity, cluster_logical_timestamp() AS token, version),"
    " told AS (INSERT INTO stock_outbox (product_id, quantity) SELECT product_id::STRING, quantity FROM written "
    "RETURNING 1)"
    " SELECT token, version FROM written",
    cockroach_texts.survey,
};

}  // namespace

StatementTexts statement_texts(Dialect dialect, bool row_versions) {
  STALEMATE_ASSERT(dialect != Dialect::detect, "the dialect is known before statements are prepared");
  if (row_versions) {
    return dialect == Dialect::cockroach ? cockroach_texts_versions : postgres_texts_versions;
  }
  return dialect == Dialect::cockroach ? cockroach_texts : postgres_texts;
}

std::string guarded_write_text(bool row_versions, Key key, Value value, Value expected) {
  return "UPDATE stock SET quantity = " + std::to_string(value) + (row_versions ? ", version = version + 1" : "") +
         " WHERE product_id = '" + std::string(product_id(key).view()) + "' AND quantity = " + std::to_string(expected);
}

std::string insert_text(Key key, Value value) {
  return "INSERT INTO stock (product_id, quantity) VALUES ('" + std::string(product_id(key).view()) + "', " +
         std::to_string(value) + ") ON CONFLICT (product_id) DO UPDATE SET quantity = EXCLUDED.quantity";
}

std::string guarded_insert_text(Key key, Value value) {
  return "INSERT INTO stock (product_id, quantity) VALUES ('" + std::string(product_id(key).view()) + "', " +
         std::to_string(value) + ") ON CONFLICT DO NOTHING";
}

std::string delete_text(Key key) {
  return "DELETE FROM stock WHERE product_id = '" + std::string(product_id(key).view()) + "'";
}

std::string returned_text(Dialect dialect, bool row_versions) {
  return std::string(" RETURNING ") +
         (dialect == Dialect::cockroach ? "cluster_logical_timestamp()" : "pg_current_wal_insert_lsn()") +
         (row_versions ? ", version" : "");
}

const char* set_isolation_text(Isolation isolation) {
  switch (isolation) {
    case Isolation::server_default: return nullptr;
    case Isolation::read_committed: return "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED";
    case Isolation::repeatable_read:
      return "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ";
    case Isolation::serializable: return "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE";
  }
  return nullptr;
}

ServerVersion parse_server_version(std::string_view text) {
  ServerVersion found;
  const bool is_cockroach = text.starts_with("CockroachDB");
  found.dialect = is_cockroach ? Dialect::cockroach : Dialect::postgres;
  // The edition ("CCL", "OSS") may stand between the name and the version.
  const std::size_t digit = text.find_first_of("0123456789");
  const std::size_t start = digit == std::string_view::npos ? text.size() : text.rfind(' ', digit) + 1;
  found.engine = text.substr(0, text.find(' '));
  found.version = text.substr(start, text.find(' ', start) - start);
  return found;
}

std::optional<Version> version_of_token(Dialect dialect, std::string_view token) {
  return dialect == Dialect::cockroach ? version_of_logical_timestamp(token) : version_of_wal_position(token);
}

Version parse_row_version(std::string_view text) {
  return parse_number<Version>(text).value_or(unknown_version);
}

}  // namespace stalemate
