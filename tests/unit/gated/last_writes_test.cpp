// Which values a row may hold at the end, as far as the writes tell.
#include "gated/run/last_writes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stalemate {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

constexpr Key row = Key{7};

class LastWritesTest : public testing::Test {
 protected:
  void begin(Value value) { writes_.begin(row, value); }
  void end(Value value, Outcome outcome = Outcome::ok) { writes_.end(row, value, outcome); }
  void write(Value value, Outcome outcome = Outcome::ok) {
    begin(value);
    end(value, outcome);
  }
  [[nodiscard]] std::vector<Value> candidates(Key key = row) const { return writes_.candidates(key); }

  LastWrites writes_{1000};
};

TEST_F(LastWritesTest, are_what_the_row_held_at_first_where_nothing_was_written) {
  EXPECT_THAT(candidates(), ElementsAre(1000));
  write(1001);
  EXPECT_THAT(candidates(Key{8}), ElementsAre(1000)) << "another key";
}

TEST_F(LastWritesTest, are_the_last_one_where_they_came_one_after_the_other) {
  write(1001);
  write(1002);
  EXPECT_THAT(candidates(), ElementsAre(1002));
}

TEST_F(LastWritesTest, may_be_either_of_two_that_overlapped) {
  begin(1001);
  begin(1002);
  end(1001);
  end(1002);
  EXPECT_THAT(candidates(), UnorderedElementsAre(1001, 1002));
  write(1003);
  EXPECT_THAT(candidates(), ElementsAre(1003)) << "one that began after both had ended";
}

TEST_F(LastWritesTest, are_not_one_that_failed) {
  write(1001);
  write(1002, Outcome::fail);
  EXPECT_THAT(candidates(), ElementsAre(1001));
}

TEST_F(LastWritesTest, may_for_ever_be_one_of_which_nobody_knows_whether_it_was_done) {
  write(1001, Outcome::info);
  EXPECT_THAT(candidates(), UnorderedElementsAre(1000, 1001));
  write(1002);
  EXPECT_THAT(candidates(), UnorderedElementsAre(1001, 1002)) << "it may be done later than any that follows";
}

TEST_F(LastWritesTest, may_be_one_that_has_not_ended_yet) {
  begin(1001);
  write(1002);
  EXPECT_THAT(candidates(), UnorderedElementsAre(1001, 1002));
}

TEST_F(LastWritesTest, may_be_one_that_is_carried_out_again_whatever_was_written_since) {
  write(1001);
  writes_.expect_copy(row, 1001);
  write(1002);
  write(1003);
  EXPECT_THAT(candidates(), UnorderedElementsAre(1001, 1003));
}

}  // namespace
}  // namespace stalemate
