// Causes: small runs written out step by step, each with a stale read whose cause is known.

#include <gtest/gtest.h>

#include "check/causes/causes.hpp"
#include "check/causes/story.hpp"
#include "data_files.hpp"
#include "record/history_reader.hpp"
#include "unit/check/cause_script.hpp"

namespace stalemate::test {
namespace {

TEST(Causes, a_skipped_delete_is_a_lost_invalidation) {
  CauseScript script;
  script.reader_fills(1000, 0);
  script.op(OpKind::write, 1001, 10, 14);
  script.update(1001, 5, 10, 12);
  Step& skipped = script.invalidate(13, 13);
  skipped.outcome = Outcome::fail;
  skipped.fault = 1;
  skipped.skipped = true;
  script.reader_hits(1000, 20);
  expect_cause(script, "lost invalidation");
}

TEST(Causes, a_call_that_was_refused_at_once_is_not_told_as_skipped) {
  CauseScript script;
  script.reader_fills(1000, 0);
  script.op(OpKind::write, 1001, 10, 14);
  script.update(1001, 5, 10, 12);
  Step& refused = script.invalidate(13, 13);
  refused.outcome = Outcome::fail;
  refused.fault = 1;
  script.reader_hits(1000, 20);
  const History history = script.packed();
  EXPECT_NE(story_of(history, only_explanation(history)).find("cache.delete: refused"), std::string::npos);
}

TEST(Causes, a_delete_without_an_answer_is_a_lost_invalidation) {
  CauseScript script;
  script.reader_fills(1000, 0);
  script.op(OpKind::write, 1001, 10, 14);
  script.update(1001, 5, 10, 12);
  Step& unanswered = script.invalidate(13, 14);
  unanswered.outcome = Outcome::info;
  unanswered.error = ErrorCode::timed_out;
  script.reader_hits(1000, 20);
  expect_cause(script, "lost invalidation");
}

TEST(Causes, a_fill_that_lands_after_the_delete_is_a_stale_fill) {
  CauseScript script;
  script.op(OpKind::read, 1000, 0, 20);
  script.lookup(absent, 0, 1);
  script.load(1000, 2, 3);
  script.fill(1000, 15, 18);
  script.op(OpKind::write, 1001, 4, 12);
  script.update(1001, 5, 5, 8);
  script.invalidate(9, 11);
  script.reader_hits(1000, 30);
  expect_cause(script, "stale fill");
}

TEST(Causes, a_skipped_delete_that_came_too_early_anyway_is_a_stale_fill) {
  CauseScript script;
  script.op(OpKind::read, 1000, 0, 20);
  script.lookup(absent, 0, 1);
  script.load(1000, 2, 3);
  script.fill(1000, 15, 18);
  script.op(OpKind::write, 1001, 4, 12);
  script.update(1001, 5, 5, 8);
  script.invalidate(9, 9).outcome = Outcome::fail;
  script.reader_hits(1000, 30);
  expect_cause(script, "stale fill");
}

TEST(Causes, a_delete_before_the_commit_lets_a_miss_refill_the_old_row) {
  CauseScript script;
  script.op(OpKind::write, 1001, 0, 30);
  script.invalidate(1, 2);
  script.update(1001, 5, 20, 28);
  script.reader_fills(1000, 5);
  script.reader_hits(1000, 40);
  expect_cause(script, "invalidate-before-commit refill");
}

TEST(Causes, no_delete_is_told_of_where_the_write_set_the_entry) {
  CauseScript script;
  script.op(OpKind::write, 1001, 0, 30);
  script.step(Store::cache, Command::set, Role::refresh, 1001, 3, 4);
  script.update(1001, 5, 20, 28);
  script.op(OpKind::read, 1000, 0, 19);
  script.lookup(absent, 1, 2);
  script.load(1000, 7, 8);
  script.fill(1000, 15, 18);
  script.reader_hits(1000, 40);
  const History history = script.packed();
  const Explanation explanation = only_explanation(history);
  expect_proof(history, explanation, "invalidate-before-commit refill");
  EXPECT_EQ(story_of(history, explanation).find("The entry was deleted"), std::string::npos);
}

TEST(Causes, sets_in_the_other_order_than_the_updates_are_reordered_sets) {
  CauseScript script;
  script.op(OpKind::write, 1001, 0, 20);
  script.update(1001, 5, 1, 3);
  script.step(Store::cache, Command::set, Role::refresh, 1001, 15, 18);
  script.op(OpKind::write, 1002, 2, 12);
  script.update(1002, 6, 4, 6);
  script.step(Store::cache, Command::set, Role::refresh, 1002, 7, 10);
  script.reader_hits(1001, 30);
  expect_cause(script, "reordered sets");
}

TEST(Causes, writes_that_leave_the_entry_alone_wait_for_its_expiry) {
  CauseScript script;
  script.reader_fills(1000, 0);
  script.op(OpKind::write, 1001, 10, 14);
  script.update(1001, 5, 10, 12);
  script.reader_hits(1000, 20);
  expect_cause(script, "TTL not yet expired");
}

TEST(Causes, a_relay_that_comes_after_the_lookup_lags) {
  CauseScript script;
  script.reader_fills(1000, 0);
  script.op(OpKind::write, 1001, 10, 14);
  script.update(1001, 5, 10, 12);
  script.op(OpKind::background, absent, 30, 34);
  script.step(Store::cache, Command::erase, Role::invalidate, absent, 30, 32);
  script.reader_hits(1000, 20);
  expect_cause(script, "relay or CDC lag");
}

TEST(Causes, a_relay_that_came_before_the_lookup_does_not_explain_it) {
  CauseScript script;
  script.op(OpKind::write, 1001, 10, 14);
  script.update(1001, 5, 10, 12);
  script.op(OpKind::background, absent, 15, 17);
  script.step(Store::cache, Command::erase, Role::invalidate, absent, 15, 17);
  script.op(OpKind::read, 1000, 8, 30);
  script.step(Store::cache, Command::set, Role::fill, 1000, 18, 19);
  script.reader_hits(1000, 40);
  expect_cause(script, "unexplained");
}

TEST(Causes, a_writer_that_never_came_to_its_delete_has_crashed) {
  CauseScript script;
  script.reader_fills(1000, 0);
  script.op(OpKind::write, 1001, 10, never);
  script.update(1001, 5, 10, 12);
  script.op(OpKind::read, 1001, 13, 15);  // shows that the write happened
  script.load(1001, 13, 14);
  script.reader_hits(1000, 20);
  expect_cause(script, "writer crashed before invalidation");
}

TEST(Causes, a_replica_that_lags_is_told_from_the_store_that_answered) {
  CauseScript script;
  script.op(OpKind::write, 1001, 0, 4);
  script.update(1001, 5, 0, 2);
  script.op(OpKind::read, 1000, 10, 20);
  script.lookup(absent, 10, 11);
  script.step(Store::replica, Command::read, Role::load, 1000, 12, 13);
  script.fill(1000, 14, 15);
  expect_cause(script, "replica-lag fill");
}

TEST(Causes, an_entry_filled_from_a_replica_that_lags_is_told_from_the_load) {
  CauseScript script;
  script.op(OpKind::write, 1001, 0, 6);
  script.update(1001, 5, 0, 2);
  script.invalidate(3, 4);
  script.op(OpKind::read, absent, 7, 20).outcome = Outcome::fail;  // so that only the hit is stale
  script.lookup(absent, 8, 9);
  script.step(Store::replica, Command::read, Role::load, 1000, 10, 11);
  script.fill(1000, 12, 13);
  script.reader_hits(1000, 30);
  expect_cause(script, "replica-lag fill");
}

TEST(Causes, an_update_without_an_answer_may_come_after_a_later_load) {
  CauseScript script;
  script.op(OpKind::write, 1001, 0, never);
  Step& unanswered = script.step(Store::database, Command::write, Role::update, 1001, 0, 2);
  unanswered.outcome = Outcome::info;
  unanswered.error = ErrorCode::timed_out;
  script.invalidate(3, 4);
  script.reader_fills(1000, 10);
  script.op(OpKind::read, 1001, 20, 25);  // the update came at last
  script.load(1001, 21, 22);
  script.reader_hits(1000, 30);
  const History history = packed(script.small());
  expect_proof(history, CauseFinder(history).explain(3, 0), "invalidate-before-commit refill");
}

TEST(Causes, an_old_row_from_the_database_itself_is_unexplained) {
  CauseScript script;
  script.op(OpKind::write, 1001, 0, 4);
  script.update(1001, 5, 0, 2);
  script.reader_fills(1000, 10);
  expect_cause(script, "unexplained");
}

TEST(Causes, a_read_behind_a_lost_write_is_explained_by_the_write) {
  CauseScript script;
  script.op(OpKind::write, 1001, 0, 4);
  Step& skipped = script.step(Store::database, Command::write, Role::update, 1001, 1, 1);
  skipped.outcome = Outcome::fail;
  skipped.fault = 1;
  skipped.skipped = true;
  script.reader_fills(1000, 10);
  const History history = packed(script.small());
  EXPECT_EQ(find_lost_write(history, 1), 0U);
  expect_proof(history, CauseFinder(history).explain(1, 0), "write acknowledged but never applied");
}

TEST(Causes, a_lost_write_is_not_missed_by_a_read_of_something_newer) {
  CauseScript script;
  script.op(OpKind::write, 1001, 0, 4);
  script.step(Store::database, Command::write, Role::update, 1001, 1, 1).outcome = Outcome::fail;
  script.op(OpKind::write, 1002, 5, 8);
  script.update(1002, 5, 6, 7);
  script.reader_fills(1002, 10);
  script.op(OpKind::read, 1000, 2, 3);
  script.load(1000, 2, 3);
  const History history = packed(script.small());
  EXPECT_EQ(find_lost_write(history, 2), no_op) << "it shows a later write";
  EXPECT_EQ(find_lost_write(history, 3), no_op) << "it began before the write was acknowledged";
  EXPECT_EQ(find_lost_write(history, 1), no_op) << "it is no read";
}

TEST(Causes, an_entry_set_before_an_update_that_was_skipped_is_a_dirty_set) {
  CauseScript script;
  script.op(OpKind::write, 1001, 0, 6);
  script.step(Store::cache, Command::set, Role::refresh, 1001, 1, 2);
  script.step(Store::database, Command::write, Role::update, 1001, 3, 3).outcome = Outcome::fail;
  script.reader_hits(1001, 10);
  const History history = packed(script.small());
  expect_proof(history, CauseFinder(history).explain(1, no_op), "dirty set");
}

TEST(Causes, are_in_the_documentation_as_they_say_of_themselves) {
  const std::string text = project_text("docs/checks.md");
  std::string table = "| cause | what the steps prove |\n|---|---|\n";
  for (const CauseInfo& cause : CauseRegistry::all()) {
    table += "| " + std::string(cause.name) + " | " + std::string(cause.definition) + " |\n";
  }
  EXPECT_NE(text.find(table + "\n"), std::string::npos) << table;
}

TEST(Stories, tell_the_steps_in_order_of_time) {
  CauseScript script;
  script.reader_fills(1000, 0);
  script.op(OpKind::write, 1001, 10, 14);
  script.update(1001, 5, 10, 12);
  Step& skipped = script.invalidate(13, 13);
  skipped.outcome = Outcome::fail;
  skipped.fault = 1;
  skipped.skipped = true;
  script.reader_hits(1000, 20);
  const History history = packed(script.small());
  const Explanation explanation = only_explanation(history);
  EXPECT_EQ(
      story_of(history, explanation),
      "On key 93410c29-1609-484d-8662-ae2d0aa93cc4, client 2's read of 1000 (op 2, 0.00000002 s to 0.000000022 s) "
      "returned an old value.\n"
      "It missed client 1's write of 1001 (op 1, 0.00000001 s to 0.000000014 s).\n"
      "Cause: lost invalidation.\n"
      "\n"
      "  0.000000004 s  client 0 read 0   cache.set 1000: ok\n"
      "  0.00000001 s   client 1 write 1  db.update 1001: ok, version 5\n"
      "  0.000000013 s  client 1 write 1  cache.delete: skipped by the fault skip\n"
      "  0.00000002 s   client 2 read 2   cache.get: 1000\n"
      "\n"
      "The change of the entry that should have followed the newer write was lost, so the old entry stayed.\n");
  EXPECT_EQ(
      sequence_diagram_of(history, explanation),
      "                client 0 read 0   client 1 write 1   client 2 read 2   db   cache\n"
      "0.000000004 s          |----------------------------------------------------->|     cache.set 1000: ok\n"
      "0.00000001 s           |                  |---------------------------->|     |     db.update 1001: ok, version "
      "5\n"
      "0.000000013 s          |                  |----------------------------------x|     cache.delete: skipped by "
      "the "
      "fault skip\n"
      "0.00000002 s           |                  |                 |---------------->|     cache.get: 1000\n");
  EXPECT_EQ(mermaid_of(history, explanation),
            "sequenceDiagram\n"
            "  participant op0 as client 0 read 0\n"
            "  participant op1 as client 1 write 1\n"
            "  participant op2 as client 2 read 2\n"
            "  participant db\n"
            "  participant cache\n"
            "  op0->>cache: cache.set 1000: ok (at 0.000000004 s)\n"
            "  op1->>db: db.update 1001: ok, version 5 (at 0.00000001 s)\n"
            "  op1--xcache: cache.delete: skipped by the fault skip (at 0.000000013 s)\n"
            "  op2->>cache: cache.get: 1000 (at 0.00000002 s)\n"
            "  Note over op2: lost invalidation\n");
}

TEST(Causes, are_the_same_however_many_look_for_them) {
  const Result<History> history = read_history(data_folder() / "runs" / "stale" / "history.stale");
  ASSERT_TRUE(history.has_value()) << history.error().detail;
  const Report report = check_all(*history);
  const std::vector<StaleRead>& stale = find_result(report, "stale-reads")->stale_reads;
  ASSERT_GT(stale.size(), 10U);
  std::vector<const CauseInfo*> one_by_one;
  CauseFinder finder(*history);
  for (const StaleRead& read : stale) {
    one_by_one.push_back(finder.explain(read).cause);
  }
  for (const std::uint32_t members : {1U, 2U, 5U, 5000U}) {
    EXPECT_EQ(CauseFinder(*history, Crew{.size = members}).causes_of(stale), one_by_one);
  }
}

}  // namespace
}  // namespace stalemate::test
