#include "drivers/postgres/own_table/own_columns.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/text/nearest.hpp"
#include "core/text/words.hpp"

namespace stalemate {
namespace {

constexpr std::array<std::string_view, 6> types_of_key = {"integer",           "bigint", "smallint", "text",
                                                          "character varying", "uuid"};
constexpr std::array<std::string_view, 2> types_of_value = {"integer", "bigint"};

/// A column as the server's catalogue has it.
struct FoundColumn {
  std::string name;
  std::string number;
  std::string type;
  bool tells_texts_apart;
  bool is_generated;
};

std::string own_cell(const ResultPointer& rows, int row, int column) {
  return ::PQgetvalue(rows.get(), row, column);
}

std::unexpected<Error> unfit(std::string sentence) {
  return failed(ErrorCode::wrong_type, std::move(sentence));
}

// The table's number in the catalogue.
Result<std::string> find_own_relation(BlockingConnection& connection, const Dataset& data) {
  const std::string text = "SELECT c.oid, c.relkind FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass(" +
                           quote_text(quote_table(data.table)) + ")";
  const Result<ResultPointer> found = connection.run(text.c_str());
  if (!found) {
    return std::unexpected(found.error());
  }
  if (::PQntuples(found->get()) == 0) {
    return unfit("data.table: the database has no table '" + data.table +
                 "' in its search path; write SCHEMA.TABLE where it is in another schema, and capitals as they are");
  }
  const std::string kind = own_cell(*found, 0, 1);
  if (kind != "r" && kind != "p") {
    return unfit("data.table: '" + data.table + "' is not a table but a view or the like; name the table behind it");
  }
  return own_cell(*found, 0, 0);
}

Result<std::vector<FoundColumn>> columns_of(BlockingConnection& connection, const std::string& relation) {
  const std::string text =
      "SELECT a.attname, a.attnum, pg_catalog.format_type(a.atttypid, NULL), coalesce(k.collisdeterministic, true),"
      " a.attgenerated <> '' FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_collation k"
      " ON k.oid = a.attcollation WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = " +
      relation + " ORDER BY a.attnum";
  const Result<ResultPointer> found = connection.run(text.c_str());
  if (!found) {
    return std::unexpected(found.error());
  }
  std::vector<FoundColumn> columns;
  for (int row = 0; row < ::PQntuples(found->get()); ++row) {
    columns.push_back({own_cell(*found, row, 0), own_cell(*found, row, 1), own_cell(*found, row, 2),
                       own_cell(*found, row, 3) == "t", own_cell(*found, row, 4) == "t"});
  }
  return columns;
}

Result<FoundColumn> column_named(const std::vector<FoundColumn>& columns, std::string_view key, const std::string& name,
                                 const Dataset& data) {
  const auto found = std::ranges::find(columns, name, &FoundColumn::name);
  if (found != columns.end()) {
    return *found;
  }
  std::vector<std::string_view> names;
  for (const FoundColumn& column : columns) {
    names.push_back(column.name);
  }
  return unfit("data." + std::string(key) + ": the table '" + data.table + "' has no column '" + name + "'" +
               did_you_mean_of(name, names));
}

Result<FoundColumn> column_of_key(const std::vector<FoundColumn>& columns, const std::string& name,
                                  const Dataset& data) {
  Result<FoundColumn> column = column_named(columns, "key", name, data);
  if (column && std::ranges::find(types_of_key, column->type) == types_of_key.end()) {
    return unfit("data.key: the column '" + name + "' of '" + data.table + "' is of type " + column->type +
                 ", and a key is made of integers, texts and uuids");
  }
  if (column && !column->tells_texts_apart) {
    return unfit("data.key: the collation of the column '" + name + "' of '" + data.table +
                 "' is not deterministic, so two texts may be one key in the database and two entries in the cache");
  }
  return column;
}

Result<FoundColumn> column_of_integers(const std::vector<FoundColumn>& columns, std::string_view key,
                                       const std::string& name, const Dataset& data) {
  Result<FoundColumn> column = column_named(columns, key, name, data);
  if (column && std::ranges::find(types_of_value, column->type) == types_of_value.end()) {
    return unfit("data." + std::string(key) + ": the column '" + name + "' of '" + data.table + "' is of type " +
                 column->type + ", and it must be of type integer or bigint");
  }
  if (column && column->is_generated) {
    return unfit("data." + std::string(key) + ": the column '" + name + "' of '" + data.table +
                 "' is generated from others, so it cannot be written");
  }
  return column;
}

// A unique index of exactly these columns, of all rows.
Result<void> check_unique(BlockingConnection& connection, const std::string& relation,
                          const std::vector<std::string>& numbers, const Dataset& data) {
  std::string set;
  for (const std::string& number : numbers) {
    set += (set.empty() ? "" : ",") + number;
  }
  const std::string text =
      "SELECT count(*) FROM pg_catalog.pg_index i WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL"
      " AND i.indexprs IS NULL AND i.indrelid = " +
      relation +
      " AND (SELECT array_agg(k.n ORDER BY k.n) FROM unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) AS k(n))" +
      " = (SELECT array_agg(k.n ORDER BY k.n) FROM unnest(ARRAY[" + set + "]::int2[]) AS k(n))";
  const Result<ResultPointer> found = connection.run(text.c_str());
  if (!found) {
    return std::unexpected(found.error());
  }
  if (own_cell(*found, 0, 0) != "0") {
    return {};
  }
  return unfit("data.key: nothing keeps (" + joined(data.key) + ") unique in '" + data.table +
               "', so a key could be several rows; name the columns of its primary key or of a unique constraint");
}

// What else an UPDATE would do is not put back.
Result<void> check_side_effects(BlockingConnection& connection, const std::string& relation, const Dataset& data) {
  constexpr const char* on_update = "16";
  const std::string text =
      "SELECT coalesce(string_agg(name, ', '), '') FROM ("
      "SELECT 'the trigger ' || tgname AS name FROM pg_catalog.pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O',"
      " 'A') AND (tgtype & " +
      std::string(on_update) + ") <> 0 AND tgrelid = " + relation +
      " UNION ALL SELECT 'the rule ' || rulename FROM pg_catalog.pg_rewrite WHERE ev_type = '2' AND ev_class = " +
      relation + ") AS effects";
  const Result<ResultPointer> found = connection.run(text.c_str());
  if (!found) {
    return std::unexpected(found.error());
  }
  if (const std::string effects = own_cell(*found, 0, 0); !effects.empty()) {
    return unfit("data.table: writes to '" + data.table + "' set off " + effects +
                 ", and what that changes could not be put back; disable it for the run, or name another table");
  }
  return {};
}

}  // namespace

Result<OwnTableParts> find_own_columns(BlockingConnection& connection, const Dataset& data) {
  const Result<std::string> relation = find_own_relation(connection, data);
  const Result<std::vector<FoundColumn>> columns =
      relation ? columns_of(connection, *relation) : std::unexpected(relation.error());
  if (!columns) {
    return std::unexpected(columns.error());
  }
  OwnTableParts parts = {.table = data.table};
  std::vector<std::string> numbers;
  for (const std::string& name : data.key) {
    const Result<FoundColumn> column = column_of_key(*columns, name, data);
    if (!column) {
      return std::unexpected(column.error());
    }
    parts.key.push_back({column->name, column->type});
    numbers.push_back(column->number);
  }
  const Result<FoundColumn> value = column_of_integers(*columns, "value", data.value, data);
  if (!value) {
    return std::unexpected(value.error());
  }
  parts.value = {value->name, value->type};
  if (!data.version.empty()) {
    const Result<FoundColumn> version = column_of_integers(*columns, "version", data.version, data);
    if (!version) {
      return std::unexpected(version.error());
    }
    parts.version = OwnColumn{version->name, version->type};
  }
  Result<void> fine = check_unique(connection, *relation, numbers, data);
  if (fine) {
    fine = check_side_effects(connection, *relation, data);
  }
  return fine ? Result<OwnTableParts>(std::move(parts)) : std::unexpected(fine.error());
}

}  // namespace stalemate
