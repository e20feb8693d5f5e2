// The order in which a database applied the writes of a key, out of the tokens its engine gives.
//
// PostgreSQL: the statement asks for pg_current_wal_insert_lsn() in RETURNING. That is evaluated after the new row
// version was put into the log and while its lock is held, which the commit record, written later, ends. The next
// writer of the row can log its own version only after that record, so its position is greater.
// CockroachDB: cluster_logical_timestamp() is the transaction's commit timestamp, and the engine fixes it once asked.
#pragma once

#include <optional>
#include <string_view>

#include "core/types.hpp"

namespace stalemate {

/// A WAL position such as "16/B374D848": two hexadecimal numbers, the upper and the lower 32 bits.
/// std::nullopt where the text is none, and for position 0, which no write has.
[[nodiscard]] std::optional<Version> version_of_wal_position(std::string_view text);

/// A hybrid logical timestamp such as "1700000000000000000.0000000003": nanoseconds, and a count of ten digits within
/// them. The version is nanoseconds * 8 + min(count, 7), which keeps the order as long as no nine writes of one key
/// fall into one nanosecond, and fits until the year 2043.
/// std::nullopt where the text is none or does not fit.
[[nodiscard]] std::optional<Version> version_of_logical_timestamp(std::string_view text);

}  // namespace stalemate
