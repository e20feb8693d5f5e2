#include "check/prefilter/zone_table.hpp"

#include <algorithm>
#include <utility>

#include "check/passes/choose.hpp"
#include "check/passes/fetch.hpp"
#include "check/passes/steps_with_keys.hpp"

namespace stalemate {

ZoneTable::ZoneTable(const History& history, std::uint32_t members)
    : history_(&history),
      members_(members),
      numbers_(ValueNumbers::of(history)),
      records_(numbers_.fit() ? numbers_.none() + std::size_t{1} : 0),
      versions_(records_.size()),
      doubtful_(numbers_.key_count),
      barely_seen_(numbers_.key_count),
      counts_(members),
      told_by_(members) {
  totals_.gave_up = !numbers_.fit();
}

void ZoneTable::read_ops(std::uint32_t member) {
  const Share share{.member = member, .members = members_};
  Counts counts;
  std::array<Picked, 2> picked;
  Picked* now = &picked[0];
  Picked* next = &picked[1];
  pick(0, share, *now);
  for (std::size_t begin = 0; begin < history_->ops().size(); begin += block_ops) {
    pick(begin + block_ops, share, *next);
    add(*now, counts);
    std::swap(now, next);
  }
  counts_[member] = counts;
}

/// Finds the member's ops of a block, and has the processor fetch their records while the block before is added.
void ZoneTable::pick(std::size_t begin, Share share, Picked& picked) {
  const std::span<const OpRecord> ops = history_->ops();
  const std::size_t end = std::min(begin + block_ops, ops.size());
  const ValueNumbers numbers = numbers_;
  std::size_t count = 0;
  for (std::size_t position = begin; position < end; ++position) {
    fetch_ahead(&ops[position]);
    // Whose value is whose is as good as random, so there is no branch on it.
    const ValueNumber number = numbers.of_op(ops[position]);
    picked.positions[count] = static_cast<OpPosition>(position);
    picked.numbers[count] = number;
    count += share.has(number) ? 1 : 0;
  }
  picked.count = count;
  for (std::size_t i = 0; i < count; ++i) {
    __builtin_prefetch(&records_.data()[picked.numbers[i]], 1);
  }
}

void ZoneTable::add(const Picked& picked, Counts& counts) {
  const OpRecord* const ops = history_->ops().data();
  ValueRecord* const records = records_.data();
  const ValueNumber none = numbers_.none();
  const ValueNumber written_begin = numbers_.key_count;
  std::uint64_t plain = 0;
  std::uint64_t writes = 0;
  for (std::size_t i = 0; i < picked.count; ++i) {
    const OpPosition position = picked.positions[i];
    const ValueNumber number = picked.numbers[i];
    const OpRecord& op = ops[position];
    ValueRecord& record = records[number];
    const std::uint32_t owner = op.key().index + 1;
    const bool is_write = op.kind() == OpKind::write;
    const bool is_repeated = is_write & ((record.write != 0) | (number < written_begin));
    const bool is_of_key = (record.owner == 0) | (record.owner == owner);
    if (!op.is_plain() | (number == none) | is_repeated | !is_of_key) [[unlikely]] {
      add_other(position, number, counts);
      continue;
    }
    record.owner = owner;
    const auto begun = static_cast<std::uint64_t>(op.invocation_ns()) + 1;
    record.write = choose(is_write, position + 1, record.write);
    record.begun = choose(is_write, begun, record.begun);
    record.last_read = std::max(record.last_read, choose(is_write, std::uint64_t{0}, begun));
    record.earliness = std::max(record.earliness, ValueRecord::earliness_of(op.plain_completion_ns()));
    counts.number_end = std::max(counts.number_end, number + 1);
    ++plain;
    writes += is_write ? 1 : 0;
  }
  counts.ops += plain;
  counts.ok_reads += plain - writes;
  counts.has_writes = counts.has_writes || writes > 0;
}

/// Adds an op that is not an ordinary one: not answered with `ok`, of a value that has no number, or at odds with what
/// is known of the value.
void ZoneTable::add_other(OpPosition position, ValueNumber number, Counts& counts) {
  const OpRecord& op = history_->ops()[position];
  if (op.kind() == OpKind::background) {
    return;
  }
  ++counts.ops;
  const bool is_read = op.kind() == OpKind::read;
  const bool is_ok = op.outcome() == Outcome::ok;
  counts.ok_reads += is_read && is_ok ? 1 : 0;
  if (number == numbers_.none() || !is_ok || (!is_read && number < numbers_.key_count)) {
    barely_seen_.add(op.key().index);
  }
  if (is_read && !is_ok) {
    return;
  }
  if (!is_read && (number == numbers_.none() || number < numbers_.key_count)) {
    counts.gave_up = true;
    return;
  }
  ValueRecord& record = records_.data()[number];
  const std::uint32_t owner = op.key().index + 1;
  if (number == numbers_.none() || (record.owner != 0 && record.owner != owner) || (!is_read && record.write != 0)) {
    mark_doubtful(op, record);
    if (number == numbers_.none() || record.owner != owner) {
      return;  // the record stays that of one key
    }
  }
  record.owner = owner;
  record.write = is_read ? record.write : position + 1;
  counts.has_writes = counts.has_writes || !is_read;
  counts.number_end = std::max(counts.number_end, number + 1);
  if (op.outcome() == Outcome::fail) {
    return;
  }
  record.earliness = std::max(record.earliness, ValueRecord::earliness_of(op.completion_ns()));
  const auto begun = static_cast<std::uint64_t>(op.invocation_ns()) + 1;
  if (is_read) {
    record.last_read = std::max(record.last_read, begun);
  } else if (is_ok) {
    record.begun = begun;
  }
}

/// The key of the op, and that of what is already known of its value.
void ZoneTable::mark_doubtful(const OpRecord& op, const ValueRecord& record) {
  doubtful_.add(op.key().index);
  if (record.is_seen()) {
    doubtful_.add(record.key().index);
  }
}

void ZoneTable::close_ops() {
  for (const Counts& counts : counts_) {
    totals_.ops += counts.ops;
    totals_.ok_reads += counts.ok_reads;
    totals_.number_end = std::max(totals_.number_end, counts.number_end);
    totals_.has_writes = totals_.has_writes || counts.has_writes;
    totals_.gave_up = totals_.gave_up || counts.gave_up;
  }
  totals_.number_end = std::max(totals_.number_end, numbers_.key_count);
}

void ZoneTable::read_versions(std::uint32_t member) {
  const Share share{.member = member, .members = members_};
  const std::span<const StepRecord> steps = history_->steps();
  VersionsTold told;
  static_cast<void>(for_each_update(steps, 0, steps.size(), ~std::uint64_t{0}, [&](const StepRecord& step) {
    const ValueNumber number = numbers_.of_written(step.value());
    if (!share.has(number) || number == numbers_.none() || records_.span()[number].write == 0) {
      return;
    }
    told.add(step);
    std::uint64_t& version = versions_.data()[number];
    version = std::max(version, packed_version::of(step));
  }));
  told_by_[member] = told;
}

void ZoneTable::close_versions() {
  for (const VersionsTold& told : told_by_) {
    told_.add(told);
  }
}

}  // namespace stalemate
