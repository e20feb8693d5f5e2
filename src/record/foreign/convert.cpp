// Native histories to general ones and back.
#include <algorithm>
#include <charconv>
#include <compare>
#include <limits>
#include <optional>
#include <unordered_set>

#include "core/absent_row.hpp"
#include "core/assert.hpp"
#include "record/foreign/event_assembler.hpp"
#include "record/foreign/event_history.hpp"

namespace stalemate {
namespace {

/// Keys up to this number are kept; larger ones are numbered. None of our tables has more rows.
constexpr std::int64_t kept_key_max = (std::int64_t{1} << 24U) - 1;

EventKind event_kind(OpKind kind) {
  switch (kind) {
    case OpKind::read: return EventKind::read;
    case OpKind::write: return EventKind::write;
    case OpKind::add: return EventKind::add;
    case OpKind::background: break;
  }
  STALEMATE_ASSERT(false, "a background op is no client's");
}

ValueId name_or_number(ValueTable& values, const std::vector<std::string>& names, std::uint64_t number) {
  if (number >= names.size()) {
    return values.intern(static_cast<std::int64_t>(number));
  }
  edn::Reader reader(names[number], "a name");
  const Result<edn::Form> form = reader.next();
  return form ? intern(values, *form) : values.intern_text(names[number]);
}

/// The id of a native value in that table; `absent` is nil.
ValueId value_id(ValueTable& values, const HistoryHeader& header, Value value) {
  if (value == absent || (!is_imported(header) && row_after(value) == no_row)) {
    return nil_value;
  }
  return header.value_names.empty() || value < 0
             ? values.intern(value)
             : name_or_number(values, header.value_names, static_cast<std::uint64_t>(value));
}

/// Makes a native history of a general one.
class NativeMaker {
 public:
  explicit NativeMaker(const EventHistory& events) : events_(events) {
    header_.clock = events.timed ? file_clock : order_clock;
    header_.engines = events.facts.engines;
  }

  Result<History> make() {
    if (std::optional<std::string> obstacle = find_obstacle()) {
      return failed(ErrorCode::unsupported, events_.name + " cannot become a native history: " + *obstacle);
    }
    choose_instants();
    choose_clients();
    choose_keys();
    choose_values();
    header_.initial_value = value_of(events_.initial);
    std::vector<Op> ops;
    std::vector<Step> steps;
    ops.reserve(events_.ops.size());
    for (const EventOp& event : events_.ops) {
      ops.push_back(op_of(event));
      if (event.update != UpdateFate::unseen) {
        steps.push_back(update_of(ops.back(), event));
      }
    }
    History history = make_history(std::move(header_), ops, steps);
    if (!events_.facts.truncation.empty()) {
      history.trailer.reset();
      history.truncation = events_.facts.truncation;
    }
    return history;
  }

 private:
  std::optional<std::string> find_obstacle() {
    std::unordered_set<std::uint32_t> indexes;
    for (const EventOp& event : events_.ops) {
      first_ = std::min({first_, event.invocation, event.intended});
      last_ = std::max(last_, event.completion == never ? event.invocation : event.completion);
      if (event.kind == EventKind::cas || event.kind == EventKind::append) {
        return "it has a " + std::string(name_of(event.kind)) + ", and only reads, writes and adds fit";
      }
      if (!indexes.insert(event.index).second || event.index == no_op) {
        return "op " + std::to_string(event.index) + " is there twice";
      }
    }
    kept_processes_ =
        std::ranges::all_of(events_.processes, [](const std::string& name) { return client_in(name).has_value(); });
    if (!kept_processes_ && events_.processes.size() > std::size_t{std::numeric_limits<ClientId>::max()} + 1) {
      return "it has " + std::to_string(events_.processes.size()) + " processes, and at most 65536 fit";
    }
    const bool is_long =
        static_cast<std::uint64_t>(last_) - static_cast<std::uint64_t>(first_) > packed_time::instant_mask;
    return is_long && !events_.ops.empty() ? std::optional("it lasts 78 hours or more") : find_rounded_end();
  }

