#include "drivers/mariadb/own_table/own_link.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "drivers/mariadb/blocking_connection.hpp"
#include "drivers/mariadb/own_table/own_statements.hpp"

namespace stalemate {
namespace {

ColumnKind kind_of_data(const std::string& type) {
  constexpr std::array<std::string_view, 2> numbers = {"int", "bigint"};
  constexpr std::array<std::string_view, 3> small_numbers = {"tinyint", "smallint", "mediumint"};
  constexpr std::array<std::string_view, 7> texts = {"char",       "varchar",  "text", "tinytext",
                                                     "mediumtext", "longtext", "uuid"};
  const auto is_any = [&](const auto& types) { return std::ranges::find(types, type) != types.end(); };
  return is_any(numbers)         ? ColumnKind::number
         : is_any(small_numbers) ? ColumnKind::small_number
         : is_any(texts)         ? ColumnKind::text
                                 : ColumnKind::other;
}

// Of a list's column that is compared with this one; one of numbers takes all that it can hold.
std::string type_in_list(ColumnKind kind, const std::string& type, const std::string& collation) {
  if (kind != ColumnKind::text) {
    return type.contains("unsigned") ? "BIGINT UNSIGNED" : "BIGINT";
  }
  if (type == "uuid") {  // which no list can have
    return "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin";
  }
  return type + (collation.empty()
                     ? std::string()
                     : " CHARACTER SET " + collation.substr(0, collation.find('_')) + " COLLATE " + collation);
}

class MariaDbRowsLink final : public OwnRowsLink {
 public:
  explicit MariaDbRowsLink(MariaDbConnection connection) : connection_(std::move(connection)) {}

  Result<void> begin(const std::string& table) override;
  Result<NullableRows> rows(const std::string& statement) override { return connection_.run_with_nulls(statement); }
  Result<std::uint64_t> change(const std::string& statements) override { return connection_.change(statements); }
  Result<void> commit() override { return run_each({"COMMIT", "UNLOCK TABLES"}); }

 private:
  [[nodiscard]] OwnTableFacts nothing_found() const override {
    return {.style = mariadb_style, .number_types = "int or bigint"};
  }
  Result<std::string> locate(const Dataset& data) override;
  Result<void> find_columns(OwnTableFacts& found, const std::string& place) override;
  Result<void> find_unique(OwnTableFacts& found, const std::string& place) override;
  Result<void> find_effects(OwnTableFacts& found, const std::string& place) override;

  MariaDbConnection connection_;
};

// START TRANSACTION would give the lock up. Source: MariaDB manual, "LOCK TABLES".
Result<void> MariaDbRowsLink::begin(const std::string& table) {
  Result<void> done = run_each({"SET SESSION autocommit = 0, lock_wait_timeout = 10, innodb_lock_wait_timeout = 10",
                                "LOCK TABLES " + table + " WRITE"});
  if (!done && done.error().code == ErrorCode::authentication) {
    done.error().detail += "; a run on rows of yours needs the rights SELECT, UPDATE and LOCK TABLES";
  }
  return done;
}

Result<std::string> MariaDbRowsLink::locate(const Dataset& data) {
  const std::size_t dot = data.table.find('.');
  const bool has_schema = dot != std::string::npos;
  std::string place =
      "table_schema = " + (has_schema ? mariadb_style.text(data.table.substr(0, dot)) : std::string("DATABASE()")) +
      " AND table_name = " + mariadb_style.text(has_schema ? data.table.substr(dot + 1) : data.table);
  std::string type;
  std::string engine;
  const Result<void> asked = read_each("SELECT table_type, engine FROM information_schema.tables WHERE " + place,
                                       [&](const std::vector<std::string>& cells) {
                                         type = cells[0];
                                         engine = cells[1];
                                       });
  if (!asked) {
    return std::unexpected(asked.error());
  }
  if (type.empty()) {
    return no_own_table(data, "; write DATABASE.TABLE where it is in another one, and capitals as they are");
  }
  if (type == "SYSTEM VERSIONED") {
    return unfit_own_table(
        data, "keeps a history of its rows, and what the run added to it could not be taken out; name another table");
  }
  if (type != "BASE TABLE") {
    return unfit_own_table(data, "is not a table but a view or the like; name the table behind it");
  }
  if (engine != "InnoDB") {
    return unfit_own_table(data, "is kept by the storage engine " + engine +
                                     ", which knows no transactions, so its rows could be put back in part; name one "
                                     "of InnoDB");
  }
  return place;
}

Result<void> MariaDbRowsLink::find_columns(OwnTableFacts& found, const std::string& place) {
  return read_each(
      "SELECT column_name, data_type, column_type, collation_name, generation_expression,"
      " extra LIKE '%on update%' FROM information_schema.columns WHERE " +
          place + " ORDER BY ordinal_position",
      [&](const std::vector<std::string>& cells) {
        const ColumnKind kind = kind_of_data(cells[1]);
        found.columns.push_back({.name = cells[0],
                                 .kind = kind,
                                 .type = cells[2],
                                 .type_in_sql = type_in_list(kind, cells[2], cells[3]),
                                 .loose_collation = cells[3].ends_with("_bin") ? std::string() : cells[3],
                                 .is_generated = !cells[4].empty(),
                                 .is_touched = cells[5] == "1"});
      });
}

// An index of beginnings of texts, or of expressions, keeps no columns apart.
Result<void> MariaDbRowsLink::find_unique(OwnTableFacts& found, const std::string& place) {
  return read_each(
      "SELECT index_name, IF(sub_part IS NULL, column_name, NULL) FROM information_schema.statistics"
      " WHERE non_unique = 0 AND " +
          place + " ORDER BY index_name",
      [&](const std::vector<std::string>& cells) { found.unique.push_back({cells[0], cells[1]}); });
}

Result<void> MariaDbRowsLink::find_effects(OwnTableFacts& found, const std::string& place) {
  return read_each(
      "SELECT CONCAT('the trigger ', name) FROM (SELECT trigger_name AS name, event_object_schema AS table_schema,"
      " event_object_table AS table_name FROM information_schema.triggers WHERE event_manipulation = 'UPDATE') t"
      " WHERE " +
          place,
      [&](const std::vector<std::string>& cells) { found.effects.push_back(cells[0]); });
}

}  // namespace

Result<std::unique_ptr<OwnRowsLink>> open_mariadb_rows(const MariaDbOptions& options) {
  Result<MariaDbConnection> connection = MariaDbConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  return std::make_unique<MariaDbRowsLink>(std::move(*connection));
}

}  // namespace stalemate
