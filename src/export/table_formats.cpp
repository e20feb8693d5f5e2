// Ops and steps as tables, for databases and notebooks: Parquet, and steps as CSV. (CSV of ops can be read back, so it
// is among the formats of events.)
#include <fmt/format.h>

#include <iterator>

#include "core/text/printable.hpp"
#include "export/export_format.hpp"
#include "export/parquet/parquet_writer.hpp"
#include "export/tables.hpp"

namespace stalemate {
namespace {

/// A name as RFC 4180 wants it.
std::string csv_field(std::string_view name) {
  std::string text = printable(name);
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char character : text) {
    quoted += character == '"' ? "\"\"" : std::string(1, character);
  }
  return quoted + "\"";
}

template <class Record>
std::string csv_cell(const TableColumn<Record>& column, const Record& row) {
  const std::optional<std::int64_t> cell = column.cell(row);
  if (!cell) {
    return {};
  }
  switch (column.type) {
    case CellType::name: return csv_field(column.names.at(static_cast<std::size_t>(*cell)));
    case CellType::uint64: return std::to_string(static_cast<std::uint64_t>(*cell));
    default: return std::to_string(*cell);
  }
}

/// Lines end with line feeds, as in the other formats.
template <class Record>
void write_csv_table(const std::vector<TableColumn<Record>>& columns, std::span<const Record> rows, std::ostream& out) {
  std::string line;
  for (const TableColumn<Record>& column : columns) {
    line += fmt::format("{}{}", line.empty() ? "" : ",", column.name);
  }
  out << line << '\n';
  for (const Record& row : rows) {
    line.clear();
    for (const TableColumn<Record>& column : columns) {
      line += &column == &columns.front() ? "" : ",";
      line += csv_cell(column, row);
    }
    line += '\n';
    if (!(out << line)) {
      return;
    }
  }
}

template <class Record>
void write_parquet_table(const History& history, const std::vector<TableColumn<Record>>& columns,
                         std::span<const Record> rows, std::ostream& out) {
  std::vector<ParquetColumn> described;
  for (const TableColumn<Record>& column : columns) {
    described.push_back({column.name, column.type, column.is_nullable, column.names});
  }
  const HistoryHeader& header = history.header;
  ParquetWriter writer(out, std::move(described),
                       {{"stalemate.scenario", header.scenario_name},
                        {"stalemate.pattern", header.pattern},
                        {"stalemate.seed", std::to_string(header.seed)},
                        {"stalemate.started_at", header.started_at},
                        {"stalemate.truncation", history.truncation}});
  for (const Record& row : rows) {
    for (std::size_t column = 0; column < columns.size(); ++column) {
      if (const std::optional<std::int64_t> cell = columns[column].cell(row)) {
        writer.add(column, *cell);
      } else {
        writer.add_null(column);
      }
    }
    writer.end_row();
    if (!out) {
      return;
    }
  }
  writer.finish();
}

[[maybe_unused]] const bool csv_steps_registered = ExportFormatRegistry::add(
    {.name = "csv-steps",
     .ending = "steps.csv",
     .summary = "calls to stores, one a row",
     .source = ExportSource::steps,
     .needs_times = true,
     .write = [](const ExportSubject& subject, std::ostream& out) {
       write_csv_table<StepRecord>(step_columns(*subject.history), subject.history->steps(), out);
     }});

[[maybe_unused]] const bool parquet_registered = ExportFormatRegistry::add(
    {.name = "parquet",
     .ending = ".parquet",
     .summary = "ops as a table of Apache Parquet, for DuckDB, pandas and their like",
     .source = ExportSource::ops,
     .needs_times = true,
     .write = [](const ExportSubject& subject, std::ostream& out) {
       write_parquet_table<OpRecord>(*subject.history, op_columns(*subject.history), subject.history->ops(), out);
     }});

[[maybe_unused]] const bool parquet_steps_registered = ExportFormatRegistry::add(
    {.name = "parquet-steps",
     .ending = "steps.parquet",
     .summary = "calls to stores, as such a table",
     .source = ExportSource::steps,
     .needs_times = true,
     .write = [](const ExportSubject& subject, std::ostream& out) {
       write_parquet_table<StepRecord>(*subject.history, step_columns(*subject.history), subject.history->steps(), out);
     }});

}  // namespace
}  // namespace stalemate
