// What holds for every pattern there is, over stores in memory.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "patterns/commands/lease.hpp"
#include "unit/patterns/pattern_world.hpp"

namespace stalemate {
namespace {

using testing_patterns::World;

constexpr Key shoe = {3};
constexpr Value first_value = 1000;

// These promise no fresh read even where nothing overlaps: what they know grows old by itself.
bool reads_grow_old(std::string_view pattern) {
  return pattern == "ttl-only";
}

RC_GTEST_PROP(AllPatterns, read_the_last_write_where_nothing_overlaps_or_fails, ()) {
  const auto ops = *rc::gen::container<std::vector<std::pair<bool, std::uint8_t>>>(
      rc::gen::pair(rc::gen::arbitrary<bool>(), rc::gen::inRange<std::uint8_t>(0, 4)));
  const bool expires = *rc::gen::arbitrary<bool>();
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    if (reads_grow_old(pattern.name)) {
      continue;
    }
    World world;
    world.time_to_live_ns = expires ? 40'000'000 : 0;
    std::map<Key, Value> last;
    Value value = first_value;
    for (const auto& [is_write, index] : ops) {
      const Key one = {index};
      if (is_write) {
        last[one] = ++value;
        RC_ASSERT(world.write(pattern, one, value).has_value());
      } else {
        const Value wanted = last.contains(one) ? last[one] : absent;
        const Result<Value> got = world.read(pattern, one);
        RC_ASSERT(got.has_value());
        if (*got != wanted) {
          RC_FAIL(std::string(pattern.name) + " read " + std::to_string(*got) + " for " + std::to_string(wanted));
        }
      }
      RC_ASSERT(world.settle(pattern));
    }
    for (const auto& [key, written] : last) {
      RC_ASSERT(world.row(key) == written);
    }
  }
}

TEST(AllPatterns, hit_the_second_time) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    if (pattern.entry_after_write == EntryAfterWrite::no_cache) {
      continue;
    }
    World world;
    world.database.rows[shoe] = Row{first_value, 1, 0};
    EXPECT_EQ(world.read(pattern, shoe).value(), first_value) << pattern.name;
    // A row changed behind the pattern's back shows who answers.
    world.database.rows[shoe].value = first_value + 1;
    EXPECT_EQ(world.read(pattern, shoe).value(), first_value) << pattern.name;
  }
}

TEST(AllPatterns, keep_no_entry_of_an_absent_row) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    World world;
    EXPECT_EQ(world.read(pattern, shoe).value(), absent) << pattern.name;
    EXPECT_FALSE(world.memory.slots(shoe)[Slot::entry].has_value()) << pattern.name;
    world.database.rows[shoe] = Row{first_value, 1, 0};
    // A lease of the first read may still be waited for, never for ever.
    EXPECT_EQ(world.read(pattern, shoe).value(), first_value) << pattern.name;
  }
}

TEST(AllPatterns, read_the_row_when_the_cache_is_gone) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    World world;
    world.failures.cache_is_gone = true;
    world.database.rows[shoe] = Row{first_value, 1, 0};
    EXPECT_EQ(world.read(pattern, shoe).value(), first_value) << pattern.name;
  }
}

// Each store call of an op fails in turn, first as one that certainly did not happen, then as one that may have: then
// the database's has.
TEST(AllPatterns, tell_the_truth_of_a_write_of_which_one_call_failed) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    for (const Outcome outcome : {Outcome::fail, Outcome::info}) {
      for (std::size_t failing = 0; failing < 8; ++failing) {
        World world;
        world.database.rows[shoe] = Row{first_value, 1, 0};
        EXPECT_EQ(world.read(pattern, shoe).value(), first_value) << pattern.name;
        world.failures.calls = 0;
        world.failures.failing = failing;
        world.failures.error.outcome = outcome;
        const Result<void> written = world.write(pattern, shoe, first_value + 1);
        world.failures.failing.reset();
        EXPECT_TRUE(world.settle(pattern)) << pattern.name;
        if (written) {
          EXPECT_EQ(world.row(shoe), first_value + 1) << pattern.name << " call " << failing;
        } else if (written.error().outcome == Outcome::fail) {
          EXPECT_EQ(world.row(shoe), first_value) << pattern.name << " call " << failing;
        }
        if (!written && outcome == Outcome::fail) {
          EXPECT_EQ(written.error().outcome, Outcome::fail) << pattern.name << " call " << failing;
        }
      }
    }
  }
}

