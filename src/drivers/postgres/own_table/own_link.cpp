#include "drivers/postgres/own_table/own_link.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/postgres/own_table/own_statements.hpp"

namespace stalemate {
namespace {

ColumnKind kind_of_type(const std::string& type) {
  constexpr std::array<std::string_view, 2> numbers = {"integer", "bigint"};
  constexpr std::array<std::string_view, 3> texts = {"text", "character varying", "uuid"};
  if (std::ranges::find(numbers, type) != numbers.end()) {
    return ColumnKind::number;
  }
  return type == "smallint"                              ? ColumnKind::small_number
         : std::ranges::find(texts, type) != texts.end() ? ColumnKind::text
                                                         : ColumnKind::other;
}

class PostgresRowsLink final : public OwnRowsLink {
 public:
  explicit PostgresRowsLink(BlockingConnection connection) : connection_(std::move(connection)) {}

  Result<void> begin(const std::string& table) override {
    return run_each(
        {"BEGIN", "SET LOCAL lock_timeout = '10s'", "LOCK TABLE " + table + " IN SHARE ROW EXCLUSIVE MODE"});
  }
  Result<NullableRows> rows(const std::string& statement) override;
  Result<std::uint64_t> change(const std::string& statements) override {
    return connection_.change(statements.c_str());
  }
  Result<void> commit() override { return run_each({"COMMIT"}); }

 private:
  [[nodiscard]] OwnTableFacts nothing_found() const override {
    return {.style = postgres_style, .number_types = "integer or bigint"};
  }
  Result<std::string> locate(const Dataset& data) override;
  Result<void> find_columns(OwnTableFacts& found, const std::string& relation) override;
  Result<void> find_unique(OwnTableFacts& found, const std::string& relation) override;
  Result<void> find_effects(OwnTableFacts& found, const std::string& relation) override;

  BlockingConnection connection_;
};

Result<NullableRows> PostgresRowsLink::rows(const std::string& statement) {
  const Result<ResultPointer> found = connection_.run(statement.c_str());
  if (!found) {
    return std::unexpected(found.error());
  }
  NullableRows rows(static_cast<std::size_t>(::PQntuples(found->get())));
  for (int row = 0; row < ::PQntuples(found->get()); ++row) {
    for (int column = 0; column < ::PQnfields(found->get()); ++column) {
      const bool is_null = ::PQgetisnull(found->get(), row, column) != 0;
      rows[static_cast<std::size_t>(row)].push_back(
          is_null ? std::nullopt : std::optional<std::string>(::PQgetvalue(found->get(), row, column)));
    }
  }
  return rows;
}

// The table's number in the catalogue.
Result<std::string> PostgresRowsLink::locate(const Dataset& data) {
  std::string number;
  std::string kind;
  const Result<void> asked =
      read_each("SELECT c.oid, c.relkind FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass(" +
                    postgres_style.text(postgres_style.table(data.table)) + ")",
                [&](const std::vector<std::string>& cells) {
                  number = cells[0];
                  kind = cells[1];
                });
  if (!asked) {
    return std::unexpected(asked.error());
  }
  if (number.empty()) {
    return no_own_table(
        data, " in its search path; write SCHEMA.TABLE where it is in another schema, and capitals as they are");
  }
  if (kind != "r" && kind != "p") {
    return unfit_own_table(data, "is not a table but a view or the like; name the table behind it");
  }
  return number;
}

Result<void> PostgresRowsLink::find_columns(OwnTableFacts& found, const std::string& relation) {
  return read_each(
      "SELECT a.attname, pg_catalog.format_type(a.atttypid, NULL),"
      " CASE WHEN k.collisdeterministic THEN '' ELSE coalesce(k.collname, '') END, a.attgenerated <> ''"
      " FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_collation k ON k.oid = a.attcollation"
      " WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = " +
          relation + " ORDER BY a.attnum",
      [&](const std::vector<std::string>& cells) {
        found.columns.push_back({.name = cells[0],
                                 .kind = kind_of_type(cells[1]),
                                 .type = cells[1],
                                 .type_in_sql = cells[1],
                                 .loose_collation = cells[2],
                                 .is_generated = cells[3] == "t"});
      });
}

Result<void> PostgresRowsLink::find_unique(OwnTableFacts& found, const std::string& relation) {
  return read_each(
      "SELECT i.indexrelid, a.attname FROM pg_catalog.pg_index i"
      " CROSS JOIN LATERAL unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) AS k(number)"
      " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number AND a.attnum > 0"
      " WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indrelid = " +
          relation + " ORDER BY i.indexrelid",
      [&](const std::vector<std::string>& cells) { found.unique.push_back({cells[0], cells[1]}); });
}

Result<void> PostgresRowsLink::find_effects(OwnTableFacts& found, const std::string& relation) {
  constexpr const char* on_update = "16";
  return read_each(
      "SELECT 'the trigger ' || tgname FROM pg_catalog.pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
      " AND (tgtype & " +
          std::string(on_update) + ") <> 0 AND tgrelid = " + relation +
          " UNION ALL SELECT 'the rule ' || rulename FROM pg_catalog.pg_rewrite WHERE ev_type = '2' AND ev_class = " +
          relation,
      [&](const std::vector<std::string>& cells) { found.effects.push_back(cells[0]); });
}

}  // namespace

Result<std::unique_ptr<OwnRowsLink>> open_postgres_rows(const PostgresOptions& options) {
  Result<BlockingConnection> connection = BlockingConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  if (connection->dialect() != Dialect::postgres) {
    return failed(ErrorCode::wrong_type, "data: a table of your own is not possible with CockroachDB yet");
  }
  return std::make_unique<PostgresRowsLink>(std::move(*connection));
}

}  // namespace stalemate
