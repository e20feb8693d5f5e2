#include "drivers/postgres/stock/stock_lock.hpp"

#include <chrono>
#include <cstdint>
#include <random>
#include <string_view>
#include <thread>
#include <utility>

namespace stalemate {
namespace {

// Locks are counted by database; the second number distinguishes schemas. The first is chosen to be unlikely elsewhere.
constexpr const char* lock_text =
    "pg_try_advisory_lock(hashtext('the table stock of stalemate'), hashtext(coalesce(current_schema(), '')))";
constexpr const char* file_text =
    "coalesce(pg_relation_filenode(to_regclass(quote_ident(current_schema()) || '.stock'))::TEXT, '')";

// A session ends a little after its client: the last run may be over, but its lock not gone.
constexpr int lock_attempts_max = 20;
constexpr std::chrono::milliseconds lock_attempt_interval{50};
constexpr std::chrono::milliseconds lock_look_interval{500};

// With a number that no other run has.
std::string make_mark() {
  return "pg_try_advisory_lock(" + std::to_string(static_cast<std::int32_t>(std::random_device()())) +
         ", hashtext(coalesce(current_schema(), '')))";
}

bool is_true(const ResultPointer& row, int column) {
  return std::string_view(::PQgetvalue(row.get(), 0, column)) == "t";
}

}  // namespace

StockLock::StockLock(std::vector<PostgresOptions> nodes) : KeptClaim(std::move(nodes)), mark_(make_mark()) {}

Result<std::unique_ptr<StockLock>> StockLock::take(std::vector<PostgresOptions> nodes) {
  std::unique_ptr<StockLock> lock(new StockLock(std::move(nodes)));
  for (int attempt = 1; attempt <= lock_attempts_max; ++attempt) {
    const Result<Look> seen = lock->look();
    if (!seen) {
      return std::unexpected(seen.error());
    }
    if (seen->has_lock) {
      lock->held_by_ = lock->connections();
      lock->keep(lock_look_interval);
      return lock;
    }
    std::this_thread::sleep_for(lock_attempt_interval);
  }
  return taken_by_another(lock->place());
}

// A session may take a lock that it has as often as it likes.
Result<StockLock::Look> StockLock::look() {
  const Result<ResultPointer> row = run("SELECT " + std::string(lock_text) + ", " + mark_ + ", " + file_text);
  if (!row) {
    return std::unexpected(row.error());
  }
  return Look{is_true(*row, 0), is_true(*row, 1), ::PQgetvalue(row->get(), 0, 2)};
}

Result<void> StockLock::renew() {
  Result<Look> seen = look();
  if (seen && !seen->has_lock && seen->has_mark) {
    seen = look();  // the session that had both may have ended between the two
  }
  if (!seen) {
    return std::unexpected(seen.error());
  }
  const std::lock_guard lock(state_mutex_);
  if (!seen->has_lock && !seen->has_mark) {
    return {};  // a session of ours that was given up still has both, so the claim stands
  }
  const std::uint64_t held_by = connections();
  const bool was_free = seen->has_lock && std::exchange(held_by_, held_by) != held_by;
  if (!seen->has_lock || (was_free && !file_.empty() && seen->file != file_)) {
    note_taken(place());
  }
  return {};
}

void StockLock::note_table() {
  const Result<Look> seen = look();
  const std::lock_guard lock(state_mutex_);
  file_ = seen ? seen->file : "";
}

// A session that gets the lock, which ends with its connection, is on a server where nobody else holds it.
Result<bool> StockLock::is_seen_by(BlockingConnection& connection) const {
  const Result<ResultPointer> got = connection.run_within(("SELECT " + mark_).c_str(), answer_limit_ns);
  return got ? Result<bool>(!is_true(*got, 0)) : std::unexpected(got.error());
}

}  // namespace stalemate
