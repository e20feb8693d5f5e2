// Loading: ops and steps come out sorted whatever the order of their blocks, on any number of threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include "core/random.hpp"
#include "record/history_reader.hpp"
#include "record/history_writer.hpp"
#include "record/load/mapped_file.hpp"
#include "record/load/step_shards.hpp"
#include "temporary_folder.hpp"

namespace stalemate {
namespace {

constexpr OpIndex ops = 40'000;

/// Where op `index` is put among the ops that are written: `reach` places away at most.
std::vector<OpIndex> disordered(SeededRandom& random, std::uint32_t reach) {
  std::vector<std::pair<std::uint64_t, OpIndex>> places;
  for (OpIndex index = 0; index < ops; ++index) {
    places.emplace_back(std::uint64_t{index} + random.draw_below(reach), index);
  }
  std::ranges::sort(places);
  std::vector<OpIndex> order;
  std::ranges::transform(places, std::back_inserter(order), [](const auto& place) { return place.second; });
  return order;
}

struct Disorder {
  std::uint32_t op_reach;
  std::uint32_t step_reach;
  std::uint32_t lanes;
  OpIndex gap;                 ///< indexes are multiples of it
  std::uint32_t flush_one_in;  ///< how often a lane is flushed: blocks are smaller then
};

class Disordered : public testing::TestWithParam<Disorder> {};
TEST_P(Disordered, blocks_come_out_sorted) {
  const auto [op_reach, step_reach, lanes, gap, flush_one_in] = GetParam();
  SeededRandom random(op_reach + step_reach, 3);
  const TemporaryFolder folder;
  const HistoryHeader header{.key_count = 10, .client_count = 4};
  auto writer = HistoryWriter::create(folder.file("h"), header, {.lanes = lanes});
  ASSERT_TRUE(writer.has_value());
  std::vector<Op> wanted_ops;
  std::vector<Step> wanted_steps;
  for (const OpIndex index : disordered(random, op_reach)) {
    wanted_ops.push_back({.index = index * gap,
                          .key = Key{index % 10},
                          .client = static_cast<ClientId>(index % 4),
                          .outcome = Outcome::ok,
                          .value = static_cast<Value>(index),
                          .intended_ns = index,
                          .invocation_ns = index,
                          .completion_ns = index + 50});
    (*writer)->lane(random.draw_below(lanes)).append(wanted_ops.back());
  }
  for (const OpIndex index : disordered(random, step_reach)) {
    const std::uint32_t steps = random.draw_below(4);
    for (std::uint32_t step = 0; step < steps; ++step) {
      const Nanoseconds start_ns = index + random.draw_below(20);
      const bool is_of_op = random.draw_below(100) != 0;
      wanted_steps.push_back({.op = is_of_op ? index * gap : no_op,
                              .outcome = Outcome::ok,
                              .value = static_cast<Value>(step),
                              .start_ns = start_ns,
                              .end_ns = start_ns + 9});
      (*writer)->lane(random.draw_below(lanes)).append(wanted_steps.back());
    }
    if (random.draw_below(flush_one_in) == 0) {
      (*writer)->lane(random.draw_below(lanes)).flush();
    }
  }
  ASSERT_TRUE((*writer)->close({}).has_value());
  const History wanted = make_history(header, wanted_ops, wanted_steps);
  for (const unsigned threads : {1U, 2U, 3U}) {
    const Result<History> read = read_history(folder.file("h"), {.threads = threads});
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_TRUE(std::ranges::equal(read->ops(), wanted.ops()));
    EXPECT_TRUE(std::ranges::equal(read->steps(), wanted.steps()));
  }
}
INSTANTIATE_TEST_SUITE_P(Histories, Disordered,
                         testing::Values(Disorder{1, 1, 1, 1, ops}, Disorder{30, 200, 2, 1, ops},
                                         Disorder{30, 200, 2, 1, 100}, Disorder{5'000, 9'000, 3, 2, ops},
                                         Disorder{5'000, 9'000, 3, 2, 100}, Disorder{ops, ops, 4, 1, 300},
                                         Disorder{100, 100, 2, 100, 300}));

BlockPlace block_of(OpIndex least, OpIndex greatest, std::uint32_t records) {
  BlockPlace block;
  block.header.base_index = least;
  block.header.index_max = greatest;
  block.header.records = records;
  return block;
}

TEST(StepShards, have_every_block_wherever_it_may_have_steps) {
  std::vector<BlockPlace> blocks;
  for (OpIndex block = 0; block < 100; ++block) {
    blocks.push_back(block_of(block * 900, block * 900 + 1500, 2048));
  }
  blocks.push_back(block_of(no_op, 0, 5));
  blocks.push_back(block_of(300, 80'000, 10));
  const StepShards shards(blocks);
  ASSERT_GT(shards.size(), 10U);
  for (std::size_t shard = 0; shard < shards.size(); ++shard) {
    const std::uint64_t first = shards.first_op(shard);
    const std::uint64_t end = std::min(first + shards.ops_a_shard(), shards.end_op());
    const auto members = shards.blocks_of(shard);
    EXPECT_TRUE(std::ranges::is_sorted(members));
    for (std::uint32_t number = 0; number < blocks.size(); ++number) {
      const block_format::BlockHeader& header = blocks[number].header;
      EXPECT_EQ(std::ranges::binary_search(members, number), header.base_index < end && header.index_max >= first);
    }
  }
}

TEST(StepShards, take_blocks_as_they_come_as_long_as_they_fit) {
  const std::vector<BlockPlace> blocks = {block_of(5'000, 9'000, 2048), block_of(no_op, 0, 9),
                                          block_of(8'000, 40'000, 9000)};
  StepShards shards(blocks);
  const std::size_t before = shards.size();
  EXPECT_TRUE(shards.add(block_of(no_op, 0, 9)));
  EXPECT_TRUE(shards.add(block_of(80'000, 81'000, 2048)));
  EXPECT_GT(shards.size(), before);
  EXPECT_EQ(shards.end_op(), 81'001U);
  EXPECT_EQ(shards.blocks_of(shards.shard_of(80'500)).back(), 4U);
  StepShards others = shards;
  EXPECT_FALSE(others.add(block_of(4'999, 6'000, 2048)));
  others = shards;
  EXPECT_FALSE(others.add(block_of(80'000, no_op - 1, 2048)));
  bool fits = true;
  for (int block = 0; block < 1000 && fits; ++block) {
    fits = shards.add(block_of(5'000, 1'000'000, 2048));
  }
  EXPECT_FALSE(fits);
}

TEST(StepShards, are_few_where_blocks_span_many_ops) {
  std::vector<BlockPlace> blocks(1000, block_of(0, 16'000'000, 2048));
  const StepShards shards(blocks);
  std::size_t visits = 0;
  for (std::size_t shard = 0; shard < shards.size(); ++shard) {
    visits += shards.blocks_of(shard).size();
  }
  EXPECT_LE(visits, 3 * blocks.size());
}

TEST(StepShards, are_one_where_few_steps_are_far_apart) {
  const std::vector<BlockPlace> blocks(2, block_of(0, OpIndex{1} << 21U, 1));
  const StepShards shards(blocks);
  ASSERT_EQ(shards.size(), 1U);
  EXPECT_EQ(shards.blocks_of(0).size(), blocks.size());
}

TEST(MappedFile, is_the_same_after_parts_of_it_were_forgotten) {
  const TemporaryFolder folder;
  std::vector<char> written(std::size_t{5} << 20U);
  for (std::size_t at = 0; at < written.size(); at += 4096) {
    written[at] = static_cast<char>(at / 4096);
  }
  std::ofstream(folder.file("f"), std::ios::binary).write(written.data(), static_cast<std::streamsize>(written.size()));
  const Result<MappedFile> file = MappedFile::open(folder.file("f"), native_history_limit);
  ASSERT_TRUE(file.has_value()) << file.error().detail;
  for (const auto& [begin, end] : {std::pair{0U, 1U}, {1U, 3'000'000U}, {4'000'000U, 5U << 20U}, {0U, 5U << 20U}}) {
    forget_mapped(file->bytes(), begin, end);
    EXPECT_TRUE(std::ranges::equal(file->text(), written));
  }
}

/// A history of some megabytes.
void write_long_history(const std::filesystem::path& path) {
  auto writer = HistoryWriter::create(path, {.key_count = 1, .client_count = 1}, {});
  ASSERT_TRUE(writer.has_value());
  for (OpIndex index = 0; index < 4 * ops; ++index) {
    (*writer)->lane(0).append(
        Op{.index = index, .outcome = Outcome::ok, .invocation_ns = index, .completion_ns = index + 1});
  }
  ASSERT_TRUE((*writer)->close({}).has_value());
}

TEST(MappedFile, reads_zeros_where_the_file_was_cut_and_says_so) {
  const TemporaryFolder folder;
  for (const std::uintmax_t left : {0U, 1U, 4096U, 10'000U}) {
    std::ofstream(folder.file("f")) << std::string(100'000, 'x');
    const Result<MappedFile> file = MappedFile::open(folder.file("f"), native_history_limit);
    ASSERT_TRUE(file.has_value());
    const Result<MappedFile> other = MappedFile::open(folder.file("f"), native_history_limit);
    EXPECT_EQ(file->text()[0], 'x');
    EXPECT_TRUE(file->check_whole().has_value());
    std::filesystem::resize_file(folder.file("f"), left);
    EXPECT_EQ(file->text().back(), '\0');
    EXPECT_EQ(file->text()[left], '\0');
    EXPECT_EQ(std::ranges::count(file->text(), 'x'), static_cast<std::ptrdiff_t>(left));
    ASSERT_FALSE(file->check_whole().has_value());
    EXPECT_EQ(file->check_whole().error().detail,
              "cannot read " + folder.file("f").string() + ": it got shorter while it was read");
    EXPECT_TRUE(other->check_whole().has_value()) << "nothing was read of it";
  }
}

TEST(MappedFile, is_guarded_however_many_were_before) {
  const TemporaryFolder folder;
  for (int round = 0; round < 100; ++round) {
    std::ofstream(folder.file("f")) << std::string(10'000, 'x');
    Result<MappedFile> opened = MappedFile::open(folder.file("f"), native_history_limit);
    ASSERT_TRUE(opened.has_value());
    const MappedFile file = std::move(*opened);
    std::filesystem::resize_file(folder.file("f"), 0);
    EXPECT_EQ(file.text()[5000], '\0');
    EXPECT_FALSE(file.check_whole().has_value());
  }
}

TEST(HistoryReader, outlives_a_file_that_is_cut_while_it_is_read) {
  const TemporaryFolder folder;
  write_long_history(folder.file("whole"));
  const std::uintmax_t size_bytes = std::filesystem::file_size(folder.file("whole"));
  SeededRandom random(1, 7);
  for (int round = 0; round < 60; ++round) {
    std::filesystem::copy_file(folder.file("whole"), folder.file("h"),
                               std::filesystem::copy_options::overwrite_existing);
    const auto pause = std::chrono::microseconds(random.draw_below(3000));
    const std::uintmax_t left = random.draw_below(static_cast<std::uint32_t>(size_bytes));
    const std::jthread cutter([&folder, pause, left] {
      std::this_thread::sleep_for(pause);
      std::filesystem::resize_file(folder.file("h"), left);
    });
    const Result<History> history = read_history(folder.file("h"), {.threads = 2});
    if (history) {
      EXPECT_LE(history->ops().size(), 4 * ops);
      EXPECT_TRUE(history->ops().size() == 4 * ops || !history->truncation.empty());
    } else {
      EXPECT_NE(history.error().detail.find(folder.file("h").string()), std::string::npos) << history.error().detail;
    }
  }
}

}  // namespace
}  // namespace stalemate
