// Causes in which something that was to keep the old version out did not: locks, tokens, tombstones, the cache itself.

#include <gtest/gtest.h>

#include "unit/check/cause_script.hpp"

namespace stalemate::test {
namespace {

/// A reader locks, loads the old row and fills at 50; a writer comes in between. `reader_until`: when the reader began
/// to give its lock back; `writer_from`: when the writer took it.
CauseScript two_with_a_lock(Nanoseconds reader_until, Nanoseconds writer_from) {
  CauseScript script;
  script.op(OpKind::read, 1000, 0, 60);
  script.lookup(absent, 0, 1);
  script.takes(Ward::hold, 1, 2);
  script.load(1000, 4, 5);
  if (reader_until < 50) {
    script.gives_back(1, reader_until);
  }
  script.fill(1000, 50, 52);
  if (reader_until >= 50) {
    script.gives_back(1, reader_until).outcome = Outcome::fail;
  }
  script.op(OpKind::write, 1001, writer_from - 1, writer_from + 9);
  script.takes(Ward::hold, 2, writer_from);
  script.update(1001, 5, writer_from + 2, writer_from + 3);
  script.invalidate(writer_from + 4, writer_from + 5);
  script.gives_back(2, writer_from + 6);
  script.reader_hits(1000, 70);
  return script;
}

TEST(ExpiredLock, is_proved_by_two_who_held_it_at_once) {
  expect_cause(two_with_a_lock(54, 20), "expired lock or lease");
}

TEST(ExpiredLock, is_not_claimed_where_one_gave_it_back_before_the_other_took_it) {
  expect_cause(two_with_a_lock(10, 20), "stale fill");
}

TEST(ExpiredLock, is_not_claimed_where_the_two_may_have_followed_one_another) {
  expect_cause(two_with_a_lock(20, 20), "stale fill");
}

TEST(ExpiredLock, is_not_claimed_of_locks_in_different_servers) {
  for (const ClientId writer : {ClientId{2}, ClientId{1}}) {
    CauseScript script = two_with_a_lock(54, 20);
    for (Step& step : script.small().steps) {
      const bool locks = step.cache_command == static_cast<std::uint8_t>(Ward::hold) ||
                         step.cache_command == static_cast<std::uint8_t>(Ward::release);
      step.store = locks ? Store::local : step.store;
    }
    script.small().ops[1].client = writer;
    expect_cause(script, writer == 2 ? "expired lock or lease" : "stale fill");
  }
}

TEST(ExpiredLock, explains_sets_in_the_other_order_too) {
  CauseScript script;
  script.op(OpKind::write, 1001, 0, 60);
  script.takes(Ward::hold, 1, 1);
  script.update(1001, 5, 3, 4);
  script.step(Store::cache, Command::set, Role::refresh, 1001, 50, 52);
  script.gives_back(1, 54);
  script.op(OpKind::write, 1002, 10, 30);
  script.takes(Ward::hold, 2, 11);
  script.update(1002, 6, 13, 14);
  script.step(Store::cache, Command::set, Role::refresh, 1002, 15, 16);
  script.gives_back(2, 20);
  script.reader_hits(1001, 70);
  expect_cause(script, "expired lock or lease");
}

/// A write leaves a stamp of `left` behind, ended at 12; then a set of the old version with the stamp `sent` is taken.
CauseScript a_fill_after_a_mark(Ward ward, Version left, Version sent, Nanoseconds fill_from) {
  CauseScript script;
  script.op(OpKind::read, 1000, 0, 30);
  script.lookup(absent, 0, 1);
  script.load(1000, 2, 3);
  script.call(Ward::compare, Command::set, Role::fill, 1000, sent, fill_from, 26);
  script.op(OpKind::write, 1001, 4, 14);
  script.update(1001, 5, 5, 8);
  script.call(ward, Command::erase, Role::invalidate, absent, left, 9, 12);
  script.reader_hits(1000, 40);
  return script;
}

TEST(LostMark, is_proved_by_a_set_that_was_to_be_refused) {
  expect_cause(a_fill_after_a_mark(Ward::mark, 7, 6, 20), "lost tombstone or version");
}

TEST(LostMark, is_not_claimed_of_a_delete_that_leaves_nothing) {
  expect_cause(a_fill_after_a_mark(Ward::none, 7, 6, 20), "stale fill");
}

TEST(LostMark, is_not_claimed_of_a_set_that_is_not_older_than_the_mark) {
  expect_cause(a_fill_after_a_mark(Ward::mark, 7, 7, 20), "stale fill");
}

TEST(LostMark, is_not_claimed_of_a_set_that_may_have_come_first) {
  expect_cause(a_fill_after_a_mark(Ward::mark, 7, 6, 12), "stale fill");
}

TEST(LostMark, is_not_claimed_of_a_mark_that_never_came) {
  for (const Ward ward : {Ward::mark, Ward::revoke, Ward::none}) {
    CauseScript script = a_fill_after_a_mark(ward, 7, 6, 20);
    Step& left = script.small().steps[4];
    left.outcome = Outcome::fail;
    left.error = ErrorCode::connection_refused;
    expect_cause(script, ward == Ward::none ? "stale fill" : "lost invalidation");
  }
}

TEST(LostMark, explains_an_entry_whose_version_was_evicted) {
  CauseScript script;
  script.op(OpKind::read, 1000, 0, 60);
  script.lookup(absent, 0, 1);
  script.load(1000, 2, 3);
  script.call(Ward::compare, Command::set, Role::fill, 1000, 1, 50, 52);
  script.op(OpKind::write, 1001, 4, 14);
  script.update(1001, 5, 5, 8);
  script.relay(0, 1001, 20, 24);
  script.call(Ward::compare, Command::set, Role::fill, 1001, 2, 20, 22);
  script.reader_hits(1000, 70);
  expect_cause(script, "lost tombstone or version");
}

TEST(RolledBackCache, is_proved_by_an_entry_that_was_removed_and_that_nobody_set_again) {
  CauseScript script;
  script.reader_fills(1000, 0);
  script.op(OpKind::write, 1001, 10, 16);
  script.update(1001, 5, 10, 12);
  script.invalidate(13, 14);
  script.reader_hits(1000, 20);
  expect_cause(script, "cache restart or failover rolled back");
}

TEST(RolledBackCache, is_not_claimed_where_a_set_without_an_answer_may_have_come_late) {
  CauseScript script;
  script.reader_fills(1000, 0);
  script.small().steps.back().outcome = Outcome::info;
  script.op(OpKind::write, 1001, 10, 16);
  script.update(1001, 5, 10, 12);
  script.invalidate(13, 14);
  script.reader_hits(1000, 20);
  expect_cause(script, "stale fill");
}

TEST(RolledBackCache, is_not_claimed_of_an_entry_that_nobody_is_known_to_have_set) {
  CauseScript script;
  script.op(OpKind::write, 1001, 10, 16);
  script.update(1001, 5, 10, 12);
  script.invalidate(13, 14);
  script.reader_hits(1000, 20);
  expect_cause(script, "unexplained");
}

TEST(RolledBackCache, is_not_claimed_where_steps_may_be_missing) {
  CauseScript script;
  script.reader_fills(1000, 0);
  script.op(OpKind::write, 1001, 10, 16);
  script.update(1001, 5, 10, 12);
  script.invalidate(13, 14);
  script.reader_hits(1000, 20);
  script.small().complete = false;
  expect_cause(script, "unexplained");
}

/// A reader is granted a token at `granted`, a writer revokes tokens from 20 to 21, and the reader's token counts
/// still.
CauseScript a_fill_with_a_revoked_token(Nanoseconds granted, Version redeemed) {
  CauseScript script;
  script.op(OpKind::read, 1000, 0, 60);
  script.load(1000, 2, 3);
  script.takes(Ward::grant, 9, granted);
  script.call(Ward::redeem, Command::set, Role::fill, 1000, redeemed, 50, 52);
  script.op(OpKind::write, 1001, 10, 30);
  script.update(1001, 5, 11, 12);
  script.call(Ward::revoke, Command::erase, Role::invalidate, absent, 0, 20, 21);
  script.reader_hits(1000, 70);
  return script;
}

TEST(RolledBackCache, is_proved_by_a_token_that_counts_again) {
  expect_cause(a_fill_with_a_revoked_token(5, 9), "cache restart or failover rolled back");
}

TEST(RolledBackCache, is_not_claimed_of_a_token_that_was_not_out_when_tokens_were_revoked) {
  expect_cause(a_fill_with_a_revoked_token(21, 9), "stale fill");
  expect_cause(a_fill_with_a_revoked_token(5, 8), "stale fill");
}

TEST(Stories, name_the_cache_commands) {
  const CauseScript script = two_with_a_lock(54, 20);
  const History history = script.packed();
  EXPECT_EQ(
      story_of(history, only_explanation(history)),
      "On key 93410c29-1609-484d-8662-ae2d0aa93cc4, client 2's read of 1000 (op 2, 0.00000007 s to 0.000000072 s) "
      "returned an old value.\n"
      "It missed client 1's write of 1001 (op 1, 0.000000019 s to 0.000000029 s).\n"
      "Cause: expired lock or lease.\n"
      "\n"
      "  0.000000002 s  client 0 read 0   cache.hold: ok, stamp 1\n"
      "  0.000000004 s  client 0 read 0   db.read: 1000\n"
      "  0.00000002 s   client 1 write 1  cache.hold: ok, stamp 2\n"
      "  0.000000022 s  client 1 write 1  db.update 1001: ok, version 5\n"
      "  0.000000024 s  client 1 write 1  cache.delete: ok\n"
      "  0.00000005 s   client 0 read 0   cache.set 1000: ok\n"
      "  0.00000007 s   client 2 read 2   cache.get: 1000\n"
      "\n"
      "Two held the key's lock at once: that of the first had run out, or was lost.\n");
}

}  // namespace
}  // namespace stalemate::test
