#include "check/prefilter/write_times.hpp"

#include <algorithm>

#include "check/passes/fetch.hpp"
#include "check/passes/nearly_sorted.hpp"

namespace stalemate {

namespace {

constexpr std::size_t batch_size = 4096;
/// The write is looked for among so many neighbours, then by a binary search.
constexpr int neighbours_max = 16;

}  // namespace

WriteTimes::WriteTimes(const History& history, const ZoneTable& table, const KeyGroups& groups)
    : history_(history),
      table_(table),
      groups_(groups),
      completions_(groups.size()),
      ranks_(table.number_end()),
      last_read_ns_(groups.key_count(), -1) {}

WriteTimes::Writes WriteTimes::add_key(Key key, Room& ended) {
  const std::span<const ValueRecord> records = table_.records();
  Writes writes;
  ended.clear();
  Nanoseconds last_read_ns = records[key.index].last_read_ns();
  for (const ValueNumber number : groups_.of(key.index)) {
    last_read_ns = std::max(last_read_ns, records[number].last_read_ns());
    const OpRecord& write = history_.ops()[records[number].write - 1];
    if (write.outcome() == Outcome::ok) {
      ended.emplace_back(write.completion_ns(), number);
      writes.has_adds = writes.has_adds || write.kind() == OpKind::add;
    }
  }
  last_read_ns_[key.index] = last_read_ns;
  sort_nearly_sorted(ended.begin(), ended.end(), std::less<>());
  const std::span<Nanoseconds> completions =
      completions_.span().subspan(groups_.before(key.index), groups_.of(key.index).size());
  std::ranges::fill(completions, never);
  for (std::size_t i = 0; i < ended.size(); ++i) {
    completions[i] = ended[i].first;
    ranks_.data()[ended[i].second] = static_cast<std::uint32_t>(i);
  }
  writes.ok_writes = ended.size();
  return writes;
}

void WriteTimes::tell(std::uint32_t part, std::uint32_t parts, const std::vector<KeyState>& key_states,
                      const Take& take) const {
  const std::span<const OpRecord> ops = history_.ops();
  std::vector<Nanoseconds> ages;
  std::vector<Nanoseconds> spans;
  const auto hand_on = [&] {
    take({.read_ages_ns = ages, .write_spans_ns = spans});
    ages.clear();
    spans.clear();
  };
  const std::size_t end = share_begin(ops.size(), part + 1, parts);
  for (std::size_t position = share_begin(ops.size(), part, parts); position < end; ++position) {
    const OpRecord& op = ops[position];
    fetch_ahead(&op);
    const bool is_of_client = op.kind() != OpKind::background && op.outcome() == Outcome::ok;
    if (!is_of_client || key_states[op.key().index] == KeyState::doubtful) [[unlikely]] {
      continue;
    }
    if (op.kind() == OpKind::read) {
      const Nanoseconds completion_ns = completed_before(op);
      if (completion_ns != never) {
        ages.push_back(op.invocation_ns() - completion_ns);
      }
    } else if (last_read_ns_[op.key().index] - op.completion_ns() > ClearedTimes::span_ns_min) {
      spans.push_back(last_read_ns_[op.key().index] - op.completion_ns());
    }
    if (ages.size() + spans.size() >= batch_size) {
      hand_on();
    }
  }
  hand_on();
}

/// When the last write of the read's key ended that ended before the read began; `never`: none did.
Nanoseconds WriteTimes::completed_before(const OpRecord& read) const {
  const std::uint32_t key = read.key().index;
  const std::span<const Nanoseconds> completions =
      completions_.span().subspan(groups_.before(key), groups_.of(key).size());
  const Nanoseconds read_ns = read.invocation_ns();
  std::size_t ended = ranks_.span()[table_.numbers().of_op(read)];  // so many ended before the read, or nearly so
  for (int neighbour = 0; neighbour < neighbours_max; ++neighbour) {
    if (ended < completions.size() && completions[ended] < read_ns) {
      ++ended;
    } else if (ended > 0 && completions[ended - 1] >= read_ns) {
      --ended;
    } else {
      return ended == 0 ? never : completions[ended - 1];
    }
  }
  const auto next = std::ranges::lower_bound(completions, read_ns);
  return next == completions.begin() ? never : *(next - 1);
}

}  // namespace stalemate
