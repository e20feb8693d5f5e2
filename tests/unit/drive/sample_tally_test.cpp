#include "drive/sampling/sample_tally.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace stalemate {
namespace {

constexpr Nanoseconds interval_ns = 100;

// One sample of one key whose row does not move while it is looked at.
void sample(SampleTally& tally, Nanoseconds at_ns, Value row, Value entry) {
  tally.begin_sample(at_ns);
  tally.look(Key{0}, std::vector<Value>{row}, std::vector<Value>{entry}, std::vector<Value>{row});
  tally.end_sample();
}

TEST(SampleTally, an_absent_entry_and_an_equal_one_are_correct) {
  SampleTally tally(1, 100);
  sample(tally, 100, 1000, absent);
  sample(tally, 200, 1000, 1000);
  EXPECT_EQ(tally.totals().counts.correct, 2U);
  EXPECT_EQ(tally.totals().counts.incorrect, 0U);
  EXPECT_EQ(tally.totals().origin.correct, 2U);
}

TEST(SampleTally, a_row_that_moved_meanwhile_proves_nothing) {
  SampleTally tally(1, 100);
  tally.begin_sample(100);
  tally.look(Key{0}, std::vector<Value>{1000}, std::vector<Value>{1000}, std::vector<Value>{1001});
  tally.end_sample();
  EXPECT_EQ(tally.totals().counts.correct, 1U);
}

TEST(SampleTally, seen_once_is_transient_and_twice_is_persistent) {
  SampleTally tally(1, 100);
  sample(tally, 100, 1001, 1000);  // once
  sample(tally, 200, 1001, 1001);
  sample(tally, 300, 1002, 1001);  // twice
  sample(tally, 400, 1002, 1001);
  sample(tally, 500, 1002, absent);
  EXPECT_EQ(tally.totals().counts.transient, 1U);
  EXPECT_EQ(tally.totals().counts.persistent, 1U);
  EXPECT_EQ(tally.totals().counts.incoherent_keys, 3U);
  EXPECT_EQ(tally.totals().counts.keys_affected, 1U);
  EXPECT_EQ(tally.totals().counts.longest_episode_ns, 200);
}

TEST(SampleTally, another_pair_in_the_next_sample_is_another_episode) {
  SampleTally tally(1, 100);
  sample(tally, 100, 1001, 1000);
  sample(tally, 200, 1002, 1000);
  tally.finish();
  EXPECT_EQ(tally.totals().counts.transient, 2U);
  EXPECT_EQ(tally.totals().counts.persistent, 0U);
}

TEST(SampleTally, an_episode_goes_on_over_a_sample_that_could_not_be_taken) {
  SampleTally tally(1, 100);
  sample(tally, 100, 1001, 1000);
  tally.begin_sample(200);
  tally.abandon_sample();
  sample(tally, 300, 1001, 1000);
  tally.finish();
  EXPECT_EQ(tally.totals().counts.skipped, 1U);
  EXPECT_EQ(tally.totals().counts.taken, 2U);
  EXPECT_EQ(tally.totals().counts.persistent, 1U);
  EXPECT_EQ(tally.totals().counts.transient, 0U);
}

TEST(SampleTally, the_origin_counts_one_correct_a_sample_and_one_incorrect_an_entry) {
  SampleTally tally(2, 100);
  tally.begin_sample(100);
  tally.look(Key{0}, std::vector<Value>{5, 6}, std::vector<Value>{4, 5}, std::vector<Value>{5, 6});
  tally.end_sample();
  EXPECT_EQ(tally.totals().origin.correct, 0U);
  EXPECT_EQ(tally.totals().origin.incorrect, 2U);
  EXPECT_EQ(tally.totals().counts.incorrect, 1U);
}

// The definitions, applied to the whole run at once: chains of equal sightings of one key in samples that follow each
// other.
struct Twin {
  std::uint64_t transient = 0;
  std::uint64_t persistent = 0;
  std::uint64_t sightings = 0;
  std::set<std::size_t> keys = {};
};

using Sighting = std::optional<std::pair<Value, Value>>;

Twin count_by_definition(const std::vector<std::vector<Sighting>>& samples, std::size_t keys) {
  Twin twin;
  for (std::size_t key = 0; key < keys; ++key) {
    for (std::size_t first = 0; first < samples.size(); ++first) {
      const Sighting& sighting = samples[first][key];
      const bool begins = sighting && (first == 0 || samples[first - 1][key] != sighting);
      twin.sightings += sighting ? 1 : 0;
      if (!begins) {
        continue;
      }
      twin.keys.insert(key);
      const bool again = first + 1 < samples.size() && samples[first + 1][key] == sighting;
      ++(again ? twin.persistent : twin.transient);
    }
  }
  return twin;
}

RC_GTEST_PROP(SampleTally, agrees_with_the_definitions, ()) {
  const auto keys = *rc::gen::inRange<std::size_t>(1, 5);
  const auto count = *rc::gen::inRange<std::size_t>(0, 12);
  SampleTally tally(static_cast<std::uint32_t>(keys), 100);
  std::vector<std::vector<Sighting>> samples;
  for (std::size_t place = 0; place < count; ++place) {
    const auto rows = *rc::gen::container<std::vector<Value>>(keys, rc::gen::inRange<Value>(1, 3));
    const auto entries = *rc::gen::container<std::vector<Value>>(
        keys, rc::gen::oneOf(rc::gen::just(absent), rc::gen::inRange<Value>(1, 3)));
    const auto after = *rc::gen::container<std::vector<Value>>(keys, rc::gen::inRange<Value>(1, 3));
    tally.begin_sample(static_cast<Nanoseconds>(place) * interval_ns);
    tally.look(Key{0}, rows, entries, after);
    tally.end_sample();
    std::vector<Sighting> sightings(keys);
    for (std::size_t key = 0; key < keys; ++key) {
      if (rows[key] == after[key] && entries[key] != absent && entries[key] != rows[key]) {
        sightings[key] = {rows[key], entries[key]};
      }
    }
    samples.push_back(sightings);
  }
  tally.finish();
  const Twin twin = count_by_definition(samples, keys);
  RC_ASSERT(tally.totals().counts.transient == twin.transient);
  RC_ASSERT(tally.totals().counts.persistent == twin.persistent);
  RC_ASSERT(tally.totals().counts.incoherent_keys == twin.sightings);
  RC_ASSERT(tally.totals().counts.keys_affected == twin.keys.size());
  RC_ASSERT(tally.totals().counts.correct + tally.totals().counts.incorrect == count);
}

}  // namespace
}  // namespace stalemate
