// Native histories to general ones and back.
#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_set>

#include "core/assert.hpp"
#include "record/event_assembler.hpp"
#include "record/event_history.hpp"

namespace stalemate {
namespace {

/// Keys up to this number are kept; beyond, they are numbered. No table of ours has more rows.
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
  if (value == absent) {
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
    header_.clock = events.timed ? "file" : order_clock;
  }

  Result<History> make() {
    if (std::optional<std::string> obstacle = find_obstacle()) {
      return failed(ErrorCode::unsupported, events_.name + " cannot become a native history: " + *obstacle);
    }
    choose_instants();
    choose_keys();
    choose_values();
    header_.initial_value = value_of(events_.initial);
    std::vector<Op> ops;
    ops.reserve(events_.ops.size());
    for (const EventOp& event : events_.ops) {
      ops.push_back(op_of(event));
    }
    return make_history(std::move(header_), ops);
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
    kept_processes_ = std::ranges::all_of(events_.processes, [](std::int64_t number) {
      return number >= 0 && number <= std::numeric_limits<ClientId>::max();
    });
    if (!kept_processes_ && events_.processes.size() > std::size_t{std::numeric_limits<ClientId>::max()} + 1) {
      return "it has " + std::to_string(events_.processes.size()) + " processes, and at most 65536 fit";
    }
    const bool is_long =
        static_cast<std::uint64_t>(last_) - static_cast<std::uint64_t>(first_) > packed_time::instant_mask;
    return is_long && !events_.ops.empty() ? std::optional("it lasts 78 hours or more") : std::nullopt;
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
    const auto client = static_cast<ClientId>(kept_processes_ ? events_.processes[event.process] : event.process);
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

  const EventHistory& events_;
  HistoryHeader header_;
  std::int64_t first_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_ = std::numeric_limits<std::int64_t>::min();
  std::int64_t origin_ = 0;
  bool kept_processes_ = true;
  bool kept_keys_ = true;
  bool kept_values_ = true;
};

}  // namespace

EventHistory to_events(const History& history) {
  EventHistory events;
  events.timed = has_times(history.header);
  events.has_initial = true;
  events.initial = value_id(events.values, history.header, history.header.initial_value);
  for (std::uint32_t key = 0; key < history.header.key_count; ++key) {
    events.keys.push_back(name_or_number(events.values, history.header.key_names, key));
  }
  for (std::uint32_t client = 0; client < history.header.client_count; ++client) {
    events.processes.push_back(client);
  }
  for (const OpRecord& record : history.ops()) {
    if (record.kind() == OpKind::background) {
      continue;
    }
    const bool says_nothing = record.kind() == OpKind::read && record.outcome() != Outcome::ok;
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
                .index = record.index()});
  }
  put_in_order(events);
  return events;
}

Result<History> to_history(const EventHistory& events) {
  return NativeMaker(events).make();
}

}  // namespace stalemate
