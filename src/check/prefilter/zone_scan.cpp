// The part of ZoneTable that looks at every op: the scan, and what its members left to each other.
#include <algorithm>
#include <array>
#include <utility>

#include "check/passes/fetch.hpp"
#include "check/prefilter/zone_table.hpp"

namespace stalemate {

namespace {

/// Neighbouring places that one member takes when members share out what was left.
constexpr ValuePlace share_places = 1024;
/// How far ahead of its use an entry is fetched where ops were left.
constexpr std::size_t left_ahead = 32;

}  // namespace

void ZoneTable::scan(std::uint32_t member) {
  // What the loops need is in variables of its own, which their stores cannot change.
  const ValueLayout layout = layout_;
  const Reach reach = reach_of(member);
  const std::size_t end = borders_[member + 1];
  const auto block_at = [&](std::size_t begin) {
    return history_->ops().subspan(begin, std::min(block_ops, end - begin));
  };
  std::array<Block, 2> blocks;
  Block* now = &blocks[0];
  Block* next = &blocks[1];
  ValuePlace place_end = 0;
  look_up(layout, reach, block_at(borders_[member]), *now);
  for (std::size_t begin = borders_[member]; begin < end; begin += block_ops) {
    look_up(layout, reach, block_at(std::min(begin + block_ops, end)), *next);
    place_end = std::max(place_end, widen(member, reach, begin, *now));
    note_writes(member, reach, begin, *now);
    std::swap(now, next);
  }
  counts_[member].place_end = std::max(counts_[member].place_end, place_end);
}

ZoneTable::Reach ZoneTable::reach_of(std::uint32_t member) {
  const bool has_elders = elders_[member].size() > 0;
  return {.begin = has_elders ? 0 : owners_[member],
          .own_begin = owners_[member],
          .end = owners_[member + 1],
          .tables = {zones_.data(), elders_[member].data()}};
}

/// Whether an op is a write, and whether it is of an initial value, is hard to predict, so nothing branches on it.
void ZoneTable::look_up(ValueLayout layout, Reach reach, std::span<const OpRecord> ops, Block& block) {
  std::uint32_t write_count = 0;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const OpRecord& op = ops[i];
    fetch_ahead(&op);
    const unsigned is_initial = op.value() == layout.initial ? 1 : 0;
    const ValuePlace place = std::array{layout.written_place_of(op.value()), op.key().index}[is_initial];
    const unsigned is_write = op.kind() == OpKind::write ? 1 : 0;
    const unsigned is_plain = op.outcome() == Outcome::ok && op.kind() <= OpKind::write ? 1 : 0;
    const unsigned is_reached = place - reach.begin < reach.end - reach.begin ? 1 : 0;
    const bool is_simple = (is_plain & is_reached & ~(is_write & is_initial)) != 0;
    const ValuePlace target = is_simple ? place : layout.nowhere();
    __builtin_prefetch(reach.zone(target), 1);
    block.places[i] = target;
    block.writes[write_count] = static_cast<std::uint8_t>(i);
    write_count += is_write & (is_simple ? 1 : 0);
  }
  block.size = static_cast<std::uint32_t>(ops.size());
  block.write_count = write_count;
}

/// Adds what the block's ops say of the zones of their values. Returns the end of the places that it saw to itself.
ValuePlace ZoneTable::widen(std::uint32_t member, const Reach& reach, std::size_t begin, const Block& block) {
  const OpRecord* const ops = history_->ops().data() + begin;
  const ValuePlace no_place = nowhere();
  ValuePlace place_end = 0;
  std::uint32_t special = 0;
  for (std::uint32_t i = 0; i < block.size; ++i) {
    const ValuePlace place = block.places[i];
    if (place == no_place) [[unlikely]] {
      ++special;
      add_special(member, reach, begin + i);
      continue;
    }
    PackedZone& zone = *reach.zone(place);
    const OpRecord& op = ops[i];
    const std::uint64_t key = op.key().index;
    const auto completion_ns = static_cast<std::uint64_t>(op.completion_ns());
    const PackedZone seen{(packed_time::instant_mask - completion_ns) << key_bits | (key & key_mask),
                          (static_cast<std::uint64_t>(op.invocation_ns()) + last_spare) << key_bits | key >> key_bits};
    place_end = std::max(place_end, place + 1);
    if (completion_ns >= packed_time::instant_mask || is_of_other_key(seen, zone)) [[unlikely]] {
      std::uint64_t nothing = 0;
      add(op, zone, nothing);
      continue;
    }
    merge(seen, zone);
  }
  Counts& counts = counts_[member];
  counts.ops += block.size - special;
  counts.ok_reads += block.size - special - block.write_count;
  return place_end;
}

void ZoneTable::note_writes(std::uint32_t member, const Reach& reach, std::size_t begin, const Block& block) {
  const OpRecord* const ops = history_->ops().data() + begin;
  for (std::uint32_t n = 0; n < block.write_count; ++n) {
    const std::uint32_t i = block.writes[n];
    const ValuePlace place = block.places[i];
    if (place < reach.own_begin) [[unlikely]] {
      leave(member, place, begin + i);
      continue;
    }
    std::uint64_t& write = writes_.data()[place - key_count_];
    if (write != 0) [[unlikely]] {
      mark_odd(ops[i].key(), *reach.zone(place));
    }
    write = packed_write::of_ok(ops[i]);
  }
}

