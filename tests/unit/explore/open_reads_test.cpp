// Reads of values that the database has not applied yet: its later order decides whether they were too old.
#include <gtest/gtest.h>

#include "explore/judge.hpp"
#include "explore/scope.hpp"

namespace stalemate {
namespace {

/// A judge that is told events by hand, in the scope w,w,rr: op 0 writes 1, op 1 writes 2, ops 2 and 3 are reads.
class Hearing {
 public:
  explicit Hearing(std::string_view judge)
      : judge_(JudgeRegistry::find(judge)->instance()),
        scope_(parse_scope("w,w,rr").value()),
        judged_{scope_, ops_of(scope_)},
        memory_(judge_.start(judged_)) {}

  bool begin(std::uint8_t op) { return observe({.kind = JudgedEventKind::begin, .op = op}); }
  bool acknowledge(std::uint8_t op) { return end(op, absent); }
  bool read(std::uint8_t op, Value value) { return begin(op) && end(op, value); }
  bool apply(Value value) { return observe({.kind = JudgedEventKind::commit, .value = value}); }
  [[nodiscard]] std::string at_rest() {
    const WorldTable table(PatternNeeds{}, scope_);
    return judge_.trouble_at_rest(judged_, memory_, table, World{});
  }
  [[nodiscard]] std::size_t memory_size() const { return memory_.size(); }

 private:
  bool end(std::uint8_t op, Value value) {
    return observe({.kind = JudgedEventKind::end, .op = op, .ending = {.outcome = Outcome::ok, .value = value}});
  }
  bool observe(const JudgedEvent& event) { return judge_.observe(judged_, memory_, event); }

  const Judge& judge_;
  Scope scope_;
  JudgedScope judged_;
  std::string memory_;
};

TEST(OpenReads, of_values_that_are_applied_in_the_other_order_later_are_too_old) {
  Hearing reads("monotonic-reads");
  EXPECT_TRUE(reads.begin(0) && reads.begin(1));
  EXPECT_TRUE(reads.read(2, 2) && reads.read(3, 1));
  EXPECT_EQ(reads.at_rest(), "");
  EXPECT_TRUE(reads.apply(1));
  EXPECT_EQ(reads.at_rest(), "");
  EXPECT_FALSE(reads.apply(2));
}

TEST(OpenReads, of_values_that_are_applied_in_the_order_read_are_not) {
  Hearing reads("monotonic-reads");
  const std::size_t size = reads.memory_size();
  EXPECT_TRUE(reads.begin(0) && reads.begin(1));
  EXPECT_TRUE(reads.read(2, 2) && reads.read(3, 1));
  EXPECT_GT(reads.memory_size(), size);
  EXPECT_TRUE(reads.apply(2));
  EXPECT_EQ(reads.memory_size(), size) << "what is settled is not remembered";
  EXPECT_TRUE(reads.apply(1));
  EXPECT_EQ(reads.at_rest(), "");
}

TEST(OpenReads, of_an_acknowledged_write_that_is_never_applied_are_too_old_at_rest) {
  for (const Value applied : {Value{0}, Value{2}}) {
    Hearing fresh("fresh");
    EXPECT_TRUE(fresh.begin(0) && fresh.acknowledge(0) && fresh.begin(1) && fresh.acknowledge(1));
    EXPECT_TRUE(fresh.read(2, 1));
    EXPECT_TRUE(applied == 0 || fresh.apply(applied));
    EXPECT_EQ(
        fresh.at_rest(),
        "A read returned 1, which had been acknowledged before 2 was written and was never applied; it may return "
        "nothing older than 2.");
    EXPECT_EQ(fresh.apply(1), applied == 2) << "applied after 2 it is the newer one, applied first the older one";
  }
}

TEST(OpenReads, of_a_write_that_is_certainly_older_are_decided_at_once) {
  Hearing fresh("fresh");
  EXPECT_TRUE(fresh.begin(0) && fresh.apply(1) && fresh.acknowledge(0));
  EXPECT_TRUE(fresh.begin(1) && fresh.acknowledge(1));
  EXPECT_FALSE(fresh.read(2, 1)) << "2 is applied later, or never";
}

}  // namespace
}  // namespace stalemate
