// Source: PostgreSQL 15 manual, 27.2.2 "Log-Shipping Standby Servers: Standby Server Operation", 27.3 "Failover".
#include "servers/engines/postgres_failover.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>

#include "servers/engines/postgres_text.hpp"
#include "servers/engines/probes.hpp"

namespace stalemate {
namespace {

constexpr std::chrono::seconds failover_limit{30};
constexpr std::chrono::milliseconds look_again{2};

/// Asks until the first column is "t".
Result<void> wait_until_true(const ServerAddress& server, const std::string& question, std::string_view what) {
  const auto deadline = std::chrono::steady_clock::now() + failover_limit;
  while (std::chrono::steady_clock::now() < deadline) {
    const Result<std::vector<std::string>> row =
        ask_postgres(server, question, std::chrono::nanoseconds(failover_limit).count());
    if (!row) {
      return std::unexpected(row.error());
    }
    if (row->front() == "t") {
      return {};
    }
    std::this_thread::sleep_for(look_again);
  }
  return failed(ErrorCode::timed_out, "the standby of the database did not " + std::string(what) + " in time");
}

Result<void> take_socket_of(const ServerAddress& primary, const ServerAddress& standby) {
  const std::filesystem::path place = postgres_socket(primary.socket, primary.port);
  const std::filesystem::path link = place.native() + ".new";
  std::error_code error;
  std::filesystem::create_symlink(postgres_socket(standby.socket, standby.port), link, error);
  if (!error) {
    std::filesystem::rename(link, place, error);
  }
  return error ? failed(ErrorCode::unavailable,
                        "the socket " + place.native() + " cannot be replaced: " + error.message())
               : Result<void>();
}

}  // namespace

Result<void> stop_following(const ServerFacts& standby) {
  const std::filesystem::path path = standby.data_folder / "postgresql.auto.conf";
  std::ofstream file(path, std::ios::app);
  file << "primary_conninfo = ''\n" << std::flush;
  if (!file) {
    return failed(ErrorCode::unavailable, "cannot write " + path.native());
  }
  const ServerAddress& address = standby.addresses.front();
  if (Result<void> told = wait_until_true(address, "SELECT pg_reload_conf()", "read its settings again"); !told) {
    return told;
  }
  return wait_until_true(address,
                         "SELECT current_setting('primary_conninfo') = '' AND "
                         "NOT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL)",
                         "stop following");
}

Result<void> fail_over(Server& primary, const ServerFacts& standby) {
  const ServerAddress old_address = primary.facts().addresses.front();
  const ServerAddress& address = standby.addresses.front();
  const Result<std::vector<std::string>> position =
      ask_postgres(old_address, "SELECT pg_current_wal_insert_lsn()", std::chrono::nanoseconds(failover_limit).count());
  if (!position) {
    return std::unexpected(position.error());
  }
  if (Result<void> killed = primary.kill_now(); !killed) {
    return killed;
  }
  if (Result<void> promoted = wait_until_true(address, "SELECT pg_promote()", "take over"); !promoted) {
    return promoted;
  }
  // What the primary wrote after it was asked is far less than a segment. The position was made by the server and holds
  // digits and a slash.
  const std::string move_on =
      "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '" + position->front() +
      "') > pg_size_bytes(current_setting('wal_segment_size')), pg_logical_emit_message(false, 'stalemate', ''), "
      "pg_switch_wal()";
  if (Result<void> moved = wait_until_true(address, move_on, "move on in its log"); !moved) {
    return moved;
  }
  return take_socket_of(old_address, address);
}

}  // namespace stalemate
