// What each cache command does to a key's slots.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/pattern/cache_command.hpp"

namespace stalemate {
namespace {

class CommandTest : public testing::Test {
 protected:
  CacheReply call(std::string_view name, CacheArguments arguments = {}) {
    moment_.now += 10;
    const CacheReply reply = CacheCommandRegistry::find(name)->apply(slots_, arguments, moment_);
    return reply;
  }

  CacheSlots slots_ = {};
  CacheMoment moment_ = {};
};

class Leases : public CommandTest {};
class Locks : public CommandTest {};
class Versions : public CommandTest {};

TEST_F(Leases, give_one_token_and_fill_with_it_once) {
  const CacheReply miss = call("lease-get");
  EXPECT_EQ(miss.verdict, CacheVerdict::done);
  EXPECT_EQ(call("lease-get").verdict, CacheVerdict::busy);
  EXPECT_EQ(call("lease-set", {.value = 5, .stamp = miss.stamp}).verdict, CacheVerdict::done);
  EXPECT_EQ(call("lease-get").value, 5);
  EXPECT_EQ(call("lease-set", {.value = 6, .stamp = miss.stamp}).verdict, CacheVerdict::refused);
}

TEST_F(Leases, are_void_after_a_delete) {
  const CacheReply miss = call("lease-get");
  EXPECT_EQ(call("lease-delete").verdict, CacheVerdict::done);
  EXPECT_EQ(call("lease-set", {.value = 5, .stamp = miss.stamp}).verdict, CacheVerdict::refused);
  EXPECT_NE(call("lease-get").stamp, miss.stamp);
}

TEST_F(Leases, are_not_given_while_an_intent_stands) {
  const CacheReply miss = call("iq-get");
  const CacheReply intent = call("iq-begin");
  EXPECT_EQ(call("lease-set", {.value = 5, .stamp = miss.stamp}).verdict, CacheVerdict::refused);
  EXPECT_EQ(call("iq-get").verdict, CacheVerdict::busy);
  EXPECT_EQ(call("iq-end", {.stamp = intent.stamp + 1}).verdict, CacheVerdict::done);
  EXPECT_EQ(call("iq-get").verdict, CacheVerdict::busy);
  EXPECT_EQ(call("iq-end", {.stamp = intent.stamp}).verdict, CacheVerdict::done);
  EXPECT_EQ(call("iq-get").verdict, CacheVerdict::done);
}

TEST_F(Locks, are_given_back_only_by_their_holder) {
  const CacheReply lock = call("lock");
  EXPECT_EQ(call("lock").verdict, CacheVerdict::busy);
  EXPECT_EQ(call("unlock", {.stamp = lock.stamp + 1}).verdict, CacheVerdict::refused);
  EXPECT_EQ(call("unlock", {.stamp = lock.stamp}).verdict, CacheVerdict::done);
  EXPECT_EQ(call("lock").verdict, CacheVerdict::done);
}

TEST_F(Locks, count_their_fencing_tokens_and_refuse_older_ones) {
  const CacheReply first = call("fenced-lock");
  EXPECT_EQ(call("unlock", {.stamp = first.stamp}).verdict, CacheVerdict::done);
  const CacheReply second = call("fenced-lock");
  EXPECT_EQ(second.stamp, first.stamp + 1);
  EXPECT_EQ(call("fenced-set", {.value = 7, .stamp = second.stamp}).verdict, CacheVerdict::done);
  EXPECT_EQ(call("fenced-set", {.value = 6, .stamp = first.stamp}).verdict, CacheVerdict::refused);
  EXPECT_EQ(slots_[Slot::entry]->value, 7);
  EXPECT_EQ(call("fenced-delete", {.stamp = first.stamp}).verdict, CacheVerdict::done);
  EXPECT_FALSE(slots_[Slot::entry].has_value());
  EXPECT_EQ(call("fenced-set", {.value = 6, .stamp = first.stamp}).verdict, CacheVerdict::refused);
}

TEST_F(Versions, older_ones_overwrite_neither_entries_nor_tombstones) {
  EXPECT_EQ(call("set-if-newer", {.value = 7, .stamp = 3}).verdict, CacheVerdict::done);
  EXPECT_EQ(call("set-if-newer", {.value = 6, .stamp = 2}).verdict, CacheVerdict::refused);
  EXPECT_EQ(call("bury", {.stamp = 2}).verdict, CacheVerdict::refused);
  EXPECT_EQ(slots_[Slot::entry]->value, 7);
  EXPECT_EQ(call("bury", {.stamp = 4}).verdict, CacheVerdict::done);
  EXPECT_EQ(call("set-if-newer", {.value = 7, .stamp = 3}).verdict, CacheVerdict::refused);
  EXPECT_EQ(call("set-if-newer", {.value = 8, .stamp = 4}).verdict, CacheVerdict::done);
}

TEST_F(Versions, unknown_ones_bury_an_entry_under_its_own) {
  EXPECT_EQ(call("bury").stamp, 0);
  EXPECT_FALSE(slots_[Slot::entry].has_value());
  call("set-if-newer", {.value = 7, .stamp = 3});
  EXPECT_EQ(call("bury").stamp, 3);
  EXPECT_EQ(slots_[Slot::entry]->value, absent);
}

TEST_F(Versions, older_entries_are_deleted_and_newer_ones_are_not) {
  call("set-if-newer", {.value = 7, .stamp = 3});
  EXPECT_EQ(call("delete-if-older", {.stamp = 3}).verdict, CacheVerdict::refused);
  EXPECT_EQ(call("delete-if-older", {.stamp = 4}).verdict, CacheVerdict::done);
  EXPECT_FALSE(slots_[Slot::entry].has_value());
}

TEST_F(CommandTest, gumball_refuses_the_fill_of_an_older_miss) {
  const CacheReply miss = call("gumball-get");
  call("gumball-delete");
  EXPECT_EQ(call("gumball-set", {.value = 5, .stamp = miss.stamp}).verdict, CacheVerdict::refused);
  const CacheReply later = call("gumball-get");
  EXPECT_EQ(call("gumball-set", {.value = 6, .stamp = later.stamp}).verdict, CacheVerdict::done);
  EXPECT_EQ(call("gumball-get").value, 6);
}

TEST_F(CommandTest, a_dirty_entry_is_clean_only_if_no_other_came) {
  call("put-dirty", {.value = 5});
  const CacheReply first = call("peek-dirty");
  call("put-dirty", {.value = 6});
  EXPECT_EQ(call("mark-clean", {.value = 5, .stamp = first.stamp}).verdict, CacheVerdict::refused);
  EXPECT_TRUE(slots_.queued);
  const CacheReply second = call("peek-dirty");
  EXPECT_EQ(second.value, 6);
  EXPECT_EQ(call("mark-clean", {.value = 6, .stamp = second.stamp}).verdict, CacheVerdict::done);
  EXPECT_FALSE(slots_.queued);
  EXPECT_EQ(call("add-clean", {.value = 4}).value, 6);
}

TEST_F(CommandTest, a_marker_is_told_on_a_miss) {
  EXPECT_EQ(call("get-marked").stamp, 0);
  EXPECT_EQ(call("leave-mark").verdict, CacheVerdict::done);
  EXPECT_GT(call("get-marked").stamp, 0);
}

// As the contract has it; an engine asserts it too.
RC_GTEST_PROP(Commands, change_nothing_when_they_are_busy_or_refuse, ()) {
  const auto content = rc::gen::map(rc::gen::pair(rc::gen::inRange(-1, 3), rc::gen::inRange(0, 4)),
                                    [](const std::pair<int, int>& drawn) -> std::optional<SlotContent> {
                                      if (drawn.second == 3) {
                                        return std::nullopt;
                                      }
                                      return SlotContent{drawn.first < 0 ? absent : drawn.first,
                                                         static_cast<std::uint64_t>(drawn.second), false};
                                    });
  CacheSlots slots;
  for (std::optional<SlotContent>& slot : slots.slots) {
    slot = *content;
  }
  slots.queued = *rc::gen::arbitrary<bool>();
  CacheArguments arguments;
  arguments.value = *rc::gen::inRange(0, 3);
  arguments.stamp = static_cast<std::uint64_t>(*rc::gen::inRange(0, 4));
  const CacheMoment moment = {.now = 9, .expires_soon = *rc::gen::arbitrary<bool>()};
  for (const CacheCommandInfo& command : CacheCommandRegistry::all()) {
    CacheSlots after = slots;
    const CacheReply reply = command.apply(after, arguments, moment);
    RC_ASSERT(reply.verdict == CacheVerdict::done || after == slots);
  }
}

}  // namespace
}  // namespace stalemate
