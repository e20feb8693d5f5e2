// The search against its slow twin, and what it says of patterns that are known to be right or wrong.
#include <gtest/gtest.h>

#include <set>

#include "naive.hpp"
#include "tiny_patterns.hpp"

namespace stalemate {
namespace {

using namespace testing_explore;  // NOLINT(google-build-using-namespace)

std::map<std::string, std::size_t> lengths_of(const SearchResult& result) {
  std::map<std::string, std::size_t> lengths;
  for (const Path& path : result.violations) {
    lengths.emplace(path.judge->name, path.choices.size());
  }
  return lengths;
}

std::set<std::string> judges_of(const SearchResult& result) {
  std::set<std::string> names;
  for (const Path& path : result.violations) {
    names.emplace(path.judge->name);
  }
  return names;
}

void expect_like_naive(const MachineOptions& options) {
  const SearchResult result = search(options, {});
  ASSERT_TRUE(result.complete);
  Naive naive(options);
  EXPECT_EQ(lengths_of(result), naive.run(200)) << to_text(options.scope) << ", faults " << int{options.faults_max};
}

TEST(Search, finds_what_an_enumerator_of_all_paths_finds_in_as_few_steps) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    SCOPED_TRACE(pattern.name);
    expect_like_naive(machine_options(pattern, "w,r"));
  }
}

TEST(Search, finds_what_an_enumerator_finds_with_each_fault) {
  for (const std::string_view name : {"none", "cache-aside", "update-after-write", "versioned-tombstone"}) {
    const PatternInfo* pattern = PatternRegistry::find(name);
    ASSERT_NE(pattern, nullptr);
    SCOPED_TRACE(name);
    expect_like_naive(machine_options(*pattern, "w,r", 1));
  }
}

TEST(Search, finds_what_an_enumerator_finds_in_patterns_made_up_by_chance) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    const Scripted pattern = random_pattern(seed);
    const PatternInfo info = info_of(pattern);
    for (const std::string_view scope : {"w,w", "w,rr", "wr,w"}) {
      expect_like_naive(machine_options(info, scope));
    }
  }
}

TEST(Search, gives_the_same_verdicts_with_every_event_as_a_step_of_its_own) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    for (const std::string_view scope : {"w,rr", "wr,w"}) {
      SCOPED_TRACE(std::string(pattern.name) + " " + std::string(scope));
      MachineOptions options = machine_options(pattern, scope, 1);
      const SearchResult large = search(options, {});
      options.every_event = true;
      const SearchResult small = search(options, {});
      ASSERT_TRUE(large.complete && small.complete);
      EXPECT_EQ(judges_of(large), judges_of(small));
      EXPECT_LE(large.states, small.states);
    }
  }
}

TEST(Search, is_the_same_every_time) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    const MachineOptions options = machine_options(pattern, "w,rr", 1);
    const SearchResult first = search(options, {});
    const SearchResult second = search(options, {});
    EXPECT_EQ(first.trace_hash, second.trace_hash) << pattern.name;
    EXPECT_EQ(first.states, second.states) << pattern.name;
  }
}

TEST(Search, says_so_when_it_did_not_meet_every_state) {
  MachineOptions options = machine_options(*PatternRegistry::find("none"), "w,w,rr,rr");
  EXPECT_TRUE(search(options, {}).complete);
  EXPECT_FALSE(search(options, {.states_max = 10}).complete);
}

// Deletes after it has answered for the entry: nobody could think that right.
TEST(Search, condemns_the_canary) {
  const Scripted canary({Call::look_up, Call::load, Call::fill}, {Call::update});
  const PatternInfo info = info_of(canary);
  const std::set<std::string> violated = judges_of(search(machine_options(info, "w,rr"), {}));
  EXPECT_TRUE(violated.contains("fresh"));
  EXPECT_TRUE(violated.contains("linearizable"));
  EXPECT_TRUE(violated.contains("converges"));
}

