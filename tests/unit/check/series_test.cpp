// A run over time, and when keys disagreed, against the same counted plainly.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "check/check.hpp"
#include "check/series/disagreements.hpp"
#include "check/series/timeline.hpp"
#include "sanitized.hpp"
#include "unit/check/cause_script.hpp"

namespace stalemate::test {
namespace {

constexpr int histories = tried(300);
constexpr Nanoseconds unit_ns = 700;

SmallHistory small_history_of(std::uint64_t seed, std::uint32_t ops_max) {
  SeededRandom random(seed);
  return random_history(random, {.ops_max = ops_max, .keys_max = 3, .time_unit_ns = unit_ns});
}

// Of a stretch of time [from, to), where the last one holds all that comes later.
struct Stretch {
  Nanoseconds from = 0;
  Nanoseconds to = 0;
  bool is_last = false;
  [[nodiscard]] bool holds(Nanoseconds instant_ns) const { return instant_ns >= from && (instant_ns < to || is_last); }
};

template <class Fits>
std::uint64_t count_ops(const SmallHistory& small, const Fits& fits) {
  return static_cast<std::uint64_t>(std::ranges::count_if(small.ops, fits));
}

// The nearest rank of the response times of the ok reads that were due in the stretch.
Nanoseconds plain_quantile(const SmallHistory& small, const Stretch& stretch, double share) {
  std::vector<Nanoseconds> times;
  for (const Op& op : small.ops) {
    if (op.kind == OpKind::read && op.outcome == Outcome::ok && stretch.holds(op.intended_ns)) {
      times.push_back(op.completion_ns - op.intended_ns);
    }
  }
  if (times.empty()) {
    return 0;
  }
  std::ranges::sort(times);
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(times.size())));
  return times[std::max<std::size_t>(rank, 1) - 1];
}

void expect_stretch(const SmallHistory& small, const Timeline& timeline, std::size_t at) {
  const auto place = static_cast<Nanoseconds>(at);
  const Stretch stretch = {place * timeline.stretch_ns, (place + 1) * timeline.stretch_ns,
                           at + 1 == timeline.stretches};
  const auto is_write = [](const Op& op) { return op.kind == OpKind::write || op.kind == OpKind::add; };
  const auto is_read = [](const Op& op) { return op.kind == OpKind::read; };
  EXPECT_EQ(timeline.reads.planned[at],
            count_ops(small, [&](const Op& op) { return is_read(op) && stretch.holds(op.intended_ns); }));
  EXPECT_EQ(timeline.writes.planned[at],
            count_ops(small, [&](const Op& op) { return is_write(op) && stretch.holds(op.intended_ns); }));
  EXPECT_EQ(timeline.writes.ok[at], count_ops(small, [&](const Op& op) {
              return is_write(op) && op.outcome == Outcome::ok && stretch.holds(op.completion_ns);
            }));
  EXPECT_EQ(timeline.reads.fail[at], count_ops(small, [&](const Op& op) {
              return is_read(op) && op.outcome == Outcome::fail && stretch.holds(op.completion_ns);
            }));
  EXPECT_EQ(timeline.reads.info[at], count_ops(small, [&](const Op& op) {
              return is_read(op) && op.outcome == Outcome::info && stretch.holds(op.invocation_ns);
            }));
  EXPECT_EQ(timeline.loads[at], static_cast<std::uint64_t>(std::ranges::count_if(small.steps, [&](const Step& step) {
              return step.role == Role::load && stretch.holds(step.start_ns);
            })));
  const Nanoseconds p50_ns = plain_quantile(small, stretch, 0.5);
  EXPECT_NEAR(static_cast<double>(timeline.reads.response_p50_ns[at]), static_cast<double>(p50_ns),
              static_cast<double>(p50_ns) / 128 + 1);
  EXPECT_EQ(timeline.reads.response_max_ns[at], plain_quantile(small, stretch, 1));
}

TEST(Series, a_timeline_counts_what_a_plain_count_does) {
  for (int seed = 0; seed < histories; ++seed) {
    const SmallHistory small = small_history_of(static_cast<std::uint64_t>(seed), 30);
    const History history = packed(small);
    const Timeline timeline = timeline_of(history, {}, {}, 7);
    ASSERT_LE(timeline.stretches, 7U);
    ASSERT_EQ(timeline.reads.planned.size(), timeline.stretches);
    for (std::size_t at = 0; at < timeline.stretches; ++at) {
      expect_stretch(small, timeline, at);
    }
    ASSERT_FALSE(HasFailure()) << "seed " << seed << "\n" << describe(small);
  }
}

TEST(Series, a_timeline_holds_every_stale_read_and_the_worst) {
  std::uint64_t stale_reads = 0;
  for (int seed = 0; seed < histories; ++seed) {
    const History history = packed(small_history_of(static_cast<std::uint64_t>(seed), 30));
    const Report report = check_all(history, {.only = {"stale-reads"}});
    const std::vector<StaleRead>& stale = find_result(report, "stale-reads")->stale_reads;
    const Timeline timeline = timeline_of(history, stale, {}, 7);
    std::uint64_t sum = 0;
    Nanoseconds worst_ns = 0;
    for (std::size_t at = 0; at < timeline.stretches; ++at) {
      EXPECT_LE(timeline.stale[at], timeline.reads.ok[at]);
      sum += timeline.stale[at];
      worst_ns = std::max(worst_ns, timeline.stale_worst_ns[at]);
    }
    EXPECT_EQ(sum, stale.size());
    const auto worst = std::ranges::max_element(stale, {}, &StaleRead::lower_ns);
    EXPECT_EQ(worst_ns, worst == stale.end() ? 0 : worst->lower_ns);
    stale_reads += sum;
  }
  EXPECT_GT(stale_reads, tried(50U));
}

