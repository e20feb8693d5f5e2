// Updates that adds have lost, where the twins say how many: which step tells what an add began from.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/check.hpp"
#include "unit/check/script.hpp"

namespace stalemate::test {
namespace {

/// An add from `begun` to `ended` that left `value`; version and value grow alike.
OpIndex add(Script& script, Value value, Nanoseconds begun, Nanoseconds ended) {
  const OpIndex index = script.op(OpKind::add, 0, value, begun, ended).index;
  script.update(index, value, static_cast<Version>(value));
  return index;
}

/// A step in which the op was shown a value at that time.
void show(Script& script, OpIndex op, Store store, Role role, Value value, Nanoseconds at) {
  script.small.steps.push_back({.op = op,
                                .store = store,
                                .command = store == Store::cache ? Command::get : Command::read,
                                .role = role,
                                .outcome = Outcome::ok,
                                .value = value,
                                .start_ns = at,
                                .end_ns = at});
}

CheckResult lost_in(const Script& script) {
  return *find_result(check_all(packed(script.small)), "lost-updates");
}

TEST(LostAdds, are_found_by_what_the_client_added_to_wherever_it_had_that_from) {
  Script script;
  const OpIndex first = add(script, 1001, 0, 10);
  show(script, first, Store::database, Role::load, 1000, 1);
  show(script, first, Store::local, Role::update, 1000, 2);
  const OpIndex second = add(script, 1002, 20, 30);
  show(script, second, Store::cache, Role::lookup, 1000, 21);  // an old entry
  show(script, second, Store::local, Role::update, 1000, 22);
  const CheckResult lost = lost_in(script);
  EXPECT_EQ(lost.verdict, Verdict::invalid);
  EXPECT_EQ(lost.count, 1U);
  EXPECT_THAT(lost.violations.front().sentence,
              testing::HasSubstr("both started from 1000, so one of the two is lost"));
}

TEST(LostAdds, that_never_reached_the_database_are_counted_once) {
  Script script;
  const OpIndex first = add(script, 1001, 0, 10);
  show(script, first, Store::local, Role::update, 1000, 2);
  const OpIndex second = script.op(OpKind::add, 0, 1002, 20, 30).index;
  script.small.steps.push_back({.op = second,
                                .store = Store::database,
                                .command = Command::write,
                                .role = Role::update,
                                .outcome = Outcome::fail,
                                .value = 1002,
                                .start_ns = 23,
                                .end_ns = 23});
  show(script, second, Store::local, Role::update, 1001, 22);
  const OpIndex third = add(script, 1003, 40, 50);
  show(script, third, Store::local, Role::update, 1001, 42);  // as the second left nothing
  const CheckResult lost = lost_in(script);
  EXPECT_EQ(lost.count, 1U);
  EXPECT_THAT(lost.violations.front().sentence, testing::HasSubstr("the database never applied it"));
}

TEST(LostAdds, are_none_where_each_began_from_what_the_one_before_left) {
  Script script;
  const OpIndex first = add(script, 1001, 0, 10);
  show(script, first, Store::local, Role::update, 1000, 2);
  const OpIndex second = add(script, 1002, 20, 30);
  show(script, second, Store::local, Role::update, 1001, 22);
  show(script, second, Store::database, Role::load, 1000, 23);  // after the write began, as some patterns look again
  EXPECT_EQ(lost_in(script).verdict, Verdict::valid);
}

TEST(LostAdds, of_an_add_that_began_again_count_what_it_loaded_last) {
  Script script;
  const OpIndex first = add(script, 1001, 0, 10);
  show(script, first, Store::local, Role::update, 1000, 2);
  const OpIndex second = add(script, 1002, 1, 30);
  show(script, second, Store::local, Role::update, 1000, 3);
  show(script, second, Store::local, Role::update, 1001, 22);
  EXPECT_EQ(lost_in(script).verdict, Verdict::valid);
}

}  // namespace
}  // namespace stalemate::test
