// The user's rows of a run, as every database engine takes them and gives them back.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "drivers/sql/own_table/own_rows.hpp"
#include "engines/live_store.hpp"

namespace stalemate {

/// Thread rule: that of LiveStore.
class UserRows {
 public:
  /// Takes the rows that StoreWanted::rows names; where it is not known whether they were changed, what puts them back
  /// is kept. Errors: a sentence for people. Requires: there are some to take, and none taken.
  [[nodiscard]] Result<std::shared_ptr<const OwnTable>> take(const StoreWanted& wanted, OpenOwnRows open);
  /// Puts them back, where any were taken. Errors: also that some are gone, and all others as they were.
  [[nodiscard]] Result<void> give_back(const StoreWanted& wanted);

 private:
  OpenOwnRows open_ = {};
  std::optional<OwnRows> taken_ = {};  // changed and not put back
};

/// "preparing the table stock of URL", or rows of the user's.
[[nodiscard]] std::string words_of_preparing(const StoreWanted& wanted);

}  // namespace stalemate
