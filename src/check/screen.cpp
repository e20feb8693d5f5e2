#include "check/screen.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/assert.hpp"

namespace stalemate {

namespace {

/// Where the members' shares of `total` begin, and the end.
std::vector<std::size_t> borders_of(std::size_t total, std::span<const std::uint32_t> shares) {
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

std::vector<std::size_t> borders_of(std::size_t total, const ScreenOptions& options, const Crew& crew) {
  return borders_of(total, options.shares.empty() ? std::vector<std::uint32_t>(crew.size, 1) : options.shares);
}

}  // namespace

Screen::Screen(const History& history, const ScreenOptions& options, const Crew& crew)
    : options_(options),
      table_(history, borders_of(history.ops().size(), options, crew)),
      members_(crew.size),
      cursors_(members_),
      pieces_(members_) {
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
  borders_ = borders_of(table_.place_end(), options, crew);
  crew([this](std::uint32_t member) { classify(member); });
  place_groups();
  crew([this](std::uint32_t member) { group(member); });
  borders_ = borders_of(order_.size(), options, crew);
  crew([this](std::uint32_t member) { judge(member); });
  join_pieces();
  count_keys();
  clean_.reads = table_.ok_reads();
}

/// Drops the values that bind nothing, marks the keys of those that cannot be judged here, and counts the rest by key.
void Screen::classify(std::uint32_t member) {
  std::vector<std::uint32_t>& counts = cursors_[member];
  counts.assign(table_.key_count(), 0);
  for (auto place = static_cast<ValuePlace>(borders_[member]); place < borders_[member + 1]; ++place) {
    if (!table_.is_touched(place)) {
      continue;
    }
    const ZoneTable::Zone zone = table_.zone(place);
    if (place < table_.key_count() || is_kept(place, zone)) [[likely]] {
      ++counts[zone.key.index];
    } else {
      table_.drop(place);
    }
  }
}

bool Screen::is_kept(ValuePlace place, const ZoneTable::Zone& zone) {
  if (table_.is_failed(place) && zone.last_invocation_ns < 0) {
    return false;
  }
  const bool is_seen = !table_.is_unknown(place) || zone.first_completion_ns != never;
  const bool is_placed = !table_.versions_known() || table_.is_applied(place);
  const bool is_future = widened(zone.first_completion_ns) < table_.write_invocation_ns(place);
  const bool is_doubtful = table_.is_unknown(place) && !options_.clears_unknown;
  if (!table_.is_written(place) || table_.is_failed(place) || is_future || (is_seen && !is_placed) || is_doubtful)
      [[unlikely]] {
    table_.mark_odd(zone.key);
    return false;
  }
  return is_seen;
}

/// Where in order_ each member puts its values of each key.
void Screen::place_groups() {
  key_end_.resize(table_.key_count());
  std::uint32_t next = 0;
  for (std::uint32_t key = 0; key < key_end_.size(); ++key) {
    for (std::vector<std::uint32_t>& cursors : cursors_) {
      next += std::exchange(cursors[key], next);
    }
    key_end_[key] = next;
  }
  table_.forget_writes();
  order_ = RecordArray<Placed>(next);
}

/// Copies the zones key by key. For many keys each goes to another place in memory, which is fetched ahead; what is
/// then judged lies in one piece.
void Screen::group(std::uint32_t member) {
  constexpr std::size_t ahead = 16;
  std::vector<std::uint32_t>& cursors = cursors_[member];
  const auto end = static_cast<ValuePlace>(borders_[member + 1]);
  for (auto place = static_cast<ValuePlace>(borders_[member]); place < end; ++place) {
    if (const ValuePlace next = place + ahead; next < end && table_.is_touched(next)) {
      __builtin_prefetch(order_.data() + cursors[table_.zone(next).key.index], 1);
    }
    if (table_.is_touched(place)) {
      const ZoneTable::Zone zone = table_.zone(place);
      order_.data()[cursors[zone.key.index]++] = placed(place, zone);
    }
  }
  cursors = {};
}

Screen::Placed Screen::placed(ValuePlace place, const ZoneTable::Zone& zone) const {
  const Nanoseconds first_ns = widened(zone.first_completion_ns);
  if (place < table_.key_count()) {
    return {.place = 0, .first_completion_ns = before_all, .last_invocation_ns = zone.last_invocation_ns};
  }
  return {.place = table_.versions_known() ? table_.version(place) : static_cast<std::uint64_t>(first_ns) + 1,
          .first_completion_ns = first_ns,
          .last_invocation_ns = zone.last_invocation_ns};
}

void Screen::judge(std::uint32_t member) {
  const std::span<const Placed> order = order_.span();
  const std::size_t end = borders_[member + 1];
  OrderWindow window(options_.window);
  std::size_t at = borders_[member];
  auto key = static_cast<std::uint32_t>(std::ranges::upper_bound(key_end_, at) - key_end_.begin());
  for (; at < end; ++key) {
    const std::size_t key_begin = key == 0 ? 0 : key_end_[key - 1];
    const std::size_t here_end = std::min<std::size_t>(end, key_end_[key]);
    if (at == here_end) {
      continue;
    }
    const bool is_whole = at == key_begin && here_end == key_end_[key];
    window.begin(at != key_begin);
    for (; at < here_end && window.holds(); ++at) {
      const Placed& value = order[at];
      window.add({value.place, value.first_completion_ns, value.last_invocation_ns});
    }
    at = here_end;
    if (!is_whole) {
      pieces_[member].push_back({key, window.finish_loose()});
    } else if (!window.finish().holds) [[unlikely]] {
      table_.mark_odd(Key{key});
    }
  }
}

/// Keys that several members looked at.
void Screen::join_pieces() {
  std::vector<LooseEnds> ends;
  std::uint32_t key = 0;
  const auto close = [&] {
    if (!ends.empty() && !join(ends).holds) {
      table_.mark_odd(Key{key});
    }
    ends.clear();
  };
  for (std::vector<Piece>& pieces : pieces_) {
    for (Piece& piece : pieces) {
      if (piece.key != key) {
        close();
      }
      key = piece.key;
      ends.push_back(std::move(piece.ends));
    }
  }
  close();
}

void Screen::count_keys() {
  for (std::uint32_t key = 0; key < table_.key_count(); ++key) {
    const std::uint32_t begin = key == 0 ? 0 : key_end_[key - 1];
    const std::uint32_t values = key_end_[key] - begin;
    if (values == 0 && !table_.is_barely_seen(Key{key}) && !table_.is_odd(Key{key})) {
      continue;
    }
    ++keys_with_ops_;
    if (!table_.is_odd(Key{key})) {
      const bool has_initial = table_.is_touched(key);
      ++clean_.keys;
      clean_.values += values;
      clean_.versions += table_.versions_known() ? values + (has_initial ? 0 : 1) : 1;
    }
  }
}

}  // namespace stalemate
