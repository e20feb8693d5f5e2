#include "check/prefilter/prefilter.hpp"

#include <algorithm>

namespace stalemate {

Prefilter::Prefilter(const History& history, const PrefilterOptions& options, const Crew& crew)
    : history_(&history), table_(history, crew.size), groups_(0, 0, crew) {
  read_table(crew);
  if (gave_up()) {
    return;
  }
  group_values(crew);
  if (options.for_sessions) {
    times_.emplace(history, table_, groups_);
  }
  judge_keys({.versions_known = versions_known(),
              .clears_unknown = !options.for_sessions,
              .clock_error_ns = options.clock_error_ns},
             crew);
}

void Prefilter::read_table(const Crew& crew) {
  if (table_.gave_up()) {
    return;
  }
  crew([this](std::uint32_t member) { table_.read_ops(member); });
  table_.close_ops();
  if (table_.gave_up()) {
    return;
  }
  crew([this](std::uint32_t member) { table_.read_versions(member); });
  table_.close_versions();
}

void Prefilter::group_values(const Crew& crew) {
  const std::uint32_t keys = table_.numbers().key_count;
  const std::size_t written = table_.number_end() - keys;
  groups_ = KeyGroups(keys, written, crew);
  const std::span<const ValueRecord> records = table_.records();
  const auto for_each_written = [&](std::uint32_t member, const auto& use) {
    const std::size_t end = share_begin(written, member + 1, groups_.members());
    for (std::size_t i = share_begin(written, member, groups_.members()); i < end; ++i) {
      if (records[keys + i].is_seen()) {
        use(records[keys + i].key().index, static_cast<ValueNumber>(keys + i));
      }
    }
  };
  groups_.count(crew, [&](std::uint32_t member, const auto& add) {
    for_each_written(member, [&add](std::uint32_t key, ValueNumber) { add(key); });
  });
  groups_.place(crew, for_each_written);
}

void Prefilter::judge_keys(const KeyRules& rules, const Crew& crew) {
  key_states_.resize(groups_.key_count());
  open_ = Bits(table_.numbers().none() + std::size_t{1});
  kept_ = Bits(table_.numbers().none() + std::size_t{1});
  std::vector<Found> by_member(crew.size);
  crew([&](std::uint32_t member) {
    Found found;
    KeyOrder order(*history_, table_, rules, open_, kept_);
    const std::uint32_t end = first_key(member + 1, crew.size);
    for (std::uint32_t key = first_key(member, crew.size); key < end; ++key) {
      judge(Key{key}, order, found);
    }
    by_member[member] = std::move(found);
  });
  for (const Found& found : by_member) {
    cleared_.add(found.cleared);
    keys_with_ops_ += found.keys_with_ops;
    all_clean_ = all_clean_ && found.all_clean;
  }
  cleared_.reads = table_.ok_reads();
}

/// Where a member's share of the keys begins, which have about as many values as another's.
std::uint32_t Prefilter::first_key(std::uint32_t member, std::uint32_t members) const {
  const std::uint32_t keys = groups_.key_count();
  const std::size_t begin = share_begin(groups_.size() + keys, member, members);
  std::uint32_t first = 0;
  for (std::uint32_t left = keys; left > 0;) {
    const std::uint32_t half = left / 2;
    const bool is_before = groups_.before(first + half) + first + half < begin;
    first += is_before ? half + 1 : 0;
    left = is_before ? left - half - 1 : half;
  }
  return first;
}

void Prefilter::judge(Key key, KeyOrder& order, Found& found) {
  const std::span<const ValueNumber> written = std::as_const(groups_).of(key.index);
  const KeyState state = order.judge(key, written, groups_.end());
  const bool has_initial = table_.records()[key.index].is_seen();
  key_states_[key.index] = state;
  found.all_clean = found.all_clean && state == KeyState::clean;
  WriteTimes::Writes writes;
  if (times_ && state != KeyState::doubtful) {
    writes = times_->add_key(key, found.room);
    found.cleared.has_adds = found.cleared.has_adds || writes.has_adds;
  }
  if (state == KeyState::clean && order.value_count() == 0 && !table_.is_barely_seen(key)) {
    return;
  }
  ++found.keys_with_ops;
  if (state == KeyState::clean) {
    const std::size_t placed = order.value_count() - (has_initial ? 1 : 0);
    ++found.cleared.keys;
    found.cleared.values += order.value_count();
    found.cleared.versions += 1;
    (versions_known() ? found.cleared.versions : found.cleared.unplaced) += placed;
    found.cleared.writes += writes.ok_writes;
  }
}

}  // namespace stalemate