TEST(AllPatterns, answer_a_read_of_which_one_call_failed_with_the_row_or_not_at_all) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    for (std::size_t failing = 0; failing < 8; ++failing) {
      World world;
      world.database.rows[shoe] = Row{first_value, 1, 0};
      world.failures.failing = failing;
      const Result<Value> got = world.read(pattern, shoe);
      world.failures.failing.reset();
      EXPECT_EQ(got.value_or(first_value), first_value) << pattern.name << " call " << failing;
      EXPECT_EQ(world.read(pattern, shoe).value(), first_value) << pattern.name << " after call " << failing;
    }
  }
}

// A round of the background part that fails is made again, and then all is dealt with.
TEST(AllPatterns, deal_with_a_change_whose_round_failed) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    if (pattern.needs.feed == FeedKind::none || pattern.needs.feed == FeedKind::invalidations) {
      continue;
    }
    for (std::size_t failing = 0; failing < 4; ++failing) {
      World world;
      world.database.rows[shoe] = Row{first_value, 1, 0};
      EXPECT_EQ(world.read(pattern, shoe).value(), first_value) << pattern.name;
      ASSERT_TRUE(world.write(pattern, shoe, first_value + 1).has_value()) << pattern.name;
      world.failures.calls = 0;
      world.failures.failing = failing;
      ASSERT_TRUE(world.settle(pattern)) << pattern.name;
      world.failures.failing.reset();
      EXPECT_EQ(world.read(pattern, shoe).value(), first_value + 1) << pattern.name << " call " << failing;
      EXPECT_EQ(world.row(shoe), first_value + 1) << pattern.name << " call " << failing;
    }
  }
}

struct CallsMade {
  RoleMask roles = 0;
  std::set<std::string_view> commands = {};
};

// Reads and writes as often as it takes to see every call: cold, warm and late in an entry's life, with any call
// failing.
CallsMade calls_made(const PatternInfo& pattern) {
  CallsMade made;
  for (const Outcome outcome : {Outcome::fail, Outcome::info}) {
    for (std::size_t failing = 0; failing < 16; ++failing) {
      World world;
      world.time_to_live_ns = 100'000'000;
      world.failures.failing = failing;
      world.failures.error.outcome = outcome;
      world.database.rows[shoe] = Row{first_value, 1, 0};
      for (Value value = first_value + 1; value < first_value + 4; ++value) {
        // What fails is no matter here, only which calls were made.
        [[maybe_unused]] const auto cold = world.read(pattern, shoe);
        world.clock.sleep(60'000'000).start();
        [[maybe_unused]] const auto late = world.read(pattern, shoe);
        EXPECT_TRUE(world.settle(pattern)) << pattern.name;
        [[maybe_unused]] const auto written = world.write(pattern, shoe, value);
        EXPECT_TRUE(world.settle(pattern)) << pattern.name;
      }
      made.roles = static_cast<RoleMask>(made.roles | world.failures.made);
      made.commands.merge(world.failures.commands);
    }
  }
  return made;
}

std::string names_of(RoleMask calls) {
  std::string names;
  for (const Role role : {Role::lookup, Role::load, Role::fill, Role::update, Role::invalidate, Role::refresh}) {
    names += (calls & role_bit(role)) != 0 ? std::string(name_of(role)) + " " : "";
  }
  return names;
}

CacheCalls needed_for(const std::set<std::string_view>& commands) {
  const auto is_for_leases = [](std::string_view name) {
    return name == lease_get.name || name == lease_set.name || name == lease_delete.name;
  };
  return commands.empty()                               ? CacheCalls::plain
         : std::ranges::all_of(commands, is_for_leases) ? CacheCalls::leases
                                                        : CacheCalls::commands;
}