  /// An op that ended before another began, but no longer does once its end is rounded up as a record has it.
  std::optional<std::string> find_rounded_end() const {
    std::vector<std::int64_t> invocations;
    for (const EventOp& event : events_.ops) {
      const auto duration = static_cast<std::uint64_t>(event.completion) - static_cast<std::uint64_t>(event.invocation);
      if (event.completion == never || duration < packed_time::duration_exact) {
        continue;
      }
      if (invocations.empty()) {
        invocations.resize(events_.ops.size());
        std::ranges::transform(events_.ops, invocations.begin(), &EventOp::invocation);
        std::ranges::sort(invocations);
      }
      const Nanoseconds rounded =
          packed_time::unpack_duration(packed_time::pack_duration(static_cast<Nanoseconds>(duration)));
      const auto next = std::ranges::upper_bound(invocations, event.completion);
      if (next != invocations.end() && *next - event.invocation <= rounded) {
        return "op " + std::to_string(event.index) +
               " takes 9 min 9 s or more, so that its end is kept to 1,024 ns only, and another op begins that soon "
               "behind it";
      }
    }
    return std::nullopt;
  }

  /// The number that a process's name is, if it is one that a client can have.
  static std::optional<ClientId> client_in(const std::string& name) {
    ClientId client = 0;
    const char* const end = name.data() + name.size();
    const auto [stop, code] = std::from_chars(name.data(), end, client);
    return stop == end && code == std::errc() ? std::optional(client) : std::nullopt;
  }

  void choose_clients() {
    if (!kept_processes_) {
      header_.client_names = events_.processes;
    }
  }

  /// Instants that fit are kept; else the first becomes 0.
  void choose_instants() {
    const bool fit = first_ >= 0 && static_cast<std::uint64_t>(last_) <= packed_time::instant_mask;
    origin_ = fit ? 0 : first_;
  }

  void choose_keys() {
    kept_keys_ = std::ranges::all_of(events_.keys, [this](ValueId id) {
      return events_.values.kind(id) == ValueKind::integer && events_.values.integer(id) >= 0 &&
             events_.values.integer(id) <= kept_key_max;
    });
    header_.key_count = kept_keys_ ? 0 : static_cast<std::uint32_t>(events_.keys.size());
    for (const ValueId id : events_.keys) {
      if (!kept_keys_) {
        header_.key_names.push_back(events_.values.edn(id));
      }
    }
  }

  void choose_values() {
    const auto is_kept = [this](ValueId id) {
      return id == nil_value || (events_.values.kind(id) == ValueKind::integer && events_.values.integer(id) > absent &&
                                 events_.values.integer(id) <= std::numeric_limits<Value>::max());
    };
    kept_values_ = is_kept(events_.initial) && std::ranges::all_of(events_.ops, is_kept, &EventOp::value);
    for (ValueId id = 0; !kept_values_ && id < events_.values.size(); ++id) {
      header_.value_names.push_back(events_.values.edn(id));
    }
  }

  [[nodiscard]] Value value_of(ValueId id) const {
    if (id == nil_value) {
      return absent;
    }
    return static_cast<Value>(kept_values_ ? events_.values.integer(id) : id);
  }

  [[nodiscard]] Op op_of(const EventOp& event) const {
    const std::uint32_t key =
        kept_keys_ ? static_cast<std::uint32_t>(events_.values.integer(events_.keys[event.key])) : event.key;
    const ClientId client =
        kept_processes_ ? *client_in(events_.processes[event.process]) : static_cast<ClientId>(event.process);
    const OpKind kind = event.kind == EventKind::read    ? OpKind::read
                        : event.kind == EventKind::write ? OpKind::write
                                                         : OpKind::add;
    return Op{.index = event.index,
              .key = Key{key},
              .client = client,
              .kind = kind,
              .outcome = event.outcome,
              .error = event.error,
              .value = value_of(event.value),
              .intended_ns = event.intended - origin_,
              .invocation_ns = event.invocation - origin_,
              .completion_ns = event.completion == never ? never : event.completion - origin_};
  }

