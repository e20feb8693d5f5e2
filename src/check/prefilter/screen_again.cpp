// The part of Screen that looks again at keys that its first look could not clear, and cuts them.
#include <algorithm>
#include <utility>

#include "check/passes/nearly_sorted.hpp"
#include "check/prefilter/screen.hpp"

namespace stalemate {

void Screen::look_again(const Crew& crew) {
  borders_ = borders_of(table_.place_end(), options_, crew);
  crew([this](std::uint32_t member) { count_doubtful(member); });
  place_groups();
  crew([this](std::uint32_t member) { group(member); });
  borders_ = borders_of(order_.size(), options_, crew);
  crew([this](std::uint32_t member) { judge(member); });
  order_ = {};
}

void Screen::count_doubtful(std::uint32_t member) {
  std::vector<std::uint32_t>& counts = cursors_[member];
  counts.assign(table_.key_count(), 0);
  for (auto place = static_cast<ValuePlace>(borders_[member]); place < borders_[member + 1]; ++place) {
    if (table_.is_touched(place)) {
      const std::uint32_t key = table_.zone(place).key.index;
      counts[key] += is_doubtful_[key];
    }
  }
}

/// Where in order_ each member puts its values of each key.
void Screen::place_groups() {
  ends_.resize(table_.key_count());
  std::uint32_t next = 0;
  for (std::uint32_t key = 0; key < ends_.size(); ++key) {
    for (std::vector<std::uint32_t>& cursors : cursors_) {
      next += std::exchange(cursors[key], next);
    }
    ends_[key] = next;
  }
  order_ = RecordArray<OrderedZone>(next);
}

void Screen::group(std::uint32_t member) {
  std::vector<std::uint32_t>& cursors = cursors_[member];
  for (auto place = static_cast<ValuePlace>(borders_[member]); place < borders_[member + 1]; ++place) {
    if (!table_.is_touched(place)) {
      continue;
    }
    const ZoneTable::Zone zone = table_.zone(place);
    if (is_doubtful_[zone.key.index] != 0) {
      OrderedZone& value = order_.data()[cursors[zone.key.index]++];
      value = place < table_.key_count() ? initial_value(place) : written_value(zone, version_of(place));
      value.value = place;
      value.lead_ns = place < table_.key_count() ? OrderedZone::lead_ns_max : lead_of(place, value.first_completion_ns);
    }
  }
  cursors = {};
}

std::uint32_t Screen::lead_of(ValuePlace place, Nanoseconds first_ns) const {
  const Nanoseconds lead_ns = first_ns - table_.facts(place, first_ns).write_invocation_ns;
  return static_cast<std::uint32_t>(std::clamp<Nanoseconds>(lead_ns, 0, OrderedZone::lead_ns_max));
}

/// The keys whose values begin in the member's share of them all.
void Screen::judge(std::uint32_t member) {
  std::vector<Nanoseconds> first_ns;
  std::size_t begin = 0;
  for (std::uint32_t key = 0; key < ends_.size(); ++key) {
    const std::size_t end = ends_[key];
    const bool is_own = begin >= borders_[member] && begin < borders_[member + 1];
    if (is_own && begin < end && !table_.is_odd(Key{key})) {
      key_states_[key] = cut(order_.span().subspan(begin, end - begin), first_ns);
    }
    begin = end;
  }
}

/// `first_ns`: room.
KeyState Screen::cut(std::span<OrderedZone> values, std::vector<Nanoseconds>& first_ns) {
  sort_nearly_sorted(values.begin(), values.end(),
                     [](const OrderedZone& left, const OrderedZone& right) { return left.place < right.place; });
  first_ns.resize(values.size() + 1);  // the least f from each value on
  first_ns[values.size()] = never;
  for (std::size_t i = values.size(); i-- > 0;) {
    first_ns[i] = std::min(first_ns[i + 1], values[i].first_completion_ns);
  }
  const std::size_t open = open_between_cuts(values, first_ns);
  const auto same_place = [](const OrderedZone& left, const OrderedZone& right) { return left.place == right.place; };
  const bool has_order = std::ranges::adjacent_find(values, same_place) == values.end();
  if (open == 0 && has_order) {
    return KeyState::clean;
  }
  // Where hardly any ops are settled, to tell them apart takes longer than to look at them.
  if (!has_order || !table_.versions_known() || 4 * open > 3 * values.size()) {
    return KeyState::odd;
  }
  if (values.front().place == 0) {
    open_.add(values.front().value);  // whether the initial value was read at all matters
  }
  keep_late_writes(values, first_ns);
  return KeyState::partly_clean;
}

/// Opens the values that are not alone between two cuts, and counts them.
std::size_t Screen::open_between_cuts(std::span<const OrderedZone> values, std::span<const Nanoseconds> first_ns) {
  Nanoseconds last_ns = before_all;
  std::size_t begin = 0;  // behind the last cut
  std::size_t open = 0;
  for (std::size_t end = 1; end <= values.size(); ++end) {
    last_ns = std::max(last_ns, values[end - 1].last_invocation_ns);
    if (last_ns > first_ns[end]) {
      continue;
    }
    if (end - begin > 1) {
      open += end - begin;
      std::ranges::for_each(values.subspan(begin, end - begin),
                            [this](const OrderedZone& value) { open_.add(value.value); });
    }
    begin = end;
  }
  return open;
}

/// A write that ended after one of a newer version did, or may have, may be the last one before a read of that; one
/// that began before one of an older version did, or may have, may be the first that a read of that missed.
void Screen::keep_late_writes(std::span<const OrderedZone> values, std::span<const Nanoseconds> first_ns) {
  Nanoseconds invocation_ns = before_all;  // the greatest that an older write may have
  for (std::size_t i = 0; i < values.size(); ++i) {
    const OrderedZone& value = values[i];
    const Nanoseconds begun_ns = value.first_completion_ns - value.lead_ns;
    const bool may_be_early = value.lead_ns == OrderedZone::lead_ns_max || begun_ns < invocation_ns;
    if (may_be_early || value.first_completion_ns > first_ns[i + 1]) {
      kept_.add(value.value);
    }
    invocation_ns = std::max(invocation_ns, begun_ns);
  }
}

}  // namespace stalemate
