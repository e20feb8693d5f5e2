// The order of a run's commits, out of the lines of a database's log.
#include "gated/run/commit_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stalemate {
namespace {

constexpr Value initially = 1000;

class CommitOrderTest : public testing::Test {
 protected:
  CommitOrderTest() {
    for (const Value value : {1001, 1002, 1003}) {
      texts_.note_written(Key{0}, value);
    }
    texts_.note_written(Key{1}, 1004);
  }
  void add(const std::string& line) { order_.add(texts_, line); }
  void update(int key, Value value, const std::string& table = "public.products") {
    add("table " + table + ": UPDATE: id[integer]:" + std::to_string(key) +
        " quantity[integer]:" + std::to_string(value));
  }
  /// The values that have a place, oldest first.
  [[nodiscard]] std::vector<Value> ordered(const std::set<std::string>& loaded = {}) const {
    std::vector<std::pair<Version, Value>> found;
    for (const auto& [value, version] : order_.versions(loaded)) {
      found.emplace_back(version, value);
    }
    std::ranges::sort(found);
    std::vector<Value> values;
    std::ranges::transform(found, std::back_inserter(values), &std::pair<Version, Value>::second);
    return values;
  }

  CallTexts texts_{{"100001", "100002"}, initially};
  CommitOrder order_ = {};
};

TEST_F(CommitOrderTest, is_that_of_the_lines_whatever_the_values) {
  add("BEGIN 700");
  update(100001, 1002);
  add("COMMIT 700");
  update(100002, 1004);
  update(100001, 1001);
  update(100001, 1001);  // another column, perhaps
  EXPECT_THAT(ordered(), testing::ElementsAre(1002, 1004, 1001));
}

TEST_F(CommitOrderTest, tells_a_row_by_its_new_values) {
  add("table public.\"Product\": UPDATE: old-key: id[integer]:100001 quantity[integer]:1003 new-tuple: "
      "id[integer]:100001 quantity[integer]:1002");
  EXPECT_THAT(ordered({"Product"}), testing::ElementsAre(1002));
}

TEST_F(CommitOrderTest, is_of_the_table_that_reads_load_from) {
  // Who writes down what was asked for does so in an order of its own.
  update(100001, 1001, "public.requests");
  update(100001, 1002);
  update(100001, 1001);
  EXPECT_THAT(ordered({"products"}), testing::ElementsAre(1002, 1001));
  EXPECT_THAT(ordered(), testing::IsEmpty()) << "two tables, and no load was seen";
  EXPECT_THAT(ordered({"elsewhere"}), testing::IsEmpty());
}

TEST_F(CommitOrderTest, is_not_told_of_a_key_whose_lines_do_not_say_it) {
  update(100002, 1004);
  for (const char* line :
       {"table public.products: INSERT: id[integer]:100001 quantity[integer]:1001",
        "table public.products: DELETE: id[integer]:100001",
        "table public.products: UPDATE: id[integer]:100001 quantity[integer]:1001 old[integer]:1002"}) {
    CommitOrder before = order_;
    update(100001, 1003);
    add(line);
    EXPECT_THAT(ordered(), testing::ElementsAre(1004)) << line;
    order_ = before;
  }
  update(100001, 1001);
  update(100001, 1002);
  update(100001, 1001);
  EXPECT_THAT(ordered(), testing::ElementsAre(1004)) << "a value came back";
}

TEST_F(CommitOrderTest, says_what_the_rows_hold_that_were_only_updated) {
  update(100001, 1002);
  update(100001, 1001);
  update(100002, 1004);
  EXPECT_THAT(order_.rows({"products"}), testing::ElementsAre(testing::Pair(0, 1001), testing::Pair(1, 1004)));
  add("table public.products: DELETE: id[integer]:100001");
  EXPECT_THAT(order_.rows({"products"}), testing::ElementsAre(testing::Pair(1, 1004)));
  EXPECT_THAT(order_.rows({"elsewhere"}), testing::IsEmpty());
}

TEST_F(CommitOrderTest, takes_no_foreign_values_and_no_other_lines) {
  update(100001, 1004);  // that of another key
  update(100001, initially);
  update(200000, 1001);
  for (const char* line :
       {"", "table", "table : UPDATE: ", "table a: TRUNCATE: (no-flags)", "message: x", "COMMIT 1"}) {
    add(line);
  }
  EXPECT_THAT(ordered(), testing::IsEmpty());
  EXPECT_FALSE(parse_logged_change("table a.b: TRUNCATE: (no-flags)"));
}

}  // namespace
}  // namespace stalemate
