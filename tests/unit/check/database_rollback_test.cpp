// A database that came back without writes that it had acknowledged: what is lost, which reads that explains, and what
// is not claimed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "check/exact/undone_writes.hpp"
#include "unit/check/cause_script.hpp"

namespace stalemate::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// From `from` on a standby gets nothing more; at `to` it has taken the database's place.
void add_rollback(SmallHistory& small, Nanoseconds from, Nanoseconds to) {
  small.steps.push_back({.op = no_op,
                         .store = Store::database,
                         .command = Command::read,
                         .role = Role::load,
                         .outcome = Outcome::ok,
                         .fault = 1,
                         .start_ns = from,
                         .end_ns = to});
}

History with_fault(History history) {
  history.header.fault_names = {"", "rollback"};
  return history;
}

/// 1001 is written at 10, and a reader loads the old row at 40.
CauseScript old_row_after_a_write() {
  CauseScript script;
  script.op(OpKind::write, 1001, 10, 20);
  script.update(1001, 5, 12, 14);
  script.invalidate(15, 16);
  script.reader_fills(1000, 40);
  return script;
}

TEST(RollbackOfTheDatabase, explains_a_load_of_what_had_been_there_before_an_answered_update) {
  CauseScript script = old_row_after_a_write();
  add_rollback(script.small(), 5, 30);
  const History history = with_fault(script.packed());
  const Explanation explanation = only_explanation(history);
  expect_proof(history, explanation, "rollback of the database");
  EXPECT_THAT(story_of(history, explanation), HasSubstr("The database had come back without the newer write."));
  EXPECT_THAT(story_of(history, explanation), HasSubstr("the fault rollback of this run held the db."));
  EXPECT_THAT(find_undone_writes(history), ElementsAre(0U));
  const Report report = check_all(history);
  const CheckResult& lost = *find_result(report, "lost-updates");
  EXPECT_EQ(lost.count, 1U);
  EXPECT_THAT(lost.violations.front().sentence, HasSubstr("was acknowledged and applied, but the database lost it"));
}

TEST(RollbackOfTheDatabase, explains_hits_of_what_such_a_load_has_filled) {
  CauseScript script;
  script.op(OpKind::write, 1001, 10, 20);
  script.update(1001, 5, 12, 14);
  script.invalidate(15, 16);
  script.op(OpKind::read, absent, 40, 46).outcome = Outcome::fail;
  script.lookup(absent, 40, 41);
  script.load(1000, 42, 43);
  script.fill(1000, 44, 45);
  script.reader_hits(1000, 50);
  add_rollback(script.small(), 5, 30);
  const History history = with_fault(script.packed());
  expect_proof(history, only_explanation(history), "rollback of the database");
}

TEST(RollbackOfTheDatabase, is_not_claimed_without_one_between_the_write_and_the_load) {
  for (const auto& [from, to] : {std::pair(0, 12), std::pair(43, 50)}) {
    CauseScript script = old_row_after_a_write();
    add_rollback(script.small(), from, to);
    const History history = with_fault(script.packed());
    expect_proof(history, only_explanation(history), "unexplained");
    EXPECT_THAT(find_undone_writes(history), IsEmpty());
  }
  const History history = with_fault(old_row_after_a_write().packed());
  expect_proof(history, only_explanation(history), "unexplained");
  EXPECT_EQ(find_result(check_all(history), "lost-updates")->count, 0U);
}

TEST(RollbackOfTheDatabase, is_not_claimed_where_the_old_value_may_have_been_written_again) {
  CauseScript script;
  script.op(OpKind::write, 1001, 0, 9);
  script.update(1001, 4, 2, 3);
  Step& again = script.step(Store::database, Command::write, Role::update, 1001, 2, never);
  again.outcome = Outcome::info;
  script.op(OpKind::write, 1002, 10, 20);
  script.update(1002, 5, 12, 14);
  script.invalidate(15, 16);
  script.reader_fills(1001, 40);
  add_rollback(script.small(), 5, 30);
  const History history = with_fault(script.packed());
  EXPECT_EQ(name_of(only_explanation(history).cause), "unexplained");
  EXPECT_THAT(find_undone_writes(history), IsEmpty());
}

TEST(RollbackOfTheDatabase, explains_loads_from_a_replica_once_that_is_the_database) {
  for (const auto& [to, cause] : {std::pair(30, "rollback of the database"), std::pair(60, "replica-lag fill")}) {
    CauseScript script;
    script.op(OpKind::write, 1001, 10, 20);
    script.update(1001, 5, 12, 14);
    script.invalidate(15, 16);
    script.op(OpKind::read, 1000, 40, 46);
    script.lookup(absent, 40, 41);
    script.step(Store::replica, Command::read, Role::load, 1000, 42, 43);
    script.fill(1000, 44, 45);
    add_rollback(script.small(), 5, to);
    const History history = with_fault(script.packed());
    expect_proof(history, only_explanation(history), cause);
  }
}

/// The entry is of 1001, which is lost; then 1002 is written, and the cache refuses to let go of the entry.
CauseScript entry_of_a_lost_write() {
  CauseScript script;
  script.op(OpKind::write, 1001, 10, 20);
  script.update(1001, 5, 12, 14);
  script.call(Ward::compare, Command::set, Role::refresh, 1001, 2, 15, 16);
  script.op(OpKind::write, 1002, 40, 50);
  script.update(1002, 6, 42, 44);
  script.call(Ward::compare, Command::set, Role::refresh, 1002, 2, 45, 46).outcome = Outcome::fail;
  script.reader_hits(1001, 60);
  return script;
}

