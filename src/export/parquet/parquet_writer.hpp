// ParquetWriter: tables as Apache Parquet files, in as much of that format as ops and steps need.
//
// Columns are numbers, plain, or names, by dictionary. Pages are compressed with zlib. Rows are written in groups, so
// that memory does not grow with the table.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "export/tables.hpp"

namespace stalemate {

/// What a column is called and holds, as in TableColumn.
struct ParquetColumn {
  std::string name = {};
  CellType type = CellType::int32;
  bool is_nullable = false;
  std::vector<std::string> names = {};
};

/// Writes one table: cells column by column, one a row each, then end_row(), and finish() at the end.
/// Memory: about 10 bytes a cell of one group, and 4 a name.
/// Errors: the stream's state.
/// Thread rule: one thread at a time.
/// Source: the Apache Parquet format, version 2.9: data pages V1, PLAIN and RLE_DICTIONARY, GZIP.
class ParquetWriter {
 public:
  static constexpr std::size_t group_rows = 131'072;

  /// `facts` go into the file's own key-value list. Requires: the stream outlives this object.
  ParquetWriter(std::ostream& out, std::vector<ParquetColumn> columns,
                std::vector<std::pair<std::string, std::string>> facts);

  /// Requires: cells are added to each column in turn; a name is a place in the column's names.
  void add(std::size_t column, std::int64_t cell);
  /// Requires: the column is nullable.
  void add_null(std::size_t column);
  void end_row();
  /// Writes what is left and the footer.
  void finish();

 private:
  /// The cells of the group under way.
  struct Cells {
    std::string values = {};                ///< of numbers, as the file has them
    std::vector<std::uint32_t> ids = {};    ///< of names, places in `used`
    std::vector<std::uint32_t> used = {};   ///< names that occur, in the order of the dictionary
    std::vector<std::uint32_t> id_of = {};  ///< by name; 0 unused, else its place in `used` and 1
    std::vector<bool> present = {};         ///< of a nullable column, by row
  };
  struct Chunk {
    std::int64_t dictionary_at = 0;  ///< 0: it has none
    std::int64_t data_at = 0;
    std::int64_t plain_bytes = 0;
    std::int64_t bytes = 0;
  };
  struct Group {
    std::size_t rows = 0;
    std::vector<Chunk> chunks = {};
  };

  void write_group();
  Chunk write_chunk(std::size_t column);
  /// `header` has what is told of pages of that kind.
  void write_page(const std::string& page, int type, int header_field, std::size_t values, int encoding, Chunk& chunk);
  [[nodiscard]] std::string footer() const;
  void write(std::string_view bytes);

  std::ostream& out_;
  std::vector<ParquetColumn> columns_;
  std::vector<std::pair<std::string, std::string>> facts_;
  std::vector<Cells> cells_;
  std::vector<Group> groups_ = {};
  std::size_t rows_ = 0;  ///< of the group under way
  std::int64_t at_ = 0;   ///< bytes written
};

}  // namespace stalemate
