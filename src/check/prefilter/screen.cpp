#include "check/prefilter/screen.hpp"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <utility>

#include "core/assert.hpp"

namespace stalemate {

std::vector<std::size_t> borders_of(std::size_t total, const ScreenOptions& options, const Crew& crew) {
  const std::vector<std::uint32_t> shares =
      options.shares.empty() ? std::vector<std::uint32_t>(crew.size, 1) : options.shares;
  const std::uint64_t all = std::accumulate(shares.begin(), shares.end(), std::uint64_t{0});
  STALEMATE_ASSERT(all > 0, "somebody gets a share");
  std::vector<std::size_t> borders = {0};
  std::uint64_t before = 0;
  for (const std::uint32_t share : shares) {
    before += share;
    borders.push_back(total * before / all);
  }
  return borders;
}

namespace {

/// No larger than the keys of a bucket have room for, nor than there are values.
std::size_t window_of(const ScreenOptions& options, const ZoneTable& table) {
  const std::size_t window_max = std::min<std::size_t>(options.window, table.layout().values_max);
  const std::uint32_t keys = std::clamp(table.key_count(), 1U, options.bucket_keys);
  return std::clamp<std::size_t>(options.bucket_room / 2 / keys, std::min<std::size_t>(2, window_max), window_max);
}

}  // namespace

Screen::Screen(const History& history, const ScreenOptions& options, const Crew& crew)
    : options_(options),
      table_(history, borders_of(history.ops().size(), options, crew)),
      members_(crew.size),
      buckets_(std::max(1U, (table_.key_count() + options.bucket_keys - 1) / options.bucket_keys)),
      window_(window_of(options, table_)),
      cursors_(members_),
      pieces_(members_) {
  if (!look_at_stream(history, crew)) {
    look_at_table(crew);
  }
}

/// Whether that clears all keys at once.
bool Screen::look_at_stream(const History& history, const Crew& crew) {
  if (!options_.may_stream) {
    return false;
  }
  if (buckets_ > 1) {
    return take_over(KeyProof(history, rules(), crew));
  }
  const std::vector<std::size_t> borders = borders_of(history.ops().size(), options_, crew);
  StreamSizes sizes = options_.stream;
  sizes.window = window_;
  sizes = sizes.for_values(table_.layout().values_max);
  return take_over(StreamProof(history, rules(), sizes, borders, crew));
}

/// Whether it holds.
template <class Proof>
bool Screen::take_over(const Proof& proof) {
  if (proof.holds()) {
    versions_known_ = proof.versions_known();
    has_writes_ = proof.has_writes();
    op_count_ = proof.op_count();
    keys_with_ops_ = proof.keys_with_ops();
    clean_ = proof.clean_keys();
    all_clean_ = true;
  }
  return proof.holds();
}

void Screen::look_at_table(const Crew& crew) {
  if (table_.gave_up()) {
    return;
  }
  crew([this](std::uint32_t member) { table_.scan(member); });
  if (members_ > 1) {
    crew([this](std::uint32_t member) { table_.apply(member); });
  }
  table_.close_writes();
  if (table_.gave_up()) {
    return;
  }
  crew([this](std::uint32_t member) { table_.read_versions(member); });
  table_.close();
  open_ = Bits(std::size_t{table_.layout().nowhere()} + 1);
  kept_ = Bits(std::size_t{table_.layout().nowhere()} + 1);
  value_counts_.resize(table_.key_count());
  is_doubtful_.resize(table_.key_count());
  key_states_.assign(table_.key_count(), KeyState::clean);
  borders_ = borders_of(table_.place_end() - table_.key_count(), options_, crew);
  buckets_ == 1 ? look_in_place(crew) : look_by_bucket(crew);
  if (std::ranges::find(is_doubtful_, 1) != is_doubtful_.end()) {
    look_again(crew);
  }
  table_.forget_writes();
  count_keys();
  versions_known_ = table_.versions_known();
  has_writes_ = table_.has_writes();
  op_count_ = table_.op_count();
  clean_.reads = table_.ok_reads();
}

/// Whether the value is to be put in order. Marks its key where that is not enough to judge it.
inline bool Screen::look_at_value(ValuePlace place, const ZoneTable::Zone& zone) {
  const ValueFacts facts = table_.facts(place, zone.first_completion_ns);
  const ValueUse use = use_of(facts, rules());
  if (use == ValueUse::odd) [[unlikely]] {
    table_.mark_odd(zone.key);
  }
  if (facts.is_unknown) [[unlikely]] {
    open_.add(place);  // whether the write took place is only known from its reads
  }
  return use == ValueUse::ordered;
}

void Screen::look_in_place(const Crew& crew) {
  crew([this](std::uint32_t member) { look_in_place(member); });
  std::vector<LooseEnds> ends(members_);
  for (std::uint32_t key = 0; key < table_.key_count(); ++key) {
    for (std::uint32_t member = 0; member < members_; ++member) {
      ends[member] = std::move(pieces_[member][key].ends);
    }
    if (!join(ends).holds) {
      is_doubtful_[key] = 1;
    }
  }
  pieces_.assign(members_, {});
}

/// The member's share of the written values; the first member begins with the initial ones.
void Screen::look_in_place(std::uint32_t member) {
  const std::uint32_t keys = table_.key_count();
  OrderWindows windows(keys, window_);
  for (std::uint32_t key = 0; key < keys; ++key) {
    windows[key].begin(member > 0);
    if (member == 0 && table_.is_touched(key)) {
      windows[key].add(initial_value(key));
    }
  }
  for (std::size_t i = borders_[member]; i < borders_[member + 1]; ++i) {
    const auto place = static_cast<ValuePlace>(keys + i);
    if (!table_.is_touched(place)) {
      continue;
    }
    const ZoneTable::Zone zone = table_.zone(place);
    if (look_at_value(place, zone)) [[likely]] {
      windows[zone.key.index].add(written_value(zone, version_of(place)));
    } else {
      table_.drop(place);
    }
  }
  for (std::uint32_t key = 0; key < keys; ++key) {
    std::atomic_ref(value_counts_[key]).fetch_add(windows[key].count(), std::memory_order_relaxed);
    pieces_[member].push_back({key, windows[key].finish_loose()});
  }
}

void Screen::look_by_bucket(const Crew& crew) {
  crew([this](std::uint32_t member) { count_bucket_values(member); });
  ends_.resize(buckets_);
  std::uint32_t next = 0;
  for (std::uint32_t bucket = 0; bucket < buckets_; ++bucket) {
    for (std::vector<std::uint32_t>& cursors : cursors_) {
      next += std::exchange(cursors[bucket], next);
    }
    ends_[bucket] = next;
  }
  values_ = RecordArray<Value>(next);
  crew([this](std::uint32_t member) { fill_buckets(member); });
  const std::vector<std::size_t> shares = borders_of(buckets_, options_, crew);
  crew([this, &shares](std::uint32_t member) {
    OrderWindows windows(options_.bucket_keys, window_);
    for (std::size_t bucket = shares[member]; bucket < shares[member + 1]; ++bucket) {
      look_at_bucket(static_cast<std::uint32_t>(bucket), windows);
    }
  });
  values_ = {};
}

/// Drops the values that bind nothing, marks the keys of those that cannot be judged here, and counts the rest.
void Screen::count_bucket_values(std::uint32_t member) {
  std::vector<std::uint32_t>& counts = cursors_[member];
  counts.assign(buckets_, 0);
  for (std::size_t i = borders_[member]; i < borders_[member + 1]; ++i) {
    const auto place = static_cast<ValuePlace>(table_.key_count() + i);
    if (!table_.is_touched(place)) {
      continue;
    }
    const ZoneTable::Zone zone = table_.zone(place);
    if (look_at_value(place, zone)) [[likely]] {
      ++counts[zone.key.index / options_.bucket_keys];
    } else {
      table_.drop(place);
    }
  }
}

void Screen::fill_buckets(std::uint32_t member) {
  std::uint32_t* const cursors = cursors_[member].data();
  Value* const values = values_.data();
  const std::uint32_t bucket_keys = options_.bucket_keys;
  for (std::size_t i = borders_[member]; i < borders_[member + 1]; ++i) {
    const auto place = static_cast<ValuePlace>(table_.key_count() + i);
    if (table_.is_touched(place)) {
      const std::uint32_t bucket = table_.zone(place).key.index / bucket_keys;
      values[cursors[bucket]++] = {table_.packed_zone(place), version_of(place)};
    }
  }
}

void Screen::look_at_bucket(std::uint32_t bucket, OrderWindows& windows) {
  const std::uint32_t first = bucket * options_.bucket_keys;
  const std::uint32_t keys = std::min(options_.bucket_keys, table_.key_count() - first);
  for (std::uint32_t number = 0; number < keys; ++number) {
    windows[number].begin(false);
    if (table_.is_touched(first + number)) {
      windows[number].add(initial_value(first + number));
    }
  }
  const std::uint32_t begin = bucket == 0 ? 0 : ends_[bucket - 1];
  for (const Value& value : values_.span().subspan(begin, ends_[bucket] - begin)) {
    const ZoneTable::Zone zone = ZoneTable::unpack(value.zone);
    windows[zone.key.index - first].add(written_value(zone, value.version));
  }
  for (std::uint32_t number = 0; number < keys; ++number) {
    value_counts_[first + number] = windows[number].count();
    if (!windows[number].finish().holds) [[unlikely]] {
      is_doubtful_[first + number] = 1;
    }
  }
}

OrderedZone Screen::initial_value(std::uint32_t key) const {
  return {.place = 0,
          .first_completion_ns = before_all,
          .last_invocation_ns = table_.zone(key).last_invocation_ns,
          .value = 0,
          .lead_ns = 0};
}

void Screen::count_keys() {
  all_clean_ = true;
  for (std::uint32_t key = 0; key < table_.key_count(); ++key) {
    if (table_.is_odd(Key{key})) {
      key_states_[key] = KeyState::odd;
    }
    const bool is_clean = key_states_[key] == KeyState::clean;
    const std::uint32_t values = value_counts_[key];
    all_clean_ = all_clean_ && is_clean;
    has_partly_clean_ = has_partly_clean_ || key_states_[key] == KeyState::partly_clean;
    if (values == 0 && !table_.is_barely_seen(Key{key}) && is_clean) {
      continue;
    }
    ++keys_with_ops_;
    if (is_clean) {
      const bool has_initial = table_.is_touched(key);
      ++clean_.keys;
      clean_.values += values;
      const std::uint32_t written = values - (has_initial ? 1 : 0);
      clean_.versions += 1;
      (table_.versions_known() ? clean_.versions : clean_.unplaced) += written;
    }
  }
}

}  // namespace stalemate
