// The zone test as a second opinion on the order of versions: when the two contradict each other, the report says that
// the fault is ours. No history makes them do so, so the key is made up.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "check/checks/key_check.hpp"
#include "record/history.hpp"

namespace stalemate::test {
namespace {

/// Two writes, one after the other, in the order of their versions.
History two_writes() {
  std::array<Op, 2> ops = {};
  for (OpIndex i = 0; i < ops.size(); ++i) {
    ops[i].index = i;
    ops[i].kind = OpKind::write;
    ops[i].outcome = Outcome::ok;
    ops[i].value = 1001 + static_cast<Value>(i);
    ops[i].intended_ns = ops[i].invocation_ns = Nanoseconds{i} * 100;
    ops[i].completion_ns = ops[i].invocation_ns + 10;
  }
  return make_history({}, ops);
}

/// What version-order says of these writes when the key's zones are those given.
CheckResult judged_with_zones(std::span<const Zone> zones, bool zones_conflict) {
  const History history = two_writes();
  std::array<Cluster, 3> clusters = {};
  for (std::size_t rank = 1; rank < clusters.size(); ++rank) {
    const OpRecord& op = history.ops()[rank - 1];
    clusters[rank].write_invocation_ns = op.invocation_ns();
    clusters[rank].write_completion_ns = op.completion_ns();
    clusters[rank].value = op.value();
  }
  const std::array standings = {Standing::initial, Standing::applied, Standing::applied};
  KeyHistory key = {};
  key.placed = 2;
  key.versions_known = true;
  key.order_is_total = true;
  key.zones_conflict = zones_conflict;
  key.clusters = clusters;
  key.standings = standings;
  key.zones = zones;
  const KeyPart part{.key = &key};
  const CheckOptions options;
  const auto check = CheckRegistry::find("version-order")->make(options);
  check->check_ops(std::span(&part, 1));
  const HistoryIndex index(history);
  return check->result(
      Summary{.history = history, .options = options, .index = index, .versions_known = true, .has_writes = true});
}

TEST(SecondOpinion, of_zones_that_agree_is_not_mentioned) {
  const std::array<Zone, 2> zones = {Zone{10, 0, 1}, Zone{110, 100, 2}};
  const CheckResult result = judged_with_zones(zones, false);
  EXPECT_EQ(result.count, 0U);
  EXPECT_EQ(result.defect, "");
}

TEST(SecondOpinion, of_zones_that_find_no_order_where_the_versions_are_one_is_a_defect_of_ours) {
  const std::array<Zone, 2> zones = {Zone{10, 100, 1}, Zone{20, 90, 2}};
  const CheckResult result = judged_with_zones(zones, true);
  EXPECT_EQ(result.count, 0U) << "the versions are in order";
  EXPECT_THAT(result.defect, testing::HasSubstr("93410c29-1609-484d-8662-ae2d0aa93cc4"));
  EXPECT_THAT(result.defect, testing::HasSubstr("one of our two checkers is wrong"));
}

}  // namespace
}  // namespace stalemate::test
