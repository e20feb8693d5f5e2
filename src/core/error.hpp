// What can go wrong with a store, and whether the request may have taken effect.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace stalemate {

/// What is known of an operation's effect.
/// `ok` it happened; `fail` it certainly did not; `info` it may have happened, now or at any later time.
enum class Outcome : std::uint8_t { ok, fail, info };

/// The kind of failure, for every store alike. Each driver has one table that maps the wire's errors to these.
enum class ErrorCode : std::uint8_t {
  none,
  connection_refused,     ///< nobody listens, or the address cannot be resolved
  connection_lost,        ///< reset or closed after it had been open
  timed_out,              ///< the op's or the connection's time limit passed
  authentication,         ///< wrong user or password
  unknown_database,       ///< the server has no such database
  unknown_table,          ///< the table or a column of it is missing
  wrong_type,             ///< a value or a column has another type than ours
  serialization_failure,  ///< SQLSTATE 40001 or 40P01 after all retries
  constraint,             ///< SQLSTATE class 23
  unavailable,            ///< starting up, shutting down, read-only, out of memory or disk
  refused_by_server,      ///< any other error the server answered with
  protocol,               ///< bytes that are not of the protocol
  cancelled,              ///< the run ended first
  unsupported,            ///< this engine cannot do what was asked
  defect                  ///< an internal error
};

/// The name used in output and histories, such as "timed_out". Never empty.
[[nodiscard]] std::string_view name_of(ErrorCode code);
/// "ok", "fail" or "info".
[[nodiscard]] std::string_view name_of(Outcome outcome);

/// One failure. `detail` is a sentence for people; it never holds a password.
struct Error {
  ErrorCode code = ErrorCode::defect;
  Outcome outcome = Outcome::info;
  std::string detail = {};
};

template <class T>
using Result = std::expected<T, Error>;

/// An error of something that certainly did not happen.
[[nodiscard]] inline std::unexpected<Error> failed(ErrorCode code, std::string detail) {
  return std::unexpected(Error{code, Outcome::fail, std::move(detail)});
}

/// An error of something that may still have happened.
[[nodiscard]] inline std::unexpected<Error> uncertain(ErrorCode code, std::string detail) {
  return std::unexpected(Error{code, Outcome::info, std::move(detail)});
}

/// The outcome without the value.
template <class T>
[[nodiscard]] Result<void> without_value(const Result<T>& result) {
  return result ? Result<void>() : std::unexpected(result.error());
}

/// False only where it certainly did not happen.
template <class T>
[[nodiscard]] bool may_have_happened(const Result<T>& result) {
  return result || result.error().outcome != Outcome::fail;
}

}  // namespace stalemate
