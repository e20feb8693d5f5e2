#include "drivers/mariadb/stock/stock_lock.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "core/text/number_text.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

// Locks are counted by server, so the name tells the database, and no longer than a name may be.
constexpr std::string_view look_text =
    "SELECT COALESCE(IF(IS_USED_LOCK(n.name) = CONNECTION_ID(), 1, GET_LOCK(n.name, 0)), 0), CONNECTION_ID(),"
    " COALESCE(IS_USED_LOCK(n.name), ''), COALESCE((SELECT table_comment FROM information_schema.tables"
    " WHERE table_schema = DATABASE() AND table_name = 'stock'), '')"
    " FROM (SELECT CONCAT('stalemate.stock.', MD5(DATABASE())) AS name) n";

// Where each user may have fewer connections than the server, that counts; 0 is no limit.
constexpr std::string_view room_of_server_text = "SELECT @@GLOBAL.max_connections, @@SESSION.max_user_connections";
constexpr std::string_view connected_text = "SHOW GLOBAL STATUS LIKE 'Threads_connected'";

constexpr int attempts_for_lock_max = 20;
constexpr std::chrono::milliseconds attempt_for_lock_interval{50};
constexpr std::chrono::milliseconds look_at_lock_interval{500};
constexpr Nanoseconds silence_limit_ns = 2'000'000'000;

std::uint64_t number_of(const std::string& text) {
  return parse_number<std::uint64_t>(text).value_or(0);
}

}  // namespace

Result<std::unique_ptr<MariaDbStockLock>> MariaDbStockLock::take(const MariaDbOptions& options) {
  std::unique_ptr<MariaDbStockLock> lock(new MariaDbStockLock(options));
  // A session ends a little after its client: the last run may be over, but its lock not gone.
  for (int attempt = 1; attempt <= attempts_for_lock_max; ++attempt) {
    const Result<Look> seen = lock->look();
    if (!seen) {
      return std::unexpected(seen.error());
    }
    if (seen->has_lock) {
      lock->held_by_ = seen->own_id;
      lock->keep(look_at_lock_interval);
      return lock;
    }
    std::this_thread::sleep_for(attempt_for_lock_interval);
  }
  return taken_by_another(url_without_password(options.url));
}

// Takes the lock where it is free.
Result<MariaDbStockLock::Look> MariaDbStockLock::look() {
  const std::lock_guard lock(connection_mutex_);
  // A connection that is there already may have ended since.
  Result<TextRows> rows = failed(ErrorCode::connection_refused, "no server was asked");
  for (int attempts_left = connection_ ? 2 : 1; attempts_left > 0; --attempts_left) {
    if (!connection_) {
      Result<MariaDbConnection> opened = MariaDbConnection::open(options_, silence_limit_ns);
      if (!opened) {
        return std::unexpected(opened.error());
      }
      connection_ = std::move(*opened);
    }
    rows = connection_->run(look_text);
    if (rows && rows->size() == 1) {
      const std::vector<std::string>& row = rows->front();
      return Look{.has_lock = row[0] == "1", .own_id = row[1], .holder_id = row[2], .mark = row[3]};
    }
    connection_.reset();
  }
  return rows ? failed(ErrorCode::protocol, "the database does not tell who has its lock")
              : Result<Look>(std::unexpected(rows.error()));
}

Result<void> MariaDbStockLock::renew() {
  const Result<Look> seen = look();
  if (!seen) {
    return std::unexpected(seen.error());
  }
  const std::lock_guard lock(state_mutex_);
  const bool is_other_table = !mark_.empty() && seen->mark != mark_;
  // A session of ours that was given up may still have it: then the claim stands.
  const bool is_taken = !seen->has_lock && seen->holder_id != held_by_;
  const bool was_free = seen->has_lock && seen->own_id != held_by_;
  if (is_taken || (is_other_table && (was_free || !seen->has_lock))) {
    note_taken(url_without_password(options_.url));
  }
  if (seen->has_lock) {
    held_by_ = seen->own_id;
  }
  return {};
}

void MariaDbStockLock::note_table() {
  const Result<Look> seen = look();
  const std::lock_guard lock(state_mutex_);
  mark_ = seen ? seen->mark : "";
}

Result<void> MariaDbStockLock::check_room(const MariaDbOptions& options, std::uint32_t clients,
                                          std::uint32_t connections) {
  Result<MariaDbConnection> connection = MariaDbConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  const Result<TextRows> limits = connection->run(room_of_server_text);
  const Result<TextRows> used_now = limits ? connection->run(connected_text) : limits;
  if (!used_now || limits->empty() || used_now->empty()) {
    return without_value(used_now);
  }
  const std::uint64_t of_server = number_of(limits->front()[0]);
  const std::uint64_t of_user = number_of(limits->front()[1]);
  const bool user_counts = of_user > 0 && of_user < of_server;
  const std::uint64_t allowed = user_counts ? of_user : of_server;
  const std::uint64_t used = number_of(used_now->front().back());
  const std::uint64_t left = allowed - std::min(allowed, used);
  if (connections <= left) {
    return {};
  }
  const std::string setting = user_counts ? "max_user_connections" : "max_connections";
  return failed(ErrorCode::unavailable, with_thousands(clients) + " clients need " + with_thousands(connections) +
                                            " connections, but " + url_without_password(options.url) + " has " +
                                            with_thousands(left) + " left: " + setting + " is " +
                                            with_thousands(allowed) + " and " + with_thousands(used) +
                                            " are in use; ask for fewer with --clients, or raise " + setting);
}

}  // namespace stalemate
