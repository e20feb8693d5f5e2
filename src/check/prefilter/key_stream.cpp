#include "check/prefilter/key_stream.hpp"

#include <algorithm>

#include "check/passes/fetch.hpp"
#include "check/passes/steps_with_keys.hpp"

namespace stalemate {

namespace {

/// Numbers of values that are not below this cannot be judged.
constexpr std::uint32_t value_end = std::uint32_t{1} << 31U;

}  // namespace

KeyStream::KeyStream(const History& history, const ValueRules& rules, KeyShare keys)
    : history_(history),
      rules_(rules),
      keys_(keys),
      initial_(static_cast<std::uint32_t>(history.header.initial_value)) {}

/// Inline, for else GCC believes that it does less than it does, and leaves the prefetches out.
[[gnu::always_inline]] inline void KeyStream::pick(std::span<const OpRecord> ops, Picked& picked) const {
  const State* const states = states_.span().data();
  const KeyShare keys = keys_;
  std::size_t count = 0;
#pragma GCC unroll 4
  for (std::size_t i = 0; i < ops.size(); ++i) {
    fetch_ahead(&ops[i]);
    // Whose key is whose is as good as random, so there is no branch on it.
    picked.ops[count] = static_cast<std::uint16_t>(i);
    count += keys.has(ops[i].key().index) ? 1 : 0;
  }
  picked.count = count;
  for (std::size_t i = 0; i < count; ++i) {
    __builtin_prefetch(&states[keys.place_of(ops[picked.ops[i]].key().index)], 1);
  }
}

bool KeyStream::run(const std::atomic<bool>& is_over) {
  const std::span<const OpRecord> ops = history_.ops();
  const auto block_at = [ops](std::size_t begin) {
    return ops.subspan(begin, std::min(block_ops, ops.size() - begin));
  };
  std::array<Picked, 2> picked;
  Picked* now = &picked[0];
  Picked* next = &picked[1];
  states_ = RecordArray<State>(keys_.places(history_.header.key_count));
  states_.make_ready(0, states_.size());
  pick(block_at(0), *now);
  for (std::size_t begin = 0; begin < ops.size();) {
    const std::span<const OpRecord> block = block_at(begin);
    begin += block.size();
    pick(block_at(begin), *next);
    const std::uint64_t op_end = begin == ops.size() ? no_op + std::uint64_t{1} : ops[begin].index();
    if (!read_versions(block, op_end) || !add_ops(block, *now) || is_over.load(std::memory_order_relaxed)) {
      return false;
    }
    std::swap(now, next);
  }
  count_keys();
  return std::ranges::all_of(windows_, &KeyWindow::is_whole);
}

/// The versions that the block's steps tell of its writes. False if they tell one of another op, or of another value.
bool KeyStream::read_versions(std::span<const OpRecord> ops, std::uint64_t op_end) {
  const std::uint64_t first = ops.front().index();
  const bool has_all = ops.back().index() - first + 1 == ops.size();
  versions_.fill(0);
  std::uint64_t* const versions = versions_.data();
  bool is_sound = true;
  next_step_ = for_each_update(
      history_.steps(), next_step_, history_.steps().size(), op_end, [=, &is_sound](const StepRecord& step) {
        std::size_t place = static_cast<std::size_t>(step.op() - first);
        if (!has_all) [[unlikely]] {
          place =
              static_cast<std::size_t>(std::ranges::lower_bound(ops, step.op(), {}, &OpRecord::index) - ops.begin());
          place = place < ops.size() && ops[place].index() == step.op() ? place : ops.size();
        }
        if (place >= ops.size()) [[unlikely]] {
          is_sound = false;  // of no op, but it may tell another version of some value
          return;
        }
        const bool is_writes = ops[place].kind() == OpKind::write;
        const bool is_own = ops[place].value() == step.value();
        is_sound &= is_writes & is_own;
        versions[place] = std::max(versions[place], packed_version::of(step));
      });
  return is_sound;
}

/// Most ops are alone: none of their key is under way that they do not know of.
bool KeyStream::add_ops(std::span<const OpRecord> ops, const Picked& picked) {
  State* const states = states_.data();
  std::uint64_t writes = 0;
  std::uint64_t others = 0;
  for (std::size_t i = 0; i < picked.count; ++i) {
    const std::size_t place = picked.ops[i];
    const OpRecord& op = ops[place];
    State& state = states[keys_.place_of(op.key().index)];
    const auto invocation_ns = static_cast<std::uint64_t>(op.invocation_ns());
    const std::uint32_t value = number_of(op);
    const std::uint64_t last = invocation_ns << last_shift | (state.last & flags) | touched;
    const bool is_alone = op.is_plain() & (last >= state.last) & (state.first < invocation_ns);
    if (op.kind() == OpKind::read) {
      if (is_alone & (value == state.value)) [[likely]] {
        state.last = last | (value == 0 ? initial_read : 0);
        continue;
      }
    } else if (is_alone && add_write(op, versions_[place], value, state)) [[likely]] {
      state.last = last;
      ++writes;
      continue;
    }
    ++others;
    if (!add_other(op, versions_[place], state)) {
      return false;
    }
  }
  counts_.ops += picked.count - others;
  counts_.ok_reads += picked.count - others - writes;
  counts_.ok_writes += writes;
  return true;
}

/// A plain write that began when nothing but the newest value could be read. False if that is not all.
[[gnu::always_inline]] inline bool KeyStream::add_write(const OpRecord& op, std::uint64_t version, std::uint32_t value,
                                                        State& state) {
  const Nanoseconds completion_ns = op.plain_completion_ns() + 2 * rules_.clock_error_ns;
  const bool is_next = (version > state.version) & (version > packed_version::unplaced) & (value > last_value_) &
                       (value < value_end) & (completion_ns < static_cast<Nanoseconds>(packed_time::instant_mask));
  if (!is_next) [[unlikely]] {
    return false;
  }
  state.version = version;
  state.first = static_cast<std::uint64_t>(completion_ns);
  state.before = state.value;
  state.value = value;
  last_value_ = value;
  return true;
}

/// An op of which its key's state alone does not say that all is well.
bool KeyStream::add_other(const OpRecord& op, std::uint64_t version, State& state) {
  if (op.kind() == OpKind::background) {
    return true;
  }
  ++counts_.ops;
  state.last |= touched;
  if (op.kind() == OpKind::read) {
    counts_.ok_reads += op.outcome() == Outcome::ok ? 1 : 0;
    return op.outcome() != Outcome::ok || add_to_window(op, version, state);
  }
  // Values are written in order, so that none is written twice to a key.
  const std::uint32_t value = number_of(op);
  if (op.kind() != OpKind::write || value <= last_value_ || value >= value_end) {
    return false;
  }
  last_value_ = value;
  if (op.outcome() != Outcome::ok) {
    // What may not have been written is in no window, so that a read of it is told.
    ++counts_.other_writes;
    const bool is_applied = version > packed_version::unplaced;
    return op.outcome() == Outcome::fail || (rules_.clears_unknown && !is_applied);
  }
  ++counts_.ok_writes;
  return version > packed_version::unplaced && add_to_window(op, version, state);
}

/// An `ok` read or write. `version`: of a read 0.
bool KeyStream::add_to_window(const OpRecord& op, std::uint64_t version, State& state) {
  const SeenValue seen = {
      .value = number_of(op), .invocation_ns = op.invocation_ns(), .completion_ns = rules_.widened(op.completion_ns())};
  if (!open_window(state)) {
    return false;
  }
  KeyWindow& window = windows_[state.before];
  const bool is_added =
      version == 0 ? window.add_read(seen, seen.value > last_value_) : window.add_write(seen, version);
  if (is_added && window.settle(seen.invocation_ns)) {
    close_window(state);
  }
  const std::uint64_t last = static_cast<std::uint64_t>(seen.invocation_ns) << last_shift | (state.last & flags);
  state.last = std::max(state.last, last) | (version == 0 && seen.value == 0 ? initial_read : 0);
  return is_added;
}

/// If the key has none. False if nobody knows the version of a value that may still be read.
bool KeyStream::open_window(State& state) {
  if (state.value == in_window) {
    return true;
  }
  const KeyWindow::Entry last = {.value = state.value,
                                 .version = state.version,
                                 .first_completion_ns = static_cast<Nanoseconds>(state.first),
                                 .last_invocation_ns = static_cast<Nanoseconds>(state.last >> last_shift)};
  const auto place = static_cast<std::uint32_t>(&state - states_.data());
  const std::optional<std::uint64_t> version_before = version_of(state.before, place);
  if (!version_before) {
    return false;
  }
  std::optional<KeyWindow::Entry> before;
  if (state.before != state.value) {
    before = {.value = state.before,
              .version = *version_before,
              .first_completion_ns = 0,
              .last_invocation_ns = last.last_invocation_ns};
  }
  if (free_windows_.empty()) {
    free_windows_.push_back(static_cast<std::uint32_t>(windows_.size()));
    windows_.emplace_back();
  }
  state.before = free_windows_.back();
  free_windows_.pop_back();
  windows_[state.before].begin(before, last);
  state.version = state.first = ~std::uint64_t{0};  // no op is alone
  state.value = in_window;
  return true;
}

/// Requires: the key's window has settled.
void KeyStream::close_window(State& state) {
  const std::uint32_t number = state.before;
  const KeyWindow::Entry& last = windows_[number].entries().back();
  state.version = last.version;
  state.first = static_cast<std::uint64_t>(last.first_completion_ns);
  state.value = last.value;
  state.before = windows_[number].entries().front().value;
  free_windows_.push_back(number);
}

/// Of a value that was written to the key of that place. Where values are not written in the order of ops, its write
/// may not be found.
std::optional<std::uint64_t> KeyStream::version_of(std::uint32_t value, std::uint32_t place) const {
  if (value == 0) {
    return 0;
  }
  const std::span<const OpRecord> ops = history_.ops();
  const auto write_from = [ops](std::size_t position) {
    return std::ranges::find(ops.begin() + static_cast<std::ptrdiff_t>(position), ops.end(), OpKind::write,
                             &OpRecord::kind);
  };
  std::size_t begin = 0;
  std::size_t end = ops.size();
  while (begin < end) {
    const std::size_t middle = begin + (end - begin) / 2;
    const auto write = write_from(middle);
    const auto position = static_cast<std::size_t>(write - ops.begin());
    if (position >= end || number_of(*write) >= value) {
      end = middle;
    } else {
      begin = position + 1;
    }
  }
  const auto write = write_from(begin);
  if (write == ops.end() || number_of(*write) != value || !keys_.has(write->key().index) ||
      keys_.place_of(write->key().index) != place) {
    return {};
  }
  std::uint64_t version = 0;
  const std::size_t first_step = first_step_from(history_, static_cast<std::size_t>(write - ops.begin()));
  static_cast<void>(
      for_each_update(history_.steps(), first_step, history_.steps().size(), write->index() + std::uint64_t{1},
                      [&version](const StepRecord& step) { version = std::max(version, packed_version::of(step)); }));
  return version;
}

void KeyStream::count_keys() {
  for (const State& state : states_.span()) {
    counts_.keys += state.last & touched;
    counts_.initial_reads += (state.last & initial_read) != 0 ? 1 : 0;
  }
}

}  // namespace stalemate
