#include "record/op_record.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "random_history.hpp"
#include "record/format/disk_record.hpp"

namespace stalemate {
namespace {

using namespace random_history;

Op any_wide_op() {
  Op op = any_ops(1, 1000).front();
  op.index = *rc::gen::arbitrary<OpIndex>();
  op.key = Key{*rc::gen::arbitrary<std::uint32_t>()};
  op.client = *rc::gen::arbitrary<ClientId>();
  op.value = any_value();
  op.invocation_ns = *rc::gen::inRange<Nanoseconds>(0, Nanoseconds{1} << 48);
  op.intended_ns = op.invocation_ns - std::min(op.invocation_ns, any_duration());
  op.completion_ns = op.outcome == Outcome::info ? never : op.invocation_ns + any_duration();
  return op;
}

RC_GTEST_PROP(OpRecord, gives_back_the_op_it_was_made_of, ()) {
  const Op op = any_wide_op();
  RC_ASSERT(same(to_op(OpRecord(op)), op));
  RC_ASSERT(OpRecord(op).is_completed() == (op.completion_ns != never));
}

RC_GTEST_PROP(StepRecord, gives_back_the_step_it_was_made_of, (OpIndex index)) {
  const Step step = any_step(index);
  RC_ASSERT(same(to_step(StepRecord(step)), step));
}

RC_GTEST_PROP(DiskRecord, gives_back_the_op_record, ()) {
  Op op = any_wide_op();
  const auto ahead = *rc::gen::inRange<OpIndex>(0, DiskRecord::index_none);
  const auto later = *rc::gen::inRange<std::uint64_t>(0, DiskRecord::instant_range);
  const auto instant = static_cast<std::uint64_t>(op.invocation_ns);
  const BlockBases bases{.instant_ns = instant - std::min(later, instant),
                         .index = op.index - std::min(ahead, op.index)};
  std::byte place[DiskRecord::size_bytes];
  DiskRecord::pack(OpRecord(op), bases, place);
  RC_ASSERT(DiskRecord::unpack_op(place, bases) == OpRecord(op));
}

RC_GTEST_PROP(DiskRecord, gives_back_the_step_record, (std::uint32_t index, bool has_op)) {
  const Step step = any_step(has_op ? index % DiskRecord::index_none : no_op);
  const auto instant = static_cast<std::uint64_t>(step.start_ns);
  const BlockBases bases{.instant_ns = instant - std::min(instant, std::uint64_t{12'345}), .index = 0};
  std::byte place[DiskRecord::size_bytes];
  DiskRecord::pack(StepRecord(step), bases, place);
  RC_ASSERT(DiskRecord::unpack_step(place, bases) == StepRecord(step));
}

/// Overwrites bytes [begin, end) of a record with any others.
void spoil(std::byte* place, std::size_t begin, std::size_t end) {
  const auto bytes = *rc::gen::container<std::vector<std::uint8_t>>(end - begin, rc::gen::arbitrary<std::uint8_t>());
  std::ranges::transform(bytes, place + begin, [](std::uint8_t byte) { return std::byte{byte}; });
}

RC_GTEST_PROP(DiskRecord, an_op_with_any_durations_is_refused_or_can_be_packed_again, ()) {
  std::byte place[DiskRecord::size_bytes];
  DiskRecord::pack(OpRecord(any_ops(1, 1000).front()), BlockBases{}, place);
  spoil(place, 5, 15);
  const OpRecord op = DiskRecord::unpack_op(place, BlockBases{});
  RC_ASSERT((!DiskRecord::is_sound(op) || OpRecord(to_op(op)) == op));
}

RC_GTEST_PROP(DiskRecord, a_step_with_any_duration_is_refused_or_can_be_packed_again, ()) {
  std::byte place[DiskRecord::size_bytes];
  DiskRecord::pack(StepRecord(any_step(0)), BlockBases{}, place);
  spoil(place, 5, 10);
  const StepRecord step = DiskRecord::unpack_step(place, BlockBases{});
  RC_ASSERT((!DiskRecord::is_sound(step) || StepRecord(to_step(step)) == step));
}

TEST(OpRecord, a_duration_of_more_than_nine_minutes_is_rounded_up_by_less_than_1024_ns) {
  for (const Nanoseconds duration_ns : {Nanoseconds{1} << 39, (Nanoseconds{1} << 39) + 1,
                                        Nanoseconds{3'600'000'000'001}, Nanoseconds{250'000'000'000'007}}) {
    const Op op{
        .index = 0, .outcome = Outcome::ok, .intended_ns = 5, .invocation_ns = 5, .completion_ns = 5 + duration_ns};
    const Nanoseconds added_ns = OpRecord(op).completion_ns() - op.completion_ns;
    EXPECT_GE(added_ns, 0) << duration_ns;
    EXPECT_LT(added_ns, 1024) << duration_ns;
  }
}

TEST(OpRecord, the_longest_exact_duration_is_exact) {
  const Nanoseconds duration_ns = (Nanoseconds{1} << 39) - 1;
  const Op op{.index = 0, .outcome = Outcome::ok, .completion_ns = duration_ns};
  EXPECT_EQ(OpRecord(op).completion_ns(), duration_ns);
}

TEST(OpRecord, an_op_begun_before_it_was_intended_counts_as_intended_then) {
  const Op op{.index = 0, .outcome = Outcome::ok, .intended_ns = 107, .invocation_ns = 100, .completion_ns = 200};
  EXPECT_EQ(OpRecord(op).intended_ns(), 100);
}

TEST(OpRecord, an_op_of_unknown_outcome_never_completes) {
  const Op op{.index = 0, .outcome = Outcome::info, .invocation_ns = 100, .completion_ns = 200};
  EXPECT_EQ(OpRecord(op).completion_ns(), never);
}

TEST(OpRecordDeathTest, a_known_outcome_without_a_completion_is_refused) {
  const Op op{.index = 0, .outcome = Outcome::ok, .invocation_ns = 100, .completion_ns = never};
  EXPECT_DEATH(static_cast<void>(OpRecord(op)), "has completed");
}

TEST(OpRecordDeathTest, an_instant_before_the_start_is_refused) {
  const Op op{.index = 0, .outcome = Outcome::info, .intended_ns = -1, .invocation_ns = -1};
  EXPECT_DEATH(static_cast<void>(OpRecord(op)), "run's start");
}

TEST(FitBlock, cuts_where_instants_lie_too_far_apart_for_one_block) {
  std::vector<OpRecord> records;
  for (const Nanoseconds instant_ns : {Nanoseconds{500}, Nanoseconds{1} << 40, (Nanoseconds{1} << 40) + 500}) {
    records.emplace_back(Op{.index = 7, .invocation_ns = instant_ns});
  }
  BlockBases bases;
  EXPECT_EQ(fit_block(std::span<const OpRecord>(records), bases), 2U);
  EXPECT_EQ(bases.instant_ns, 500U);
  EXPECT_EQ(fit_block(std::span<const OpRecord>(records).subspan(2), bases), 1U);
}

TEST(FitBlock, cuts_where_indexes_lie_too_far_apart_for_one_block) {
  std::vector<StepRecord> records;
  for (const OpIndex index :
       {OpIndex{3}, no_op, OpIndex{DiskRecord::index_none + 2}, OpIndex{DiskRecord::index_none + 3}}) {
    records.emplace_back(Step{.op = index});
  }
  BlockBases bases;
  EXPECT_EQ(fit_block(std::span<const StepRecord>(records), bases), 3U);
  EXPECT_EQ(bases.index, 3U);
  EXPECT_EQ(bases.index_max, DiskRecord::index_none + 2);
}

}  // namespace
}  // namespace stalemate
