// Rows and entries of a run's keys, looked at past the service and its gates: what [row] and [entry] of its file say.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "application/application.hpp"
#include "core/error.hpp"
#include "core/types.hpp"
#include "gated/store_hands.hpp"

namespace stalemate {

/// What a row or an entry holds, as a run knows values; `absent` where it is none that a run can have written.
[[nodiscard]] Value as_value(std::optional<std::int64_t> number);

/// Reads rows with the file's query.
/// Thread rule: one thread at a time.
class RowLook {
 public:
  /// `keys` outlive it.
  RowLook(const StoreAddress& database, std::string query, const std::vector<std::string>& keys)
      : eye_(database), query_(std::move(query)), keys_(keys) {}
  [[nodiscard]] Result<Value> row_of(Key key);
  /// The rows of keys `first`, `first + 1`, ..., some hundreds in one statement.
  [[nodiscard]] Result<void> read(Key first, std::span<Value> values);

 private:
  DatabaseEye eye_;
  std::string query_;
  const std::vector<std::string>& keys_;
};

/// Reads entries as the file says that they are called and what they look like.
/// Thread rule: one thread at a time.
class EntryLook {
 public:
  /// Both outlive it.
  EntryLook(const StoreAddress& cache, const EntryForm& form, const std::vector<std::string>& keys)
      : hand_(cache), form_(form), keys_(keys) {}
  /// Nothing where there is none, or in another form.
  [[nodiscard]] Result<std::optional<Value>> entry_of(Key key);
  /// The entries of keys `first`, `first + 1`, ...; `absent` as entry_of.
  [[nodiscard]] Result<void> read(Key first, std::span<Value> values);

  [[nodiscard]] std::uint64_t found() const { return found_; }
  /// Of these: in another form.
  [[nodiscard]] std::uint64_t unreadable() const { return unreadable_; }
  [[nodiscard]] const std::string& first_unreadable() const { return first_unreadable_; }  ///< why, a sentence

 private:
  [[nodiscard]] std::optional<Value> value_in(const std::optional<std::string>& text);

  EntryHand hand_;
  const EntryForm& form_;
  const std::vector<std::string>& keys_;
  std::uint64_t found_ = 0;
  std::uint64_t unreadable_ = 0;
  std::string first_unreadable_ = {};
};

}  // namespace stalemate
