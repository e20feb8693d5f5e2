// An excerpt as a whole history: what may have held before it is added.
//
//   the excerpt      |- read: 3 -|    |- write 5 -|  |- read: 5 -|
//   what is added    write 3, begun before the excerpt: when it took effect is not known
#include <algorithm>
#include <map>
#include <string>

#include "record/foreign/event_assembler.hpp"
#include "record/foreign/event_history.hpp"

namespace stalemate {
namespace {

/// What the excerpt tells of one value of one key.
struct Told {
  std::int64_t first_found = never;    ///< the first invocation of a read or cas that found it
  std::int64_t first_shown = never;    ///< the first completion of one
  std::int64_t first_written = never;  ///< the first invocation of what may have written it
};

using ToldOfKey = std::map<ValueId, Told>;

bool may_write(const EventOp& op) {
  return (op.kind == EventKind::write || op.kind == EventKind::cas) && op.outcome != Outcome::fail;
}

std::vector<ToldOfKey> told_by(const EventHistory& excerpt) {
  std::vector<ToldOfKey> told(excerpt.keys.size());
  for (const EventOp& op : excerpt.ops) {
    if (may_write(op)) {
      Told& value = told[op.key][op.value];
      value.first_written = std::min(value.first_written, op.invocation);
    }
    const bool finds = op.outcome == Outcome::ok && (op.kind == EventKind::read || op.kind == EventKind::cas);
    if (finds) {
      Told& value = told[op.key][op.kind == EventKind::read ? op.value : op.expected];
      value.first_found = std::min(value.first_found, op.invocation);
      value.first_shown = std::min(value.first_shown, op.completion);
    }
  }
  return told;
}

/// By key: when the first change of it had surely happened.
std::vector<std::int64_t> first_changes(const EventHistory& excerpt) {
  std::vector<std::int64_t> first(excerpt.keys.size(), never);
  for (const EventOp& op : excerpt.ops) {
    if (op.kind != EventKind::read && op.outcome == Outcome::ok) {
      first[op.key] = std::min(first[op.key], op.completion);
    }
  }
  return first;
}

/// A value that is not in the table.
ValueId unknown_value(ValueTable& values) {
  const std::size_t before = values.size();
  std::string name = ":unknown";
  for (ValueId id = values.intern_form(name); id < before; id = values.intern_form(name)) {
    name += "-";
  }
  return static_cast<ValueId>(values.size() - 1);
}

}  // namespace

EventHistory with_what_came_before(const EventHistory& excerpt, bool values_repeat) {
  EventHistory whole = excerpt;
  whole.facts.is_excerpt = false;
  whole.has_initial = true;
  whole.initial = unknown_value(whole.values);
  if (excerpt.ops.empty()) {
    return whole;
  }
  const std::int64_t begin = excerpt.ops.front().invocation;
  std::uint32_t index = std::ranges::max(excerpt.ops, {}, &EventOp::index).index;
  const std::vector<std::int64_t> changed = first_changes(excerpt);
  const std::vector<ToldOfKey> told = told_by(excerpt);
  const auto add = [&](std::uint32_t key, ValueId value, std::int64_t completion) {
    whole.ops.push_back({.process = static_cast<std::uint32_t>(whole.processes.size()),
                         .key = key,
                         .kind = EventKind::write,
                         .outcome = completion == never ? Outcome::info : Outcome::ok,
                         .value = value,
                         .invocation = begin,
                         .completion = completion,
                         .intended = begin,
                         .index = ++index});
    whole.processes.emplace_back("\"before the excerpt\"");
  };
  for (std::uint32_t key = 0; key < told.size(); ++key) {
    for (const auto& [value, facts] : told[key]) {
      const bool is_from_before = facts.first_shown < facts.first_written;
      if (is_from_before) {
        add(key, value, never);
      } else if (values_repeat && facts.first_found <= changed[key] && facts.first_found != never) {
        // It may be what the key started with. Several such may: the last of them, in any order, is.
        add(key, value, changed[key]);
      }
    }
  }
  std::ranges::sort(whole.ops, {}, [](const EventOp& op) { return std::pair(op.invocation, op.index); });
  return whole;
}

}  // namespace stalemate
