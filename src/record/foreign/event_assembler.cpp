#include "record/foreign/event_assembler.hpp"

#include <algorithm>
#include <unordered_map>

namespace stalemate {
namespace {

using edn::Form;
using edn::FormKind;

const Form& untagged(const Form& form) {
  return form.kind == FormKind::tagged ? form.items.front() : form;
}

bool is_pair(const Form& form) {
  const Form& value = untagged(form);
  return (value.kind == FormKind::vector || value.kind == FormKind::list) && value.items.size() == 2;
}

std::unexpected<Error> wrong(std::string_view name, std::uint64_t line, const std::string& what) {
  return failed(ErrorCode::protocol, std::string(name) + ", line " + std::to_string(line) + ": " + what);
}

/// Whether values are `[key value]`: every invocation's is a pair, and that of a cas holds a pair of its own. What is
/// removed may be named by its key alone.
bool looks_keyed(const std::vector<RawEvent>& events) {
  bool has_invocation = false;
  for (const RawEvent& event : events) {
    if (event.type != EventType::invoke || event.form == EventForm::remove) {
      continue;
    }
    has_invocation = true;
    const bool is_exchange = event.kind == EventKind::cas && event.form != EventForm::insert;
    if (!is_pair(event.value) || (is_exchange && !is_pair(untagged(event.value).items[1]))) {
      return false;
    }
  }
  return has_invocation;
}

/// Times are used where every line has one and they never fall: why not, as a part of a sentence; none if they are.
std::optional<std::string> reason_against_times(const std::vector<RawEvent>& events) {
  const auto is_timed = [](const RawEvent& event) { return event.time_ns.has_value(); };
  if (const auto odd = std::ranges::find_if_not(events, &std::string::empty, &RawEvent::odd_time);
      odd != events.end()) {
    return "the time of line " + std::to_string(odd->line) + ", " + odd->odd_time +
           ", is no whole number of nanoseconds below 2^63";
  }
  if (std::ranges::none_of(events, is_timed)) {
    return "no op has a time";
  }
  if (const auto untimed = std::ranges::find_if_not(events, is_timed); untimed != events.end()) {
    return "the op of line " + std::to_string(untimed->line) + " has no time";
  }
  const auto is_before = [](const RawEvent& left, const RawEvent& right) { return *left.time_ns < *right.time_ns; };
  if (const auto fallen = std::ranges::is_sorted_until(events, is_before); fallen != events.end()) {
    return "the time of line " + std::to_string(fallen->line) + " is before that of the op above it";
  }
  return std::nullopt;
}

class Assembler {
 public:
  Assembler(const LogFacts& log, bool is_keyed, bool is_timed, std::int64_t begin)
      : name_(log.name), is_keyed_(is_keyed), is_excerpt_(log.is_excerpt), begin_(begin) {
    history_.timed = is_timed;
    history_.name = log.name;
  }

  Result<void> take(RawEvent& event) {
    if (is_keyed_ && !event.key) {
      if (is_pair(event.value)) {
        Form pair = untagged(event.value);
        event.key = std::move(pair.items[0]);
        event.value = std::move(pair.items[1]);
      } else if (event.form == EventForm::remove && event.value.kind != FormKind::nil) {
        event.key = std::move(event.value);
      } else if (event.type == EventType::invoke || event.type == EventType::ok) {
        return wrong(name_, event.line,
                     "the value " + print(event.value) + " should be a pair [key value] as the others are");
      }
    }
    if (event.form == EventForm::remove) {
      event.value = Form{};
    } else if (event.form == EventForm::insert && event.value.kind != FormKind::nil) {
      Form pair{.kind = FormKind::vector};
      pair.items = {Form{}, std::move(event.value)};
      event.value = std::move(pair);
    }
    return event.type == EventType::invoke ? begin(event) : end(event);
  }

  EventHistory finish() {
    if (!history_.timed) {
      make_room_for_before();
    }
    put_in_order(history_);
    return std::move(history_);
  }

  EventHistory& history() { return history_; }

 private:
  struct Pending {
    std::size_t op = 0;
    std::uint64_t line = 0;
  };

  std::int64_t instant_of(const RawEvent& event) { return history_.timed ? *event.time_ns : position_++; }

  Result<void> begin(const RawEvent& event) {
    const auto [pending, is_new] = pending_.try_emplace(event.process, Pending{history_.ops.size(), event.line});
    if (!is_new) {
      return wrong(name_, event.line,
                   "process " + event.process + " begins an op before its last one, of line " +
                       std::to_string(pending->second.line) + ", has ended; an :ok, :fail or :info should come first");
    }
    EventOp op = op_of(event);
    op.invocation = instant_of(event);
    op.intended = history_.timed ? event.intended_ns.value_or(op.invocation) : op.invocation;
    if (Result<void> taken = take_value(event, op); !taken) {
      return taken;
    }
    history_.ops.push_back(op);
    return {};
  }

