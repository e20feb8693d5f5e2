#include "plan/key_choice.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "unit/plan/chi_square.hpp"
#include "unit/plan/plans.hpp"

namespace stalemate {
namespace {

std::vector<double> zipf_chances(std::uint32_t n, double exponent) {
  std::vector<double> chances;
  for (std::uint32_t k = 1; k <= n; ++k) {
    chances.push_back(std::pow(k, -exponent));
  }
  double total = 0;
  for (const double chance : chances) {
    total += chance;
  }
  for (double& chance : chances) {
    chance /= total;
  }
  return chances;
}

TEST(ZipfRanks, follow_the_law) {
  for (const double exponent : {0.2, 0.99, 1.0, 1.5, 3.0}) {
    for (const std::uint32_t n : {1U, 2U, 6U, 1000U}) {
      const ZipfRanks ranks(n, exponent);
      SeededRandom random(11);
      std::vector<std::uint64_t> counts(n);
      for (int i = 0; i < 100'000; ++i) {
        const std::uint32_t rank = ranks.draw(random);
        ASSERT_TRUE(rank >= 1 && rank <= n);
        ++counts[rank - 1];
      }
      SCOPED_TRACE(testing::Message() << "exponent " << exponent << ", n " << n);
      if (n > 1) {
        expect_distribution(counts, zipf_chances(n, exponent));
      }
    }
  }
}

TEST(ZipfRanks, follow_the_law_over_ten_million_keys) {
  constexpr std::uint32_t n = 10'000'006;
  const ZipfRanks ranks(n, 0.99);
  SeededRandom random(12);
  // Cells of ranks up to 1, 10, 100, ...
  std::vector<std::uint64_t> counts(8);
  for (int i = 0; i < 200'000; ++i) {
    const std::uint32_t rank = ranks.draw(random);
    std::size_t cell = 0;
    for (std::uint64_t bound = 1; rank > bound; bound *= 10) {
      ++cell;
    }
    ++counts[std::min<std::size_t>(cell, 7)];
  }
  std::vector<double> chances;
  double sum = 0;
  std::uint32_t rank = 1;
  for (const std::uint32_t bound : {1U, 10U, 100U, 1000U, 10'000U, 100'000U, 1'000'000U, n}) {
    double weights = 0;
    for (; rank <= bound; ++rank) {
      weights += std::pow(static_cast<double>(rank), -0.99);
    }
    chances.push_back(weights);
    sum += weights;
  }
  for (double& chance : chances) {
    chance /= sum;
  }
  expect_distribution(counts, chances);
}

RC_GTEST_PROP(Scatter, is_a_bijection, ()) {
  const auto n = *rc::gen::inRange<std::uint32_t>(1, 3000);
  const Scatter scatter(n, *rc::gen::inRange<std::uint32_t>(0, n));
  std::vector<bool> seen(n);
  for (std::uint32_t rank = 0; rank < n; ++rank) {
    const std::uint32_t place = scatter(rank);
    RC_ASSERT(place < n && !seen[place]);
    seen[place] = true;
  }
}

TEST(Scatter, is_a_bijection_of_the_largest_table) {
  constexpr std::uint32_t n = 10'000'006;
  const Scatter scatter(n, n - 1);
  std::vector<bool> seen(n);
  for (std::uint32_t rank = 0; rank < n; ++rank) {
    const std::uint32_t place = scatter(rank);
    ASSERT_TRUE(place < n && !seen[place]) << rank;
    seen[place] = true;
  }
}

TEST(Scatter, spreads_the_hottest_keys) {
  const Scatter scatter(10'006, 77);
  std::vector<std::uint32_t> places;
  places.reserve(10);
  for (std::uint32_t rank = 0; rank < 10; ++rank) {
    places.push_back(scatter(rank));
  }
  std::ranges::sort(places);
  for (std::size_t i = 1; i < places.size(); ++i) {
    EXPECT_GT(places[i] - places[i - 1], 300U);
  }
}

Scenario busy(KeyDistribution distribution, std::uint32_t keys) {
  Scenario scenario;
  scenario.read_rate = 5000;
  scenario.write_rate = 2500;
  scenario.keys = keys;
  scenario.key_distribution = distribution;
  return scenario;
}

std::vector<std::uint64_t> counts_of(const Scenario& scenario, OpKind kind) {
  std::vector<std::uint64_t> counts(scenario.keys);
  for (const PlannedOp& op : of_kind(ops_of(scenario), kind)) {
    ++counts[op.key.index];
  }
  return counts;
}

TEST(KeyChoice, uniform_takes_every_key_alike) {
  for (const std::uint32_t keys : {6U, 1006U}) {
    const Scenario scenario = busy(KeyDistribution::uniform, keys);
    expect_distribution(counts_of(scenario, OpKind::read), std::vector<double>(keys, 1.0 / keys));
    expect_distribution(counts_of(scenario, OpKind::write), std::vector<double>(keys, 1.0 / keys));
  }
}

TEST(KeyChoice, zipfian_takes_the_same_hot_keys_for_reads_and_writes) {
  const Scenario scenario = busy(KeyDistribution::zipfian, 206);
  const Scatter scatter(206, SeededRandom(scenario.seed, 0).draw_below(206));
  for (const OpKind kind : {OpKind::read, OpKind::write}) {
    const std::vector<std::uint64_t> counts = counts_of(scenario, kind);
    std::vector<std::uint64_t> by_rank;
    by_rank.reserve(206);
    for (std::uint32_t rank = 0; rank < 206; ++rank) {
      by_rank.push_back(counts[scatter(rank)]);
    }
    expect_distribution(by_rank, zipf_chances(206, scenario.zipf_exponent));
  }
}

TEST(KeyChoice, hotspot_gives_the_asked_share_to_the_asked_keys) {
  const Scenario scenario = busy(KeyDistribution::hotspot, 100);
  ASSERT_EQ(hot_key_count(scenario), 20U);
  std::vector<std::uint64_t> counts = counts_of(scenario, OpKind::read);
  const Scatter scatter(100, SeededRandom(scenario.seed, 0).draw_below(100));
  std::vector<std::uint64_t> by_rank;
  std::vector<double> chances;
  for (std::uint32_t rank = 0; rank < 100; ++rank) {
    by_rank.push_back(counts[scatter(rank)]);
    chances.push_back(rank < 20 ? 0.8 / 20 : 0.2 / 80);
  }
  expect_distribution(by_rank, chances);
}

TEST(KeyChoice, hot_keys_are_never_none_and_never_all) {
  Scenario scenario = busy(KeyDistribution::hotspot, 6);
  scenario.hotspot_keys = 0.001;
  EXPECT_EQ(hot_key_count(scenario), 1U);
  scenario.hotspot_keys = 1;
  EXPECT_EQ(hot_key_count(scenario), 5U);
}

TEST(KeyChoice, latest_reads_what_the_last_writes_wrote_by_the_law) {
  const Scenario scenario = busy(KeyDistribution::latest, 50'006);
  std::vector<Key> written;
  std::vector<std::uint64_t> counts(6);
  for (const PlannedOp& op : ops_of(scenario)) {
    if (op.kind == OpKind::write) {
      written.push_back(op.key);
      continue;
    }
    // With many keys the last five writes are nearly always of distinct ones.
    const std::size_t reach = std::min<std::size_t>(written.size(), 5);
    const auto place = std::find(written.rbegin(), written.rbegin() + static_cast<std::ptrdiff_t>(reach), op.key);
    if (reach == 5) {
      ++counts[static_cast<std::size_t>(place - written.rbegin())];
    }
  }
  std::vector<double> chances;
  double rest = 1;
  for (const double chance : zipf_chances(scenario.keys, scenario.zipf_exponent)) {
    if (chances.size() < 5) {
      chances.push_back(chance);
      rest -= chance;
    }
  }
  chances.push_back(rest);
  expect_distribution(counts, chances);
  const std::vector<std::uint64_t> writes = counts_of(scenario, OpKind::write);
  EXPECT_LE(*std::ranges::max_element(writes), 12U);
}

}  // namespace
}  // namespace stalemate
