#include "engines/user_rows.hpp"

#include <fmt/core.h>

#include <utility>

#include "core/text/number_text.hpp"
#include "drivers/url.hpp"

namespace stalemate {

Result<std::shared_ptr<const OwnTable>> UserRows::take(const StoreWanted& wanted, OpenOwnRows open) {
  if (taken_) {
    return failed(ErrorCode::defect, "the user's rows were not given back");
  }
  const RowsOfUser& rows = *wanted.rows;
  open_ = std::move(open);
  Result<OwnRows> taken = take_own_rows(open_, rows.dataset, wanted.keys, rows.hear, rows.keep);
  if (!taken) {
    const Result<void> forgotten = taken.error().outcome == Outcome::fail ? rows.keep("") : Result<void>();
    return std::unexpected(forgotten ? taken.error() : forgotten.error());
  }
  taken_ = std::move(*taken);
  return taken_->table;
}

Result<void> UserRows::give_back(const StoreWanted& wanted) {
  if (!taken_) {
    return {};
  }
  const std::string& table = wanted.rows->dataset.table;
  wanted.words.doing("putting the rows of '" + table + "' back");
  const Result<std::uint64_t> gone = put_own_rows_back(open_, *taken_);
  if (!gone) {
    return std::unexpected(gone.error());
  }
  taken_.reset();
  if (const Result<void> forgotten = wanted.rows->keep(""); !forgotten) {
    return forgotten;
  }
  return *gone == 0 ? Result<void>()
                    : failed(ErrorCode::unavailable,
                             fmt::format("{} of the rows of '{}' that the run used are not there any more, as somebody "
                                         "removed them during the run; all others are as they were",
                                         with_thousands(*gone), table));
}

std::string words_of_preparing(const StoreWanted& wanted) {
  const std::string what = wanted.rows ? "rows of '" + wanted.rows->dataset.table + "'" : "table stock";
  return "preparing the " + what + " of " + url_without_password(wanted.urls.front());
}

}  // namespace stalemate
