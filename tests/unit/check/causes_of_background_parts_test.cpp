// Causes in which a background part plays a role: relays, consumers of the log, flushers, and pushes to near-caches.

#include <gtest/gtest.h>

#include "unit/check/cause_script.hpp"

namespace stalemate::test {
namespace {

/// A fill of the old row from 4 to `filled`; a write of 1001; the relay's delete for it from `relayed` on.
CauseScript a_relayed_delete(Nanoseconds filled, Nanoseconds relayed, Value told) {
  CauseScript script;
  script.op(OpKind::read, 1000, 0, filled + 1);
  script.lookup(absent, 0, 1);
  script.load(1000, 2, 3);
  script.fill(1000, 4, filled);
  script.op(OpKind::write, 1001, 10, 14);
  script.update(1001, 5, 10, 12);
  script.relay(0, told, relayed, relayed + 4);
  script.step(Store::cache, Command::erase, Role::invalidate, absent, relayed, relayed + 2);
  script.reader_hits(1000, 40);
  return script;
}

TEST(RelayLag, is_told_by_the_change_that_comes_after_the_lookup) {
  expect_cause(a_relayed_delete(5, 50, 1001), "relay or CDC lag");
  expect_cause(a_relayed_delete(5, 50, absent), "relay or CDC lag");
}

TEST(RelayLag, is_told_by_the_change_that_ended_as_the_lookup_began) {
  // Equal instants are concurrent.
  const History history = a_relayed_delete(5, 38, 1001).packed();
  const Explanation explanation = only_explanation(history);
  expect_proof(history, explanation, "relay or CDC lag");
  EXPECT_NE(std::ranges::find(explanation.steps, OpIndex{2}, &Step::op), explanation.steps.end());
}

TEST(RelayLag, is_told_of_a_background_part_by_its_name_and_number) {
  const History history = a_relayed_delete(5, 50, 1001).packed();
  const Explanation explanation = only_explanation(history);
  for (const std::string& text : {story_of(history, explanation), sequence_diagram_of(history, explanation)}) {
    EXPECT_NE(text.find("background 2"), std::string::npos) << text;
    EXPECT_EQ(text.find("background background"), std::string::npos) << text;
  }
}

TEST(RelayLag, is_told_though_the_relay_deals_with_an_earlier_write_meanwhile) {
  expect_cause(a_relayed_delete(25, 20, 999), "relay or CDC lag");
}

TEST(RelayLag, is_not_claimed_where_the_relay_may_have_dealt_with_the_write) {
  expect_cause(a_relayed_delete(25, 20, absent), "unexplained");
}

TEST(RelayLag, is_not_claimed_where_a_fill_came_after_the_relay) {
  expect_cause(a_relayed_delete(25, 20, 1001), "stale fill");
}

TEST(RelayLag, explains_writes_without_an_answer_where_writes_never_change_entries) {
  CauseScript script = a_relayed_delete(5, 50, 1001);
  script.small().ops[1].outcome = Outcome::info;
  script.small().ops[1].completion_ns = never;
  script.op(OpKind::read, 1001, 15, 17);  // shows that the write happened
  script.load(1001, 15, 16);
  expect_cause(script, "relay or CDC lag");
  script.op(OpKind::write, 1002, 60, 70);
  script.update(1002, 6, 61, 62);
  script.invalidate(63, 64);
  expect_cause(script, "writer crashed before invalidation");
}

TEST(RelayLag, gives_way_to_a_relayed_delete_that_was_lost) {
  CauseScript script;
  script.reader_fills(1000, 0);
  script.op(OpKind::write, 1001, 10, 14);
  script.update(1001, 5, 10, 12);
  script.relay(0, 1001, 20, 24);
  Step& skipped = script.step(Store::cache, Command::erase, Role::invalidate, absent, 20, 20);
  skipped.outcome = Outcome::fail;
  skipped.fault = 1;
  skipped.skipped = true;
  script.reader_hits(1000, 40);
  expect_cause(script, "lost invalidation");
  // Tried again, it is not lost.
  script.relay(0, 1001, 50, 54);
  script.step(Store::cache, Command::erase, Role::invalidate, absent, 50, 52);
  expect_cause(script, "relay or CDC lag");
}

TEST(RelayLag, explains_an_old_row_that_the_flusher_had_not_written) {
  CauseScript script;
  script.op(OpKind::write, 1001, 0, 4);
  script.step(Store::cache, Command::set, Role::refresh, 1001, 1, 3);
  script.op(OpKind::read, 1000, 10, 20);
  Step& unanswered = script.step(Store::cache, Command::get, Role::lookup, absent, 11, 12);
  unanswered.outcome = Outcome::fail;
  unanswered.error = ErrorCode::connection_refused;
  script.load(1000, 13, 14);
  script.relay(0, absent, 30, 40);
  script.update(1001, 5, 31, 33);
  expect_cause(script, "relay or CDC lag");
}

TEST(Refreshing, of_an_old_row_is_a_stale_fill) {
  CauseScript script;
  script.relay(0, absent, 0, 20);
  script.load(1000, 2, 3);
  script.step(Store::cache, Command::set, Role::refresh, 1000, 15, 18);
  script.op(OpKind::write, 1001, 4, 12);
  script.update(1001, 5, 5, 8);
  script.invalidate(9, 11);
  script.reader_hits(1000, 30);
  expect_cause(script, "stale fill");
}

/// A reader of application server 0 copies the entry, found at `found`, from `copied` on; a writer of server 1 deletes
/// it from 20 to 22; the push removes the copy at `pushed` (never: not at all); a reader of server 0 finds it at 60.
CauseScript a_pushed_removal(Nanoseconds found, Nanoseconds copied, Nanoseconds pushed, ClientId writer = 1) {
  CauseScript script;
  script.op(OpKind::read, 1000, 0, copied + 3).client = 0;
  script.local(Command::get, Role::lookup, absent, 0, 1);
  script.lookup(1000, found, found + 1);
  script.local(Command::set, Role::fill, 1000, copied, copied + 2);
  script.op(OpKind::write, 1001, 10, 26).client = writer;
  script.update(1001, 5, 12, 14);
  script.invalidate(20, 22);
  script.local(Command::erase, Role::invalidate, absent, 24, 25);
  if (pushed != never) {
    script.relay(0, absent, pushed, pushed + 2);
    script.local(Command::erase, Role::invalidate, absent, pushed, pushed + 1);
  }
  script.op(OpKind::read, 1000, 60, 62).client = 2;
  script.local(Command::get, Role::lookup, 1000, 60, 61);
  return script;
}

TEST(LostPush, is_proved_by_a_copy_that_no_push_had_removed) {
  expect_cause(a_pushed_removal(4, 6, never), "near-cache push lost or late");
  expect_cause(a_pushed_removal(4, 6, 80), "near-cache push lost or late");
  expect_cause(a_pushed_removal(4, 6, 10), "unexplained");  // removed, and never set again
}

TEST(LostPush, is_not_claimed_where_the_copy_came_after_the_push) {
  expect_cause(a_pushed_removal(4, 40, 30), "stale fill");
}

TEST(LostPush, is_not_claimed_where_the_copy_came_after_its_own_servers_removal) {
  expect_cause(a_pushed_removal(4, 40, never, 2), "stale fill");
}

TEST(LostPush, is_not_claimed_where_the_delete_was_lost_that_it_was_to_follow) {
  for (const Nanoseconds copied : {6, 40}) {
    CauseScript script = a_pushed_removal(4, copied, never);
    for (Step& step : script.small().steps) {
      const bool is_delete = step.store == Store::cache && step.command == Command::erase;
      step.outcome = is_delete ? Outcome::fail : step.outcome;
      step.error = is_delete ? ErrorCode::connection_refused : ErrorCode::none;
      // The copy is of the row.
      const bool is_found = step.store == Store::cache && step.command == Command::get;
      step.store = is_found ? Store::database : step.store;
      step.command = is_found ? Command::read : step.command;
      step.role = is_found ? Role::load : step.role;
    }
    expect_cause(script, "lost invalidation");
  }
}

TEST(LostPush, is_not_claimed_where_the_servers_are_not_known) {
  History history = a_pushed_removal(4, 6, never).packed();
  history.header.server_count = 0;
  expect_proof(history, only_explanation(history), "unexplained");
}

std::string told_story(const CauseScript& script) {
  const History history = script.packed();
  return story_of(history, only_explanation(history));
}

TEST(LostPush, is_told_as_a_push_where_it_was_one) {
  const std::string pushed = told_story(a_pushed_removal(4, 40, 30));
  EXPECT_NE(pushed.find("push, local.delete: ok"), std::string::npos) << pushed;
  EXPECT_NE(pushed.find("landed after the push that was to remove it."), std::string::npos) << pushed;
  const std::string removed = told_story(a_pushed_removal(4, 40, never, 2));
  EXPECT_EQ(removed.find("push"), std::string::npos) << removed;
  EXPECT_NE(removed.find("landed after the server's own removal."), std::string::npos) << removed;
  const std::string late = told_story(a_pushed_removal(4, 6, 80));
  EXPECT_NE(late.find("push, local.delete: ok"), std::string::npos) << late;
}

TEST(LostPush, is_not_blamed_for_a_copy_of_an_entry_that_was_old_already) {
  // The entry was found after the delete: what put it there is to blame.
  CauseScript script;
  script.op(OpKind::read, absent, 0, 50).outcome = Outcome::fail;  // so that only the last read is stale
  script.lookup(absent, 0, 1);
  script.load(1000, 2, 3);
  script.fill(1000, 28, 30);
  script.op(OpKind::write, 1001, 10, 26).client = 1;
  script.update(1001, 5, 12, 14);
  script.invalidate(20, 22);
  Op& copier = script.op(OpKind::read, absent, 31, 50);
  copier.outcome = Outcome::fail;
  copier.client = 0;
  script.lookup(1000, 34, 35);
  script.local(Command::set, Role::fill, 1000, 40, 42);
  script.op(OpKind::read, 1000, 60, 62).client = 2;
  script.local(Command::get, Role::lookup, 1000, 60, 61);
  const History history = script.packed();
  const Explanation explanation = only_explanation(history);
  expect_proof(history, explanation, "stale fill");
  EXPECT_EQ(explanation.filler, 0U);
  EXPECT_EQ(explanation.steps.back().store, Store::local) << "the read's own lookup is part of the proof";
}

}  // namespace
}  // namespace stalemate::test
