// Where test data lies, its tables, and the project's own files.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace stalemate::test {

/// A file of the project, by its path from the root; empty where there is none.
inline std::string project_text(const std::string& path) {
  std::ifstream file(std::filesystem::path(STALEMATE_SOURCE_DIR) / path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The project's own test data.
inline std::filesystem::path data_folder() {
  return std::filesystem::path(STALEMATE_SOURCE_DIR) / "tests" / "data";
}

/// Recorded histories that may not be given away with the project: they lie beside it, or nowhere.
inline std::filesystem::path shared_corpora() {
  return std::filesystem::path(STALEMATE_SOURCE_DIR).parent_path() / "shared" / "corpora";
}

/// The rows of a table with tabs between its fields, without its first row; each has `columns` fields, empty where
/// there are fewer. No row where there is no such file.
inline std::vector<std::vector<std::string>> rows_of(const std::filesystem::path& table, std::size_t columns) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::vector<std::string> row;
    for (std::string field; std::getline(fields, field, '\t');) {
      row.push_back(field);
    }
    row.resize(columns);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace stalemate::test