  /// What is known of a write's update, as if the op had done nothing else.
  static Step update_of(const Op& op, const EventOp& event) {
    return {.op = op.index,
            .store = Store::database,
            .command = Command::write,
            .role = Role::update,
            .outcome = event.update == UpdateFate::refused ? Outcome::fail : Outcome::ok,
            .error = event.update == UpdateFate::refused ? ErrorCode::refused_by_server : ErrorCode::none,
            .value = op.value,
            .version = event.version,
            .start_ns = op.invocation_ns,
            .end_ns = op.completion_ns};
  }

  const EventHistory& events_;
  HistoryHeader header_;
  std::int64_t first_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_ = std::numeric_limits<std::int64_t>::min();
  std::int64_t origin_ = 0;
  bool kept_processes_ = true;
  bool kept_keys_ = true;
  bool kept_values_ = true;
};

/// What steps say about the update of a value of a key; of several, the one that says most about an applied update.
struct Update {
  std::uint32_t key = 0;
  Value value = absent;
  UpdateFate fate = UpdateFate::unseen;
  Version version = unknown_version;
  friend auto operator<=>(const Update&, const Update&) = default;
};

Update update_in(const StepRecord& step, Key key) {
  constexpr Version version_max = ~Version{0} - 2;  // greater ones count as none told
  const bool is_told = step.outcome() == Outcome::ok && step.version() <= version_max;
  return {.key = key.index,
          .value = step.value(),
          .fate = step.outcome() == Outcome::fail ? UpdateFate::refused : UpdateFate::applied,
          .version = is_told ? step.version() : unknown_version};
}

/// Sorted.
std::vector<Update> updates_of(const History& history) {
  std::vector<Update> updates;
  for (const StepRecord& step : history.steps()) {
    if (!step.is_update()) {
      continue;
    }
    if (const OpRecord* op = history.find_op(step.op())) {
      updates.push_back(update_in(step, op->key()));
    }
  }
  std::ranges::sort(updates);
  return updates;
}

/// Of the write of that value.
Update find_update(const std::vector<Update>& updates, Key key, Value value) {
  const auto behind = std::ranges::upper_bound(updates, std::pair(key.index, value), {}, [](const Update& update) {
    return std::pair(update.key, update.value);
  });
  const bool is_there = behind != updates.begin() && (behind - 1)->key == key.index && (behind - 1)->value == value;
  return is_there ? *(behind - 1) : Update{};
}

}  // namespace

EventHistory to_events(const History& history) {
  EventHistory events;
  events.timed = has_times(history.header);
  events.has_end_mark = history.is_complete();
  events.facts = {
      .is_native = !is_imported(history.header), .truncation = history.truncation, .engines = history.header.engines};
  if (!history.truncation.empty()) {
    events.notes.push_back(history.truncation);
  }
  const std::vector<Update> updates = updates_of(history);
  events.has_initial = true;
  events.initial = value_id(events.values, history.header, history.header.initial_value);
  for (std::uint32_t key = 0; key < history.header.key_count; ++key) {
    events.keys.push_back(name_or_number(events.values, history.header.key_names, key));
  }
  for (std::uint32_t client = 0; client < history.header.client_count; ++client) {
    const std::vector<std::string>& names = history.header.client_names;
    events.processes.push_back(client < names.size() ? names[client] : std::to_string(client));
  }
  for (const OpRecord& record : history.ops()) {
    if (record.kind() == OpKind::background) {
      continue;
    }
    const bool says_nothing = record.kind() == OpKind::read && record.outcome() != Outcome::ok;
    const Update update = record.kind() == OpKind::read ? Update{} : find_update(updates, record.key(), record.value());
    events.ops.push_back(
        EventOp{.process = record.client(),
                .key = record.key().index,
                .kind = event_kind(record.kind()),
                .outcome = record.outcome(),
                .error = record.error(),
                .value = says_nothing ? nil_value : value_id(events.values, history.header, record.value()),
                .invocation = record.invocation_ns(),
                .completion = record.completion_ns(),
                .intended = record.intended_ns(),
                .index = record.index(),
                .update = update.fate,
                .version = update.version});
  }
  put_in_order(events);
  return events;
}

Result<History> to_history(const EventHistory& events) {
  return NativeMaker(events).make();
}

}  // namespace stalemate
