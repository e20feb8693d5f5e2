// The CSV reader, for what write_csv wrote.
#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "record/foreign/csv.hpp"
#include "record/foreign/event_assembler.hpp"
#include "record/foreign/import.hpp"

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
  CsvHistory(Rows& rows, std::size_t columns, bool is_timed, std::string_view name) : rows_(rows), columns_(columns) {
    history_.timed = is_timed;
    history_.name = name;
  }

  Result<void> take(const Row& row) {
    if (row.size() != columns_) {
      return rows_.wrong("there are " + std::to_string(row.size()) + " fields; there should be " +
                         std::to_string(columns_) +
                         (rows_.is_cut() ? "; the file ends within this row, so it may be cut" : ""));
    }
    if (row[csv::f] == export_facts_f || row[csv::f] == csv::initial_f) {
      return take_facts(row);
    }
    const std::optional<Form> process = form_in(row[csv::process]);
    if (process && is_nemesis(*process)) {
      return {};
    }
    RawEvent event;
    if (!take_function(row[csv::f], event) || event.form != EventForm::plain) {
      return rows_.wrong(event.form == EventForm::plain ? why_not_read(row[csv::f])
                                                        : "f should be read, write, cas, append or add");
    }
    EventOp op{.kind = event.kind, .error = error_code_of(row[csv::error])};
    if (Result<void> taken = take_update(row, op); !taken) {
      return taken;
    }
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
  Result<void> take_facts(const Row& row) {
    const std::optional<Form> value = form_in(row[csv::value]);
    const bool is_initial = row[csv::f] == csv::initial_f;
    if (!value || (!is_initial && value->kind != edn::FormKind::map) || !history_.ops.empty()) {
      return rows_.wrong("the row of the facts should come first and hold a map in EDN");
    }
    set_facts(history_, is_initial ? ExportFacts{.has_initial = true, .initial = *value} : export_facts_of(*value));
    return {};
  }

  Result<void> take_update(const Row& row, EventOp& op) const {
    if (columns_ <= csv::update || row[csv::update].empty()) {
      return {};
    }
    op.update = update_fate_of(row[csv::update]);
    if (const std::optional<Version> version = number_in<Version>(row[csv::update]); version.value_or(0) > 0) {
      op.update = UpdateFate::applied;
      op.version = *version;
    }
    if (op.update == UpdateFate::unseen) {
      return rows_.wrong("update is \"" + row[csv::update] + "\"; it should be refused, applied, a version or empty");
    }
    return {};
  }

  Result<void> take_numbers(const Row& row, EventOp& op) {
    const auto index = number_in<std::uint32_t>(row[csv::op]);
    const std::optional<Form> form = form_in(row[csv::process]);
    const std::optional<std::string> process = form ? process_name_of(*form) : std::nullopt;
    const auto invocation = number_in<std::int64_t>(row[csv::invocation]);
    const auto intended = number_in<std::int64_t>(row[csv::intended]);
    const auto completion = row[csv::completion].empty() ? never : number_in<std::int64_t>(row[csv::completion]);
    if (!index || !process || !invocation || !intended || !completion) {
      return rows_.wrong(
          "op, invocation and intended should be whole numbers, completion one or empty, process a whole number or "
          "a text in quotes");
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

  Rows& rows_;
  std::size_t columns_;
  EventHistory history_;
  std::unordered_map<std::string, std::uint32_t> processes_;
  std::unordered_map<ValueId, std::uint32_t> keys_;
};

}  // namespace

Result<EventHistory> parse_csv(std::string_view text, std::string_view name) {
  Rows rows(text, name);
  const Result<Row> names = rows.take();
  if (!names) {
    return std::unexpected(names.error());
  }
  const auto has_names = [&names](const auto& wanted) {
    return names->size() >= csv::columns_min && std::ranges::equal(*names, std::span(wanted).first(names->size()));
  };
  const bool fits = names->size() <= csv::timed_names.size();
  const bool is_timed = fits && has_names(csv::timed_names);
  if (!is_timed && (!fits || !has_names(csv::ordered_names))) {
    return rows.wrong("the first line should be " + joined(csv::timed_names) + " or, without times, " +
                      joined(csv::ordered_names));
  }
  CsvHistory history(rows, names->size(), is_timed, name);
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
