#include "drivers/feeds/outbox_feed.hpp"

#include <charconv>
#include <string>
#include <vector>

#include "drivers/sql/stock_rows.hpp"

namespace stalemate {

Task<Result<void>> OutboxFeed::look() {
  const auto rows = co_await session_.ask("SELECT id, quantity, product_id FROM stock_outbox ORDER BY id LIMIT 200");
  if (!rows) {
    co_return std::unexpected(rows.error());
  }
  for (const std::vector<std::string>& row : *rows) {
    Change change;
    const std::optional<Key> key = keys_->find(row.back());
    std::from_chars(row.front().data(), row.front().data() + row.front().size(), change.position);
    if (key) {
      change.key = *key;
      change.value = parse_quantity(row[1]).value_or(absent);
      found_.push_back(change);
    }
  }
  co_return Result<void>();
}

Task<Result<void>> OutboxFeed::acknowledge(Change change) {
  std::string statement = "DELETE FROM stock_outbox WHERE id = " + std::to_string(change.position);
  const auto done = co_await session_.ask(std::move(statement));
  if (!done) {
    co_return std::unexpected(done.error());
  }
  found_.pop_front();
  co_return Result<void>();
}

}  // namespace stalemate
