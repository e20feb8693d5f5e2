#include "drivers/sql/own_table/own_rows.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>
#include <utility>

#include "core/text/key_names.hpp"
#include "core/text/number_text.hpp"

namespace stalemate {
namespace {

constexpr std::uint32_t rows_a_text = 1'000;
constexpr int put_back_attempts_max = 5;
constexpr std::chrono::seconds put_back_interval{1};
constexpr std::int64_t version_max = (std::int64_t{1} << 53U) - 1;  // versions go through doubles in caches

/// What stood in a row before the run.
struct Original {
  std::string value = {};
  std::string version = {};
};

std::string rows_text(const OwnTableParts& parts, std::uint32_t count) {
  std::string order;
  for (const OwnColumn& column : parts.key) {
    order += (order.empty() ? "" : ", ") + parts.style.name(column.name);
  }
  const std::string columns = order + ", " + parts.style.name(parts.value) +
                              (parts.version.empty() ? "" : ", " + parts.style.name(parts.version));
  return "SELECT " + columns + " FROM " + parts.style.table(parts.table) + " ORDER BY " + order + " LIMIT " +
         std::to_string(count) + " FOR UPDATE";
}

std::unexpected<Error> unfit_cell(const OwnTable& table, Key row, const std::string& column, const std::string& why) {
  return failed(ErrorCode::wrong_type, "data: the column '" + column + "' of the row " + table.row_name(row) + " of '" +
                                           table.parts().table + "' " + why);
}

Result<void> check_original(const OwnTable& table, Key row, const Original& original) {
  const auto value = parse_number<std::int64_t>(original.value);
  if (!value || *value > std::numeric_limits<Value>::max() || *value <= std::numeric_limits<Value>::min()) {
    return unfit_cell(table, row, table.parts().value,
                      "is " + original.value + ", and values of a run have 31 bits, up to 2,147,483,647");
  }
  if (table.parts().version.empty()) {
    return {};
  }
  const auto version = parse_number<std::int64_t>(original.version);
  if (!version || *version < 0 || *version > version_max) {
    return unfit_cell(table, row, table.parts().version,
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
Result<OwnTable> table_of(OwnTableParts parts, const NullableRows& rows) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t column = 0; column < parts.key.size(); ++column) {
      if (!rows[row][column]) {
        return failed(ErrorCode::wrong_type, "data.key: the column '" + parts.key[column].name + "' of '" +
                                                 parts.table + "' is NULL in row " + std::to_string(row + 1) +
                                                 " of the order of keys, so that row cannot be named");
      }
      parts.ids.push_back(*rows[row][column]);
    }
  }
  return OwnTable(std::move(parts));
}

Result<Original> original_of(const OwnTable& table, Key row, const std::vector<std::optional<std::string>>& cells) {
  const OwnTableParts& parts = table.parts();
  const std::optional<std::string>& value = cells[parts.key.size()];
  const std::optional<std::string> version = parts.version.empty() ? std::string() : cells.back();
  if (!value || !version) {
    return unfit_cell(table, row, value ? parts.version : parts.value, "is NULL, and it must be a number");
  }
  Original original = {.value = *value, .version = *version};
  const Result<void> fine = check_original(table, row, original);
  return fine ? Result<Original>(std::move(original)) : std::unexpected(fine.error());
}

Result<RowsRead> read_originals(OwnRowsLink& link, OwnTableParts parts, std::uint32_t count) {
  const Result<NullableRows> rows = link.rows(rows_text(parts, count));
  if (!rows) {
    return std::unexpected(rows.error());
  }
  if (rows->size() < count) {
    return failed(ErrorCode::wrong_type, "keys: the table '" + parts.table + "' has " + with_thousands(rows->size()) +
                                             " rows, and this run wants " + with_thousands(count) +
                                             " (six more than keys says); name a larger table or fewer keys");
  }
  Result<OwnTable> table = table_of(std::move(parts), *rows);
  if (!table) {
    return std::unexpected(table.error());
  }
  RowsRead read = {.table = std::make_shared<const OwnTable>(std::move(*table))};
  for (std::uint32_t row = 0; row < count; ++row) {
    Result<Original> original = original_of(*read.table, Key(row), (*rows)[row]);
    if (!original) {
      return std::unexpected(original.error());
    }
    read.originals.push_back(std::move(*original));
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

// Texts of statements for all rows, one each.
template <class StatementOf>
std::vector<std::string> texts_for(const OwnTable& table, const StatementOf& statement_of) {
  std::vector<std::string> texts;
  for (std::uint32_t row = 0; row < table.rows(); ++row) {
    if (row % rows_a_text == 0) {
      texts.emplace_back();
    }
    texts.back() += (texts.back().empty() ? "" : ";\n") + statement_of(Key(row));
  }
  return texts;
}

std::vector<std::string> undo_texts(const RowsRead& read) {
  return texts_for(*read.table, [&](Key row) {
    const Original& original = read.originals[row.index];
    return read.table->update_text(original.value, original.version, read.table->where_row(row));
  });
}

// As a first write of the run that is not recorded.
std::vector<std::string> first_writes(const OwnTable& table) {
  return texts_for(table, [&](Key row) {
    return table.update_text(std::to_string(initial_value), table.next_version(), table.where_row(row));
  });
}

// How many rows were found.
Result<std::uint64_t> change_all(OwnRowsLink& link, const std::vector<std::string>& texts) {
  std::uint64_t found = 0;
  for (const std::string& text : texts) {
    const Result<std::uint64_t> changed = link.change(text);
    if (!changed) {
      return changed;
    }
    found += *changed;
  }
  return found;
}

std::string script_of(const OwnTableParts& parts, const std::vector<std::string>& undo) {
  std::string script = "-- Puts the rows of " + parts.style.table(parts.table) + " back as stalemate found them.\n";
  script += parts.style.script_begin;
  for (const std::string& text : undo) {
    script += text + ";\n";
  }
  return script + "COMMIT;\n";
}

// How many rows were there to be put back.
Result<std::uint64_t> put_back_once(const OpenOwnRows& open, const OwnRows& rows) {
  const Result<std::unique_ptr<OwnRowsLink>> link = open();
  if (!link) {
    return std::unexpected(link.error());
  }
  // A write that was given up may still wait for its row; whoever is writing ends first.
  const OwnTableParts& parts = rows.table->parts();
  Result<void> done = (*link)->begin(parts.style.table(parts.table));
  const Result<std::uint64_t> there = done ? change_all(**link, rows.undo) : std::unexpected(done.error());
  if (there) {
    done = (*link)->commit();
  }
  return done ? there : std::unexpected(done.error());
}

}  // namespace

Result<OwnTableFacts> OwnRowsLink::find(const Dataset& data) {
  const Result<std::string> place = locate(data);
  if (!place) {
    return std::unexpected(place.error());
  }
  OwnTableFacts found = nothing_found();
  Result<void> done = find_columns(found, *place);
  if (done) {
    done = find_unique(found, *place);
  }
  if (done) {
    done = find_effects(found, *place);
  }
  return done ? Result<OwnTableFacts>(std::move(found)) : std::unexpected(done.error());
}

Result<void> OwnRowsLink::run_each(std::initializer_list<std::string> statements) {
  Result<void> done = {};
  for (const std::string& statement : statements) {
    done = done ? without_value(rows(statement)) : done;
  }
  return done;
}

Result<void> OwnRowsLink::read_each(const std::string& query,
                                    const std::function<void(const std::vector<std::string>& cells)>& row) {
  const Result<NullableRows> found = rows(query);
  for (std::size_t place = 0; found && place < found->size(); ++place) {
    std::vector<std::string> cells;
    for (const std::optional<std::string>& cell : (*found)[place]) {
      cells.push_back(cell.value_or(""));
    }
    row(cells);
  }
  return without_value(found);
}

Result<OwnRows> take_own_rows(const OpenOwnRows& open, const Dataset& data, std::uint32_t count, const HearNames& names,
                              const KeepRows& keep) {
  const Result<std::unique_ptr<OwnRowsLink>> link = open();
  const Result<OwnTableFacts> found = link ? (*link)->find(data) : std::unexpected(link.error());
  Result<OwnTableParts> parts = found ? own_table_parts(*found, data) : std::unexpected(found.error());
  if (!parts) {
    return std::unexpected(parts.error());
  }
  Result<void> done = (*link)->begin(parts->style.table(parts->table));
  const Result<RowsRead> read = done ? read_originals(**link, std::move(*parts), count) : std::unexpected(done.error());
  const Result<std::shared_ptr<const EntryNames>> entries =
      read ? names_of_entries(data, *read->table) : std::unexpected(read.error());
  if (!entries) {
    return std::unexpected(entries.error());
  }
  done = names(*entries);
  OwnRows rows = {.table = read->table, .undo = undo_texts(*read)};
  if (done) {
    done = keep(script_of(rows.table->parts(), rows.undo));
  }
  if (done) {
    done = without_value(change_all(**link, first_writes(*rows.table)));
    if (!done) {
      done.error().outcome = Outcome::fail;  // nothing was committed
    }
  }
  if (done) {
    done = (*link)->commit();
  }
  return done ? Result<OwnRows>(std::move(rows)) : std::unexpected(done.error());
}

Result<std::uint64_t> put_own_rows_back(const OpenOwnRows& open, const OwnRows& rows) {
  Result<std::uint64_t> there = put_back_once(open, rows);
  for (int attempt = 1; !there && attempt < put_back_attempts_max; ++attempt) {
    std::this_thread::sleep_for(put_back_interval);
    there = put_back_once(open, rows);
  }
  return there ? Result<std::uint64_t>(rows.table->rows() - *there) : there;
}

}  // namespace stalemate