TEST(AllPatterns, make_the_calls_that_they_are_registered_with_and_no_other) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    const CallsMade made = calls_made(pattern);
    EXPECT_EQ(names_of(pattern.calls), names_of(made.roles)) << pattern.name;
    EXPECT_EQ(pattern.needs.cache_calls, needed_for(made.commands)) << pattern.name;
    const RoleMask of_cache = pattern.calls & ~roles_of(Role::load, Role::update);
    EXPECT_EQ(of_cache == 0, pattern.entry_after_write == EntryAfterWrite::no_cache) << pattern.name;
  }
}

// So that a time to live has an effect with every pattern that uses a cache.
TEST(AllPatterns, keep_no_entry_longer_than_the_time_to_live) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    World world;
    world.time_to_live_ns = 40'000'000;
    world.database.rows[shoe] = Row{first_value, 1, 0};
    ASSERT_TRUE(world.write(pattern, shoe, first_value + 1).has_value()) << pattern.name;
    ASSERT_TRUE(world.settle(pattern)) << pattern.name;
    ASSERT_TRUE(world.read(pattern, shoe).has_value()) << pattern.name;
    const bool has_entry = world.memory.slots(shoe)[Slot::entry].has_value();
    EXPECT_EQ(has_entry, pattern.entry_after_write != EntryAfterWrite::no_cache) << pattern.name;
    world.clock.sleep(41'000'000).start();
    EXPECT_FALSE(world.memory.slots(shoe)[Slot::entry].has_value()) << pattern.name;
  }
}

TEST(RefreshAhead, loads_again_what_is_read_in_the_second_half_of_its_life) {
  const PatternInfo& pattern = *PatternRegistry::find("refresh-ahead");
  World world;
  world.time_to_live_ns = 100'000'000;
  world.database.rows[shoe] = Row{first_value, 1, 0};
  EXPECT_EQ(world.read(pattern, shoe).value(), first_value);
  world.database.rows[shoe].value = first_value + 1;
  EXPECT_EQ(world.read(pattern, shoe).value(), first_value);
  EXPECT_FALSE(world.memory.slots(shoe).queued);
  world.clock.sleep(60'000'000).start();
  EXPECT_EQ(world.read(pattern, shoe).value(), first_value);
  EXPECT_TRUE(world.memory.slots(shoe).queued);
  EXPECT_TRUE(world.settle(pattern));
  EXPECT_FALSE(world.memory.slots(shoe).queued);
  EXPECT_EQ(world.read(pattern, shoe).value(), first_value + 1);
}

TEST(WriteBehind, writes_only_the_last_of_several_writes) {
  const PatternInfo& pattern = *PatternRegistry::find("write-behind");
  World world;
  world.database.rows[shoe] = Row{first_value, 1, 0};
  EXPECT_TRUE(world.write(pattern, shoe, first_value + 1).has_value());
  EXPECT_TRUE(world.write(pattern, shoe, first_value + 2).has_value());
  EXPECT_EQ(world.row(shoe), first_value);
  EXPECT_EQ(world.read(pattern, shoe).value(), first_value + 2);
  EXPECT_TRUE(world.settle(pattern));
  EXPECT_EQ(world.row(shoe), first_value + 2);
  EXPECT_EQ(world.database.log.size(), 1);
}

TEST(TtlOnly, reads_the_old_value_until_it_expires) {
  const PatternInfo& pattern = *PatternRegistry::find("ttl-only");
  World world;
  world.database.rows[shoe] = Row{first_value, 1, 0};
  EXPECT_EQ(world.read(pattern, shoe).value(), first_value);
  EXPECT_TRUE(world.write(pattern, shoe, first_value + 1).has_value());
  EXPECT_EQ(world.read(pattern, shoe).value(), first_value);
  world.clock.sleep(1'000'000'000).start();
  EXPECT_EQ(world.read(pattern, shoe).value(), first_value + 1);
}

}  // namespace
}  // namespace stalemate
