// StepSorter: whatever the order in which blocks come, and however many threads bring them, all steps come out sorted.
#include "record/load/step_sorter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <tuple>

#include "core/random.hpp"
#include "record/format/disk_record.hpp"
#include "record/load/step_order.hpp"

namespace stalemate {
namespace {

constexpr OpIndex ops_in_all = 30'000;
constexpr std::size_t steps_a_block = 200;

/// A file's blocks of steps and the steps themselves, in the order in which they were added.
class StepFile {
 public:
  void add_block(std::uint16_t lane, std::span<const StepRecord> steps) {
    BlockBases bases;
    ASSERT_EQ(fit_block(steps, bases), steps.size());
    auto& payload = payloads_.emplace_back(steps.size() * DiskRecord::size_bytes + 8);
    for (std::size_t number = 0; number < steps.size(); ++number) {
      DiskRecord::pack(steps[number], bases, payload.data() + number * DiskRecord::size_bytes);
    }
    BlockPlace block;
    block.header.type = block_format::BlockType::steps;
    block.header.lane = lane;
    block.header.records = static_cast<std::uint32_t>(steps.size());
    block.header.payload_bytes = block.header.records * std::uint32_t{DiskRecord::size_bytes};
    block.header.number = blocks.size();
    block.header.base_instant_ns = bases.instant_ns;
    block.header.base_index = bases.index;
    block.header.index_max = bases.index_max;
    block.payload = std::span(payload).first(block.header.payload_bytes);
    block.offset = blocks.empty() ? 100 : blocks.back().end();
    blocks.push_back(block);
    all.insert(all.end(), steps.begin(), steps.end());
  }
  /// Steps are added one by one; a lane's block is there when it is full.
  void add(std::uint16_t lane, const StepRecord& step) {
    lanes_.resize(std::max(lanes_.size(), std::size_t{lane} + 1));
    lanes_[lane].push_back(step);
    if (lanes_[lane].size() == steps_a_block) {
      flush(lane);
    }
  }
  void flush(std::uint16_t lane) {
    if (lane < lanes_.size() && !lanes_[lane].empty()) {
      add_block(lane, lanes_[lane]);
      lanes_[lane].clear();
    }
  }
  void flush() {
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
      flush(static_cast<std::uint16_t>(lane));
    }
  }
  [[nodiscard]] std::vector<StepRecord> sorted() const {
    std::vector<StepRecord> steps = all;
    std::ranges::sort(steps, step_before);
    return steps;
  }

  std::vector<BlockPlace> blocks;
  std::vector<StepRecord> all;

