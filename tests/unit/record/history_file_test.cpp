// Writer and reader together: what is written is read, whatever is cut is noticed, whatever is flipped is named.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <thread>

#include "random_history.hpp"
#include "record/history_reader.hpp"
#include "record/history_writer.hpp"
#include "temporary_folder.hpp"

namespace stalemate {
namespace {

using namespace random_history;

HistoryHeader plain_header() {
  return HistoryHeader{.scenario_name = "before",
                       .scenario_toml = "reads = 1\n",
                       .pattern = "cache-aside",
                       .seed = 7,
                       .program = "test",
                       .started_at = "2026-01-02T03:04:05Z",
                       .engines = {{"database", "PostgreSQL", "15.1", "read committed"}},
                       .fault_names = {"", "skip"},
                       .initial_value = 1000,
                       .key_count = keys,
                       .client_count = clients,
                       .key_names = {},
                       .value_names = {}};
}

Op plain_op(OpIndex index) {
  return Op{.index = index,
            .key = Key{index % keys},
            .client = static_cast<ClientId>(index % clients),
            .kind = index % 3 == 0 ? OpKind::write : OpKind::read,
            .outcome = Outcome::ok,
            .value = static_cast<Value>(index),
            .intended_ns = index * 1000,
            .invocation_ns = index * 1000 + 10,
            .completion_ns = index * 1000 + 500};
}

Step plain_step(OpIndex index, Nanoseconds after_ns) {
  return Step{.op = index, .outcome = Outcome::ok, .start_ns = index * 1000 + after_ns, .end_ns = index * 1000 + 400};
}

/// A complete history in `path`: `ops` ops with two steps each, over two lanes.
void write_plain(const std::filesystem::path& path, OpIndex ops) {
  auto writer = HistoryWriter::create(path, plain_header(), {.lanes = 2});
  ASSERT_TRUE(writer.has_value()) << writer.error().detail;
  for (OpIndex index = 0; index < ops; ++index) {
    HistoryWriter::Lane& lane = (*writer)->lane(index % 2);
    lane.append(plain_step(index, 30));
    lane.append(plain_step(index, 20));
    lane.append(plain_op(index));
  }
  const std::vector<RestRecord> rest = {{3, 10, 10}, {1, 20, absent}};
  (*writer)->append_rest(rest);
  const Result<void> closed = (*writer)->close({.duration_ns = 99, .reason = "completed", .counts = {{"dropped", 3}}});
  ASSERT_TRUE(closed.has_value()) << closed.error().detail;
}

RC_GTEST_PROP(HistoryFile, holds_every_op_and_step_however_they_were_spread_over_lanes, (bool has_gaps)) {
  const TemporaryFolder folder;
  const auto lanes = *rc::gen::inRange(1U, 4U);
  std::vector<Op> ops = any_ops(static_cast<std::size_t>(pick(0, 60)), 1'000'000);
  std::vector<Step> steps;
  for (Op& op : ops) {
    op.index = has_gaps ? op.index * 40'000'000 : op.index;
    for (Nanoseconds step = pick(0, 4); step > 0; --step) {
      steps.push_back(any_step(op.index));
    }
  }
  steps.push_back(any_step(no_op));
  const HistoryHeader header = any_header();
  auto writer = HistoryWriter::create(folder.file("h"), header, {.lanes = lanes});
  RC_ASSERT(writer.has_value());
  for (const Step& step : steps) {
    (*writer)->lane(*rc::gen::inRange(0U, lanes)).append(step);
  }
  for (const Op& op : ops) {
    (*writer)->lane(*rc::gen::inRange(0U, lanes)).append(op);
    (*writer)->lane(*rc::gen::inRange(0U, lanes)).flush();
  }
  RC_ASSERT((*writer)->close({}).has_value());

  const History wanted = make_history(header, ops, steps);
  for (const unsigned threads : {1U, 2U}) {
    const Result<History> read = read_history(folder.file("h"), {.threads = threads});
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->header == header);
    RC_ASSERT(std::ranges::equal(read->ops(), wanted.ops()));
    RC_ASSERT(std::ranges::equal(read->steps(), wanted.steps()));
    RC_ASSERT(read->is_complete() && read->truncation.empty());
    RC_ASSERT(read->trailer->ops == ops.size() && read->trailer->steps == steps.size());
  }
}

TEST(HistoryFile, holds_many_blocks_of_several_threads) {
  const TemporaryFolder folder;
  constexpr OpIndex ops = 100'000;
  constexpr unsigned threads = 4;
  auto writer =
      HistoryWriter::create(folder.file("h"), plain_header(), {.lanes = threads, .buffer_bytes_max = 200'000});
  ASSERT_TRUE(writer.has_value());
  {
    std::vector<std::jthread> runners;
    for (unsigned number = 0; number < threads; ++number) {
      runners.emplace_back([&, number] {
        HistoryWriter::Lane& lane = (*writer)->lane(number);
        for (OpIndex index = number; index < ops; index += threads) {
          lane.append(plain_op(index));
          lane.append(plain_step(index, 20));
        }
      });
    }
  }
  ASSERT_TRUE((*writer)->close({}).has_value());
  for (const unsigned readers : {1U, 3U}) {
    const Result<History> history = read_history(folder.file("h"), {.threads = readers});
    ASSERT_TRUE(history.has_value()) << history.error().detail;
    ASSERT_EQ(history->ops().size(), ops);
    ASSERT_EQ(history->steps().size(), ops);
    for (OpIndex index = 0; index < ops; ++index) {
      ASSERT_TRUE(same(to_op(history->ops()[index]), plain_op(index)));
      ASSERT_TRUE(same(to_step(history->steps()[index]), plain_step(index, 20)));
    }
  }
  EXPECT_LE(std::filesystem::file_size(folder.file("h")), 32U * 2U * ops);
}

TEST(HistoryFile, tells_trailer_rest_and_the_steps_of_an_op) {
  const TemporaryFolder folder;
  write_plain(folder.file("h"), 100);
  const Result<History> history = read_history(folder.file("h"));
  ASSERT_TRUE(history.has_value()) << history.error().detail;
  EXPECT_EQ(history->trailer, (HistoryTrailer{100, 200, 99, "completed", {{"dropped", 3}}}));
  EXPECT_EQ(history->rest, (std::vector<RestRecord>{{1, 20, absent}, {3, 10, 10}}));
  ASSERT_EQ(history->steps_of(42).size(), 2U);
  EXPECT_EQ(history->steps_of(42)[0].start_ns(), 42'020);
  EXPECT_EQ(history->steps_of(42)[1].start_ns(), 42'030);
  EXPECT_TRUE(history->steps_of(100).empty());
  EXPECT_EQ(history->find_op(42)->index(), 42U);
  EXPECT_EQ(history->find_op(100), nullptr);
  EXPECT_EQ(read_history_header(folder.file("h")), plain_header());
}

TEST(HistoryFile, is_read_without_steps_on_request) {
  const TemporaryFolder folder;
  write_plain(folder.file("h"), 10);
  const Result<History> history = read_history(folder.file("h"), {.steps = false});
  ASSERT_TRUE(history.has_value());
  EXPECT_EQ(history->ops().size(), 10U);
  EXPECT_TRUE(history->steps().empty());
  EXPECT_TRUE(history->is_complete());
}

TEST(HistoryFile, without_close_is_truncated_but_has_all_that_was_appended) {
  const TemporaryFolder folder;
  {
    auto writer = HistoryWriter::create(folder.file("h"), plain_header(), {});
    ASSERT_TRUE(writer.has_value());
    for (OpIndex index = 0; index < 5000; ++index) {
      (*writer)->lane(0).append(plain_op(index));
    }
  }
  const Result<History> history = read_history(folder.file("h"));
  ASSERT_TRUE(history.has_value());
  EXPECT_EQ(history->ops().size(), 5000U);
  EXPECT_FALSE(history->is_complete());
  EXPECT_NE(history->truncation.find("never closed"), std::string::npos) << history->truncation;
}

TEST(HistoryFile, a_flush_leaves_few_records_to_lose_with_the_process) {
  const TemporaryFolder folder;
  auto writer = HistoryWriter::create(folder.file("h"), plain_header(), {});
  ASSERT_TRUE(writer.has_value());
  for (OpIndex index = 0; index < 100; ++index) {
    (*writer)->lane(0).append(plain_op(index));
  }
  (*writer)->lane(0).flush();
  Result<History> history = read_history(folder.file("h"));
  for (int tries = 0; tries < 1000 && history->ops().size() < 100; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    history = read_history(folder.file("h"));
  }
  EXPECT_EQ(history->ops().size(), 100U);
}

TEST(HistoryReader, reads_a_file_cut_at_any_byte_up_to_the_last_whole_block) {
  const TemporaryFolder folder;
  write_plain(folder.file("h"), 60);
  const std::vector<std::byte> bytes = bytes_in(folder.file("h"));
  std::size_t ops_before = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Result<History> history = parse_history(std::span(bytes).first(size), "cut");
    ASSERT_TRUE(history.has_value()) << size << ": " << history.error().detail;
    ASSERT_EQ(looks_like_history(std::span(bytes).first(size)), size > 0);
    ASSERT_FALSE(history->is_complete()) << size;
    ASSERT_TRUE(history->truncation.starts_with("truncated at byte " + std::to_string(size))) << history->truncation;
    ASSERT_GE(history->ops().size(), ops_before);
    ops_before = history->ops().size();
    for (const OpRecord& op : history->ops()) {
      ASSERT_TRUE(same(to_op(op), plain_op(op.index())));
    }
  }
  EXPECT_EQ(ops_before, 60U);
  EXPECT_TRUE(parse_history(bytes, "whole")->is_complete());
}

TEST(HistoryReader, names_the_byte_and_bit_of_any_flipped_bit) {
  const TemporaryFolder folder;
  write_plain(folder.file("h"), 3);
  std::vector<std::byte> bytes = bytes_in(folder.file("h"));
  for (std::size_t byte = 0; byte < bytes.size(); ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      bytes[byte] ^= std::byte{1} << bit;
      const Result<History> history = parse_history(bytes, "flipped");
      ASSERT_FALSE(history.has_value()) << byte << ", " << bit;
      ASSERT_TRUE(history.error().detail.ends_with("byte " + std::to_string(byte) + ", bit " + std::to_string(bit)))
          << byte << ", " << bit << ": " << history.error().detail;
      bytes[byte] ^= std::byte{1} << bit;
    }
  }
}

TEST(HistoryReader, names_the_block_with_a_flipped_bit) {
  const TemporaryFolder folder;
  write_plain(folder.file("h"), 10'000);
  std::vector<std::byte> bytes = bytes_in(folder.file("h"));
  const std::size_t place = bytes.size() / 2;
  bytes[place] ^= std::byte{16};
  for (const unsigned threads : {1U, 2U}) {
    const Result<History> history = parse_history(bytes, "flipped", {.threads = threads});
    ASSERT_FALSE(history.has_value());
    EXPECT_NE(history.error().detail.find("flipped is damaged in block "), std::string::npos);
    EXPECT_NE(history.error().detail.find("byte " + std::to_string(place) + ", bit 4"), std::string::npos)
        << history.error().detail;
  }
}

TEST(HistoryReader, notices_a_block_that_is_missing_doubled_or_followed_by_more) {
  const TemporaryFolder folder;
  write_plain(folder.file("h"), 2000);
  const std::vector<std::byte> bytes = bytes_in(folder.file("h"));
  std::vector<std::byte> longer = bytes;
  longer.push_back(std::byte{0});
  EXPECT_NE(parse_history(longer, "h").error().detail.find("1 bytes follow the trailer"), std::string::npos);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::size_t first = text.find("SMBK");
  const std::size_t second = text.find("SMBK", first + 4);
  std::vector<std::byte> shorter = bytes;
  shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(first),
                shorter.begin() + static_cast<std::ptrdiff_t>(second));
  EXPECT_NE(parse_history(shorter, "h").error().detail.find("block 1 stands where block 0 should"), std::string::npos);
}

TEST(HistoryReader, refuses_two_ops_of_the_same_index) {
  const TemporaryFolder folder;
  for (const OpIndex index : {OpIndex{0}, OpIndex{5}, OpIndex{4'000'000'000}}) {
    auto writer = HistoryWriter::create(folder.file("h"), plain_header(), {});
    (*writer)->lane(0).append(plain_op(index));
    (*writer)->lane(0).append(plain_op(index));
    ASSERT_TRUE((*writer)->close({}).has_value());
    for (const unsigned threads : {1U, 2U}) {
      const Result<History> history = read_history(folder.file("h"), {.threads = threads});
      ASSERT_FALSE(history.has_value()) << index;
      EXPECT_NE(history.error().detail.find("ind"), std::string::npos) << history.error().detail;
    }
  }
}

TEST(HistoryReader, takes_an_empty_file_for_one_that_was_cut_at_once) {
  const Result<History> history = parse_history({}, "empty");
  ASSERT_TRUE(history.has_value()) << history.error().detail;
  EXPECT_TRUE(history->truncation.starts_with("truncated at byte 0"));
}

TEST(HistoryReader, says_what_is_no_history_and_what_is_not_there) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("text")) << "this is some text that is surely longer than thirty-two bytes";
  EXPECT_NE(read_history(folder.file("text")).error().detail.find("is not a stalemate history"), std::string::npos);
  EXPECT_NE(read_history(folder.file("none")).error().detail.find("No such file"), std::string::npos);
  EXPECT_NE(read_history(folder.file("")).error().detail.find("it is a folder"), std::string::npos);
}

}  // namespace
}  // namespace stalemate
