// How many versions a stale read was behind, where many writes completed in another order than that of their versions.

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "check/check.hpp"
#include "unit/check/script.hpp"

namespace stalemate::test {
namespace {

/// 300 writes of one key, one begun every 10 ns, each so long that up to `overlap` are under way at once; their
/// versions are in any order, up to `disorder` places off. After each a read of a value written up to 200 writes
/// before.
Script writes_in_disorder(std::uint64_t seed, std::uint32_t overlap, std::uint32_t disorder) {
  constexpr std::uint32_t writes = 300;
  SeededRandom random(seed, 3);
  Script script;
  script.small.clients = 2 * writes;
  std::vector<Version> versions(writes);
  for (std::uint32_t i = 0; i < writes; ++i) {
    versions[i] = i + 1;
  }
  for (std::uint32_t i = 0; i < writes; ++i) {
    std::swap(versions[i], versions[i - std::min(i, random.draw_below(disorder + 1))]);
  }
  for (std::uint32_t i = 0; i < writes; ++i) {
    const Nanoseconds begun = 10 * Nanoseconds{i};
    const auto value = 1001 + static_cast<Value>(i);
    script.write(0, value, begun, begun + 1 + random.draw_below(10 * overlap), versions[i]);
    script.read(0, value - static_cast<Value>(std::min(i, random.draw_below(200))), begun + 5, begun + 6);
  }
  return script;
}

/// By looking at every write.
std::uint32_t completed_newer(const SmallHistory& small, const Op& read) {
  const auto version_of = [&small](Value value) {
    return std::ranges::find(small.steps, value, &Step::value)->version;
  };
  const Version returned = version_of(read.value);
  return static_cast<std::uint32_t>(std::ranges::count_if(small.ops, [&](const Op& write) {
    return write.kind == OpKind::write && write.completion_ns < read.invocation_ns &&
           version_of(write.value) > returned;
  }));
}

TEST(VersionsBehind, are_the_newer_writes_that_had_completed_however_late_they_came) {
  std::uint64_t compared = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const Script script = writes_in_disorder(seed, 1 + static_cast<std::uint32_t>(seed) * 10, 1U << seed % 9);
    const Report report = check_all(packed(script.small), {.only = {"stale-reads"}});
    const CheckResult& stale = *find_result(report, "stale-reads");
    for (const StaleRead& read : stale.stale_reads) {
      ASSERT_EQ(read.versions, completed_newer(script.small, script.small.ops[read.read])) << "seed " << seed;
      ++compared;
    }
  }
  EXPECT_GT(compared, 500U);
}

}  // namespace
}  // namespace stalemate::test