TEST(RollbackOfTheDatabase, explains_entries_of_lost_writes_that_have_the_version_of_a_newer_one) {
  CauseScript script = entry_of_a_lost_write();
  add_rollback(script.small(), 5, 30);
  const History history = with_fault(script.packed());
  const Explanation explanation = only_explanation(history);
  expect_proof(history, explanation, "rollback of the database");
  EXPECT_THAT(story_of(history, explanation), HasSubstr("gave its version to the newer one"));
  CauseScript before = entry_of_a_lost_write();
  add_rollback(before.small(), 0, 9);
  const History kept = with_fault(before.packed());
  EXPECT_NE(name_of(only_explanation(kept).cause), "rollback of the database") << "1001 was written when it was over";
}

TEST(RollbackOfTheDatabase, shows_at_rest_after_the_run) {
  CauseScript script;
  script.op(OpKind::write, 1001, 10, 20);
  script.update(1001, 5, 12, 14);
  script.small().rest = {{0, 1000, 1001}};
  add_rollback(script.small(), 5, 30);
  const History history = with_fault(script.packed());
  EXPECT_THAT(find_undone_writes(history), ElementsAre(0U));
  const Report report = check_all(history);
  const CheckResult& convergence = *find_result(report, "convergence");
  ASSERT_EQ(convergence.count, 1U);
  EXPECT_THAT(convergence.violations.front().sentence,
              HasSubstr("The entry's is the newer one: the database had it, and lost it."));
}

/// What the updates of a value say, looked up one by one; nothing where its place among the versions is not certain.
struct NaiveWrite {
  Version version = unknown_version;
  Nanoseconds start_ns = never;
  Nanoseconds end_ns = before_all;
};

std::optional<NaiveWrite> naive_write(const History& history, std::uint32_t key, Value value) {
  NaiveWrite all;
  for (const StepRecord& step : history.steps()) {
    const OpRecord* op = history.find_op(step.op());
    if (op == nullptr || op->key().index != key || !step.is_update() || step.value() != value ||
        step.outcome() == Outcome::fail) {
      continue;
    }
    if (step.outcome() != Outcome::ok || step.version() == unknown_version) {
      return std::nullopt;
    }
    all.version = std::max(all.version, step.version());
    all.start_ns = std::min(all.start_ns, step.start_ns());
    all.end_ns = std::max(all.end_ns, step.end_ns());
  }
  return all.version == unknown_version ? std::nullopt : std::optional(all);
}

bool naive_shows_loss(const History& history, const NaiveWrite& write, std::uint32_t key, Value seen,
                      Nanoseconds start_ns, Nanoseconds end_ns) {
  const std::optional<NaiveWrite> shown = naive_write(history, key, seen);
  const bool is_older = seen == history.header.initial_value || (shown && shown->version < write.version);
  return is_older && write.end_ns < start_ns &&
         std::ranges::any_of(
             history.steps(),
             [&](const StepRecord& step) {
               return step.op() == no_op && write.start_ns < step.end_ns() && end_ns > step.start_ns();
             });
}

std::vector<OpPosition> naive_undone_writes(const History& history) {
  std::set<OpPosition> undone;
  for (OpPosition place = 0; place < history.ops().size(); ++place) {
    const OpRecord& op = history.ops()[place];
    const auto write = op.kind() == OpKind::read ? std::nullopt : naive_write(history, op.key().index, op.value());
    if (!write || op.outcome() != Outcome::ok) {
      continue;
    }
    for (const StepRecord& step : history.steps()) {
      const OpRecord* other = history.find_op(step.op());
      if (other != nullptr && other->key() == op.key() && step.store() == Store::database &&
          step.role() == Role::load && step.outcome() == Outcome::ok &&
          naive_shows_loss(history, *write, op.key().index, step.value(), step.start_ns(), step.end_ns())) {
        undone.insert(place);
      }
    }
    for (const RestRecord& rest : history.rest) {
      if (rest.key == op.key().index && naive_shows_loss(history, *write, rest.key, rest.row, never, never)) {
        undone.insert(place);
      }
    }
  }
  return {undone.begin(), undone.end()};
}

TEST(UndoneWrites, are_those_of_a_naive_search) {
  SeededRandom random(7);
  int some = 0;
  for (int round = 0; round < 3'000; ++round) {
    SmallHistory small = random_history(random, {.ops_max = 14});
    const std::size_t ops = small.ops.size();
    for (std::size_t load = 0; load < ops; ++load) {
      const Op& op = small.ops[random.draw_below(static_cast<std::uint32_t>(ops))];
      const Op& seen = small.ops[random.draw_below(static_cast<std::uint32_t>(ops))];
      const Nanoseconds start_ns = random.draw_below(40);
      small.steps.push_back({.op = op.index,
                             .store = Store::database,
                             .command = Command::read,
                             .role = Role::load,
                             .outcome = Outcome::ok,
                             .value = seen.value == absent || random.draw_below(3) == 0 ? small.initial : seen.value,
                             .start_ns = start_ns,
                             .end_ns = start_ns + random.draw_below(5)});
    }
    for (std::uint32_t count = random.draw_below(3); count > 0; --count) {
      const Nanoseconds from = random.draw_below(30);
      add_rollback(small, from, from + 1 + random.draw_below(20));
    }
    const History history = with_fault(packed(small));
    const std::vector<OpPosition> expected = naive_undone_writes(history);
    ASSERT_EQ(find_undone_writes(history), expected) << describe(small);
    some += expected.empty() ? 0 : 1;
  }
  EXPECT_GT(some, 300);
}

}  // namespace
}  // namespace stalemate::test
