#include "drivers/sql/own_table/own_columns.hpp"

#include <algorithm>

#include "core/text/nearest.hpp"
#include "core/text/words.hpp"

namespace stalemate {
namespace {

std::unexpected<Error> unfit_data(std::string_view key, const std::string& sentence) {
  return failed(ErrorCode::wrong_type, "data." + std::string(key) + ": " + sentence);
}

Result<OwnColumnFacts> column_named(const OwnTableFacts& found, std::string_view key, const std::string& name,
                                    const Dataset& data) {
  const auto column = std::ranges::find(found.columns, name, &OwnColumnFacts::name);
  if (column != found.columns.end()) {
    return *column;
  }
  std::vector<std::string_view> names;
  for (const OwnColumnFacts& each : found.columns) {
    names.push_back(each.name);
  }
  return unfit_data(key, "the table '" + data.table + "' has no column '" + name + "'" + did_you_mean_of(name, names));
}

Result<OwnColumnFacts> column_of_key(const OwnTableFacts& found, const std::string& name, const Dataset& data) {
  Result<OwnColumnFacts> column = column_named(found, "key", name, data);
  const std::string which = "the column '" + name + "' of '" + data.table + "'";
  if (column && column->kind == ColumnKind::other) {
    return unfit_data("key",
                      which + " is of type " + column->type + ", and a key is made of integers, texts and uuids");
  }
  if (column && !column->loose_collation.empty()) {
    return unfit_data("key", which + " has the collation " + column->loose_collation +
                                 ", for which different texts may be equal, so one key of the database may be two "
                                 "entries of the cache; name a column that tells all texts apart");
  }
  return column;
}

Result<OwnColumnFacts> column_of_numbers(const OwnTableFacts& found, std::string_view key, const std::string& name,
                                         const Dataset& data) {
  Result<OwnColumnFacts> column = column_named(found, key, name, data);
  const std::string which = "the column '" + name + "' of '" + data.table + "' is ";
  if (column && column->kind != ColumnKind::number) {
    return unfit_data(key, which + "of type " + column->type + ", and it must be of type " + found.number_types);
  }
  if (column && column->is_generated) {
    return unfit_data(key, which + "generated from others, so it cannot be written");
  }
  return column;
}

// An index of exactly these columns.
Result<void> check_unique(const OwnTableFacts& found, const Dataset& data) {
  std::vector<std::string> wanted = data.key;
  std::ranges::sort(wanted);
  for (auto first = found.unique.begin(); first != found.unique.end();) {
    std::vector<std::string> columns;
    const std::string& index = first->index;
    for (; first != found.unique.end() && first->index == index; ++first) {
      columns.push_back(first->column);
    }
    std::ranges::sort(columns);
    if (columns == wanted) {
      return {};
    }
  }
  return unfit_data("key", "nothing keeps (" + joined(data.key) + ") unique in '" + data.table +
                               "', so a key could be several rows; name the columns of its primary key or of a unique "
                               "constraint");
}

// What else an UPDATE would do is not put back.
Result<void> check_effects(const OwnTableFacts& found, const Dataset& data) {
  return found.effects.empty() ? Result<void>()
                               : unfit_data("table", "writes to '" + data.table + "' set off " + joined(found.effects) +
                                                         ", and what that changes could not be put back; disable it "
                                                         "for the run, or name another table");
}

}  // namespace

std::unexpected<Error> no_own_table(const Dataset& data, std::string_view hint) {
  return unfit_data("table", "the database has no table '" + data.table + "'" + std::string(hint));
}

std::unexpected<Error> unfit_own_table(const Dataset& data, std::string_view why) {
  return unfit_data("table", "'" + data.table + "' " + std::string(why));
}

Result<OwnTableParts> own_table_parts(const OwnTableFacts& found, const Dataset& data) {
  OwnTableParts parts = {.style = found.style, .table = data.table, .value = data.value, .version = data.version};
  for (const std::string& name : data.key) {
    const Result<OwnColumnFacts> column = column_of_key(found, name, data);
    if (!column) {
      return std::unexpected(column.error());
    }
    parts.key.push_back({column->name, column->type_in_sql, column->kind != ColumnKind::text});
  }
  Result<void> fine = without_value(column_of_numbers(found, "value", data.value, data));
  if (fine && !data.version.empty()) {
    fine = without_value(column_of_numbers(found, "version", data.version, data));
  }
  if (fine) {
    fine = check_unique(found, data);
  }
  if (fine) {
    fine = check_effects(found, data);
  }
  if (!fine) {
    return std::unexpected(fine.error());
  }
  for (const OwnColumnFacts& column : found.columns) {
    if (column.is_touched) {
      parts.kept.push_back(column.name);
    }
  }
  return parts;
}

}  // namespace stalemate
