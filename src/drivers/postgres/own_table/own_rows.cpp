#include "drivers/postgres/own_table/own_rows.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>
#include <utility>

#include "core/text/key_names.hpp"
#include "core/text/number_text.hpp"
#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/postgres/own_table/own_columns.hpp"

namespace stalemate {
namespace {

constexpr std::uint32_t rows_a_statement = 1'000;
constexpr int put_back_attempts_max = 5;
constexpr std::chrono::seconds put_back_interval{1};
constexpr std::int64_t version_max = (std::int64_t{1} << 53U) - 1;  // versions go through doubles in caches
constexpr const char* lock_limit_text = "SET LOCAL lock_timeout = '10s'";

/// What stood in a row before the run.
struct Original {
  std::string value = {};
  std::string version = {};
};

Result<void> run_one(BlockingConnection& connection, const std::string& statement) {
  const Result<ResultPointer> done = connection.run(statement.c_str());
  return without_value(done);
}

std::string rows_text(const OwnTableParts& parts, std::uint32_t count) {
  std::string columns;
  std::string order;
  for (const OwnColumn& column : parts.key) {
    columns += quote_name(column.name) + "::text, ";
    order += (order.empty() ? "" : ", ") + quote_name(column.name);
  }
  columns += quote_name(parts.value.name) + "::text";
  columns += parts.version ? ", " + quote_name(parts.version->name) + "::text" : "";
  return "SELECT " + columns + " FROM " + quote_table(parts.table) + " ORDER BY " + order + " LIMIT " +
         std::to_string(count) + " FOR UPDATE";
}

std::unexpected<Error> unfit_cell(const OwnTable& table, Key row, const std::string& column, const std::string& why) {
  return failed(ErrorCode::wrong_type, "data: the column '" + column + "' of the row " + table.row_name(row) + " of '" +
                                           table.parts().table + "' " + why);
}

Result<void> check_original(const OwnTable& table, Key row, const Original& original) {
  const auto value = parse_number<std::int64_t>(original.value);
  if (!value || *value > std::numeric_limits<Value>::max() || *value <= std::numeric_limits<Value>::min()) {
    return unfit_cell(table, row, table.parts().value.name,
                      "is " + original.value + ", and values of a run have 31 bits, up to 2,147,483,647");
  }
  if (!table.parts().version) {
    return {};
  }
  const auto version = parse_number<std::int64_t>(original.version);
  if (!version || *version < 0 || *version > version_max) {
    return unfit_cell(table, row, table.parts().version->name,
                      "is " + original.version + ", and versions count up from 0 and stay below 2^53");
  }
  return {};
}

/// The table with its rows, and what stood in them, by key.
struct RowsRead {
  std::shared_ptr<const OwnTable> table = {};
  std::vector<Original> originals = {};
};

// A column of a unique constraint may hold NULL, which is not equal to itself.
Result<OwnTable> table_of(OwnTableParts parts, const PGresult* rows) {
  const int columns = static_cast<int>(parts.key.size());
  for (int row = 0; row < ::PQntuples(rows); ++row) {
    for (int column = 0; column < columns; ++column) {
      if (::PQgetisnull(rows, row, column) != 0) {
        return failed(ErrorCode::wrong_type, "data.key: the column '" +
                                                 parts.key[static_cast<std::size_t>(column)].name + "' of '" +
                                                 parts.table + "' is NULL in row " + std::to_string(row + 1) +
                                                 " of the order of keys, so that row cannot be named");
      }
      parts.ids.emplace_back(::PQgetvalue(rows, row, column));
    }
  }
  return OwnTable(std::move(parts));
}

Result<RowsRead> read_originals(BlockingConnection& connection, OwnTableParts parts, std::uint32_t count) {
  const Result<ResultPointer> rows = connection.run(rows_text(parts, count).c_str());
  if (!rows) {
    return std::unexpected(rows.error());
  }
  const auto found = static_cast<std::uint32_t>(::PQntuples(rows->get()));
  if (found < count) {
    return failed(ErrorCode::wrong_type, "keys: the table '" + parts.table + "' has " + with_thousands(found) +
                                             " rows, and this run wants " + with_thousands(count) +
                                             " (six more than keys says); name a larger table or fewer keys");
  }
  const int first = static_cast<int>(parts.key.size());
  Result<OwnTable> table = table_of(std::move(parts), rows->get());
  if (!table) {
    return std::unexpected(table.error());
  }
  RowsRead read = {.table = std::make_shared<const OwnTable>(std::move(*table))};
  for (std::uint32_t row = 0; row < count; ++row) {
    const int place = static_cast<int>(row);
    for (int column = first; column < ::PQnfields(rows->get()); ++column) {
      if (::PQgetisnull(rows->get(), place, column) != 0) {
        return unfit_cell(*read.table, Key(row), ::PQfname(rows->get(), column), "is NULL, and it must be a number");
      }
    }
    Original original = {.value = ::PQgetvalue(rows->get(), place, first)};
    original.version = read.table->parts().version ? ::PQgetvalue(rows->get(), place, first + 1) : "";
    if (const Result<void> fine = check_original(*read.table, Key(row), original); !fine) {
      return std::unexpected(fine.error());
    }
    read.originals.push_back(std::move(original));
  }
  return read;
}

Result<std::shared_ptr<const EntryNames>> names_of_entries(const Dataset& data, const OwnTable& table) {
  const Result<std::vector<EntryPart>> parts = entry_parts(data);
  const Result<ContentForm> form = ContentForm::parse(data.form);
  if (!parts || !form) {
    return std::unexpected(parts ? form.error() : parts.error());
  }
  EntryNames names = {.form = *form};
  std::vector<std::pair<std::string, std::uint32_t>> sorted;
  for (std::uint32_t row = 0; row < table.rows(); ++row) {
    names.names.push_back(entry_name(*parts, table.id(Key(row))));
    sorted.emplace_back(names.names.back(), row);
  }
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted, {}, &std::pair<std::string, std::uint32_t>::first);
  if (twice != sorted.end()) {
    return failed(ErrorCode::wrong_type, "data.entry: the rows " + table.row_name(Key(twice->second)) + " and " +
                                             table.row_name(Key(std::next(twice)->second)) +
                                             " would share the entry '" + twice->first +
                                             "'; put something between the columns that stands in neither");
  }
  return std::make_shared<const EntryNames>(std::move(names));
}

std::vector<std::string> undo_statements(const RowsRead& read) {
  const OwnTableParts& parts = read.table->parts();
  std::string set = quote_name(parts.value.name) + " = o.v1";
  std::vector<std::string> types = {parts.value.type};
  if (parts.version) {
    set += ", " + quote_name(parts.version->name) + " = o.v2";
    types.push_back(parts.version->type);
  }
  const auto values_of = [&](Key row) {
    const Original& original = read.originals[row.index];
    return parts.version ? std::vector{original.value, original.version} : std::vector{original.value};
  };
  std::vector<std::string> statements;
  for (std::uint32_t row = 0; row < read.table->rows(); row += rows_a_statement) {
    const std::uint32_t count = std::min(rows_a_statement, read.table->rows() - row);
    statements.push_back(read.table->update_of(Key(row), count, set, types, values_of));
  }
  return statements;
}

// As a first write of the run that is not recorded.
Result<void> set_all(BlockingConnection& connection, const OwnTable& table) {
  const OwnTableParts& parts = table.parts();
  std::string set = quote_name(parts.value.name) + " = " + std::to_string(initial_value);
  if (parts.version) {
    const std::string version = quote_name(parts.version->name);
    set += ", " + version + " = t." + version + " + 1";
  }
  Result<void> done = {};
  for (std::uint32_t row = 0; done && row < table.rows(); row += rows_a_statement) {
    const std::uint32_t count = std::min(rows_a_statement, table.rows() - row);
    done =
        run_one(connection, table.update_of(Key(row), count, set, {}, [](Key) { return std::vector<std::string>(); }));
  }
  return done;
}

std::string script_of(const std::string& table, const std::vector<std::string>& undo) {
  std::string script = "-- Puts the rows of " + quote_table(table) + " back as stalemate found them.\nBEGIN;\n";
  for (const std::string& statement : undo) {
    script += statement + ";\n";
  }
  return script + "COMMIT;\n";
}

// How many rows were there to be put back.
Result<std::uint32_t> put_back_once(const PostgresOptions& options, const OwnRows& rows) {
  Result<BlockingConnection> connection = BlockingConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  Result<void> done = run_one(*connection, "BEGIN");
  if (done) {
    done = run_one(*connection, lock_limit_text);
  }
  if (done) {
    // A write that was given up may still wait for its row; whoever has a lock on the table ends first.
    done =
        run_one(*connection, "LOCK TABLE " + quote_table(rows.table->parts().table) + " IN SHARE ROW EXCLUSIVE MODE");
  }
  std::uint32_t there = 0;
  for (auto statement = rows.undo.begin(); done && statement != rows.undo.end(); ++statement) {
    const Result<ResultPointer> changed = connection->run(statement->c_str());
    there += changed ? parse_number<std::uint32_t>(::PQcmdTuples(changed->get())).value_or(0) : 0;
    done = without_value(changed);
  }
  if (done) {
    done = run_one(*connection, "COMMIT");
  }
  return done ? Result<std::uint32_t>(there) : std::unexpected(done.error());
}

}  // namespace

