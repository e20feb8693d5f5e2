#include "drive/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <thread>

#include "record/history_reader.hpp"
#include "unit/drive/memory_stores.hpp"

namespace stalemate {
namespace {

using testing_stores::MemorySessions;
using testing_stores::MemoryStores;

// cache-aside in ten lines, so that this test links no room but drive.
class TestPattern final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    const Result<std::optional<Value>> entry = co_await ports.cache.get(key);
    if (entry && *entry) {
      co_return **entry;
    }
    const Result<std::optional<Row>> row = co_await ports.database.read(key);
    if (!row) {
      co_return std::unexpected(row.error());
    }
    const Value value = (*row)->value;
    const Result<void> filled = co_await ports.cache.set(key, value, 0);
    static_cast<void>(filled);
    co_return value;
  }
  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const Result<Written> written = co_await ports.database.write(key, value);
    if (!written) {
      co_return std::unexpected(written.error());
    }
    const Result<bool> erased = co_await ports.cache.erase(key);
    static_cast<void>(erased);
    co_return Result<void>();
  }
};

class DriveRun : public ::testing::Test {
 protected:
  DriveRun() {
    folder_ = std::filesystem::temp_directory_path() / ("stalemate-drive-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    scenario.name = "test";
    scenario.read_rate = 400;
    scenario.write_rate = 200;
    scenario.duration_ns = 500'000'000;
  }
  ~DriveRun() override { std::filesystem::remove_all(folder_); }

  RunOutcome run() {
    const Result<Plan> plan = Plan::make(scenario);
    if (!plan) {
      throw std::runtime_error(plan.error().detail);
    }
    planned_reads = plan->reads();
    planned_writes = plan->writes();
    HistoryHeader header;
    header.key_count = scenario.keys;
    header.client_count = plan->clients();
    header.initial_value = initial_value;
    HistoryWriter::Options recording;
    recording.lanes = worker_count(*plan);
    auto writer = HistoryWriter::create(folder_ / "history.stale", header, recording);
    if (!writer) {
      throw std::runtime_error(writer.error().detail);
    }
    MemorySessions sessions(stores);
    stores.origin = std::chrono::steady_clock::now();
    Result<RunOutcome> outcome = run_plan(*plan, pattern_, sessions, **writer, options);
    if (!outcome) {
      throw std::runtime_error(outcome.error().detail);
    }
    if (const auto closed = (*writer)->close({}); !closed) {
      throw std::runtime_error(closed.error().detail);
    }
    history = read_history(folder_ / "history.stale").value();
    return std::move(*outcome);
  }

  Scenario scenario = {};
  RunOptions options = {};
  MemoryStores stores = {};
  History history = {};
  std::uint64_t planned_reads = 0;
  std::uint64_t planned_writes = 0;

 private:
  TestPattern pattern_ = {};
  std::filesystem::path folder_ = {};
};

void expect_sums(const OpCounts& counts) {
  EXPECT_EQ(counts.planned, counts.sent + counts.dropped + counts.not_reached);
  EXPECT_EQ(counts.sent, counts.ok + counts.fail + counts.info);
}

TEST_F(DriveRun, counts_the_ops_of_its_warm_up_apart) {
  scenario.warm_up_ns = scenario.duration_ns / 4;
  const Plan plan = Plan::make(scenario).value();
  const RunOutcome outcome = run();
  EXPECT_GT(plan.reads_in_warm_up(), 0U);
  EXPECT_EQ(outcome.warm_up_counts.reads.planned, plan.reads_in_warm_up());
  EXPECT_EQ(outcome.warm_up_counts.reads.ok, plan.reads_in_warm_up());
  EXPECT_EQ(outcome.warm_up_counts.writes.ok, plan.writes_in_warm_up());
  EXPECT_EQ(outcome.warm_up_counts.hits + outcome.warm_up_counts.misses, plan.reads_in_warm_up());
  EXPECT_EQ(outcome.warm_up_latency.reads.response.count(), plan.reads_in_warm_up());
  EXPECT_EQ(outcome.counts.reads.ok, planned_reads - plan.reads_in_warm_up());
  EXPECT_EQ(outcome.counts.writes.ok, planned_writes - plan.writes_in_warm_up());
  EXPECT_EQ(outcome.counts.hits + outcome.counts.misses, planned_reads - plan.reads_in_warm_up());
  EXPECT_EQ(outcome.latency.writes.service.count(), planned_writes - plan.writes_in_warm_up());
  EXPECT_EQ(outcome.counts.steps + outcome.warm_up_counts.steps, history.steps().size());
}

TEST_F(DriveRun, sends_every_planned_op_once_and_records_it) {
  scenario.threads = 2;
  const RunOutcome outcome = run();
  EXPECT_EQ(outcome.counts.reads.planned, planned_reads);
  EXPECT_EQ(outcome.counts.reads.ok, planned_reads);
  EXPECT_EQ(outcome.counts.writes.ok, planned_writes);
  EXPECT_EQ(outcome.counts.reads.dropped + outcome.counts.writes.dropped, 0U);
  EXPECT_EQ(outcome.counts.hits + outcome.counts.misses, planned_reads);
  ASSERT_EQ(history.ops().size(), planned_reads + planned_writes);
  EXPECT_EQ(history.steps().size(), outcome.counts.steps);
  for (std::size_t place = 0; place < history.ops().size(); ++place) {
    const Op op = to_op(history.ops()[place]);
    ASSERT_EQ(op.index, place);
    ASSERT_LE(op.intended_ns, op.invocation_ns);
    ASSERT_LE(op.invocation_ns, op.completion_ns);
    const auto steps = history.steps_of(op.index);
    ASSERT_FALSE(steps.empty());
    for (const StepRecord& record : steps) {
      const Step step = to_step(record);
      ASSERT_LE(op.invocation_ns, step.start_ns);
      ASSERT_LE(step.end_ns, op.completion_ns);
    }
  }
}

// The longest time in which no op completed.
struct Gap {
  Nanoseconds first_ns = 0;
  Nanoseconds last_ns = 0;
};

Gap longest_gap(const std::vector<Op>& ops) {
  std::vector<Nanoseconds> completions;
  for (const Op& op : ops) {
    completions.push_back(op.completion_ns);
  }
  std::ranges::sort(completions);
  Gap longest;
  for (std::size_t place = 1; place < completions.size(); ++place) {
    if (completions[place] - completions[place - 1] > longest.last_ns - longest.first_ns) {
      longest = {completions[place - 1], completions[place]};
    }
  }
  return longest;
}

TEST_F(DriveRun, a_stall_shows_in_the_response_time_of_all_who_waited_and_in_the_service_time_of_few) {
  scenario.duration_ns = 1'000'000'000;
  scenario.clients = 4;
  stores.stall = {200'000'000, 700'000'000};
  const RunOutcome outcome = run();
  EXPECT_EQ(outcome.counts.reads.ok, planned_reads);
  std::vector<Op> ops;
  for (const OpRecord& record : history.ops()) {
    ops.push_back(to_op(record));
  }
  const Gap gap = longest_gap(ops);
  // 600 ops a second were wanted during the stall; each client was stuck with one, the others had to wait to be sent.
  const auto stuck = std::ranges::count_if(
      ops, [&](const Op& op) { return op.invocation_ns < gap.last_ns && op.completion_ns >= gap.last_ns; });
  const auto wanted = std::ranges::count_if(
      ops, [&](const Op& op) { return op.intended_ns > gap.first_ns && op.intended_ns < gap.last_ns; });
  const auto sent_after = std::ranges::count_if(
      ops, [&](const Op& op) { return op.intended_ns < gap.last_ns && op.invocation_ns >= gap.last_ns; });
  EXPECT_LE(stuck, static_cast<std::ptrdiff_t>(scenario.clients));
  EXPECT_GT(wanted, 10 * stuck);
  EXPECT_GE(sent_after, wanted - stuck);
  const Nanoseconds first_wanted_ns = std::ranges::min(ops, {}, [&](const Op& op) {
                                        return op.intended_ns > gap.first_ns ? op.intended_ns : scenario.duration_ns;
                                      }).intended_ns;
  EXPECT_GE(outcome.latency.reads.response.max_ns() + outcome.latency.writes.response.max_ns(),
            gap.last_ns - first_wanted_ns);
  EXPECT_GT(outcome.counts.reads.late, 0U);
}

TEST_F(DriveRun, a_ticker_drops_the_ticks_that_find_its_loop_busy_and_an_open_loop_does_not) {
  stores.delay_ns = 4'000'000;  // a read takes 4 to 12 ms, a write 8 ms; ticks come every 2.5 and 5 ms
  scenario.pacing = Pacing::ticker;
  const RunOutcome ticker = run();
  EXPECT_GT(ticker.counts.reads.dropped, 20U);
  EXPECT_GT(ticker.counts.writes.dropped, 10U);
  expect_sums(ticker.counts.reads);
  expect_sums(ticker.counts.writes);
  scenario.pacing = Pacing::open;
  const RunOutcome open = run();
  EXPECT_EQ(open.counts.reads.ok, planned_reads);
  EXPECT_EQ(open.counts.writes.ok, planned_writes);
}

TEST_F(DriveRun, ops_that_cannot_be_sent_before_the_drain_limit_are_dropped_and_counted) {
  stores.delay_ns = 50'000'000;
  scenario.clients = 2;
  scenario.drain_limit_ns = 100'000'000;
  const RunOutcome outcome = run();
  EXPECT_GT(outcome.counts.reads.dropped, 0U);
  expect_sums(outcome.counts.reads);
  expect_sums(outcome.counts.writes);
  EXPECT_EQ(outcome.counts.reads.planned, planned_reads);
  EXPECT_EQ(outcome.counts.reads.not_reached, 0U);
}

TEST_F(DriveRun, an_interrupt_ends_it_in_order_with_what_was_done) {
  scenario.duration_ns = 20'000'000'000;
  std::thread interrupter([this] {
    stores.await_answers(100);
    kill(getpid(), SIGINT);
  });
  const RunOutcome outcome = run();
  interrupter.join();
  EXPECT_EQ(outcome.early_end, EarlyEnd::interrupted);
  EXPECT_GT(outcome.counts.reads.ok, 0U);
  EXPECT_GT(outcome.counts.reads.not_reached, 1000U);
  EXPECT_EQ(outcome.counts.reads.planned, planned_reads);
  expect_sums(outcome.counts.reads);
  EXPECT_EQ(history.ops().size(), outcome.counts.reads.sent + outcome.counts.writes.sent);
}

// A server that stands still would have it wait for hours.
TEST_F(DriveRun, a_second_interrupt_gives_up_what_is_under_way_and_records_it_as_not_known) {
  scenario.duration_ns = 20'000'000'000;
  stores.stall = {100'000'000, 3'600'000'000'000};
  options.show_interval_ns = 1'000'000;
  int sent = 0;
  options.show = [&](const RunLook& look) {
    const bool is_stuck = look.in_flight == scenario.clients && look.backlog > 0;
    if ((sent == 0 && is_stuck) || (sent == 1 && look.interrupted)) {
      ++sent;
      kill(getpid(), SIGINT);
    }
  };
  const RunOutcome outcome = run();
  EXPECT_EQ(sent, 2);
  EXPECT_TRUE(outcome.ended_at_once);
  EXPECT_EQ(outcome.early_end, EarlyEnd::interrupted);
  EXPECT_LT(outcome.elapsed_ns, stores.stall.second);
  expect_sums(outcome.counts.reads);
  expect_sums(outcome.counts.writes);
  EXPECT_EQ(outcome.counts.errors[static_cast<std::size_t>(ErrorCode::cancelled)], scenario.clients);
  EXPECT_EQ(history.ops().size(), outcome.counts.reads.sent + outcome.counts.writes.sent);
  for (const OpRecord& record : history.ops()) {
    const Op op = to_op(record);
    if (op.error == ErrorCode::cancelled) {
      EXPECT_EQ(op.outcome, op.kind == OpKind::read ? Outcome::fail : Outcome::info);
    }
  }
  EXPECT_FALSE(outcome.rest.has_value());
  EXPECT_EQ(outcome.troubles,
            std::vector<std::string>{"the run was ended at once: what was under way then was given up"});
}

TEST_F(DriveRun, an_interrupt_while_rows_and_entries_are_compared_ends_that_alone) {
  scenario.duration_ns = 50'000'000;
  scenario.sample_interval_ns = 0;
  stores.survey_delay_ns = 3'600'000'000'000;
  stores.before_survey = [] { kill(getpid(), SIGINT); };
  const RunOutcome outcome = run();
  EXPECT_TRUE(outcome.ended_at_once);
  EXPECT_EQ(outcome.early_end, EarlyEnd::none);
  EXPECT_EQ(outcome.counts.reads.ok, planned_reads);
  EXPECT_FALSE(outcome.rest.has_value());
  EXPECT_EQ(outcome.troubles,
            std::vector<std::string>{"the rows and entries could not be compared after the run: it was interrupted"});
}

TEST_F(DriveRun, whose_stores_another_run_took_ends_in_order) {
  scenario.duration_ns = 60'000'000'000;
  options.show_interval_ns = 1'000'000;
  int looks = 0;
  options.claim_lost = [&looks] { return ++looks > 3; };
  const RunOutcome outcome = run();
  EXPECT_EQ(outcome.early_end, EarlyEnd::claim_lost);
  EXPECT_GT(outcome.counts.reads.not_reached, 0U);
  EXPECT_EQ(looks, 4) << "it is asked no more once it is known";
}

TEST_F(DriveRun, goes_on_through_an_outage_and_says_how_long_it_was) {
  stores.outage = {100'000'000, 300'000'000};
  const RunOutcome outcome = run();
  EXPECT_GT(outcome.counts.reads.fail, 0U);
  EXPECT_GT(outcome.counts.reads.ok, 0U);
  EXPECT_EQ(outcome.counts.errors[static_cast<std::size_t>(ErrorCode::connection_refused)],
            outcome.counts.reads.fail + outcome.counts.writes.fail);
  ASSERT_EQ(outcome.outages.size(), 2U);  // of the database and of the cache
  for (const StoreOutage& outage : outcome.outages) {
    std::vector<Nanoseconds> refused_ns;
    for (const StepRecord& record : history.steps()) {
      const Step step = to_step(record);
      if (step.outcome == Outcome::fail && step.store == outage.store) {
        refused_ns.push_back(step.start_ns);
      }
    }
    EXPECT_TRUE(std::ranges::count(refused_ns, outage.start_ns) > 0) << "it begins with a call that was refused";
    EXPECT_GE(outage.end_ns, std::ranges::max(refused_ns)) << "it ends with one that was not";
  }
}

TEST_F(DriveRun, serialised_reads_never_overlap_writes) {
  scenario.serialize = true;
  scenario.duration_ns = 300'000'000;
  run();
  // The lock is taken before the invocation's clock is read and given back after the completion's.
  std::vector<Op> ops;
  for (const OpRecord& record : history.ops()) {
    ops.push_back(to_op(record));
  }
  for (const Op& write : ops) {
    for (const Op& other : ops) {
      const bool overlap = other.invocation_ns < write.completion_ns && write.invocation_ns < other.completion_ns;
      ASSERT_TRUE(write.kind != OpKind::write || other.index == write.index || !overlap)
          << write.index << " and " << other.index;
    }
  }
}

TEST_F(DriveRun, counts_the_samples_that_came_due_while_another_was_under_way_as_overrun) {
  scenario.sample_interval_ns = 1'000'000;
  stores.survey_delay_ns = 5'000'000;
  const RunOutcome outcome = run();
  ASSERT_TRUE(outcome.samples.has_value());
  EXPECT_GT(outcome.samples->counts.overrun, outcome.samples->counts.taken);
  EXPECT_EQ(outcome.samples->counts.skipped, outcome.samples->counts.overrun) << "every server answered";
}

TEST_F(DriveRun, counts_the_samples_that_no_server_answered_as_skipped_only) {
  scenario.sample_interval_ns = 100'000'000;
  stores.survey_answers = false;
  const RunOutcome outcome = run();
  ASSERT_TRUE(outcome.samples.has_value());
  EXPECT_EQ(outcome.samples->counts.taken, 0U);
  EXPECT_GT(outcome.samples->counts.skipped, outcome.samples->counts.overrun);
}

TEST_F(DriveRun, counts_what_its_samples_cost) {
  scenario.sample_interval_ns = 20'000'000;
  stores.survey_delay_ns = 1'000'000;
  const RunOutcome outcome = run();
  ASSERT_TRUE(outcome.samples.has_value());
  EXPECT_EQ(outcome.samples->counts.calls, 3 * outcome.samples->counts.taken) << "rows, entries, rows";
  EXPECT_GE(outcome.samples->counts.busy_ns, 2'000'000 * static_cast<Nanoseconds>(outcome.samples->counts.taken));
}

TEST_F(DriveRun, takes_no_sample_where_none_is_wanted_but_still_looks_afterwards) {
  scenario.sample_interval_ns = 0;
  const RunOutcome outcome = run();
  EXPECT_FALSE(outcome.samples.has_value());
  EXPECT_TRUE(outcome.rest.has_value());
}

TEST_F(DriveRun, the_look_afterwards_shows_rows_and_entries_at_rest) {
  const RunOutcome outcome = run();
  ASSERT_TRUE(outcome.rest);
  ASSERT_EQ(outcome.rest->size(), scenario.keys);
  for (const RestRecord& rest : *outcome.rest) {
    EXPECT_EQ(rest.row, stores.rows.contains(rest.key) ? stores.rows[rest.key] : initial_value);
  }
  ASSERT_TRUE(outcome.samples);
  EXPECT_GE(outcome.samples->counts.taken + outcome.samples->counts.skipped, 3U);
}

}  // namespace
}  // namespace stalemate
