// Our own connections to the stores behind the gates: to look at them directly, and to do to the cache what happens to
// caches.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "application/application.hpp"
#include "core/error.hpp"
#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/redis/blocking_connection.hpp"
#include "gated/table_ties.hpp"

namespace stalemate {

/// Reads a PostgreSQL directly; never writes. Connects when it is first needed.
/// Thread rule: one thread at a time.
class DatabaseEye {
 public:
  explicit DatabaseEye(const StoreAddress& address);

  /// What the file's row query finds for a key; nothing where it finds no row, or a null.
  [[nodiscard]] Result<std::optional<std::int64_t>> row(const std::string& query, std::string_view key);
  /// The same of several keys, in their order, in one statement.
  [[nodiscard]] Result<std::vector<std::optional<std::int64_t>>> rows(const std::string& query,
                                                                      const std::vector<std::string_view>& keys);
  /// Which tables hang together now.
  [[nodiscard]] Result<TableTies> ties();
  /// Those of these server processes that wait for a lock of another one.
  [[nodiscard]] Result<std::vector<std::int32_t>> blocked(const std::vector<std::int32_t>& processes);

 private:
  [[nodiscard]] Result<ResultPointer> ask(const std::string& statement);
  [[nodiscard]] Result<ResultPointer> ask_for_rows(const std::string& statement);

  std::string url_;
  std::optional<BlockingConnection> connection_ = {};
};

/// Reads and changes the entries of one key in a Redis. Connects when it is first needed.
/// Thread rule: one thread at a time.
class EntryHand {
 public:
  explicit EntryHand(const StoreAddress& address);

  /// The entry as text, or its field; nothing where there is none.
  [[nodiscard]] Result<std::optional<std::string>> entry(std::string_view name, std::string_view field);
  /// The same of several, in their order.
  [[nodiscard]] Result<std::vector<std::optional<std::string>>> entries(const std::vector<std::string>& names,
                                                                        std::string_view field);
  /// Returns once it has answered: what it had to tell others before is on its way.
  [[nodiscard]] Result<void> be_answered() { return without_value(tell({"PING"})); }
  [[nodiscard]] Result<void> drop(const std::set<std::string>& names);
  /// Drops one entry, or of a hash its field. False where there is none.
  [[nodiscard]] Result<bool> drop_one(std::string_view name, std::string_view field);
  /// Keeps a copy of these entries, with their times to live.
  [[nodiscard]] Result<void> remember(const std::set<std::string>& names);
  /// Makes the cache hold that copy in place of what it has of these names.
  [[nodiscard]] Result<void> put_back(const std::set<std::string>& names);
  /// The server went: the next call connects again.
  void forget_connection() { connection_.reset(); }

 private:
  struct Kept {
    std::string bytes;      // as DUMP returns them
    std::string life_text;  // ms; "0": it does not expire
  };
  [[nodiscard]] Result<RedisReply> tell(const std::vector<std::string_view>& words);

  std::string url_;
  RedisConnection connection_ = nullptr;
  std::map<std::string, Kept> kept_ = {};
};

}  // namespace stalemate
