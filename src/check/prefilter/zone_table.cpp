#include "check/prefilter/zone_table.hpp"

#include <algorithm>

#include "check/passes/fetch.hpp"
#include "check/passes/steps_with_keys.hpp"

namespace stalemate {

namespace {

/// So many members have a table of their own for what they find of older places; the others make lists.
constexpr std::uint32_t elder_tables = 4;

}  // namespace

ZoneTable::ZoneTable(const History& history, std::vector<std::size_t> borders)
    : history_(&history),
      key_count_(history.header.key_count),
      members_(static_cast<std::uint32_t>(borders.size() - 1)),
      layout_(ValueLayout::of(history)),
      borders_(std::move(borders)),
      zones_(key_count_ + layout_.values_max + 1),
      elders_(members_),
      writes_(layout_.values_max),
      versions_(layout_.values_max),
      odd_(key_count_),
      barely_seen_(key_count_),
      counts_(members_),
      left_(members_) {
  totals_.gave_up = !layout_.fits();
  for (Left& left : left_) {
    left.ops.resize(members_);
  }
  choose_owners();
}

/// Values are written nearly in order of their ops, so each member owns what is written from its first op on.
void ZoneTable::choose_owners() {
  const std::span<const OpRecord> ops = history_->ops();
  owners_.assign(members_ + 1, nowhere());
  for (std::uint32_t member = members_ - 1; member > 0; --member) {
    const auto share = ops.subspan(borders_[member], borders_[member + 1] - borders_[member]);
    const auto first = std::ranges::find(share, OpKind::write, &OpRecord::kind);
    const ValuePlace place = first == share.end() ? nowhere() : place_of(*first);
    owners_[member] = std::min(owners_[member + 1], place);
    if (member < elder_tables) {
      elders_[member] = RecordArray<PackedZone>(owners_[member]);
    }
  }
  owners_[0] = 0;
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
  elders_.clear();
  // Where every update was refused, the order of versions is known: there is none but the first.
  totals_.versions_known = totals_.versions_known || (totals_.has_refused && !totals_.may_have_applied);
}

void ZoneTable::read_versions(std::uint32_t member) {
  const std::span<const StepRecord> steps = history_->steps();
  // The member takes those of its ops; the first one also those before them, the last one those of no op.
  const std::size_t begin = first_step_from(*history_, borders_[member]);
  const std::size_t end = first_step_from(*history_, borders_[member + 1]);
  Counts counts = counts_[member];
  for (std::size_t position = begin; position < end; ++position) {
    const StepRecord& step = steps[position];
    fetch_ahead(&step);
    if (!step.is_update()) {
      continue;
    }
    const auto offset = static_cast<std::uint64_t>(step.value() - layout_.value_begin);
    if (offset >= written_end_ || writes_.span()[offset] == 0) [[unlikely]] {
      continue;
    }
    const ValuePlace place = static_cast<ValuePlace>(offset + key_count_);
    (step.outcome() == Outcome::fail ? counts.has_refused : counts.may_have_applied) = true;
    counts.versions_known |= packed_version::is_told(step);
    if (place < owners_[member] || place >= owners_[member + 1]) [[unlikely]] {
      left_[member].steps.push_back(position);
    } else {
      note_version(step, offset);
    }
  }
  counts_[member] = counts;
}

void ZoneTable::note_version(const StepRecord& step, std::size_t offset) {
  std::uint64_t& version = versions_.data()[offset];
  version = std::max(version, packed_version::of(step));
}

}  // namespace stalemate
