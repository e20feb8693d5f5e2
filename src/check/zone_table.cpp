#include "check/zone_table.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include "core/assert.hpp"

namespace stalemate {

namespace {

constexpr ValuePlace no_place = ~ValuePlace{0};
/// Written values that may lie below or above those that a history of so many ops would have by itself.
constexpr std::size_t values_spare = 4096;
/// How far ahead of its use an entry of the table is fetched.
constexpr std::size_t places_ahead = 32;
/// Neighbouring places that one member takes when members share out what was left.
constexpr ValuePlace share_places = 64;

/// The value from which the table's places are counted.
std::int64_t first_value(const History& history) {
  const auto ops = history.ops();
  const auto first = std::ranges::find_if(
      ops, [](const OpRecord& op) { return op.kind() == OpKind::write || op.kind() == OpKind::add; });
  const std::int64_t usual = std::int64_t{history.header.initial_value} + 1;
  if (first == ops.end() ||
      (first->value() >= usual && first->value() - usual < static_cast<std::int64_t>(ops.size()))) {
    return usual;
  }
  return std::int64_t{first->value()} - static_cast<std::int64_t>(values_spare);
}

}  // namespace

ZoneTable::ZoneTable(const History& history, std::vector<std::size_t> borders)
    : history_(&history),
      key_count_(history.header.key_count),
      members_(static_cast<std::uint32_t>(borders.size() - 1)),
      layout_{.value_begin = first_value(history),
              .values_max = history.ops().size() + 2 * values_spare,
              .key_count = key_count_,
              .initial = history.header.initial_value},
      borders_(std::move(borders)),
      zones_(key_count_ + layout_.values_max),
      writes_(layout_.values_max),
      versions_(layout_.values_max),
      odd_(key_count_ / 64 + 1),
      barely_seen_(key_count_ / 64 + 1),
      counts_(members_),
      left_(members_) {
  totals_.gave_up = key_count_ + layout_.values_max >= no_place;
  for (Left& left : left_) {
    left.ops.resize(members_);
  }
  choose_owners();
}

/// Values are written nearly in order of their ops, so each member owns what is written from its first op on.
void ZoneTable::choose_owners() {
  const std::span<const OpRecord> ops = history_->ops();
  owners_.assign(members_ + 1, 0);
  for (std::uint32_t member = 1; member < members_; ++member) {
    owners_[member] = owners_[member - 1];
    for (std::size_t i = borders_[member]; i < borders_[member + 1]; ++i) {
      if (ops[i].kind() == OpKind::write) {
        const ValuePlace place = place_of(ops[i]);
        owners_[member] = place == no_place ? owners_[member] : std::max(owners_[member], place);
        break;
      }
    }
  }
  owners_[members_] = no_place;
}

ValuePlace ZoneTable::Layout::place_of(const OpRecord& op) const {
  const auto offset = static_cast<std::uint64_t>(op.value() - value_begin);
  const ValuePlace place = offset < values_max ? static_cast<ValuePlace>(offset + key_count) : no_place;
  return op.value() == initial ? op.key().index : place;
}

/// The key of the op, and that of what is already in the zone.
void ZoneTable::mark_odd(Key key, const PackedZone& zone) {
  mark_odd(key);
  if (zone.last != 0) {
    mark_odd(unpack(zone).key);
  }
}

/// Whether the op binds anything if its value has a place.
bool ZoneTable::is_kept(const OpRecord& op) {
  return op.outcome() == Outcome::ok || (op.kind() != OpKind::read && op.kind() != OpKind::background);
}

/// Adds an `ok` read or write, unless there is something about it that `add` has to see to.
bool ZoneTable::add_plain(const OpRecord& op, PackedZone& zone, std::uint64_t& write) {
  const std::uint64_t key = op.key().index;
  const auto completion_ns = static_cast<std::uint64_t>(op.completion_ns());
  const auto invocation_ns = static_cast<std::uint64_t>(op.invocation_ns());
  const PackedZone seen{(packed_time::instant_mask - completion_ns) << key_bits | (key & key_mask),
                        (invocation_ns + last_spare) << key_bits | key >> key_bits};
  const std::uint64_t others = ((zone.first ^ seen.first) | (zone.last ^ seen.last)) & key_mask;
  const bool is_others = others != 0 && zone.last != 0;
  if (completion_ns >= packed_time::instant_mask - 1 || is_others || write != 0) [[unlikely]] {
    return false;
  }
  write = invocation_ns << write_shift | write_seen;
  zone.first = std::max(zone.first, seen.first);
  zone.last = std::max(zone.last, seen.last);
  return true;
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
  const bool is_others = zone.last != 0 && (((zone.first ^ seen.first) | (zone.last ^ seen.last)) & key_mask) != 0;
  if (is_others || !fits || write != 0) [[unlikely]] {
    mark_odd(op.key(), zone);
  }
  const std::uint64_t flags =
      write_seen | (op.outcome() == Outcome::info ? write_unknown : 0) | (is_failed ? write_failed : 0);
  write = static_cast<std::uint64_t>(invocation_ns) << write_shift | flags;
  if (op.outcome() != Outcome::ok) [[unlikely]] {
    set_bit(barely_seen_, op.key());
  }
  zone.first = std::max(zone.first, seen.first);
  zone.last = std::max(zone.last, seen.last);
}

void ZoneTable::scan(std::uint32_t member) {
  // What the loop needs is in variables of its own, which its stores cannot change.
  const Layout layout = layout_;
  const OpRecord* const ops = history_->ops().data();
  PackedZone* const zones = zones_.data();
  std::uint64_t* const writes = writes_.data();
  const std::size_t begin = borders_[member];
  const std::size_t end = borders_[member + 1];
  const ValuePlace own_begin = owners_[member];
  const ValuePlace own_places = owners_[member + 1] - own_begin;
  Left& left = left_[member];
  std::uint64_t ok_reads = 0;
  std::uint64_t left_out = 0;
  ValuePlace place_last = 0;
  Counts& counts = counts_[member];
  for (std::size_t position = begin; position < end; ++position) {
    const std::size_t ahead = std::min(position + places_ahead, end - 1);
    const ValuePlace place_ahead = layout.place_of(ops[ahead]);
    __builtin_prefetch(zones + (place_ahead == no_place ? 0 : place_ahead), 1);
    const OpRecord& op = ops[position];
    const ValuePlace place = layout.place_of(op);
    // Whether an op is a write is hard to predict, so nothing branches on it.
    const unsigned is_read = op.kind() == OpKind::read ? 1 : 0;
    const bool is_plain = op.outcome() == Outcome::ok && op.kind() <= OpKind::write;
    const unsigned is_initial = place < layout.key_count ? 1 : 0;
    if (place == no_place || (is_initial & ~is_read) != 0 || (!is_plain && !is_kept(op))) [[unlikely]] {
      skip(op, counts);
      ++left_out;
      continue;
    }
    ok_reads += is_read;
    place_last = std::max(place_last, place);
    if (place - own_begin >= own_places) [[unlikely]] {
      left.ops[place / share_places % members_].push_back(static_cast<OpPosition>(position));
      continue;
    }
    std::uint64_t nowhere = 0;
    const std::array<std::uint64_t*, 2> targets = {writes + (place - layout.key_count) * std::size_t{1 - is_read},
                                                   &nowhere};
    std::uint64_t* const write = targets[is_read];
    if (!is_plain || !add_plain(op, zones[place], *write)) [[unlikely]] {
      add(op, zones[place], *write);
    }
  }
  counts.ops += end - begin - left_out;
  counts.ok_reads += ok_reads;
  counts.place_end = end - begin == left_out ? 0 : place_last + 1;
}

/// Ops that leave nothing in the table: reads that returned nothing, or what nobody wrote; and writes of the initial
/// value or of values beyond the table, for which it is not made.
void ZoneTable::skip(const OpRecord& op, Counts& counts) {
  if (op.kind() == OpKind::background) {
    return;
  }
  ++counts.ops;
  set_bit(barely_seen_, op.key());
  if (op.kind() != OpKind::read) {
    counts.gave_up = true;
  } else if (op.outcome() == Outcome::ok) {
    ++counts.ok_reads;
    mark_odd(op.key());  // nobody wrote that value
  }
}

void ZoneTable::apply(std::uint32_t member) {
  const std::span<const OpRecord> ops = history_->ops();
  for (const Left& left : left_) {
    const std::vector<OpPosition>& positions = left.ops[member];
    for (std::size_t i = 0; i < positions.size(); ++i) {
      if (i + places_ahead < positions.size()) {
        __builtin_prefetch(zones_.data() + place_of(ops[positions[i + places_ahead]]), 1);
      }
      const OpRecord& op = ops[positions[i]];
      const ValuePlace place = place_of(op);
      std::uint64_t nowhere = 0;
      add(op, zones_.data()[place], op.kind() == OpKind::read ? nowhere : writes_.data()[place - key_count_]);
    }
  }
}

void ZoneTable::close_writes() {
  for (const Counts& counts : counts_) {
    totals_.ops += counts.ops;
    totals_.ok_reads += counts.ok_reads;
    totals_.place_end = std::max(totals_.place_end, counts.place_end);
    totals_.gave_up = totals_.gave_up || counts.gave_up;
  }
  totals_.place_end = std::max(totals_.place_end, key_count_);
  const std::span<const std::uint64_t> writes = writes_.span().first(totals_.place_end - key_count_);
  const auto is_written = [](std::uint64_t write) { return write != 0; };
  const auto first = std::ranges::find_if(writes, is_written);
  written_begin_ = static_cast<std::size_t>(first - writes.begin());
  written_end_ = writes.size();
  while (written_end_ > written_begin_ && !is_written(writes[written_end_ - 1])) {
    --written_end_;
  }
}

void ZoneTable::close() {
  for (std::uint32_t member = 0; member < members_; ++member) {
    totals_.versions_known = totals_.versions_known || counts_[member].versions_known;
    totals_.has_refused = totals_.has_refused || counts_[member].has_refused;
    totals_.may_have_applied = totals_.may_have_applied || counts_[member].may_have_applied;
    for (const std::size_t position : left_[member].steps) {
      const StepRecord& step = history_->steps()[position];
      note_version(step, static_cast<std::size_t>(step.value() - layout_.value_begin));
    }
  }
  left_.clear();
  // Where every update was refused, the order of versions is known: there is none but the first.
  totals_.versions_known = totals_.versions_known || (totals_.has_refused && !totals_.may_have_applied);
}

bool ZoneTable::has_odd_keys() const {
  return std::ranges::any_of(odd_, [](std::uint64_t bits) { return bits != 0; });
}

void ZoneTable::read_versions(std::uint32_t member) {
  const std::span<const OpRecord> ops = history_->ops();
  const std::span<const StepRecord> steps = history_->steps();
  // Steps are sorted by op: the member takes those of its ops, and the last one those of no op.
  const auto first_step = [&](std::uint32_t of_member) {
    const std::size_t border = borders_[of_member];
    const auto place = of_member == 0 ? steps.begin()
                       : border == ops.size()
                           ? steps.end()
                           : std::ranges::lower_bound(steps, ops[border].index(), {}, &StepRecord::op);
    return static_cast<std::size_t>(place - steps.begin());
  };
  const std::size_t end = member + 1 == members_ ? steps.size() : first_step(member + 1);
  Counts counts = counts_[member];
  for (std::size_t position = first_step(member); position < end; ++position) {
    const StepRecord& step = steps[position];
    if (step.store() != Store::database || step.command() != Command::write) {
      continue;
    }
    const auto offset = static_cast<std::uint64_t>(step.value() - layout_.value_begin);
    if (offset >= written_end_ || writes_.span()[offset] == 0) [[unlikely]] {
      continue;
    }
    const ValuePlace place = static_cast<ValuePlace>(offset + key_count_);
    (step.outcome() == Outcome::fail ? counts.has_refused : counts.may_have_applied) = true;
    counts.versions_known |= step.outcome() == Outcome::ok && step.version() != unknown_version;
    if (place < owners_[member] || place >= owners_[member + 1]) [[unlikely]] {
      left_[member].steps.push_back(position);
    } else {
      note_version(step, offset);
    }
  }
  counts_[member] = counts;
}

void ZoneTable::note_version(const StepRecord& step, std::size_t offset) {
  const bool has_version = step.outcome() == Outcome::ok && step.version() != unknown_version;
  const std::uint64_t unversioned = step.outcome() == Outcome::fail ? version_refused : version_unplaced;
  std::uint64_t& version = versions_.data()[offset];
  version = std::max(version, has_version ? step.version() + version_unplaced : unversioned);
}

void ZoneTable::set_bit(std::vector<std::uint64_t>& bits, Key key) {
  std::atomic_ref(bits[key.index / 64]).fetch_or(std::uint64_t{1} << key.index % 64, std::memory_order_relaxed);
}

}  // namespace stalemate