  EventOp op_of(const RawEvent& event) {
    return {.process = number_of(processes_, event.process, history_.processes),
            .key = number_of(keys_, event.key ? intern(history_.values, *event.key) : nil_value, history_.keys),
            .kind = event.kind,
            .index = event.op_index.value_or(static_cast<std::uint32_t>(history_.ops.size())),
            .update = event.update,
            .version = event.version};
  }

  /// The value of a change, from its first line.
  Result<void> take_value(const RawEvent& event, EventOp& op) {
    if (event.kind == EventKind::cas) {
      if (!is_pair(event.value)) {
        return wrong(name_, event.line,
                     "the value of a cas is " + print(event.value) + "; it should be a pair [old new]");
      }
      const Form& pair = untagged(event.value);
      op.expected = intern(history_.values, pair.items[0]);
      op.value = intern(history_.values, pair.items[1]);
    } else if (event.kind != EventKind::read) {
      op.value = intern(history_.values, event.value);
    }
    return {};
  }

  /// An op that began before the excerpt, of which the first line there is tells how it ended. One that changed
  /// nothing, or whose value is not known, is treated as missing.
  Result<void> end_of_before(const RawEvent& event) {
    const bool has_value = event.value.kind != FormKind::nil || event.form == EventForm::remove;
    const bool is_told = event.kind == EventKind::read ? event.type == EventType::ok : has_value;
    if (event.type == EventType::fail || !is_told) {
      number_of(processes_, event.process, history_.processes);
      return {};
    }
    EventOp op = op_of(event);
    op.invocation = begin_;
    op.intended = begin_;
    op.error = event.error;
    if (Result<void> taken = take_value(event, op); !taken) {
      return taken;
    }
    complete(event, op);
    before_.push_back(history_.ops.size());
    history_.ops.push_back(op);
    return {};
  }

  /// Positions for the beginnings of the ops that began before the first line.
  void make_room_for_before() {
    const auto room = static_cast<std::int64_t>(before_.size());
    for (EventOp& op : history_.ops) {
      op.invocation += room;
      op.intended += room;
      op.completion += op.completion == never ? 0 : room;
    }
    for (std::size_t place = 0; place < before_.size(); ++place) {
      history_.ops[before_[place]].invocation = history_.ops[before_[place]].intended =
          static_cast<std::int64_t>(place);
    }
  }

  void complete(const RawEvent& event, EventOp& op) {
    if (event.type == EventType::info) {
      return;
    }
    op.outcome = event.type == EventType::ok ? Outcome::ok : Outcome::fail;
    op.completion = instant_of(event);
    if (op.kind == EventKind::read && op.outcome == Outcome::ok) {
      op.value = intern(history_.values, event.value);
    }
  }

  Result<void> end(const RawEvent& event) {
    const auto pending = pending_.find(event.process);
    if (pending == pending_.end()) {
      if (is_excerpt_ && !processes_.contains(event.process)) {
        return end_of_before(event);
      }
      if (event.type == EventType::info) {
        return {};
      }
      return wrong(
          name_, event.line,
          "process " + event.process +
              " ends an op that it has not begun; an :invoke should come first, or, if the file is a part of a "
              "longer history, --excerpt should be given");
    }
    EventOp& op = history_.ops[pending->second.op];
    const bool is_same_key = !event.key || intern(history_.values, *event.key) == history_.keys[op.key];
    if (op.kind != event.kind || !is_same_key) {
      return wrong(name_, event.line,
                   "process " + event.process + " ends another op than it began in line " +
                       std::to_string(pending->second.line) + "; :f and key should be the same");
    }
    if (event.type == EventType::ok && !has_value_of(event, op)) {
      const std::string begun = op.kind == EventKind::cas
                                    ? "[" + history_.values.edn(op.expected) + " " + history_.values.edn(op.value) + "]"
                                    : history_.values.edn(op.value);
      return wrong(name_, event.line,
                   "the value of the " + std::string(name_of(op.kind)) + " that process " + event.process +
                       " ends is " + print(event.value) + ", but it began it in line " +
                       std::to_string(pending->second.line) + " with " + begun +
                       "; they should be the same, or that of the :ok nil");
    }
    pending_.erase(pending);
    op.error = event.error;
    complete(event, op);
    return {};
  }

  /// Whether a successful change has the value of its invocation, or none. A read has a value only at its end.
  bool has_value_of(const RawEvent& event, const EventOp& op) {
    if (op.kind == EventKind::read || event.value.kind == FormKind::nil) {
      return true;
    }
    if (op.kind != EventKind::cas) {
      return intern(history_.values, event.value) == op.value;
    }
    const Form& pair = untagged(event.value);
    return is_pair(event.value) && intern(history_.values, pair.items[0]) == op.expected &&
           intern(history_.values, pair.items[1]) == op.value;
  }

