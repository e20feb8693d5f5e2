// What a text of SQL asks, as far as PostgreSQL's own parser tells: which tables it names, and whether it may write.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stalemate {

/// What a statement does to its session's transaction.
enum class TransactionStep : std::uint8_t { none, begins, commits, rolls_back };

/// What statements touch, taken together.
struct Effects {
  /// Each once; of LISTEN and NOTIFY "channel NAME", of advisory locks "advisory locks".
  std::vector<std::string> tables = {};
  bool touches_anything = false;  ///< its tables cannot be told
  bool writes = false;            ///< it may change, lock or notify what others see

  void add(const Effects& other);
};

/// One statement; what is not told of it may touch anything and write. Names of tables come without their schema, so
/// that `products` and `public.products` are one: two tables of one name are taken for the same, which is the safe
/// side.
struct SqlStatement : Effects {
  SqlStatement() : Effects{.touches_anything = true, .writes = true} {}

  std::string name = {};                   ///< in capitals: "UPDATE", "BEGIN"
  std::vector<std::string> literals = {};  ///< constants in its text, as text
  bool changes_rows = false;               ///< it writes rows, and its command tag says how many
  bool changes_untold = true;              ///< it may write rows, and its command tag says nothing of it
  bool takes_snapshot = false;             ///< from it on the session reads as of one instant, or asks to
  bool copies_in = false;                  ///< COPY ... FROM STDIN: rows follow in messages of their own
  TransactionStep transaction = TransactionStep::none;
  std::string prepares = {};  ///< of PREPARE: the name; all else is then told of the statement that it prepares
  std::string executes = {};  ///< of EXECUTE: the name, else empty
  std::string forgets = {};   ///< of DEALLOCATE: the name; "*" of all
};

/// The statements of a text, in order. Views, triggers and rules are not looked through. A function that PostgreSQL
/// does not bring along may write anything. What cannot be parsed, or is longer than sql_bytes_max, is one statement
/// that touches anything and writes. The answer is kept for the next asker; it depends on the text only.
[[nodiscard]] std::shared_ptr<const std::vector<SqlStatement>> sql_facts(std::string_view text);

inline constexpr std::size_t sql_bytes_max = 32UL * 1024;

/// The text with every run of spaces, tabs and line ends as one space, cut to so many bytes, at the end of a character.
[[nodiscard]] std::string on_one_line(std::string_view text, std::size_t bytes_max);

}  // namespace stalemate