 private:
  std::vector<std::vector<std::byte>> payloads_;
  std::vector<std::vector<StepRecord>> lanes_;
};

StepRecord step_of(OpIndex op, SeededRandom& random) {
  const Nanoseconds start_ns = (op == no_op ? 0 : op) + random.draw_below(9);
  return StepRecord(Step{.op = op,
                         .outcome = Outcome::ok,
                         .value = static_cast<Value>(random.draw_below(5)),
                         .start_ns = start_ns,
                         .end_ns = start_ns + 3});
}

/// Where an op's two steps are recorded: the lane, and when, as the op after which they are.
struct Recorded {
  std::uint16_t lane = 0;
  std::uint64_t when = 0;
};
using Recorder = std::function<Recorded(OpIndex op, SeededRandom& random)>;

StepFile file_of(const Recorder& recorder) {
  SeededRandom random(5, 7);
  std::vector<std::tuple<std::uint64_t, OpIndex, std::uint16_t>> order;
  for (OpIndex op = 0; op < ops_in_all; ++op) {
    const Recorded recorded = recorder(op, random);
    order.emplace_back(recorded.when, op, recorded.lane);
  }
  std::ranges::sort(order);
  StepFile file;
  for (const auto& [when, op, lane] : order) {
    file.add(lane, step_of(op, random));
    file.add(lane, step_of(random.draw_below(300) == 0 ? no_op : op, random));
  }
  file.flush();
  return file;
}

/// Adds blocks a few at a time, as the threads of a reader do.
void add_all(StepSorter& sorter, const StepFile& file, unsigned threads) {
  constexpr std::size_t blocks_at_once = 3;
  std::atomic<std::size_t> next = 0;
  on_threads(threads, [&](unsigned) {
    for (std::size_t begin = next.fetch_add(blocks_at_once); begin < file.blocks.size();
         begin = next.fetch_add(blocks_at_once)) {
      const std::size_t count = std::min(blocks_at_once, file.blocks.size() - begin);
      sorter.add(begin, std::span(file.blocks).subspan(begin, count));
      sorter.sort_ready();
    }
  });
}

void expect_sorted(const StepFile& file) {
  const HistoryHeader header;
  const std::vector<StepRecord> wanted = file.sorted();
  for (const unsigned threads : {1U, 3U}) {
    const LoadOptions options{.name = "h", .threads = threads};
    std::vector<StepRecord> room(wanted.size() + 10);
    StepSorter sorter(header, options, room);
    add_all(sorter, file, threads);
    const Result<void> sorted = sorter.finish(file.blocks, wanted.size());
    ASSERT_TRUE(sorted.has_value()) << sorted.error().detail;
    EXPECT_TRUE(std::ranges::equal(std::span(room).first(wanted.size()), wanted)) << threads;
  }
}

TEST(StepSorter, sorts_what_is_complete_before_the_last_block_has_come) {
  const StepFile file = file_of([](OpIndex op, SeededRandom&) { return Recorded{0, op}; });
  const HistoryHeader header;
  const LoadOptions options{.name = "h"};
  std::vector<StepRecord> room(file.all.size());
  StepSorter sorter(header, options, room);
  add_all(sorter, file, 1);
  constexpr std::size_t early = 2 * ops_in_all * 7 / 10;
  const std::vector<StepRecord> wanted = file.sorted();
  EXPECT_TRUE(std::ranges::equal(std::span(room).first(early), std::span(wanted).first(early)));
  expect_sorted(file);
}

TEST(StepSorter, sorts_lanes_of_very_different_pace) {
  expect_sorted(file_of([](OpIndex op, SeededRandom& random) {
    const auto lane = static_cast<std::uint16_t>(random.draw_below(100) == 0 ? 3 : random.draw_below(3));
    return Recorded{lane, std::uint64_t{op} + lane * 2000U};
  }));
}

TEST(StepSorter, sorts_a_lane_that_comes_when_much_has_been_sorted) {
  for (const OpIndex late_by : {ops_in_all / 10, ops_in_all / 2, ops_in_all}) {
    expect_sorted(file_of([late_by](OpIndex op, SeededRandom&) {
      const auto lane = static_cast<std::uint16_t>(op % 50 == 0 ? 1 : 0);
      return Recorded{lane, std::uint64_t{op} + lane * late_by};
    }));
  }
}

TEST(StepSorter, sorts_steps_that_are_recorded_long_after_their_op) {
  for (const std::uint32_t one_in : {10U, 1000U, 10'000U}) {
    expect_sorted(file_of([one_in](OpIndex op, SeededRandom& random) {
      return Recorded{0, std::uint64_t{op} + (random.draw_below(one_in) == 0 ? random.draw_below(ops_in_all / 2) : 0)};
    }));
  }
}

TEST(StepSorter, sorts_ops_in_reverse_and_in_no_order) {
  expect_sorted(file_of([](OpIndex op, SeededRandom&) { return Recorded{0, ops_in_all - op}; }));
  expect_sorted(file_of([](OpIndex, SeededRandom& random) { return Recorded{0, random.draw_below(ops_in_all)}; }));
}

TEST(StepSorter, sorts_blocks_that_begin_before_or_reach_beyond_those_the_shards_were_chosen_by) {
  expect_sorted(file_of([](OpIndex op, SeededRandom&) { return Recorded{0, (op + ops_in_all - 100U) % ops_in_all}; }));
  expect_sorted(file_of([](OpIndex op, SeededRandom& random) {
    return Recorded{0, op < ops_in_all * 2 / 3 ? op : ops_in_all + random.draw_below(ops_in_all)};
  }));
  StepFile file = file_of([](OpIndex op, SeededRandom&) { return Recorded{0, op}; });
  SeededRandom random(1, 1);
  file.add_block(9, std::vector{step_of(ops_in_all * 30, random), step_of(3, random)});
  expect_sorted(file);
}

TEST(StepSorter, sorts_few_blocks_none_and_steps_of_no_op_alone) {
  SeededRandom random(2, 2);
  StepFile file;
  expect_sorted(file);
  file.add_block(0, std::vector{step_of(no_op, random), step_of(no_op, random)});
  expect_sorted(file);
  file.add_block(1, std::vector{step_of(7, random), step_of(5, random), step_of(no_op, random)});
  expect_sorted(file);
  for (int block = 0; block < 100; ++block) {
    file.add_block(0, std::vector{step_of(no_op, random), step_of(no_op, random)});
  }
  file.add_block(1, std::vector{step_of(6, random)});
  expect_sorted(file);
}

TEST(StepSorter, names_the_first_block_in_the_file_whose_step_makes_no_sense) {
  for (const std::size_t first : {std::size_t{3}, std::size_t{120}, std::size_t{299}}) {
    StepFile file = file_of([](OpIndex op, SeededRandom&) { return Recorded{0, op}; });
    ASSERT_EQ(file.blocks.size(), 300U);
    for (const std::size_t number : {first, std::size_t{299}}) {
      file.blocks[number].header.index_max = file.blocks[number].header.base_index;
    }
    for (const unsigned threads : {1U, 3U}) {
      const HistoryHeader header;
      const LoadOptions options{.name = "h", .threads = threads};
      std::vector<StepRecord> room(file.all.size());
      StepSorter sorter(header, options, room);
      add_all(sorter, file, threads);
      const Result<void> sorted = sorter.finish(file.blocks, file.all.size());
      ASSERT_FALSE(sorted.has_value());
      EXPECT_TRUE(sorted.error().detail.starts_with("h is damaged in block " + std::to_string(first) + " "))
          << sorted.error().detail;
    }
  }
}

/// What sorting the file's steps ends with; empty without an error.
std::string error_of(const StepFile& file) {
  const HistoryHeader header;
  const LoadOptions options{.name = "h"};
  std::vector<StepRecord> room(file.all.size());
  StepSorter sorter(header, options, room);
  add_all(sorter, file, 1);
  const Result<void> sorted = sorter.finish(file.blocks, file.all.size());
  return sorted ? "" : sorted.error().detail;
}

TEST(StepSorter, names_a_block_of_steps_of_no_op_that_make_no_sense) {
  StepFile file = file_of([](OpIndex op, SeededRandom&) { return Recorded{0, op}; });
  file.add_block(0, std::vector{StepRecord(Step{.op = no_op, .fault = 9, .start_ns = 1, .end_ns = 2})});
  EXPECT_TRUE(error_of(file).starts_with("h is damaged in block 300 ")) << error_of(file);
}

TEST(StepSorter, names_a_block_whose_least_op_lies_above_its_greatest) {
  for (const std::size_t wrong : {std::size_t{0}, std::size_t{1}, std::size_t{200}}) {
    StepFile file = file_of([](OpIndex op, SeededRandom&) { return Recorded{0, op}; });
    file.blocks[wrong].header.base_index = OpIndex{1} << 30U;
    file.blocks[wrong].header.index_max = 2;
    EXPECT_TRUE(error_of(file).starts_with("h is damaged in block " + std::to_string(wrong) + " ")) << error_of(file);
  }
}

}  // namespace
}  // namespace stalemate