Result<OwnRows> take_own_rows(const PostgresOptions& options, const Dataset& data, std::uint32_t count,
                              const KeepRows& keep) {
  Result<BlockingConnection> connection = BlockingConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  if (connection->dialect() != Dialect::postgres) {
    return failed(ErrorCode::wrong_type, "data: a table of your own is not possible with CockroachDB yet");
  }
  Result<OwnTableParts> parts = find_own_columns(*connection, data);
  if (!parts) {
    return std::unexpected(parts.error());
  }
  Result<void> done = run_one(*connection, "BEGIN");
  if (done) {
    done = run_one(*connection, lock_limit_text);
  }
  const Result<RowsRead> read =
      done ? read_originals(*connection, std::move(*parts), count) : std::unexpected(done.error());
  if (!read) {
    return std::unexpected(read.error());
  }
  const Result<std::shared_ptr<const EntryNames>> entries = names_of_entries(data, *read->table);
  if (!entries) {
    return std::unexpected(entries.error());
  }
  OwnRows rows = {.table = read->table, .entries = *entries, .undo = undo_statements(*read)};
  done = keep(script_of(data.table, rows.undo));
  if (done) {
    done = set_all(*connection, *rows.table);
    if (!done) {
      done.error().outcome = Outcome::fail;  // nothing was committed
    }
  }
  if (done) {
    done = run_one(*connection, "COMMIT");
  }
  return done ? Result<OwnRows>(std::move(rows)) : std::unexpected(done.error());
}

Result<std::uint32_t> put_own_rows_back(const PostgresOptions& options, const OwnRows& rows) {
  Result<std::uint32_t> there = put_back_once(options, rows);
  for (int attempt = 1; !there && attempt < put_back_attempts_max; ++attempt) {
    std::this_thread::sleep_for(put_back_interval);
    there = put_back_once(options, rows);
  }
  return there ? Result<std::uint32_t>(rows.table->rows() - *there) : there;
}

}  // namespace stalemate
