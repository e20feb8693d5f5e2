// Requests of a process to the world, and replies: all that passes between patterns and the explorer.
#pragma once

#include <cstdint>

#include "core/op.hpp"
#include "core/pattern/cache_command.hpp"
#include "core/pattern/feed.hpp"
#include "core/types.hpp"

namespace stalemate {

enum class RequestKind : std::uint8_t {
  read_row,
  read_replica,
  write_row,
  write_row_with_message,
  get_entry,
  set_entry,
  erase_entry,
  run_command,
  next_change,
  acknowledge_change
};

/// One call to a port. Fields that its kind does not need keep their defaults.
struct Request {
  RequestKind kind = RequestKind::read_row;
  bool local = false;                         ///< of get to run_command: the application server's memory, not the cache
  const CacheCommandInfo* command = nullptr;  ///< of run_command
  CacheArguments arguments = {};              ///< of set_entry: value and time to live; of write_row: value
};

enum class ReplyKind : std::uint8_t {
  answered,
  timed_out,  ///< the caller cannot tell whether its request took effect
  refused     ///< it certainly did not
};

/// The answer to a request. Fields that its kind does not need keep their defaults.
struct Reply {
  ReplyKind kind = ReplyKind::answered;
  bool there = false;                         ///< of reads, gets and erases: there was something
  CacheVerdict verdict = CacheVerdict::done;  ///< of run_command
  Value value = absent;
  std::uint64_t stamp = 0;  ///< a version, or what a command says
  friend bool operator==(const Reply&, const Reply&) = default;
};

/// Database, replica or cache: their calls go over a network, which can lose them.
[[nodiscard]] constexpr bool is_remote(const Request& request) {
  return !request.local && request.kind != RequestKind::next_change && request.kind != RequestKind::acknowledge_change;
}

[[nodiscard]] constexpr bool writes_row(const Request& request) {
  return request.kind == RequestKind::write_row || request.kind == RequestKind::write_row_with_message;
}

/// True where taking effect cannot change the world.
[[nodiscard]] constexpr bool only_reads(const Request& request) {
  return request.kind == RequestKind::read_row || request.kind == RequestKind::read_replica ||
         request.kind == RequestKind::get_entry || request.kind == RequestKind::next_change;
}

}  // namespace stalemate
