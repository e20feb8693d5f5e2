#include "check/words.hpp"

#include <string>

#include "core/absent_row.hpp"
#include "core/text/duration.hpp"
#include "core/text/key_names.hpp"

namespace stalemate {

std::string words_of_instant(Nanoseconds instant_ns) {
  if (instant_ns == never) {
    return "never";
  }
  if (instant_ns <= before_the_run) {
    return "before the run";
  }
  constexpr Nanoseconds second = 1'000'000'000;
  const bool is_negative = instant_ns < 0;
  const Nanoseconds size_ns = is_negative ? -instant_ns : instant_ns;
  std::string fraction = std::to_string(second + size_ns % second).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return (is_negative ? "-" : "") + std::to_string(size_ns / second) + (fraction.empty() ? "" : "." + fraction) + " s";
}

std::string words_of_duration(Nanoseconds duration_ns, bool is_timed) {
  if (!is_timed) {
    return std::to_string(duration_ns) + (duration_ns == 1 ? " position" : " positions");
  }
  return format_duration_short(duration_ns);
}

std::string words_of_value(const HistoryHeader& header, Value value) {
  if (value == absent) {
    return "nothing";
  }
  if (!is_imported(header) && row_after(value) == no_row) {
    return "no row";
  }
  const auto number = static_cast<std::size_t>(value);
  return value >= 0 && number < header.value_names.size() ? header.value_names[number] : std::to_string(value);
}

std::string words_of_key(const HistoryHeader& header, Key key) {
  if (key.index < header.key_names.size()) {
    return header.key_names[key.index];
  }
  return is_imported(header) ? std::to_string(key.index) : std::string(product_id(key).view());
}

std::string words_of_client(const HistoryHeader& header, ClientId client) {
  return client < header.client_names.size() ? header.client_names[client] : std::to_string(client);
}

std::string words_of_op(const HistoryHeader& header, const Op& op) {
  const Value left = is_imported(header) ? op.value : row_after(op.value);
  const bool deletes = op.kind == OpKind::write && (left == absent || (left == no_row && !is_imported(header)));
  return "client " + words_of_client(header, op.client) + "'s " +
         (deletes ? "delete" : std::string(name_of(op.kind)) + " of " + words_of_value(header, op.value)) + " (op " +
         std::to_string(op.index) + ", " + words_of_interval(op.invocation_ns, op.completion_ns, has_times(header)) +
         ")";
}

std::string words_of_interval(Nanoseconds invocation_ns, Nanoseconds completion_ns, bool is_timed) {
  const auto words = [is_timed](Nanoseconds instant_ns) {
    return is_timed ? words_of_instant(instant_ns) : std::to_string(instant_ns);
  };
  if (completion_ns == never) {
    return (is_timed ? "begun at " : "begun at position ") + words(invocation_ns) + ", never answered";
  }
  return (is_timed ? "" : "positions ") + words(invocation_ns) + " to " + words(completion_ns);
}

}  // namespace stalemate
