// What sessions with SQL databases share: the sentences about rows, and when to try again.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/error.hpp"
#include "core/random.hpp"
#include "core/types.hpp"
#include "drivers/sql/own_table/own_table.hpp"

namespace stalemate {

/// The number a column holds, if it can be a Value.
[[nodiscard]] std::optional<Value> parse_quantity(std::string_view text);

/// wrong_type: what stands in the row is no Value. `own`: the row is one of the user's; nullptr: of the table stock.
[[nodiscard]] std::unexpected<Error> not_a_quantity(Key key, std::string_view text, const OwnTable* own);

/// refused_by_server: there is no row to write to. `own` as above.
[[nodiscard]] std::unexpected<Error> no_such_row(Key key, const OwnTable* own);

/// serialization_failure: the row does not hold what it was expected to hold.
[[nodiscard]] std::unexpected<Error> row_has_changed(Key key, Value expected);

/// protocol: a survey's answer has more than was asked for.
[[nodiscard]] std::unexpected<Error> row_not_asked_for();

/// As a Row and a Written count them.
[[nodiscard]] std::uint8_t retries_of(unsigned attempts);

/// How long a session waits before it tries again what lost a conflict, each another time, so that sessions in the same
/// conflict do not all retry at the same moment.
class ConflictPauses {
 public:
  ConflictPauses();
  /// Uniform up to 0.5 ms, 1 ms, 2 ms, ... 32 ms. `attempts`: so many were made before the last.
  [[nodiscard]] Nanoseconds next_ns(unsigned attempts);

 private:
  SeededRandom random_;
};

}  // namespace stalemate
