// The CSV reader, for what write_csv wrote.
#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>
#include <vector>

#include "record/csv.hpp"
#include "record/event_assembler.hpp"
#include "record/import.hpp"

namespace stalemate {
namespace {

using edn::Form;
using Row = std::vector<std::string>;

/// Takes rows off the front of a text.
class Rows {
 public:
  Rows(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  [[nodiscard]] bool is_at_end() const { return at_ >= text_.size(); }
  /// Whether the row taken last is the last one, and has no end of line.
  [[nodiscard]] bool is_cut() const { return is_at_end() && !text_.ends_with('\n'); }
  /// Of the row taken last.
  [[nodiscard]] std::uint64_t line() const { return row_line_; }

  [[nodiscard]] std::unexpected<Error> wrong(const std::string& what) const {
    return failed(ErrorCode::protocol, std::string(name_) + ", line " + std::to_string(row_line_) + ": " + what);
  }

  Result<Row> take() {
    row_line_ = line_;
    Row row(1);
    while (at_ < text_.size()) {
      const char character = text_[at_++];
      if (character == '\n') {
        ++line_;
        return row;
      }
      if (character == '"') {
        if (const Result<void> taken = take_quoted(row.back()); !taken) {
          return std::unexpected(taken.error());
        }
      } else if (character == ',') {
        row.emplace_back();
      } else if (character != '\r') {
        row.back() += character;
      }
    }
    return row;
  }

 private:
  /// Requires: just after the opening quote.
  Result<void> take_quoted(std::string& field) {
    while (at_ < text_.size()) {
      const char character = text_[at_++];
      if (character == '"') {
        if (at_ == text_.size() || text_[at_] != '"') {
          return {};
        }
        ++at_;
      }
      line_ += character == '\n' ? 1 : 0;
      field += character;
    }
    return wrong("the file ends within quotes; a \" should close them");
  }

  std::string_view text_;
  std::string_view name_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
  std::uint64_t row_line_ = 1;
};

template <class Number>
std::optional<Number> number_in(const std::string& text) {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  return stop == end && code == std::errc() ? std::optional(number) : std::nullopt;
}

/// The one form in a field; nothing if it is not EDN.
std::optional<Form> form_in(const std::string& text) {
  edn::Reader reader(text, "");
  Result<Form> form = reader.next();
  if (!form || !reader.skip() || !reader.is_at_end()) {
    return std::nullopt;
  }
  return std::move(*form);
}

std::optional<Outcome> outcome_in(std::string_view text) {
  for (const Outcome outcome : {Outcome::ok, Outcome::fail, Outcome::info}) {
    if (name_of(outcome) == text) {
      return outcome;
    }
  }
  return std::nullopt;
}

std::string joined(const auto& names) {
  std::string result;
  for (const std::string_view name : names) {
    result += (result.empty() ? "" : ",") + std::string(name);
  }
  return result;
}

class CsvHistory {
 public:
  CsvHistory(Rows& rows, bool is_timed, std::string_view name) : rows_(rows) {
    history_.timed = is_timed;
    history_.name = name;
  }

  Result<void> take(const Row& row) {
    if (row.size() != csv::timed_names.size()) {
      return rows_.wrong("there are " + std::to_string(row.size()) + " fields; there should be " +
                         std::to_string(csv::timed_names.size()) +
                         (rows_.is_cut() ? "; the file ends within this row, so it may be cut" : ""));
    }
    if (row[csv::f] == csv::initial_f) {
      return take_initial(row);
    }
    const auto kind = event_kind_of(row[csv::f]);
    if (!kind) {
      return rows_.wrong("f is \"" + row[csv::f] + "\"; it should be read, write, cas, append or add");
    }
    EventOp op{.kind = *kind, .error = error_code_of(row[csv::error])};
    if (Result<void> taken = take_numbers(row, op); !taken) {
      return taken;
    }
    if (Result<void> taken = take_values(row, op); !taken) {
      return taken;
    }
    history_.ops.push_back(op);
    return {};
  }

  Result<EventHistory> finish() {
    if (const std::optional<std::uint32_t> twin = find_twin_index(history_)) {
      return failed(ErrorCode::protocol,
                    history_.name + ": two rows have the op " + std::to_string(*twin) + "; each should have its own");
    }
    put_in_order(history_);
    return std::move(history_);
  }

