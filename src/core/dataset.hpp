// A table of the user's that a run works on in place of its own, and how the cache keeps entries of its rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/types.hpp"

namespace stalemate {

/// As the section [data] of a scenario has it. Names of columns are as in the database, without quotes.
struct Dataset {
  std::string table = {};             ///< "TABLE" or "SCHEMA.TABLE"
  std::vector<std::string> key = {};  ///< columns of integers or texts that are unique together
  std::string value = {};             ///< the column of integers that writes change
  std::string version = {};           ///< a column of integers that every write counts up; empty: none
  std::string entry = {};             ///< what the cache calls a row's entry, such as "inv:{shop}:{sku}"
  std::string form = "text";          ///< what an entry holds: "text", "json:/POINTER" or "hash:FIELD"
  friend bool operator==(const Dataset&, const Dataset&) = default;
};

inline constexpr std::size_t key_columns_max = 8;

/// Whether everything that must be said is said, and whether names and forms can be such.
/// Errors: wrong_type, a sentence that begins with "data.KEY".
[[nodiscard]] Result<void> check_dataset(const Dataset& data);

/// A part of an entry's name: a text, or what stands in a column of the row's key.
struct EntryPart {
  std::string text = {};
  std::optional<std::size_t> column = {};  ///< its place in Dataset::key
};
/// Errors: wrong_type: an unknown column, a brace without its other, a column of the key that is left out.
[[nodiscard]] Result<std::vector<EntryPart>> entry_parts(const Dataset& data);
/// The entry's name of the row with that key. Requires: as many texts as the key has columns.
[[nodiscard]] std::string entry_name(const std::vector<EntryPart>& parts, const std::string* key);

/// What stands around the number in an entry.
class ContentForm {
 public:
  /// Digits alone.
  ContentForm() = default;
  /// "text", "json:" with a JSON pointer (RFC 6901) of which every token names a member of an object, or "hash:" with
  /// the name of a field. Errors: wrong_type, what would be right.
  [[nodiscard]] static Result<ContentForm> parse(std::string_view form);

  /// The entry of that value; of a hash, the field.
  [[nodiscard]] std::string text_of(Value value) const { return before_ + std::to_string(value) + after_; }
  /// The other way, of what text_of has made; std::nullopt of everything else.
  [[nodiscard]] std::optional<Value> value_in(std::string_view entry) const;
  /// Such as {"on_hand":17}, or, of a hash, on_hand 17.
  [[nodiscard]] std::string example() const { return (field_.empty() ? "" : field_ + " ") + text_of(17); }
  /// The JSON pointer; empty: it has another form.
  [[nodiscard]] const std::string& pointer() const { return pointer_; }
  /// The field of the hash; empty: it has another form.
  [[nodiscard]] const std::string& field() const { return field_; }

 private:
  std::string before_ = {};
  std::string after_ = {};
  std::string pointer_ = {};
  std::string field_ = {};
};

}  // namespace stalemate
