#include "drivers/postgres/stock/stock_table.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "core/assert.hpp"
#include "core/text/key_names.hpp"
#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/postgres/stock/stock_rights.hpp"

namespace stalemate {
namespace {

constexpr std::string_view mark = "made by stalemate";

constexpr const char* create_text_postgres =
    "CREATE TABLE stock (product_id VARCHAR(36) PRIMARY KEY, quantity INT NOT NULL)";
constexpr const char* create_text_postgres_versions =
    "CREATE TABLE stock (product_id VARCHAR(36) PRIMARY KEY, quantity INT NOT NULL,"
    " version BIGINT NOT NULL DEFAULT 1)";
constexpr const char* create_text_cockroach = "CREATE TABLE stock (product_id UUID PRIMARY KEY, quantity INT NOT NULL)";
constexpr const char* create_text_cockroach_versions =
    "CREATE TABLE stock (product_id UUID PRIMARY KEY, quantity INT NOT NULL, version BIGINT NOT NULL DEFAULT 1)";
constexpr const char* comment_outbox_text = "COMMENT ON TABLE stock_outbox IS 'made by stalemate'";
constexpr const char* create_outbox_text =
    "CREATE TABLE stock_outbox (id BIGSERIAL PRIMARY KEY, product_id VARCHAR(36) NOT NULL, quantity INT NOT NULL)";
constexpr const char* drop_outbox_text = "DROP TABLE stock_outbox";
constexpr const char* comment_text = "COMMENT ON TABLE stock IS 'made by stalemate'";

// The relations that unqualified names of ours would be made as, their sort and their comment.
constexpr const char* find_text =
    "SELECT c.relkind, coalesce(d.description, ''), c.relname FROM pg_catalog.pg_class c"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " LEFT JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.objsubid = 0"
    " WHERE c.relname IN ('stock', 'stock_outbox') AND n.nspname = current_schema()";

constexpr const char* columns_text =
    "SELECT column_name, data_type, coalesce(character_maximum_length, 0)::INT, is_nullable"
    " FROM information_schema.columns WHERE table_name = 'stock' AND table_schema = current_schema()"
    " ORDER BY ordinal_position";

// A COPY of CockroachDB is one transaction, which must stay small.
constexpr std::uint32_t rows_a_copy_cockroach = 5'000;
constexpr std::uint32_t rows_a_buffer = 2'000;

struct FoundTable {
  bool exists = false;
  bool plain = false;  // an ordinary table, not a view or the like
  bool ours = false;
};

struct Column {
  std::string name;
  std::string type;
  friend bool operator==(const Column&, const Column&) = default;
};

std::vector<Column> expected_columns(Dialect dialect) {
  if (dialect == Dialect::cockroach) {
    return {{"product_id", "uuid not null"}, {"quantity", "bigint not null"}};
  }
  return {{"product_id", "character varying(36) not null"}, {"quantity", "integer not null"}};
}

const Column version_column = {"version", "bigint not null"};

Result<FoundTable> find_table(BlockingConnection& connection, std::string_view name) {
  const Result<ResultPointer> rows = connection.run(find_text);
  if (!rows) {
    return std::unexpected(rows.error());
  }
  FoundTable found;
  for (int row = 0; row < ::PQntuples(rows->get()); ++row) {
    if (std::string_view(::PQgetvalue(rows->get(), row, 2)) == name) {
      found.exists = true;
      found.plain = std::string_view(::PQgetvalue(rows->get(), row, 0)) == "r";
      found.ours = std::string_view(::PQgetvalue(rows->get(), row, 1)) == mark;
    }
  }
  return found;
}

Result<std::vector<Column>> find_columns(BlockingConnection& connection) {
  const Result<ResultPointer> rows = connection.run(columns_text);
  if (!rows) {
    return std::unexpected(rows.error());
  }
  std::vector<Column> columns;
  for (int row = 0; row < ::PQntuples(rows->get()); ++row) {
    const auto text = [&](int column) { return std::string(::PQgetvalue(rows->get(), row, column)); };
    Column column = {text(0), text(1)};
    if (text(2) != "0") {
      column.type += "(" + text(2) + ")";
    }
    column.type += text(3) == "NO" ? " not null" : "";
    columns.push_back(std::move(column));
  }
  return columns;
}

std::string listed(const std::vector<Column>& columns) {
  std::string text;
  for (const Column& column : columns) {
    text += (text.empty() ? "" : ", ") + column.name + " " + column.type;
  }
  return text.empty() ? "none" : text;
}

// What to do with an existing table. Errors: it must be kept, but cannot be used.
Result<bool> must_be_made_anew(BlockingConnection& connection, const FoundTable& found, ForeignTable foreign,
                               bool row_versions) {
  if (!found.plain) {
    return failed(ErrorCode::constraint, "there is a 'stock' in the database that is not a table; remove or rename it");
  }
  const Result<void> may_be_used = check_use_of_stock(connection);
  if (!may_be_used && foreign == ForeignTable::keep) {
    return std::unexpected(may_be_used.error());
  }
  const Result<std::vector<Column>> columns = find_columns(connection);
  if (!columns) {
    return std::unexpected(columns.error());
  }
  std::vector<Column> expected = expected_columns(connection.dialect());
  const bool plain = *columns == expected;
  expected.push_back(version_column);
  const bool versioned = *columns == expected;
  const bool fitting = plain || versioned;
  if (foreign == ForeignTable::replace) {
    return !may_be_used || !found.ours || versioned != row_versions || !fitting;
  }
  if (!found.ours) {
    return failed(ErrorCode::constraint, "a table 'stock' exists that stalemate did not make (its columns: " +
                                             listed(*columns) + "); --replace drops it and makes a new one");
  }
  if (!fitting) {
    return failed(ErrorCode::constraint,
                  "the table 'stock' has other columns than stalemate gave it (" + listed(*columns) + " instead of " +
                      listed(expected_columns(connection.dialect())) + "); --replace drops it and makes a new one");
  }
  // One of our tables, made for a pattern of the other kind.
  return versioned != row_versions;
}

void append_rows(std::string& buffer, std::uint32_t first, std::uint32_t end) {
  const std::string quantity = "\t" + std::to_string(initial_value) + "\n";
  buffer.clear();
  for (std::uint32_t key = first; key < end; ++key) {
    buffer += product_id(Key(key)).view();
    buffer += quantity;
  }
}

Result<void> copy_rows(BlockingConnection& connection, std::uint32_t first, std::uint32_t end, const RowsTold& told) {
  Result<void> done = connection.begin_copy("COPY stock (product_id, quantity) FROM STDIN");
  std::string buffer;
  for (std::uint32_t key = first; done && key < end; key += rows_a_buffer) {
    append_rows(buffer, key, std::min(end, key + rows_a_buffer));
    done = connection.copy(buffer);
    if (told) {
      told(std::min(end, key + rows_a_buffer));
    }
  }
  return done ? connection.end_copy() : done;
}

Result<void> run_all(BlockingConnection& connection, std::initializer_list<const char*> statements) {
  for (const char* statement : statements) {
    const Result<ResultPointer> done = connection.run(statement);
    if (!done) {
      return std::unexpected(done.error());
    }
  }
  return {};
}

// An empty table stock_outbox, in place of one that we made before.
Result<void> make_outbox(BlockingConnection& connection) {
  const Result<FoundTable> found = find_table(connection, "stock_outbox");
  if (!found) {
    return std::unexpected(found.error());
  }
  if (found->exists && (!found->plain || !found->ours)) {
    return failed(ErrorCode::constraint,
                  "there is a 'stock_outbox' in the database that stalemate did not make; remove or rename it");
  }
  Result<void> done = {};
  if (found->exists) {
    done = run_all(connection, {drop_outbox_text});
  }
  return done ? run_all(connection, {create_outbox_text, comment_outbox_text}) : done;
}

// All or nothing: a failure leaves the table that was there.
Result<void> make_in_postgres(BlockingConnection& connection, const PostgresOptions& options, bool exists, bool anew,
                              std::uint32_t keys, const RowsTold& told) {
  Result<void> done = run_all(connection, {"BEGIN", "SET LOCAL lock_timeout = '10s'"});
  if (done && exists) {
    done = run_all(connection, {anew ? "DROP TABLE stock" : "TRUNCATE stock"});
  }
  if (done && (!exists || anew)) {
    done = run_all(connection,
                   {options.row_versions ? create_text_postgres_versions : create_text_postgres, comment_text});
  }
  if (done && options.outbox) {
    done = make_outbox(connection);
  }
  if (done) {
    done = copy_rows(connection, 0, keys, told);
  }
  if (done) {
    done = run_all(connection, {"COMMIT", "ANALYZE stock"});
  }
  return done;
}

// CockroachDB wants schema changes and bulk inserts outside of larger transactions.
Result<void> make_in_cockroach(BlockingConnection& connection, const PostgresOptions& options, bool exists, bool anew,
                               std::uint32_t keys, const RowsTold& told) {
  Result<void> done = {};
  if (exists) {
    done = run_all(connection, {anew ? "DROP TABLE stock" : "TRUNCATE stock"});
  }
  if (done && (!exists || anew)) {
    done = run_all(connection, {options.row_versions ? create_text_cockroach_versions : create_text_cockroach});
  }
  if (done) {
    // TRUNCATE makes a new table underneath, which in some versions has lost its comment.
    done = run_all(connection, {comment_text});
  }
  if (done && options.outbox) {
    done = make_outbox(connection);
  }
  for (std::uint32_t first = 0; done && first < keys; first += rows_a_copy_cockroach) {
    done = copy_rows(connection, first, std::min(keys, first + rows_a_copy_cockroach), told);
  }
  return done;
}

}  // namespace

Result<void> prepare_stock_table(const PostgresOptions& options, std::uint32_t keys, ForeignTable foreign,
                                 const RowsTold& told) {
  STALEMATE_ASSERT(keys > 0, "a stock table has at least one row");
  Result<BlockingConnection> connection = BlockingConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  const Result<FoundTable> found = find_table(*connection, "stock");
  if (!found) {
    return std::unexpected(found.error());
  }
  bool anew = false;
  if (found->exists) {
    const Result<bool> decision = must_be_made_anew(*connection, *found, foreign, options.row_versions);
    if (!decision) {
      return std::unexpected(decision.error());
    }
    anew = *decision;
  }
  const StockWork work = {.drops_stock = anew, .makes_stock = anew || !found->exists, .makes_outbox = options.outbox};
  if (const Result<void> allowed = check_making_of_tables(*connection, work); !allowed) {
    return allowed;
  }
  return connection->dialect() == Dialect::cockroach
             ? make_in_cockroach(*connection, options, found->exists, anew, keys, told)
             : make_in_postgres(*connection, options, found->exists, anew, keys, told);
}

Result<bool> drop_stock_table(const PostgresOptions& options) {
  Result<BlockingConnection> connection = BlockingConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  const Result<FoundTable> found = find_table(*connection, "stock");
  if (!found) {
    return std::unexpected(found.error());
  }
  if (!found->exists || !found->plain || !found->ours) {
    return false;
  }
  const Result<FoundTable> outbox = find_table(*connection, "stock_outbox");
  Result<void> dropped = run_all(*connection, {"DROP TABLE stock"});
  if (dropped && outbox && outbox->plain && outbox->ours) {
    dropped = run_all(*connection, {drop_outbox_text});
  }
  if (!dropped) {
    return std::unexpected(dropped.error());
  }
  return true;
}

}  // namespace stalemate
