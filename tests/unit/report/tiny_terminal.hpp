// As much of a terminal as the live screen needs: text, line feeds, and the escapes it writes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stalemate {

/// Characters stay in their cells until something is drawn over them. Like real ones, it keeps the cursor on the last
/// column after that is written, and only then erases it with the rest of the line.
class TinyTerminal {
 public:
  TinyTerminal(std::size_t columns, std::size_t rows) : columns_(columns), rows_(rows), cells_(rows, empty_line()) {}

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      bytes.remove_prefix(bytes.front() == '\x1b' ? escape(bytes) : character(bytes));
    }
  }

  /// The screen, without the spaces at the ends of lines and the empty lines at its end.
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const auto& line : cells_) {
      std::string shown;
      for (const std::string& cell : line) {
        shown += cell;
      }
      shown.erase(shown.find_last_not_of(' ') + 1);
      all += shown + "\n";
    }
    all.erase(all.find_last_not_of('\n') + 1);
    return all.empty() ? all : all + "\n";
  }
  [[nodiscard]] bool cursor_shown() const { return cursor_shown_; }
  [[nodiscard]] bool wraps() const { return wraps_; }
  [[nodiscard]] std::size_t cursor_row() const { return row_; }
  /// Escapes it did not know, which a test wants to be none.
  [[nodiscard]] const std::string& unknown() const { return unknown_; }

 private:
  using Cells = std::vector<std::string>;

  [[nodiscard]] Cells empty_line() const { return Cells(columns_, " "); }

  std::size_t character(std::string_view bytes) {
    std::size_t length = 1;
    while (length < bytes.size() && (static_cast<unsigned char>(bytes[length]) & 0xc0U) == 0x80U) {
      ++length;
    }
    if (bytes.front() == '\n') {
      line_feed();
    } else if (bytes.front() == '\r') {
      column_ = 0;
    } else {
      cells_[row_][column_] = bytes.substr(0, length);
      column_ = column_ + 1 < columns_ ? column_ + 1 : column_;
    }
    return length;
  }

  void line_feed() {
    if (row_ + 1 < rows_) {
      ++row_;
    } else {
      cells_.erase(cells_.begin());
      cells_.push_back(empty_line());
    }
  }

  std::size_t escape(std::string_view bytes) {
    const std::size_t end = bytes.find_first_of("ABCDHJKhlm", 2);
    const std::string_view argument = bytes.substr(2, end - 2);
    const std::string_view whole = bytes.substr(0, end + 1);
    if (bytes[end] == 'A') {
      const auto up = static_cast<std::size_t>(std::stoul(std::string(argument)));
      row_ = up < row_ ? row_ - up : 0;
    } else if (whole == "\x1b[K") {
      erase_line_from(row_, column_);
    } else if (whole == "\x1b[J") {
      erase_line_from(row_, column_);
      for (std::size_t row = row_ + 1; row < rows_; ++row) {
        erase_line_from(row, 0);
      }
    } else if (whole == "\x1b[H") {
      row_ = column_ = 0;
    } else if (argument == "?25") {
      cursor_shown_ = bytes[end] == 'h';
    } else if (argument == "?7") {
      wraps_ = bytes[end] == 'h';
    } else if (bytes[end] != 'm') {
      unknown_ += whole;
    }
    return end + 1;
  }

  void erase_line_from(std::size_t row, std::size_t column) {
    for (; column < columns_; ++column) {
      cells_[row][column] = " ";
    }
  }

  std::size_t columns_;
  std::size_t rows_;
  std::vector<Cells> cells_;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  bool cursor_shown_ = true;
  bool wraps_ = true;
  std::string unknown_ = {};
};

}  // namespace stalemate