// The cache may hold the row or nothing; a miss is answered with nothing, though there is a row.
TEST(Search, tells_a_read_of_nothing_from_one_of_the_first_row) {
  const Scripted forgetful({Call::look_up}, {Call::update});
  const PatternInfo info = info_of(forgetful);
  EXPECT_EQ(judges_of(search(machine_options(info, "r"), {})), (std::set<std::string>{"linearizable"}));
  const Scripted reader({Call::load}, {Call::update});
  const PatternInfo right = info_of(reader);
  EXPECT_TRUE(judges_of(search(machine_options(right, "r"), {})).empty());
}

constexpr Nanoseconds long_patience_ns = 1'000'000'000;

const CacheCommandInfo take_turn = {
    .name = "take-turn",
    .summary = "wait for the turn",
    .lua = "",
    .apply = [](CacheSlots& slots, const CacheArguments&, const CacheMoment&) -> CacheReply {
      if (slots[Slot::guard]) {
        return {.verdict = CacheVerdict::busy};
      }
      slots[Slot::guard] = SlotContent{1, 0, false};
      return {};
    }};
const CacheCommandInfo give_turn = {
    .name = "give-turn",
    .summary = "end the turn",
    .lua = "",
    .apply = [](CacheSlots& slots, const CacheArguments&, const CacheMoment&) -> CacheReply {
      slots[Slot::guard].reset();
      return {};
    }};

/// cache-aside with every op alone: right as long as nothing fails.
class OneByOne final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    const CacheArguments patient = {.patience_ns = long_patience_ns};
    const Result<CacheReply> turn = co_await ports.cache.call(take_turn, key, patient);
    if (!turn || turn->verdict == CacheVerdict::busy) {
      co_return failed(ErrorCode::timed_out, "no turn");
    }
    Result<Value> value = co_await inner_.read(ports, key);
    const CacheArguments nothing;
    (void)co_await ports.cache.call(give_turn, key, nothing);
    co_return value;
  }
  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const CacheArguments patient = {.patience_ns = long_patience_ns};
    const Result<CacheReply> turn = co_await ports.cache.call(take_turn, key, patient);
    if (!turn || turn->verdict == CacheVerdict::busy) {
      co_return failed(ErrorCode::timed_out, "no turn");
    }
    Result<void> done = co_await inner_.write(ports, key, value);
    const CacheArguments nothing;
    (void)co_await ports.cache.call(give_turn, key, nothing);
    co_return done;
  }

 private:
  Scripted inner_{{Call::look_up, Call::load, Call::fill}, {Call::update, Call::remove}};
};

TEST(Search, acquits_what_is_right) {
  const OneByOne one_by_one;
  const PatternInfo info = info_of(one_by_one);
  for (const std::string_view scope : {"w,w,rr,rr", "wr,rw,ww"}) {
    for (const PatternInfo* pattern : {&info, PatternRegistry::find("none")}) {
      const SearchResult result = search(machine_options(*pattern, scope), {});
      EXPECT_TRUE(result.complete);
      EXPECT_TRUE(result.violations.empty()) << pattern->name << " " << result.violations.front().judge->name;
    }
  }
  EXPECT_FALSE(search(machine_options(info, "w,rr", 1), {}).violations.empty()) << "with faults it is not right";
}

TEST(Search, reaches_other_states_with_each_fault) {
  const JudgeInfo* judge = JudgeRegistry::find("monotonic-writes");  // which none of these violate in this scope
  for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
    bool changed = false;
    for (const PatternInfo& pattern : PatternRegistry::all()) {
      MachineOptions options = machine_options(pattern, "w,r", 1);
      options.judges = {judge};
      options.faults = {&fault};
      const std::uint64_t with = search(options, {}).states;
      options.faults_max = 0;
      changed = changed || with > search(options, {}).states;
    }
    EXPECT_TRUE(changed) << fault.name;
  }
}

}  // namespace
}  // namespace stalemate
