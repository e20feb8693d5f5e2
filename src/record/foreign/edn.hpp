// EDN, the notation of Clojure's data: all of it except the meaning of tags.
//
// Source: https://github.com/edn-format/edn.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace stalemate::edn {

/// `other`: a number that is not an integer of 64 bits, a character, true or false; `text` is what was written, but
/// that a number is always written in one way: 1N is the integer 1, 1.50 is 1.5.
enum class FormKind : std::uint8_t { nil, integer, text, keyword, symbol, other, list, vector, map, set, tagged };

/// One value. `text` holds a text's characters, a keyword's name without its colon, a symbol, or a tag without its `#`.
/// `items` hold elements; a map's keys and values by turns; a tagged value's one value.
struct Form {
  FormKind kind = FormKind::nil;
  std::int64_t integer = 0;
  std::string text = {};
  std::vector<Form> items = {};

  [[nodiscard]] bool is_keyword(std::string_view name) const { return kind == FormKind::keyword && text == name; }
  [[nodiscard]] bool is_true() const { return kind == FormKind::other && text == "true"; }
  /// A map's value of the keyword or text of that name, or nullptr.
  [[nodiscard]] const Form* find(std::string_view name) const;
};

/// Takes forms off the front of a text.
class Reader {
 public:
  /// Forms may not be nested deeper: a bound on the stack.
  static constexpr unsigned depth_max = 64;
  /// One form may not hold more of them: a bound on memory.
  static constexpr std::uint64_t forms_max = std::uint64_t{1} << 20U;

  Reader(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  /// Skips blanks, commas, comments and `#_` with its form. Errors: as next.
  [[nodiscard]] Result<void> skip();
  /// True at the end. Requires: just after skip.
  [[nodiscard]] bool is_at_end() const { return at_ == text_.size(); }
  /// The next character. Requires: not at the end.
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  /// Takes one character. Requires: not at the end.
  void take();
  /// The next form. Errors: ErrorCode::protocol, with name, line, what was wrong and what would be right.
  [[nodiscard]] Result<Form> next();
  /// Of the next character, from 1.
  [[nodiscard]] std::uint64_t line() const { return line_; }
  /// An error at this place.
  [[nodiscard]] std::unexpected<Error> wrong(const std::string& what) const;

 private:
  Result<Form> read(unsigned depth);
  Result<Form> read_items(FormKind kind, char close, unsigned depth);
  Result<Form> read_text();
  Result<unsigned> read_code_point();
  Result<Form> read_dispatch(unsigned depth);
  Result<Form> read_character();
  Result<Form> read_token();
  Result<void> skip_at(unsigned depth);

  std::string_view text_;
  std::string_view name_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
  std::uint64_t forms_ = 0;  // within the one that is read
};

/// In quotes, with terminal control characters escaped; other bytes that are not ASCII stay as they are.
[[nodiscard]] std::string quoted(std::string_view text);

/// The form in one line, in a canonical spelling: reading it again gives an equal form.
[[nodiscard]] std::string print(const Form& form);

/// The form that stands for all that are equal to it in the sense of Clojure's `=`: a list is a vector, and the order
/// of a map's or a set's elements does not count.
[[nodiscard]] Form canonical(Form form);

/// A whole number of any size from its digits, with or without a sign before them.
[[nodiscard]] Form whole_number(std::string_view digits);
/// A number with a fraction or an exponent. Requires: it is finite.
[[nodiscard]] Form fraction(double number);

}  // namespace stalemate::edn