TEST(Series, a_timeline_of_nothing_has_one_stretch) {
  const Timeline timeline = timeline_of(packed({}), {});
  EXPECT_EQ(timeline.stretches, 1U);
  EXPECT_EQ(timeline.reads.ok, std::vector<std::uint64_t>{0});
}

TEST(Series, a_timeline_is_the_same_whoever_counts) {
  for (int seed = 0; seed < histories; ++seed) {
    const History history = packed(small_history_of(static_cast<std::uint64_t>(seed), 30));
    const Timeline alone = timeline_of(history, {}, {}, 7);
    for (const std::uint32_t members : {2U, 3U, 50U}) {
      EXPECT_EQ(timeline_of(history, {}, Crew{.size = members}, 7), alone) << "seed " << seed;
    }
  }
}

// What the checks say of disagreements, told of at most so many keys.
Disagreements disagreements_told(const History& history, Nanoseconds gap_ns, std::size_t keys_max,
                                 const Crew& crew = {}) {
  const Report report =
      check_all(history, {.only = {"incoherence", "stale-reads"}, .disagreement_gap_ns = gap_ns}, crew);
  return disagreements_of(history, *find_result(report, "incoherence"), find_result(report, "stale-reads")->stale_reads,
                          {.keys_max = keys_max, .gap_ns = gap_ns});
}

TEST(Series, disagreements_add_up_to_what_incoherence_finds) {
  std::uint64_t all_episodes = 0;
  for (int seed = 0; seed < histories; ++seed) {
    const SmallHistory small = small_history_of(static_cast<std::uint64_t>(seed), 30);
    const History history = packed(small);
    const Report report = check_all(history, {.only = {"incoherence"}});
    const CheckResult& check = *find_result(report, "incoherence");
    EXPECT_TRUE(check.disagreements.empty()) << "nobody asked for them";
    const Disagreements found = disagreements_told(history, 0, 100);
    Nanoseconds total_ns = 0;
    std::uint64_t episodes = 0;
    for (const KeyDisagreement& key : found.keys) {
      total_ns += key.total_ns;
      episodes += key.episodes;
      Nanoseconds drawn_ns = 0;
      for (const DisagreementSpan& span : key.spans) {
        EXPECT_EQ(span.key, key.key);
        drawn_ns += span.end_ns - span.begin_ns;
      }
      EXPECT_EQ(drawn_ns, key.total_ns);
    }
    EXPECT_EQ(static_cast<double>(total_ns), value_of(check, FigureId::incoherent_key_time));
    EXPECT_EQ(episodes, check.count);
    EXPECT_EQ(found.keys_judged, check.sample);
    EXPECT_LE(found.keys_disagreeing, found.keys_judged);
    ASSERT_FALSE(HasFailure()) << "seed " << seed << "\n" << describe(small);
    all_episodes += episodes;
  }
  EXPECT_GT(all_episodes, tried(50U));
}

TEST(Series, close_episodes_are_one_span_and_lose_nothing) {
  for (int seed = 0; seed < histories; ++seed) {
    const History history = packed(small_history_of(static_cast<std::uint64_t>(seed), 30));
    const Nanoseconds gap_ns = 10 * unit_ns;
    const Disagreements every = disagreements_told(history, 0, 100);
    const Disagreements drawn = disagreements_told(history, gap_ns, 100, Crew{.size = 2});
    ASSERT_EQ(drawn.keys.size(), every.keys.size());
    for (std::size_t at = 0; at < every.keys.size(); ++at) {
      const KeyDisagreement& key = drawn.keys[at];
      EXPECT_EQ(key.key, every.keys[at].key);
      EXPECT_EQ(key.total_ns, every.keys[at].total_ns);
      EXPECT_EQ(key.episodes, every.keys[at].episodes);
      for (std::size_t i = 1; i < key.spans.size(); ++i) {
        EXPECT_GE(key.spans[i].begin_ns - key.spans[i - 1].end_ns, gap_ns);
      }
      for (const DisagreementSpan& episode : every.keys[at].spans) {
        EXPECT_EQ(std::ranges::count_if(key.spans,
                                        [&](const DisagreementSpan& span) {
                                          return span.begin_ns <= episode.begin_ns && episode.end_ns <= span.end_ns;
                                        }),
                  1);
      }
    }
  }
}

TEST(Series, the_keys_told_are_those_that_matter_most) {
  for (int seed = 0; seed < histories; ++seed) {
    const History history = packed(small_history_of(static_cast<std::uint64_t>(seed), 30));
    const Disagreements all = disagreements_told(history, 0, 100);
    const Disagreements some = disagreements_told(history, 0, 1);
    ASSERT_EQ(some.keys.size(), std::min<std::size_t>(1, all.keys.size()));
    EXPECT_EQ(some.keys_disagreeing, all.keys_disagreeing);
    for (const KeyDisagreement& key : all.keys) {
      const KeyDisagreement& first = some.keys.front();
      EXPECT_GE(std::pair(first.stale, first.total_ns), std::pair(key.stale, key.total_ns));
    }
  }
}

}  // namespace
}  // namespace stalemate::test