  std::string_view name_;
  bool is_keyed_;
  bool is_excerpt_;
  std::int64_t begin_;  // the first instant
  EventHistory history_;
  std::int64_t position_ = 0;
  std::vector<std::size_t> before_;  // the ops that began before an excerpt
  std::unordered_map<std::string, Pending> pending_;
  std::unordered_map<std::string, std::uint32_t> processes_;
  std::unordered_map<ValueId, std::uint32_t> keys_;
};

/// Old number to new one, in the order of first use.
class Renumbering {
 public:
  explicit Renumbering(std::size_t size) : numbers_(size, unused) {}

  /// The new number; `add(old)` is called at the first use, in the order of new numbers.
  template <class Add>
  std::uint32_t operator()(std::uint32_t old, const Add& add) {
    if (numbers_[old] == unused) {
      numbers_[old] = next_++;
      add(old);
    }
    return numbers_[old];
  }

 private:
  static constexpr std::uint32_t unused = ~std::uint32_t{0};
  std::vector<std::uint32_t> numbers_;
  std::uint32_t next_ = 0;
};

ValueId copy_value(const ValueTable& from, ValueId id, ValueTable& to) {
  switch (from.kind(id)) {
    case ValueKind::nil: return nil_value;
    case ValueKind::integer: return to.intern(from.integer(id));
    case ValueKind::text: return to.intern_text(from.text(id));
    case ValueKind::form: return to.intern_form(from.text(id));
  }
  return nil_value;
}

}  // namespace

ValueId intern(ValueTable& values, const Form& form) {
  switch (form.kind) {
    case FormKind::nil: return nil_value;
    case FormKind::integer: return values.intern(form.integer);
    case FormKind::text: return values.intern_text(form.text);
    default: return values.intern_form(print(canonical(form)));
  }
}

std::optional<std::uint32_t> find_twin_index(const EventHistory& history) {
  std::vector<std::uint32_t> indexes(history.ops.size());
  std::ranges::transform(history.ops, indexes.begin(), &EventOp::index);
  std::ranges::sort(indexes);
  const auto twin = std::ranges::adjacent_find(indexes);
  return twin == indexes.end() ? std::nullopt : std::optional(*twin);
}

void put_in_order(EventHistory& history) {
  std::ranges::sort(history.ops, {}, [](const EventOp& op) { return std::pair(op.invocation, op.index); });
  EventHistory ordered;
  Renumbering keys(history.keys.size());
  Renumbering processes(history.processes.size());
  ordered.initial = copy_value(history.values, history.initial, ordered.values);
  for (EventOp& op : history.ops) {
    op.key = keys(op.key, [&](std::uint32_t old) {
      ordered.keys.push_back(copy_value(history.values, history.keys[old], ordered.values));
    });
    op.process = processes(op.process, [&](std::uint32_t old) { ordered.processes.push_back(history.processes[old]); });
    op.expected = copy_value(history.values, op.expected, ordered.values);
    op.value = copy_value(history.values, op.value, ordered.values);
  }
  history.keys = std::move(ordered.keys);
  history.processes = std::move(ordered.processes);
  history.values = std::move(ordered.values);
  history.initial = ordered.initial;
}

std::string positions_note(std::string_view reason) {
  return "Instants are positions in the file, not times, since " + std::string(reason) +
         ": the first invocation or completion is at 0, the next at 1, and so on.";
}

std::string cut_line_note(std::uint64_t line) {
  return "The last line, line " + std::to_string(line) +
         ", has no end of line, so it may be cut; it was read as it is.";
}

Result<EventHistory> assemble(std::vector<RawEvent> events, const std::optional<ExportFacts>& facts,
                              const LogFacts& log) {
  const std::string_view name = log.name;
  const bool has_keys = std::ranges::any_of(events, [](const RawEvent& event) { return event.key.has_value(); });
  const bool is_keyed = facts ? facts->is_keyed : !has_keys && looks_keyed(events);
  const std::optional<std::string> reason = reason_against_times(events);
  const bool is_timed = events.empty() ? facts && facts->is_timed : !reason;
  if (facts && facts->is_timed && !is_timed) {
    return wrong(name, 1,
                 "the file says that its lines have times, but one has none or is earlier than the line before");
  }
  const bool are_times_used = facts ? facts->is_timed : is_timed;
  const std::int64_t begin = are_times_used && !events.empty() ? *events.front().time_ns : 0;
  Assembler assembler(log, is_keyed, are_times_used, begin);
  if (!are_times_used && !events.empty()) {
    assembler.history().notes.push_back(positions_note(reason.value_or("it says so itself")));
  }
  if (facts) {
    set_facts(assembler.history(), *facts);
  }
  assembler.history().facts.is_excerpt = assembler.history().facts.is_excerpt || log.is_excerpt;
  for (RawEvent& event : events) {
    if (const Result<void> taken = assembler.take(event); !taken) {
      return std::unexpected(taken.error());
    }
  }
  if (const std::optional<std::uint32_t> twin = find_twin_index(assembler.history())) {
    return failed(ErrorCode::protocol, std::string(name) + ": two ops have the number " + std::to_string(*twin) +
                                           " in :op; each should have its own");
  }
  return assembler.finish();
}

}  // namespace stalemate