/// Adds an op that is not an `ok` read or write of a value in reach.
void ZoneTable::add_special(std::uint32_t member, const Reach& reach, std::size_t position) {
  const OpRecord& op = history_->ops()[position];
  if (op.kind() == OpKind::background) {
    return;
  }
  const ValuePlace place = place_of(op);
  Counts& counts = counts_[member];
  const bool is_read = op.kind() == OpKind::read;
  if (place == nowhere() || (place < key_count_ && !is_read) || !is_kept(op)) {
    skip(op, counts);
    return;
  }
  ++counts.ops;
  counts.ok_reads += is_read ? 1 : 0;
  counts.place_end = std::max(counts.place_end, place + 1);
  if (place - reach.own_begin >= reach.end - reach.own_begin) {
    leave(member, place, position);
    return;
  }
  std::uint64_t nothing = 0;
  add(op, *reach.zone(place), is_read ? nothing : writes_.data()[place - key_count_]);
}

/// Ops that leave nothing in the table: reads that returned nothing, or what nobody wrote; and writes of the initial
/// value or of values beyond the table, for which it is not made.
void ZoneTable::skip(const OpRecord& op, Counts& counts) {
  ++counts.ops;
  barely_seen_.add(op.key().index);
  if (op.kind() != OpKind::read) {
    counts.gave_up = true;
  } else if (op.outcome() == Outcome::ok) {
    ++counts.ok_reads;
    mark_odd(op.key());  // nobody wrote that value
  }
}

/// Whether the op binds anything if its value has a place.
bool ZoneTable::is_kept(const OpRecord& op) {
  return op.outcome() == Outcome::ok || op.kind() != OpKind::read;
}

/// Another member adds the op.
void ZoneTable::leave(std::uint32_t member, ValuePlace place, std::size_t position) {
  left_[member].ops[place / share_places % members_].push_back(static_cast<OpPosition>(position));
}

void ZoneTable::apply(std::uint32_t member) {
  for (const RecordArray<PackedZone>& elders : elders_) {
    apply_elders(member, elders.span());
  }
  const std::span<const OpRecord> ops = history_->ops();
  for (const Left& left : left_) {
    const std::vector<OpPosition>& positions = left.ops[member];
    for (std::size_t i = 0; i < positions.size(); ++i) {
      if (i + left_ahead < positions.size()) {
        __builtin_prefetch(zones_.data() + place_of(ops[positions[i + left_ahead]]), 1);
      }
      const OpRecord& op = ops[positions[i]];
      const ValuePlace place = place_of(op);
      std::uint64_t nothing = 0;
      add(op, zones_.data()[place], op.kind() == OpKind::read ? nothing : writes_.data()[place - key_count_]);
    }
  }
}

/// Adds what was found in those of the older places that are this member's share, the same as of what was left.
void ZoneTable::apply_elders(std::uint32_t member, std::span<const PackedZone> elders) {
  for (std::size_t begin = std::size_t{member} * share_places; begin < elders.size();
       begin += std::size_t{members_} * share_places) {
    const std::size_t end = std::min<std::size_t>(begin + share_places, elders.size());
    for (std::size_t place = begin; place < end; ++place) {
      const PackedZone& seen = elders[place];
      PackedZone& zone = zones_.data()[place];
      if (seen.last != 0 && is_of_other_key(seen, zone)) [[unlikely]] {
        mark_odd(unpack(seen).key, zone);
      } else {
        merge(seen, zone);
      }
    }
  }
}

/// Whether what was seen of the value is of another key than the zone, if there is one.
bool ZoneTable::is_of_other_key(const PackedZone& seen, const PackedZone& zone) {
  // Whether a value was seen before is hard to predict: its sign bit, 1 unless zone.last is 0, needs no branch.
  const auto known = static_cast<std::uint64_t>(static_cast<std::int64_t>(zone.last | (0 - zone.last)) >> 63U);
  return (((zone.first ^ seen.first) | (zone.last ^ seen.last)) & key_mask & known) != 0;
}

/// Requires: !is_of_other_key(seen, zone), or nothing was seen.
void ZoneTable::merge(const PackedZone& seen, PackedZone& zone) {
  zone.first = std::max(zone.first, seen.first);
  zone.last = std::max(zone.last, seen.last);
}

/// The key of the op, and that of what is already in the zone.
void ZoneTable::mark_odd(Key key, const PackedZone& zone) {
  mark_odd(key);
  if (zone.last != 0) {
    mark_odd(unpack(zone).key);
  }
}

/// Adds a write, or a read that returned the value. `write`: of a read, some word that is 0 and of no use.
void ZoneTable::add(const OpRecord& op, PackedZone& zone, std::uint64_t& write) {
  constexpr auto time_mask = static_cast<Nanoseconds>(packed_time::instant_mask);
  const std::uint32_t key = op.key().index;
  const Nanoseconds completion_ns = op.completion_ns();
  const Nanoseconds invocation_ns = op.invocation_ns();
  const bool fits = invocation_ns < time_mask - 1 && (completion_ns < time_mask || completion_ns == never);
  const auto first = static_cast<std::uint64_t>(completion_ns < time_mask ? time_mask - completion_ns : 0);
  const bool is_failed = op.outcome() == Outcome::fail;
  const PackedZone seen{
      is_failed ? key & key_mask : first << key_bits | (key & key_mask),
      (is_failed ? last_failed : static_cast<std::uint64_t>(invocation_ns) + last_spare) << key_bits | key >> key_bits};
  const bool is_others = is_of_other_key(seen, zone);
  if (is_others || !fits || write != 0) [[unlikely]] {
    mark_odd(op.key(), zone);
  }
  write = packed_write::of(op);
  if (op.outcome() != Outcome::ok) [[unlikely]] {
    barely_seen_.add(op.key().index);
  }
  if (!is_others) {  // the zone stays that of one key
    merge(seen, zone);
  }
}

}  // namespace stalemate
