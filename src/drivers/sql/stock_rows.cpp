#include "drivers/sql/stock_rows.hpp"

#include <algorithm>
#include <atomic>
#include <string>

#include "core/text/key_names.hpp"
#include "core/text/number_text.hpp"

namespace stalemate {
namespace {

std::uint64_t next_pauses_stream() {
  static std::atomic<std::uint64_t> streams = 0;
  return streams.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

std::optional<Value> parse_quantity(std::string_view text) {
  const std::optional<Value> value = parse_number<Value>(text);
  return value == absent ? std::nullopt : value;
}

std::unexpected<Error> not_a_quantity(Key key, std::string_view text, const OwnTable* own) {
  const std::string what = own == nullptr ? "the quantity of product " + std::string(product_id(key).view())
                                          : "the column '" + own->parts().value + "' of the row " + own->row_name(key) +
                                                " of '" + own->parts().table + "'";
  return failed(ErrorCode::wrong_type,
                what + " is '" + std::string(text) + "', which is not a whole number of 32 bits");
}

std::unexpected<Error> no_such_row(Key key, const OwnTable* own) {
  return failed(ErrorCode::refused_by_server,
                own == nullptr ? "the table stock has no row of product " + std::string(product_id(key).view())
                               : "the table '" + own->parts().table + "' has no row " + own->row_name(key));
}

std::unexpected<Error> row_has_changed(Key key, Value expected) {
  return failed(ErrorCode::serialization_failure, "the row of product " + std::string(product_id(key).view()) +
                                                      " no longer holds " + std::to_string(expected));
}

std::unexpected<Error> row_not_asked_for() {
  return uncertain(ErrorCode::protocol, "the database answered with a row that was not asked for");
}

std::uint8_t retries_of(unsigned attempts) {
  return static_cast<std::uint8_t>(std::min(attempts, 255U));
}

ConflictPauses::ConflictPauses() : random_(0, next_pauses_stream()) {}

Nanoseconds ConflictPauses::next_ns(unsigned attempts) {
  constexpr Nanoseconds first_ns = 500'000;
  return static_cast<Nanoseconds>(random_.draw_unit() * static_cast<double>(first_ns << std::min(attempts, 6U)));
}

}  // namespace stalemate
