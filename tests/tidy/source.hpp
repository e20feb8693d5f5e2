// A source file as the rules of this house see it: tokens without comments and strings, the comments, the includes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stalemate::tidy {

enum class TokenKind : unsigned char { word, number, text, sign };

/// One token. Signs are single characters but for `::`, `->` and `[[`. The text of string and character literals is
/// dropped: their `text` is "".
struct Token {
  TokenKind kind = TokenKind::sign;
  std::string_view text;
  int line = 0;
  bool in_directive = false;  ///< stands in a #define or another directive, where braces need not match
};

/// One line of a comment, without its `//`, `/*` or `*/`, trimmed.
struct Comment {
  std::string_view text;
  int line = 0;
};

struct Include {
  std::string_view path;
  bool ours = false;  ///< written with quotes
  int line = 0;
};

/// A file's text and what the lexer found in it. The views point into the file's own text, so it is not copied.
struct SourceFile {
  std::string path;  ///< from the root of the project, such as "src/core/op.hpp"
  std::string text;
  std::vector<Token> tokens = {};
  std::vector<Comment> comments = {};
  std::vector<Include> includes = {};

  SourceFile(std::string path_from_root, std::string content);
  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;
  SourceFile(SourceFile&&) = delete;
  SourceFile& operator=(SourceFile&&) = delete;
  ~SourceFile() = default;

  /// "core" for "src/core/op.hpp"; "" for a file that is in no room.
  [[nodiscard]] std::string_view room() const;
  [[nodiscard]] bool is_header() const { return path.ends_with(".hpp"); }
};

/// The lines of a text, without their ends.
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

/// Without blanks at either end.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace stalemate::tidy