 private:
  Result<void> take_initial(const Row& row) {
    const std::optional<Form> value = form_in(row[csv::value]);
    if (!value || !history_.ops.empty()) {
      return rows_.wrong("the row of the initial value should come first and hold a value in EDN");
    }
    history_.has_initial = true;
    history_.initial = intern(history_.values, *value);
    return {};
  }

  Result<void> take_numbers(const Row& row, EventOp& op) {
    const auto index = number_in<std::uint32_t>(row[csv::op]);
    const auto process = number_in<std::int64_t>(row[csv::process]);
    const auto invocation = number_in<std::int64_t>(row[csv::invocation]);
    const auto intended = number_in<std::int64_t>(row[csv::intended]);
    const auto completion = row[csv::completion].empty() ? never : number_in<std::int64_t>(row[csv::completion]);
    if (!index || !process || !invocation || !intended || !completion) {
      return rows_.wrong("op, process, invocation and intended should be whole numbers, completion one or empty");
    }
    const auto outcome = outcome_in(row[csv::outcome]);
    if (!outcome) {
      return rows_.wrong("outcome is \"" + row[csv::outcome] + "\"; it should be ok, fail or info");
    }
    if (*completion < *invocation || (*completion == never) != (*outcome == Outcome::info)) {
      return rows_.wrong(
          "the completion should not be before the invocation, and be empty where the outcome is info only");
    }
    op.index = *index;
    op.process = number_of(processes_, *process, history_.processes);
    op.invocation = *invocation;
    op.completion = *completion;
    op.intended = *intended;
    op.outcome = *outcome;
    return {};
  }

  Result<void> take_values(const Row& row, EventOp& op) {
    const std::optional<Form> key = form_in(row[csv::key]);
    const std::optional<Form> value = form_in(row[csv::value]);
    const std::optional<Form> expected = op.kind == EventKind::cas ? form_in(row[csv::expected]) : Form{};
    if (!key || !value || !expected) {
      return rows_.wrong("key and value (of a cas, expected too) should be EDN: nil, 42, \"a text\", [1 2]");
    }
    op.key = number_of(keys_, intern(history_.values, *key), history_.keys);
    op.expected = intern(history_.values, *expected);
    const bool says_nothing = op.kind == EventKind::read && op.outcome != Outcome::ok;
    op.value = says_nothing ? nil_value : intern(history_.values, *value);
    return {};
  }

  template <class Item>
  static std::uint32_t number_of(std::unordered_map<Item, std::uint32_t>& numbers, Item item,
                                 std::vector<Item>& items) {
    const auto [place, is_new] = numbers.try_emplace(item, static_cast<std::uint32_t>(items.size()));
    if (is_new) {
      items.push_back(item);
    }
    return place->second;
  }

  Rows& rows_;
  EventHistory history_;
  std::unordered_map<std::int64_t, std::uint32_t> processes_;
  std::unordered_map<ValueId, std::uint32_t> keys_;
};

}  // namespace

Result<EventHistory> parse_csv(std::string_view text, std::string_view name) {
  Rows rows(text, name);
  const Result<Row> names = rows.take();
  if (!names) {
    return std::unexpected(names.error());
  }
  const bool is_timed = std::ranges::equal(*names, csv::timed_names);
  if (!is_timed && !std::ranges::equal(*names, csv::ordered_names)) {
    return rows.wrong("the first line should be " + joined(csv::timed_names) + " or, without times, " +
                      joined(csv::ordered_names));
  }
  CsvHistory history(rows, is_timed, name);
  while (!rows.is_at_end()) {
    const Result<Row> row = rows.take();
    if (!row) {
      return std::unexpected(row.error());
    }
    const bool is_blank = row->size() == 1 && row->front().empty();
    if (const Result<void> taken = is_blank ? Result<void>() : history.take(*row); !taken) {
      return std::unexpected(taken.error());
    }
  }
  Result<EventHistory> finished = history.finish();
  if (finished && !is_timed && !finished->ops.empty()) {
    finished->notes.push_back(positions_note("its columns say so"));
  }
  if (finished && !text.ends_with('\n')) {
    finished->notes.push_back(cut_line_note(rows.line()));
  }
  return finished;
}

}  // namespace stalemate
