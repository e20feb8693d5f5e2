// Reads that found no row: which delete they saw, and what is judged where several may be why.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/check.hpp"
#include "core/absent_row.hpp"
#include "unit/check/script.hpp"

namespace stalemate::test {
namespace {

using testing::HasSubstr;

CheckResult found_in(const Script& script, std::string_view check) {
  return *find_result(check_all(packed(script.small)), check);
}

TEST(Deletes, an_old_value_read_after_a_delete_is_stale) {
  Script script;
  script.write(0, 1001, 0, 10, 1);
  script.write(0, name_of_delete(1002), 20, 30, 2);
  script.read(0, 1001, 40, 50);
  const CheckResult stale = found_in(script, "stale-reads");
  EXPECT_EQ(stale.count, 1U);
  EXPECT_THAT(stale.violations.front().sentence, HasSubstr("the write that it missed, client 1's delete (op 1"));
}

TEST(Deletes, no_row_read_after_an_insert_is_stale_as_from_an_entry_that_says_so) {
  Script script;
  script.write(0, name_of_delete(1001), 0, 10, 1);
  script.read(0, no_row, 12, 14);
  script.write(0, 1002, 20, 30, 2);
  script.read(0, no_row, 40, 50);
  const CheckResult stale = found_in(script, "stale-reads");
  EXPECT_EQ(stale.count, 1U);
  EXPECT_EQ(stale.sample, 2U);
  EXPECT_THAT(stale.violations.front().sentence, HasSubstr("read of no row"));
  EXPECT_EQ(found_in(script, "linearizable").count, 1U);
}

TEST(Deletes, no_row_where_nothing_was_ever_deleted_is_a_phantom) {
  Script script;
  script.read(0, no_row, 0, 10);
  EXPECT_EQ(found_in(script, "phantom-reads").count, 1U);
}

TEST(Deletes, of_several_the_newest_is_taken_for_stale_reads_and_others_say_that_they_do_not_know) {
  Script script;
  script.write(0, name_of_delete(1001), 0, 10, 1);
  script.write(0, 1002, 20, 30, 2);
  script.write(0, name_of_delete(1003), 40, 50, 3);
  script.read(0, no_row, 60, 70);  // not stale, if it saw the second delete
  script.write(0, 1004, 80, 90, 4);
  EXPECT_EQ(found_in(script, "stale-reads").verdict, Verdict::valid);
  EXPECT_EQ(found_in(script, "linearizable").verdict, Verdict::valid);
  const CheckResult sessions = found_in(script, "monotonic-reads");
  EXPECT_EQ(sessions.verdict, Verdict::unknown);
  EXPECT_EQ(sessions.unjudged, 1U);
  EXPECT_THAT(sessions.note, HasSubstr("1 read found no row where several deletes of its key may be why"));

  script.read(0, no_row, 100, 110);  // stale, whichever it saw
  EXPECT_EQ(found_in(script, "stale-reads").count, 1U);
  EXPECT_EQ(found_in(script, "linearizable").verdict, Verdict::invalid);
}

TEST(Deletes, an_entry_that_says_that_there_is_no_row_agrees_with_a_deleted_row_and_not_with_an_inserted_one) {
  Script script;
  const auto step = [&script](Store store, Command command, Value value, Nanoseconds at, Version version) {
    script.small.steps.push_back({.op = 0,
                                  .store = store,
                                  .command = command,
                                  .role = command == Command::write ? Role::update : Role::fill,
                                  .outcome = Outcome::ok,
                                  .value = value,
                                  .version = version,
                                  .start_ns = at,
                                  .end_ns = at});
  };
  script.write(0, name_of_delete(1001), 0, 100, {});
  step(Store::database, Command::write, name_of_delete(1001), 10, 1);
  step(Store::cache, Command::set, no_row, 20, 0);
  step(Store::database, Command::write, 1002, 30, 2);
  step(Store::cache, Command::erase, absent, 50, 0);
  const CheckResult incoherent = found_in(script, "incoherence");
  EXPECT_EQ(incoherent.count, 1U);
  EXPECT_EQ(incoherent.worst->value, 20);
}

TEST(Deletes, adds_that_began_from_no_row_are_said_not_to_be_compared) {
  Script script;
  script.write(0, name_of_delete(1001), 0, 10, 1);
  for (const Value value : {1002, 1003}) {
    const OpIndex add = script.op(OpKind::add, 0, value, 20, 30).index;
    script.update(add, value, static_cast<Version>(value));
    script.small.steps.push_back({.op = add,
                                  .store = Store::local,
                                  .command = Command::read,
                                  .role = Role::update,
                                  .outcome = Outcome::ok,
                                  .value = no_row});
  }
  const CheckResult lost = found_in(script, "lost-updates");
  EXPECT_EQ(lost.verdict, Verdict::unknown);
  EXPECT_THAT(lost.note, HasSubstr("1 add began where there was no row"));
}

}  // namespace
}  // namespace stalemate::test
